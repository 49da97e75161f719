"""The content of a page: its main part as blocks and marks of our body; the rest is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urljoin

from dispaccio.formats.html import inline
from dispaccio.formats.html.tree import Node
from dispaccio.formats.links import carried
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.model import Media
from dispaccio.words import in_a_row, say

_DROPPED = """
applet aside audio base button canvas datalist dialog embed frame frameset head iframe input link
map math menu meta nav noframes noscript object option optgroup output progress rp rt script select
source style svg template textarea title track video
"""
DROPPED = frozenset(_DROPPED.split())
"""Elements that are left out with all that is in them."""
_UNSAID = {"base", "head", "link", "meta", "noscript", "rp", "source", "template", "title", "track"}
_MARKS = {
    "strong": MarkKind.STRONG,
    "b": MarkKind.STRONG,
    "em": MarkKind.EM,
    "i": MarkKind.EM,
    "sub": MarkKind.SUB,
    "sup": MarkKind.SUP,
}
_FORMATTING = {"code", "del", "ins", "kbd", "mark", "q", "s", "samp", "small", "strike", "tt", "u"}
_PLAIN = """
a abbr acronym bdi bdo big br cite data dfn font img label nobr ruby span time var wbr
"""
_INLINE = {*_PLAIN.split(), *_MARKS, *_FORMATTING}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LAYOUT = _HEADINGS | {"article", "blockquote", "div", "ol", "p", "section", "table", "ul"}
_INVISIBLE = ("display:none", "visibility:hidden")


_Walk: TypeAlias = "Callable[[Node], None]"


@dataclass(frozen=True, slots=True)
class Found:
    """A block, and whether the page marks it as the title of the whole (``h1``)."""

    block: Block
    title: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What was read: blocks in their order, their media, and what was left out, in sentences."""

    found: tuple[Found, ...]
    media: tuple[Media, ...]
    warnings: tuple[str, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks alone."""
        return tuple(item.block for item in self.found)


def read(node: Node, base: str = "") -> Content:
    """The content of an element; relative addresses are resolved against ``base`` (RFC 3986)."""
    reader = _Reader(base)
    reader.flow(node)
    reader.flush()
    return Content(tuple(reader.found), tuple(reader.media), tuple(reader.warnings()))


def hidden(node: Node) -> bool:
    """Whether an element is not shown to readers, by its own attributes."""
    if not node.attributes:
        return False
    style = "".join(node.get("style").lower().split())
    return "hidden" in node.attributes or any(word in style for word in _INVISIBLE)


@dataclass(slots=True)
class _Reader:
    """Walks the tree once. ``line`` gathers the running text of the block that is open."""

    base: str
    found: list[Found] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    formatting: set[str] = field(default_factory=set)
    line: inline.Line = field(default_factory=inline.Line)
    pictures: list[Block] = field(default_factory=list)
    level: int = 0

    def flow(self, node: Node) -> None:
        """Read what is in an element as blocks."""
        for child in node.children:
            if isinstance(child, str):
                self.line.text(child)
            elif self._skips(child):
                continue
            elif child.name == "br":
                self._line_break()
            elif child.name == "img":
                self._picture(child)
            elif child.name in _INLINE:
                self._within(child, self.flow)
            else:
                self.flush()
                self._block(child)
                self.flush()

    def flush(self) -> None:
        """End the open block, if there is text in it, and place the pictures that stood in it."""
        if not self.line.length and not self.pictures:
            return
        text, marks = self.line.finish()
        if text and self.level:
            level = 2 if self.level < 3 else 3
            made = inline.block(BlockKind.HEADING, text, marks, level=level)
            self._keep(made, title=self.level == 1)
        elif text:
            self._keep(inline.block(BlockKind.PARAGRAPH, text, marks))
        self.found += [Found(picture) for picture in self.pictures]
        self.pictures = []

    def warnings(self) -> Iterator[str]:
        """What was left out, in sentences."""
        if self.left_out:
            names = in_a_row(f"{count} × {name}" for name, count in sorted(self.left_out.items()))
            yield say("Left out, since the wire does not carry it: {names}.", names=names)
        if self.formatting:
            names = in_a_row(sorted(self.formatting))
            yield say("The text was kept, its formatting not: {names}.", names=names)

    def _block(self, node: Node) -> None:
        name = node.name
        if name in _HEADINGS:
            self.level = int(name[1])
            if self.level > 3:
                self.formatting.add(say("heading of level {level}", level=self.level))
            self.flow(node)
            self.flush()
            self.level = 0
        elif name in ("ul", "ol"):
            self._list(node)
        elif name == "blockquote":
            self._add(BlockKind.QUOTE, [self._gathered(node, "\n")], "\n")
        elif name == "table" and _is_data(node):
            self._table(node)
        elif name == "pre":
            self._preformatted(node)
        elif name == "figure":
            self._figure(node)
        elif name != "hr":
            self.flow(node)

    def _skips(self, node: Node) -> bool:
        if node.name not in DROPPED and not hidden(node):
            return False
        if node.name in DROPPED:
            if node.name not in _UNSAID:
                self.left_out[node.name] += 1
        elif node.text():
            self.left_out["hidden text"] += 1
        return True

    def _within(self, node: Node, walk: _Walk) -> None:
        """Walk an inline element, with the mark that it makes."""
        kind, href = _MARKS.get(node.name), None
        if node.name == "a" and node.get("href"):
            href = self._target(node.get("href"))
            kind = MarkKind.LINK if href else None
        elif node.name in _FORMATTING:
            self.formatting.add(node.name)
        if kind:
            self.line.open(kind, href)
        walk(node)
        if kind:
            self.line.close()

    def _target(self, href: str) -> str | None:
        if href.startswith("#"):
            return None
        target = carried(href) or carried(_resolved(self.base, href))
        if not target:
            self.left_out["link target"] += 1
        return target

    def _line_break(self) -> None:
        if self.line.waiting == "\n":
            self.flush()
        self.line.divide("\n")

    def _gathered(self, node: Node, divider: str) -> tuple[str, tuple[Mark, ...]]:
        """The running text of an element in which no block may stand; a divider where one did."""
        outer, self.line = self.line, inline.Line()

        def walk(within: Node) -> None:
            for child in within.children:
                if isinstance(child, str):
                    self.line.text(child)
                elif self._skips(child):
                    continue
                elif child.name == "img":
                    self.left_out["picture in a list, quote or table"] += 1
                elif child.name in _INLINE and child.name != "br":
                    self._within(child, walk)
                else:
                    self.line.divide("\n" if child.name == "li" else divider)
                    walk(child)
                    self.line.divide(divider)

        walk(node)
        gathered = self.line.finish()
        self.line = outer
        return gathered

    def _list(self, node: Node) -> None:
        items = [
            self._gathered(child, " ")
            for child in node.children
            if isinstance(child, Node) and not self._skips(child)
        ]
        if any(inner is not node for inner in node.named("ul", "ol")):
            self.formatting.add("list within a list")
        self._add(BlockKind.LIST, items, "\n", ordered=node.name == "ol")

    def _table(self, node: Node) -> None:
        rows = []
        for row in node.named("tr"):
            cells = [
                self._gathered(cell, " ")
                for cell in row.children
                if isinstance(cell, Node) and cell.name in ("td", "th")
            ]
            if any(text for text, _ in cells):
                text, marks = inline.stack(cells, "\t")
                rows.append((text, tuple(marks)))
        for caption in node.named("caption"):
            self._add(BlockKind.PARAGRAPH, [self._gathered(caption, " ")], "\n")
        if any(cell.get("colspan") or cell.get("rowspan") for cell in node.named("td", "th")):
            self.formatting.add("table cells that span others")
        self._add(BlockKind.TABLE, rows, "\n")

    def _preformatted(self, node: Node) -> None:
        for line in _lines_of(node):
            if line.strip():
                self.line.text(line.strip())
                self.line.divide("\n")
            else:
                self.flush()
        self.formatting.add("pre")

    def _add(
        self,
        kind: BlockKind,
        parts: list[tuple[str, tuple[Mark, ...]]],
        divider: str,
        *,
        ordered: bool = False,
    ) -> None:
        text, marks = inline.stack([part for part in parts if part[0]], divider)
        if text:
            self._keep(inline.block(kind, text, marks, ordered=ordered))

    def _keep(self, block: Block, *, title: bool = False) -> None:
        if block.text:
            self.found.append(Found(block, title))

    def _figure(self, node: Node) -> None:
        before = len(self.media)
        shown = Node("", {}, [c for c in node.children if _name(c) != "figcaption"])
        if node.get("class") == "image" and not any(node.named("img")):
            shown = _pictured(shown)
        self.flow(shown)
        self.flush()
        for caption in node.named("figcaption"):
            text, marks = self._gathered(caption, " ")
            if len(self.media) > before:
                last = self.media[-1]
                self.media[-1] = Media(href=last.href, alt=last.alt, caption=text or None)
            elif text:
                self._keep(inline.block(BlockKind.PARAGRAPH, text, marks))

    def _picture(self, node: Node) -> None:
        if any(node.get(side) in ("0", "1", "2") for side in ("width", "height")):
            return
        source = node.get("src")
        if not source or source.startswith("data:"):
            source = node.get("data-src") or source
        href = carried(_resolved(self.base, source))
        if not href or not href.lower().startswith("http"):
            self.left_out["picture without an address"] += 1
            return
        alt = " ".join(node.get("alt").split())
        made = Block(BlockKind.IMAGE, alt, media=len(self.media)).cleaned()
        self.pictures.append(made)
        self.media.append(Media(href=href, alt=made.text or None))


def _name(child: Node | str) -> str:
    return child.name if isinstance(child, Node) else ""


def _pictured(shown: Node) -> Node:
    """The picture that our bare document shows as a link with its alternative text."""
    href = next((link.get("href") for link in shown.named("a")), "")
    return Node("", {}, [Node("img", {"src": href, "alt": shown.text()})])


def _resolved(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""


def _is_data(table: Node) -> bool:
    """Whether a table holds data; one that only lays out the page is read as its content."""
    if table.get("role") in ("presentation", "none"):
        return False
    cells = 0
    for node in table.elements():
        if node.name in _LAYOUT and node is not table:
            return False
        cells += node.name in ("td", "th")
    return cells > 1


def _lines_of(node: Node) -> list[str]:
    pieces: list[str] = []
    waiting: list[Node | str] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            pieces.append(item)
        elif item.name == "br":
            pieces.append("\n")
        elif item.name not in DROPPED:
            waiting.extend(reversed(item.children))
    return "".join(pieces).split("\n")
