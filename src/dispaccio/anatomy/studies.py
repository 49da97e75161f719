"""The digital object identifiers of studies that the text names (ISO 26324)."""

from __future__ import annotations

import re

from dispaccio.anatomy.work import Work
from dispaccio.release.model import Identifier

_DOI = re.compile(
    r"(?:\bdoi\s*[:：]\s*|https?://(?:dx\.)?doi\.org/)(?P<doi>10\.\d{4,9}/[^\s<>\"“”]+)",
    re.IGNORECASE,
)


def take(work: Work) -> None:
    """State every DOI of the text as an identifier."""
    if "10." not in work.document.text:
        return
    for found in _DOI.finditer(work.document.text):
        work.identify(Identifier("doi", found["doi"].rstrip(".,;:)]")))
