"""A part of an item: its elements by name, which of them were asked for, and text in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.errors import TooLarge
from dispaccio.formats import charset, xml
from dispaccio.formats import newscodes as codes
from dispaccio.formats.html import tree
from dispaccio.formats.newsml_g2.names import LANG

MOST = 10_000
"""The most elements that one part of an item may have."""
_MOST_WARNINGS = 100
MARKUP = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|b|i|u|em|strong|a|span|sub|sup|font)\b[^<>]*>", re.IGNORECASE
)


@dataclass(slots=True)
class Context:
    """What holds for a whole item: its schemes by alias, its language, and the warnings so far."""

    schemes: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    warnings: list[str] = field(default_factory=list)

    def left(self, what: str, why: str) -> None:
        """Say that something was left out."""
        self.warnings.append(f"{what} was left out: {why}.")

    def told(self) -> tuple[str, ...]:
        """The warnings, each once; of very many the first, and all that speak of an embargo."""
        found = list(dict.fromkeys(self.warnings))
        if len(found) <= _MOST_WARNINGS:
            return tuple(found)
        kept = [w for at, w in enumerate(found) if at < _MOST_WARNINGS or UNCLEAR in w]
        return (*kept, f"{len(found) - len(kept)} more warnings are not shown.")

    def code(self, element: etree._Element, name: str = "qcode", uri: str = "uri") -> str | None:
        """A property's code: its URI, else its QCode."""
        said = str(element.get(uri) or "").strip() or str(element.get(name) or "").strip()
        return said or None

    def bare(self, element: etree._Element, name: str = "qcode", uri: str = "uri") -> str:
        """The local part of a property's code in lower case, whatever its alias; else empty."""
        code = self.code(element, name, uri)
        return codes.bare(code) if code else ""

    def role(self, element: etree._Element) -> str:
        """The local part of an element's role; empty for none."""
        return self.bare(element, "role", "roleuri")

    def line(self, element: etree._Element | None) -> str | None:
        """All text of an element on one line; HTML in it is read as such."""
        if element is None:
            return None
        said = "".join(element.itertext()) if len(element) else element.text or ""
        return self._plain(" ".join(said.split()), xml.local(element))

    def block(self, element: etree._Element | None) -> str | None:
        """All text of an element, in lines where it has a ``br``."""
        if element is None:
            return None
        lines = "".join(_pieces(element)).split("\n")
        text = "\n".join(" ".join(line.split()) for line in lines)
        return self._plain(text.strip("\n"), xml.local(element))

    def name(self, element: etree._Element | None) -> str | None:
        """The words of a property: a name, in the item's language if it can be, or a literal."""
        if element is None:
            return None
        names = list(xml.children(element, "name"))
        ours = (n for n in names if self.language and n.get(LANG) == self.language)
        best = next(ours, names[0] if names else None)
        return self.line(best) or (element.get("literal") or "").strip() or None

    def _plain(self, text: str, where: str) -> str | None:
        if "<" in text and MARKUP.search(text):
            self.warnings.append(f"{where}: HTML in a field of plain text was read as such.")
            text = tree.parse(text).text()
        seen = charset.visible(text)
        self.warnings += (f"{where}: {warning}" for warning in seen.warnings)
        return seen.text or None


@dataclass(slots=True)
class Section:
    """The children of an element by their local names. Raises TooLarge for more than ``MOST``."""

    name: str
    context: Context
    groups: dict[str, list[etree._Element]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, element: etree._Element | None, name: str, context: Context) -> Section:
        """The section of an element, which may be absent."""
        made = cls(name, context)
        if element is None:
            return made
        if len(element) > MOST:
            raise TooLarge(f"{name} has more than {MOST:,} elements.")
        for child in element:
            made.groups.setdefault(xml.local(child), []).append(child)
        return made

    def all(self, *names: str) -> list[etree._Element]:
        """The elements of these names."""
        self.asked.update(names)
        return [element for name in names for element in self.groups.get(name, ())]

    def first(self, name: str) -> etree._Element | None:
        """The first element of that name; if there are more, a warning says so."""
        found = self.all(name)
        if len(found) > 1:
            self.context.left(f"{self.name}/{name}", "there is another before it")
        return found[0] if found else None

    def text(self, name: str) -> str | None:
        """The text of the first element of that name, on one line."""
        return self.context.line(self.first(name))

    def left(self) -> Iterator[str]:
        """The names that nobody asked for, with the section's."""
        return (f"{self.name}/{name}" for name in self.groups if name not in self.asked)


def _pieces(element: etree._Element) -> Iterator[str]:
    """The text in an element, its source's line breaks as blanks and its own as LF."""
    yield " ".join((element.text or "").split("\n"))
    for child in element:
        name = xml.local(child)
        yield "\n" if name in ("br", "p") else ""
        yield from _pieces(child)
        yield "\n" if name == "p" else ""
        yield " ".join((child.tail or "").split("\n"))


def number(element: etree._Element, name: str) -> int | None:
    """A whole number that an attribute states; None for anything else."""
    said = element.get(name) or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None
