"""NewsML 1 (IPTC, 1.0 to 1.2), read only; agencies still send it. NewsML-G2 is another format."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from dispaccio.errors import MalformedDocument, UnknownFormat
from dispaccio.formats import items, xml
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.newsml1 import read, stories
from dispaccio.formats.nitf import elements
from dispaccio.release.model import Reading, Revision


def _recognises(data: bytes) -> bool:
    return elements.root_of(data) == "newsml"


class NewsmlFormat:
    """NewsML 1, read."""

    name = "newsml-1"
    version = PROTOCOL_VERSION
    about = About(
        title="NewsML 1.2",
        media_types=("text/vnd.iptc.newsml",),
        suffixes=(".newsml",),
        reads=True,
        writes=False,
        lossless=False,
        recognises=_recognises,
        many=True,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The texts of all news items, those inside of others too; pictures are said to be such.

        An item that cannot be read is named in a warning of the first that can; if there is none,
        its error is raised. Raises MalformedDocument for another root, EmptyInput, WrongCharset.
        """
        parsed = elements.parse(data, options.charset)
        root = parsed.root
        if xml.local(root).lower() != "newsml":
            raise MalformedDocument(
                f"This is not NewsML 1: its root element is <{xml.local(root)[:40]}>, not <NewsML>."
            )
        found = (one for one in root.iter(etree.Element) if xml.local(one).lower() == stories.ITEM)
        each = (story for one in found for story in stories.of(one))
        priority = read.priority(root)
        readings = items.read_each(each, lambda story: read.story(story, options, priority))
        first = replace(readings[0], warnings=(*parsed.warnings, *readings[0].warnings))
        return [first, *readings[1:]]

    def write(self, revision: Revision) -> bytes:
        """Never: raises UnknownFormat."""
        raise UnknownFormat("NewsML 1.2 is only read, not written; write newsml-g2.")


newsml1 = NewsmlFormat()
