"""Plain text: a release as a person would paste it, read and written. Not lossless."""

from __future__ import annotations

import re
from dataclasses import replace

from dispaccio.anatomy import layout, reader
from dispaccio.errors import MalformedDocument
from dispaccio.formats import charset, foot, frontmatter, plain
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.merge import fill
from dispaccio.release.model import Reading, Revision
from dispaccio.words import say

_XML = re.compile(
    r"\s*<(?:\?xml\b|!DOCTYPE\b|!ENTITY\b|[A-Za-z_][\w.:-]*\s[^<>]{0,1000}\bxmlns\b)", re.IGNORECASE
)


class TextFormat:
    """Agency text, mail and pasted text: the anatomy finds what is what."""

    name = "text"
    version = PROTOCOL_VERSION
    about = About(
        title="Plain text",
        media_types=("text/plain",),
        suffixes=(".txt",),
        reads=True,
        writes=True,
        lossless=False,
        twin=True,
        recognises=lambda data: True,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The one release in a text, front matter of authors included.

        Raises NotText, WrongCharset, TooLarge, MalformedDocument, or an error of its times.
        """
        decoded = charset.decode(data, options, wire_texts=True)
        if _XML.match(decoded.text):
            raise MalformedDocument(
                say(
                    "This is XML in no format that the wire knows by its looks, and no plain "
                    "text; name its format with --as, or send the text without its markup."
                )
            )
        front, text = frontmatter.split(decoded.text)
        if frontmatter.OWN in front.values:
            raise MalformedDocument(
                say("This is Markdown as a wire writes it; read it as markdown.")
            )
        given, warnings = frontmatter.revision(front, options)
        ours, text = foot.take(text)
        given = fill(given, ours)
        document = layout.lay_out(text, front.lines + 1)
        document = replace(document, warnings=(*decoded.warnings, *warnings))
        return [reader.read(document, self.name, options.zone, given)]

    def write(self, revision: Revision) -> bytes:
        """The release as UTF-8 text, unwrapped; a withdrawn or withheld one as its notice."""
        return plain.write(revision).encode()


text = TextFormat()
