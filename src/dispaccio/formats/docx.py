"""Microsoft Word's documents (ECMA-376, WordprocessingML), read as an author's text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from dispaccio.errors import MalformedDocument, UnknownFormat
from dispaccio.formats import packed
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.packed import Found, Line, Package, joined
from dispaccio.formats.xml import children, first, local
from dispaccio.release.body import BlockKind, MarkKind
from dispaccio.release.model import Reading, Revision
from dispaccio.words import say

NAME = "docx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_HEADING = re.compile(r"heading (\d)")
_OFF = ("0", "false", "off", "none")
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_OUT = {
    "drawing": packed.PICTURES,
    "pict": packed.PICTURES,
    "object": packed.PICTURES,
    "footnoteReference": packed.NOTES,
    "endnoteReference": packed.NOTES,
    "commentReference": packed.NOTES,
}
_INSIDE = ("ins", "smartTag", "sdt", "sdtContent", "fldSimple", "moveTo", "customXml", "dir", "bdo")
_MOST_DEEP = 100


class _Document:
    """A document on its way to passages, with what its other files say of styles and links."""

    def __init__(self, package: Package) -> None:
        self.found = Found()
        self.styles = _styles(package.read("word/styles.xml"))
        self.ordered = _ordered(package.read("word/numbering.xml"))
        self.links = _links(package.read("word/_rels/document.xml.rels"))

    def blocks(self, parent: etree._Element, depth: int = 0) -> None:
        """Every paragraph and table below an element, in order."""
        for child in parent if depth < _MOST_DEEP else ():
            name = local(child)
            if name == "p":
                self.paragraph(child)
            elif name == "tbl":
                self.table(child)
            elif name in _INSIDE:
                self.blocks(child, depth + 1)

    def paragraph(self, element: etree._Element) -> None:
        """One paragraph: as heading, item of a list, quotation, or plain."""
        line = self.line(element)
        properties = first(element, "pPr")
        style = self.styles.get(_value(properties, "pStyle") or "", "")
        number = _value(first(properties, "numPr"), "numId") if properties is not None else None
        heading = _HEADING.fullmatch(style)
        if style == "title" or heading:
            depth = int(heading[1]) if heading else 1
            title, level = depth == 1, 2 if depth < 3 else 3
            flat = line.on_one_line()
            self.found.add(BlockKind.HEADING, flat, level=level, title=title)
        elif number not in (None, "0"):
            self.found.add(BlockKind.LIST, line, ordered=number in self.ordered)
        elif style in ("quote", "intense quote"):
            self.found.add(BlockKind.QUOTE, line)
        else:
            self.found.add(BlockKind.PARAGRAPH, line)

    def table(self, element: etree._Element) -> None:
        """A table; one within another is text of its cell."""
        rows = [
            joined((self.cell(cell) for cell in children(row, "tc")), "\t")
            for row in children(element, "tr")
        ]
        self.found.add(BlockKind.TABLE, joined(rows, "\n"))

    def cell(self, element: etree._Element) -> Line:
        """The paragraphs of a cell on one line."""
        lines = (self.line(one) for one in element.iter(f"{_W}p"))
        return joined((line.on_one_line() for line in lines if line.text.strip()), " ")

    def line(self, element: etree._Element) -> Line:
        """The text of a paragraph with its marks."""
        line = Line()
        self._runs(element, line, None, 0)
        return line

    def _runs(self, parent: etree._Element, line: Line, href: str | None, depth: int) -> None:
        for child in parent if depth < _MOST_DEEP else ():
            name = local(child)
            if name == "r":
                self._run(child, line, href)
            elif name == "hyperlink":
                target = self.links.get(child.get(f"{_R}id", ""))
                self._runs(child, line, self.found.link(target) if target else None, depth + 1)
            elif name in _INSIDE:
                self._runs(child, line, href, depth + 1)

    def _run(self, run: etree._Element, line: Line, href: str | None) -> None:
        kinds = tuple(_kinds(first(run, "rPr")))
        for child in run:
            name = local(child)
            if name == "t":
                line.add(child.text or "", kinds, href)
            elif name in _SIGNS:
                line.add(_SIGNS[name])
            elif name in _OUT:
                self.found.dropped[_OUT[name]] += 1
            elif name == "AlternateContent":
                self.found.dropped[packed.PICTURES] += 1


def _kinds(properties: etree._Element | None) -> Iterator[MarkKind]:
    for child in properties if properties is not None else ():
        name, said = local(child), child.get(f"{_W}val")
        if name == "b" and said not in _OFF:
            yield MarkKind.STRONG
        elif name == "i" and said not in _OFF:
            yield MarkKind.EM
        elif name == "vertAlign" and said == "subscript":
            yield MarkKind.SUB
        elif name == "vertAlign" and said == "superscript":
            yield MarkKind.SUP


def _value(properties: etree._Element | None, name: str) -> str | None:
    found = first(properties, name) if properties is not None else None
    return found.get(f"{_W}val") if found is not None else None


def _styles(root: etree._Element | None) -> dict[str, str]:
    """The English name of every paragraph style, whatever the language of the program."""
    found = children(root, "style") if root is not None else ()
    return {style.get(f"{_W}styleId", ""): (_value(style, "name") or "").lower() for style in found}


def _ordered(root: etree._Element | None) -> frozenset[str]:
    """The lists that count, by their numbers."""
    if root is None:
        return frozenset()
    counting = {
        one.get(f"{_W}abstractNumId")
        for one in children(root, "abstractNum")
        if _value(first(one, "lvl"), "numFmt") not in (None, "bullet", "none")
    }
    return frozenset(
        one.get(f"{_W}numId", "")
        for one in children(root, "num")
        if _value(one, "abstractNumId") in counting
    )


def _links(root: etree._Element | None) -> dict[str, str]:
    found = children(root, "Relationship") if root is not None else ()
    return {
        one.get("Id", ""): one.get("Target", "")
        for one in found
        if one.get("TargetMode") == "External"
    }


class DocxFormat:
    """Word's documents, read only."""

    name = NAME
    version = PROTOCOL_VERSION
    about = About(
        title="Word document",
        media_types=(MEDIA_TYPE,),
        suffixes=(".docx",),
        reads=True,
        writes=False,
        lossless=False,
        recognises=lambda data: data.startswith(b"PK\x03\x04") and b"word/document.xml" in data,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The one release of a document.

        Raises MalformedDocument, TooLarge, EmptyInput.
        """
        package = Package(data)
        root = package.read("word/document.xml")
        body = first(root, "body") if root is not None else None
        if body is None:
            raise MalformedDocument(
                say("This is a zip without a text of Word (word/document.xml).")
            )
        document = _Document(package)
        document.blocks(body)
        return [document.found.reading(NAME, options)]

    def write(self, revision: Revision) -> bytes:
        """Word's documents are not written. Raises UnknownFormat."""
        raise UnknownFormat(say("Word documents are only read, not written."))


docx = DocxFormat()
