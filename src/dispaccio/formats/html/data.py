"""What a page says to machines: JSON-LD of schema.org, and the meta elements as a fallback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dispaccio import clock
from dispaccio.errors import InputError
from dispaccio.formats import strict
from dispaccio.formats.codec import GREATEST
from dispaccio.formats.html.tree import Node
from dispaccio.formats.links import carried, host
from dispaccio.release.model import Party
from dispaccio.words import say

ARTICLES = frozenset(
    ("Article", "NewsArticle", "AdvertiserContentArticle", "ReportageNewsArticle", "BlogPosting")
)
"""The types (schema.org) whose object speaks of the text."""
PAID = "AdvertiserContentArticle"
"""The type of an article that somebody paid for."""


@dataclass(slots=True)
class Told:
    """The article object of a page's JSON-LD, its meta elements by name, and what was wrong."""

    article: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    zone: ZoneInfo | None = None

    @property
    def types(self) -> set[str]:
        """The types of the article object."""
        return set(_texts(self.article.get("@type")))

    @property
    def paid(self) -> bool:
        """Whether the page says that somebody paid for the text."""
        return PAID in self.types

    def author(self) -> Party | None:
        """The author, with domain and DID where they are stated."""
        name, thing = self.text("author", "creator"), self.thing("author")
        if not name:
            return None
        url, did = thing.get("url"), thing.get("identifier")
        domain = host(url) if isinstance(url, str) else None
        return Party(name, domain, did if isinstance(did, str) else None)

    def text(self, *names: str) -> str | None:
        """The first of these properties that is a text; a place, person or body is its name."""
        for name in names:
            if found := _named(self.article.get(name)):
                return found
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """A property of several texts; a single text is divided at its commas."""
        value = self.article.get(name)
        if isinstance(value, str):
            value = value.split(",")
        return tuple(part.strip() for part in _texts(value) if part.strip())

    def number(self, name: str) -> int | None:
        """A property that is a whole number, or a text of digits."""
        value = self.article.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        return value if type(value) is int and abs(value) <= GREATEST else None

    def thing(self, name: str) -> dict[str, Any]:
        """A property that is an object; of several the first."""
        value = self.article.get(name)
        if isinstance(value, list):
            value = next(iter(value), None)
        return value if isinstance(value, dict) else {}

    def time(self, name: str, value: str | None) -> datetime | None:
        """An instant in UTC; one that cannot be read gives a warning."""
        if not value:
            return None
        try:
            return clock.parse(value, self.zone)
        except InputError as error:
            self.warnings.append(say("{name} was left out. {why}", name=name, why=error.message))
            return None

    def identifiers(self) -> Iterator[tuple[str, str]]:
        """The identifiers as (scheme, value)."""
        value = self.article.get("identifier")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and item.strip():
                yield ("url" if item.startswith("http") else "identifier"), item.strip()
            elif isinstance(item, dict):
                scheme, number = _named(item.get("propertyID")), item.get("value")
                if isinstance(number, int):
                    number = str(number)
                if isinstance(number, str) and number:
                    yield scheme or "identifier", number


def read(root: Node, zone: ZoneInfo | None) -> Told:
    """What the page of this tree says to machines; ``zone`` is for times that state none."""
    told = Told(zone=zone)
    for node in root.named("meta"):
        name = node.get("name") or node.get("property") or node.get("itemprop")
        if name and node.get("content"):
            told.meta.setdefault(name.lower(), node.get("content"))
    for node in root.named("script"):
        if node.get("type").lower() == "application/ld+json":
            _take(told, "".join(child for child in node.children if isinstance(child, str)))
    return told


def canonical(root: Node) -> str | None:
    """The address that the page gives as its own (RFC 6596)."""
    links = (node for node in root.named("link") if "canonical" in node.get("rel").lower().split())
    return next((href for node in links if (href := carried(node.get("href")))), None)


def _take(told: Told, source: str) -> None:
    try:
        document = strict.load_json(source.strip().encode())
    except InputError as error:
        told.warnings.append(say("The page's JSON-LD was left out. {why}", why=error.message))
        return
    if not told.article:
        told.article = next((o for o in _objects(document) if ARTICLES & _types(o)), {})


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    """The objects at the top of a JSON-LD document: one, a list, or a graph."""
    for item in document if isinstance(document, list) else [document]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            yield from (
                o for o in (graph if isinstance(graph, list) else ()) if isinstance(o, dict)
            )


def _types(document: dict[str, Any]) -> set[str]:
    return set(_texts(document.get("@type")))


def _texts(value: Any) -> Iterable[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if type(item) is str]


def _named(value: Any) -> str | None:
    """A text, the name of an object, or the names of several, with commas."""
    if isinstance(value, list):
        return ", ".join(name for item in value if (name := _named(item))) or None
    if isinstance(value, dict):
        value = value.get("name")
    return value.strip() or None if isinstance(value, str) else None
