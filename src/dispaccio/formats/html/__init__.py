"""HTML: the page of a release, written as one that stands alone, read from anybody."""

from __future__ import annotations

import re

from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.html import page, read, tree
from dispaccio.formats.html.head import head_meta, json_ld, title_of
from dispaccio.formats.html.page import POLICY
from dispaccio.formats.html.render import body_html, notice_html, paragraphs_html
from dispaccio.formats.html.words import direction
from dispaccio.release.model import Reading, Revision

__all__ = [
    "POLICY",
    "body_html",
    "direction",
    "head_meta",
    "html",
    "json_ld",
    "notice_html",
    "paragraphs_html",
    "title_of",
]

_OPENS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*"
    rb"<(?:!doctype\s+html|(?:html|head|body|article|main|section|div|p|h[1-6]|table|meta|title)\b)",
    re.IGNORECASE,
)


def _recognises(data: bytes) -> bool:
    return _OPENS.match(data[:4096]) is not None


class HtmlFormat:
    """HTML, read and written."""

    name = "html"
    version = PROTOCOL_VERSION
    about = About(
        title="HTML page",
        media_types=("text/html", "application/xhtml+xml"),
        suffixes=(".html", ".htm", ".xhtml"),
        reads=True,
        writes=True,
        lossless=False,
        twin=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The one release of a page. Raises EmptyInput, MalformedDocument or WrongCharset."""
        return [read.read(tree.decode(data, options.charset), options)]

    def write(self, revision: Revision) -> bytes:
        """The bare document: valid, self-contained, without a script that runs."""
        return page.page(revision).encode()


html = HtmlFormat()
