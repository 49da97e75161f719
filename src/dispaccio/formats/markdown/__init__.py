"""Markdown, read from any author and written without loss."""

from __future__ import annotations

import re

from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.markdown import read, write
from dispaccio.release.model import Reading, Revision

__all__ = ["markdown"]

_OPENS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*"
    rb"(?:---[ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[A-Za-z][\w-]*[ \t]*:(?=\s)|#{1,2}[ \t]+\S)"
)


class MarkdownFormat:
    """Markdown with optional front matter. Lossless: what Markdown cannot say is in one key."""

    name = read.NAME
    version = PROTOCOL_VERSION
    about = About(
        title="Markdown",
        media_types=("text/markdown",),
        suffixes=(".md", ".markdown"),
        reads=True,
        writes=True,
        lossless=True,
        twin=True,
        recognises=lambda data: _OPENS.match(data[:4096]) is not None,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The one release of a document.

        Raises NotText, WrongCharset, TooLarge, MalformedDocument, or an error of its times.
        """
        return [read.read(data, options)]

    def write(self, revision: Revision) -> bytes:
        """The document in UTF-8; a withdrawn or withheld release is its notice."""
        return write.write(revision).encode()


markdown = MarkdownFormat()
