"""XHTML within an item as the small tree that the reader of HTML walks."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from dispaccio.anatomy.document import MAX_TEXT
from dispaccio.errors import MalformedDocument, TooLarge
from dispaccio.formats import charset, xml
from dispaccio.formats.html.tree import MAX_DEPTH, MAX_ELEMENTS, Node


@dataclass(slots=True)
class Builder:
    """Makes nodes of elements, and notes what was taken out of their text.

    Raises MalformedDocument for more elements or more depth than HTML may have, and TooLarge for
    far more characters than a release has: blanks count here.
    """

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
        made = Node(xml.local(element).lower(), _attributes(element))
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
    """The attributes by their local names in lower case."""
    return {str(name).rpartition("}")[2].lower(): value for name, value in element.items()}
