"""XHTML and NITF within an item as the small tree that the reader of HTML walks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from dispaccio.anatomy.document import MAX_TEXT
from dispaccio.errors import MalformedDocument, TooLarge
from dispaccio.formats import charset, xml
from dispaccio.formats.html.tree import MAX_DEPTH, MAX_ELEMENTS, Node

_NITF = {
    "body.content": "div",
    "block": "div",
    "hl1": "h2",
    "hl2": "h2",
    "bq": "blockquote",
    "media": "figure",
    "media-caption": "figcaption",
    "media-reference": "img",
    "nitf-table": "div",
    "dt": "p",
    "dd": "p",
    "note": "div",
    "fn": "div",
    "media-producer": "figcaption",
    "nitf-table-metadata": "template",
    "media-metadata": "template",
    "media-object": "object",
}
_HTML = """
p ol ul li dl table caption thead tbody tfoot tr td th col colgroup pre hr br a em strong sub sup b
i div h1 h2 h3 body
"""
_KEPT = frozenset(_HTML.split())
"""Elements of NITF that are HTML's; any other is a name, a place, a sum … within a line."""


def xhtml_name(name: str) -> str:
    """The name of an element of XHTML, which some write in capitals."""
    return name.lower()


def nitf_name(name: str) -> str:
    """The element of HTML that one of NITF is read as."""
    return _NITF.get(name) or (name if name in _KEPT else "span")


@dataclass(slots=True)
class Builder:
    """Makes nodes of elements, and notes what was taken out of their text.

    Raises MalformedDocument for more elements or more depth than HTML may have, and TooLarge for
    far more characters than a release has: blanks count here.
    """

    rename: Callable[[str], str]
    warnings: dict[str, None] = field(default_factory=dict)
    count: int = 0
    length: int = 0

    def node(self, element: etree._Element, depth: int = 0) -> Node:
        """The node of an element and of all below it."""
        self.count += 1
        if depth > MAX_DEPTH:
            raise MalformedDocument(f"The text is nested deeper than {MAX_DEPTH} elements.")
        if self.count > MAX_ELEMENTS:
            raise MalformedDocument(f"The text has more than {MAX_ELEMENTS:,} elements.")
        made = Node(self.rename(xml.local(element)), _attributes(element))
        self._say(made, element.text)
        for child in element:
            if isinstance(child.tag, str):
                made.children.append(self.node(child, depth + 1))
            else:
                self._say(made, child.text)
            self._say(made, child.tail)
        return made

    def _say(self, node: Node, text: str | None) -> None:
        if text:
            self.length += len(text)
            if self.length > 2 * MAX_TEXT:
                raise TooLarge(f"The text has more than {MAX_TEXT:,} characters.")
            seen = charset.visible(text)
            self.warnings |= dict.fromkeys(seen.warnings)
            node.children.append(seen.text)


def _attributes(element: etree._Element) -> dict[str, str]:
    """The attributes by local name; NITF's picture has its address in ``source``."""
    found = {etree.QName(name).localname: value for name, value in element.attrib.items()}
    if xml.local(element) == "media-reference":
        found["src"] = found.get("source", "")
        found["alt"] = found.get("alternate-text", "")
        found = {name: found[name] for name in ("src", "alt")}
    return found
