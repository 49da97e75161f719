"""NewsML-G2: items and messages of 2.x read, newsItems of 2.35 written, lossless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from lxml import etree

from dispaccio.errors import MalformedDocument
from dispaccio.formats import items, xml
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.newsml_g2 import read, write
from dispaccio.formats.newsml_g2.names import ITEMS, MESSAGE
from dispaccio.release.model import Reading, Revision

_HEAD = 64 * 1024
_OPENS = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*+"
    rb"(?>(?:<\?(?>.*?\?>)|<!--(?>.*?-->)|<!DOCTYPE(?>[^>\[]*>))\s*+)*+"
    rb"<(?:[\w.-]{1,40}:)?(?:" + "|".join((*ITEMS, MESSAGE)).encode() + rb")[\s/>]",
    re.DOTALL,
)


def _recognises(data: bytes) -> bool:
    return _OPENS.match(data[:_HEAD].replace(b"\0", b"")) is not None


class NewsmlG2Format:
    """NewsML-G2, read and written."""

    name = "newsml-g2"
    version = PROTOCOL_VERSION
    about = About(
        title="NewsML-G2",
        media_types=(
            "application/vnd.iptc.g2.newsitem+xml",
            "application/vnd.iptc.g2.newsmessage+xml",
        ),
        suffixes=(".xml",),
        reads=True,
        writes=True,
        lossless=True,
        twin=True,
        many=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The items of a document: one of any kind, or those of a newsMessage.

        An item that cannot be read is named in a warning of the first that can; if there is none,
        its error is raised: MalformedDocument with the path, WrongCharset, TooLarge or EmptyInput.
        """
        parsed = xml.parse(data, options.charset)
        found = _items(parsed.root)
        readings = items.read_each(found, partial(read.read, options=options))
        if parsed.warnings:
            readings[0] = read.warned(readings[0], parsed.warnings)
        return readings

    def write(self, revision: Revision) -> bytes:
        """The newsItem in UTF-8, on one line: what a line break means in XML is in nobody's way."""
        written: bytes = etree.tostring(
            write.item(revision), xml_declaration=True, encoding="UTF-8"
        )
        return written + b"\n"


def _items(root: etree._Element) -> Iterator[read.Found]:
    """The items of a document with the schemes that the message around them declares."""
    name = xml.local(root)
    if name in ITEMS:
        yield read.Found(root, {})
    elif name == MESSAGE:
        schemes = read.schemes(xml.first(root, "header"))
        for inner in xml.children(root, "itemSet"):
            yield from (read.Found(item, schemes) for item in inner)
    else:
        raise MalformedDocument(
            f"The root is <{name[:40]}>; a document of NewsML-G2 is a newsMessage or an item."
        )


newsml_g2 = NewsmlG2Format()
