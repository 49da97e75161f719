"""The fields of an entry in XML: its children by name, taken one after another."""

from __future__ import annotations

from lxml import etree

from dispaccio.formats import xml
from dispaccio.formats.feeds import sight

_TECHNICAL = 300


class Fields:
    """The children of an entry by their names with the usual prefixes; what is read is noted."""

    def __init__(self, element: etree._Element, where: str) -> None:
        self.element, self.where = element, f"{where} (line {element.sourceline})"
        self._children: dict[str, list[etree._Element]] = {}
        self._read: set[str] = set()
        own = sight.namespace(element)
        for child in element:
            if name := sight.key(child, own):
                self._children.setdefault(name, []).append(child)

    def all(self, *names: str) -> list[etree._Element]:
        """The children of these names, name by name."""
        self._read.update(names)
        return [child for name in names for child in self._children.get(name, ())]

    def first(self, *names: str) -> etree._Element | None:
        """The first child of the first of these names that there is."""
        return next(iter(self.all(*names)), None)

    def text(self, *names: str) -> str | None:
        """The text of the first child of these names that has one, with single blanks."""
        return next((text for child in self.all(*names) if (text := xml.text_of(child))), None)

    def stated(self, *names: str) -> str | None:
        """As ``text``; empty, and not None, where a child is there and has no text."""
        return self.text(*names) or ("" if self.all(*names) else None)

    def raw(self, *names: str) -> str | None:
        """The text of the longest child of these names as it stands; None for none."""
        texts = ("".join(child.itertext()).strip() for child in self.all(*names))
        return max(texts, key=len, default="") or None

    def left(self) -> list[str]:
        """The names that nobody asked for."""
        return sorted(name for name in self._children if name not in self._read)

    def left_out(self) -> list[str]:
        """A warning of the names that nobody asked for, if there are any."""
        named = ", ".join(name.removeprefix("?:") for name in self.left())
        return [f"Left out of {self.where}: {named[:_TECHNICAL]}."] if named else []


def language(element: etree._Element) -> str | None:
    """The language that stands at an element or above it (``xml:lang``)."""
    found = element.get(LANG)
    above = element.getparent()
    while not found and above is not None:
        found, above = above.get(LANG), above.getparent()
    return found or None


LANG = "{http://www.w3.org/XML/1998/namespace}lang"
