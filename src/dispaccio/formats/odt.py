"""Texts of LibreOffice and others (ISO/IEC 26300, OpenDocument), read as an author's text."""

from __future__ import annotations

from lxml import etree

from dispaccio.errors import MalformedDocument, UnknownFormat
from dispaccio.formats import packed
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.packed import Found, Line, Package, joined
from dispaccio.formats.xml import children, first, local
from dispaccio.release.body import BlockKind, MarkKind
from dispaccio.release.model import Reading, Revision
from dispaccio.words import say

NAME = "odt"
MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_TEXT, _TABLE = f"{{{_OASIS}:text:1.0}}", f"{{{_OASIS}:table:1.0}}"
_STYLE, _FO = f"{{{_OASIS}:style:1.0}}", f"{{{_OASIS}:xsl-fo-compatible:1.0}}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_SECTIONS = ("section", "text-box", "index-body")
_OUT = {"frame": packed.PICTURES, "note": packed.NOTES, "annotation": packed.NOTES}
_MOST_REPEATED, _MOST_DEEP = 50, 100


class _Document:
    """A text on its way to passages, with what its styles say."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self.found = Found()
        self.kinds: dict[str, tuple[MarkKind, ...]] = {}
        self.parents: dict[str, str] = {}
        self.ordered: set[str] = set()
        for root in roots:
            for group in children(root, "styles", "automatic-styles"):
                for style in group:
                    self._learn(style)

    def _learn(self, style: etree._Element) -> None:
        name = style.get(f"{_STYLE}name", "")
        if local(style) == "list-style":
            level = next(iter(style), None)
            if level is not None and local(level) == "list-level-style-number":
                self.ordered.add(name)
        elif local(style) == "style":
            self.kinds[name] = _kinds(first(style, "text-properties"))
            self.parents[name] = style.get(f"{_STYLE}parent-style-name", "")

    def blocks(self, parent: etree._Element, depth: int = 0) -> None:
        """Every heading, paragraph, list and table below an element, in order."""
        for child in parent if depth < _MOST_DEEP else ():
            name = local(child)
            if name == "h":
                said = child.get(f"{_TEXT}outline-level", "1")
                level = int(said) if said.isdecimal() and len(said) < 3 else 1
                self._heading(child, level)
            elif name == "p":
                self._paragraph(child)
            elif name == "list":
                ordered = child.get(f"{_TEXT}style-name") in self.ordered
                self._list(child, ordered=ordered, depth=depth)
            elif name == "table":
                self._table(child)
            elif name in _SECTIONS:
                self.blocks(child, depth + 1)
            elif name in _OUT:
                self.found.dropped[_OUT[name]] += 1

    def _heading(self, element: etree._Element, level: int) -> None:
        line = self.line(element).on_one_line()
        depth = 2 if level < 3 else 3
        self.found.add(BlockKind.HEADING, line, level=depth, title=level == 1)

    def _paragraph(self, element: etree._Element) -> None:
        names = self._names(element.get(f"{_TEXT}style-name", ""))
        if "Title" in names:
            self._heading(element, 1)
        elif "Quotations" in names:
            self.found.add(BlockKind.QUOTE, self.line(element))
        else:
            self.found.add(BlockKind.PARAGRAPH, self.line(element))

    def _names(self, name: str) -> tuple[str, str]:
        """A style and the one that it is made of."""
        return name, self.parents.get(name, "")

    def _list(self, element: etree._Element, *, ordered: bool, depth: int) -> None:
        """The items of a list; what is nested becomes items of the outer one."""
        for item in children(element, "list-item", "list-header") if depth < _MOST_DEEP else ():
            own = [self.line(one).on_one_line() for one in children(item, "p", "h")]
            self.found.add(BlockKind.LIST, joined(own, " "), ordered=ordered)
            for inner in children(item, "list"):
                self._list(inner, ordered=ordered, depth=depth + 1)
        if not depth:
            self.found.end()

    def _table(self, element: etree._Element) -> None:
        rows = []
        for row in element.iter(f"{_TABLE}table-row"):
            cells: list[Line] = []
            for cell in children(row, "table-cell", "covered-table-cell"):
                said = cell.get(f"{_TABLE}number-columns-repeated", "1")
                times = int(said) if said.isdecimal() and len(said) < 9 else 1
                cells += [self._cell(cell)] * min(times, _MOST_REPEATED)
            while cells and not cells[-1].text:
                cells.pop()
            rows.append(joined(cells, "\t"))
        self.found.add(BlockKind.TABLE, joined(rows, "\n"))

    def _cell(self, element: etree._Element) -> Line:
        lines = (self.line(one).on_one_line() for one in element.iter(f"{_TEXT}p"))
        return joined((line for line in lines if line.text.strip()), " ")

    def line(self, element: etree._Element) -> Line:
        """The text of a paragraph with its marks; blanks are folded as the standard has it."""
        line = Line()
        self._runs(element, line, (), None, 0)
        return line

    def _runs(
        self,
        parent: etree._Element,
        line: Line,
        kinds: tuple[MarkKind, ...],
        href: str | None,
        depth: int,
    ) -> None:
        line.add(_folded(parent.text, line), kinds, href)
        for child in parent if depth < _MOST_DEEP else ():
            name = local(child)
            if name == "span":
                more = self.kinds.get(child.get(f"{_TEXT}style-name", ""), ())
                both = tuple(dict.fromkeys((*kinds, *more)))
                self._runs(child, line, both, href, depth + 1)
            elif name == "a":
                target = self.found.link(child.get(_HREF))
                self._runs(child, line, kinds, target, depth + 1)
            elif name in ("s", "tab"):
                line.add(" ", kinds, href)
            elif name == "line-break":
                line.add("\n")
            elif name in _OUT:
                self.found.dropped[_OUT[name]] += 1
            line.add(_folded(child.tail, line), kinds, href)


def _folded(text: str | None, line: Line) -> str:
    """Blanks and line ends as one blank, and none behind another."""
    folded = " ".join(f"x{text or ''}x".split())[1:-1]
    return folded.lstrip(" ") if not line.text or line.text[-1].isspace() else folded


def _kinds(properties: etree._Element | None) -> tuple[MarkKind, ...]:
    if properties is None:
        return ()
    found = []
    if properties.get(f"{_FO}font-weight") in ("bold", "600", "700", "800", "900"):
        found.append(MarkKind.STRONG)
    if properties.get(f"{_FO}font-style") in ("italic", "oblique"):
        found.append(MarkKind.EM)
    place = properties.get(f"{_STYLE}text-position", "")
    if place.startswith(("sub", "-")):
        found.append(MarkKind.SUB)
    elif place.startswith("super"):
        found.append(MarkKind.SUP)
    return tuple(found)


class OdtFormat:
    """OpenDocument texts, read only."""

    name = NAME
    version = PROTOCOL_VERSION
    about = About(
        title="OpenDocument text",
        media_types=(MEDIA_TYPE,),
        suffixes=(".odt",),
        reads=True,
        writes=False,
        lossless=False,
        recognises=lambda data: (
            data.startswith(b"PK\x03\x04") and b"opendocument.text" in data[:200]
        ),
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The one release of a document.

        Raises MalformedDocument, TooLarge, EmptyInput.
        """
        package = Package(data)
        content, styles = package.read("content.xml"), package.read("styles.xml")
        text = first(content, "body", "text") if content is not None else None
        if content is None or text is None:
            raise MalformedDocument(
                say("This is a zip without an OpenDocument text (content.xml).")
            )
        document = _Document([root for root in (styles, content) if root is not None])
        document.blocks(text)
        return [document.found.reading(NAME, options)]

    def write(self, revision: Revision) -> bytes:
        """OpenDocument texts are not written. Raises UnknownFormat."""
        raise UnknownFormat(say("OpenDocument texts are only read, not written."))


odt = OdtFormat()
