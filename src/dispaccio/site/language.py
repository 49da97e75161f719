"""The languages of the pages, and which of them a reader gets."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from dispaccio.release.label import WORDS, Label

DEFAULT = "en"
LANGUAGES = {"en": "English", "it": "Italiano"}
"""What the pages speak, each by its own name. The English words are the keys of the others."""
LOCALES = {"en": "en-GB", "it": "it-IT"}
"""In whose manner days and numbers are written."""


@lru_cache(maxsize=256)
def preferred(accept: bytes) -> str:
    """The language for an Accept-Language header (RFC 9110 section 12.5.4); English failing all."""
    best, chosen = 0.0, DEFAULT
    for item in accept.decode("latin-1").lower().split(","):
        tag, _, weight = item.partition(";")
        language = tag.strip().partition("-")[0]
        try:
            quality = float(weight.partition("=")[2]) if weight else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and quality > best:
            best, chosen = quality, language
    return chosen


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language, compiled in memory from its ``.po`` file."""
    if language == DEFAULT:
        return NullTranslations()
    path = files("dispaccio.site") / "locale" / language / "LC_MESSAGES" / "messages.po"
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def label_language(label: Label, language: str | None) -> str | None:
    """The language that a label's words are in: often the wire's, not that of the release.

    ``language`` is that of the release, which goes first; None if the words are not ours.
    """
    base = (language or "").partition("-")[0].lower()
    for candidate in sorted(WORDS, key=lambda name: name != base):
        if label.kind and _bare(WORDS[candidate][label.kind]) == _bare(label.text):
            return candidate
    return None


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold())
