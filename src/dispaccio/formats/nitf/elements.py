"""XML of agencies as a small tree: names in lower case and without namespaces, limits kept.

NITF and NewsML 1.2 come with and without a namespace, in upper and in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml import etree

from dispaccio.errors import MalformedDocument
from dispaccio.formats import xml
from dispaccio.formats.html import tree
from dispaccio.formats.html.tree import Node

_ROOT = re.compile(
    r"\ufeff?\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>\s*)*"
    r"<(?:[\w.-]+:)?(?P<name>[\w.-]+)",
    re.IGNORECASE | re.DOTALL,
)
_FIRST = 4096


def root_of(data: bytes) -> str:
    """The name of a document's root, in lower case and without prefix; empty for what is no XML."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    found = _ROOT.match(data[:_FIRST].decode("utf-16" if wide else "utf-8", "replace"))
    return found["name"].lower() if found else ""


def parse(data: bytes, charset: str | None) -> xml.Parsed:
    """The root of a document, without characters that nobody sees.

    Raises what ``xml.parse`` raises, and NotText for a text that is mostly control characters.
    """
    text, warnings = xml.decode(data, charset)
    seen = tree.visible(text)
    parsed = xml.parse(seen.text.encode("utf-8", "surrogatepass"), "utf-8")
    return xml.Parsed(parsed.root, (*warnings, *seen.warnings, *parsed.warnings))


def of(element: etree._Element, shut: str = "") -> Node:
    """An element as a node; the content of those named ``shut`` below it is left out.

    Raises MalformedDocument for too many elements, or too deep ones.
    """
    root = _node(element)
    waiting = [(element, root, 1)]
    count = 0
    while waiting:
        source, made, depth = waiting.pop()
        if depth > tree.MAX_DEPTH:
            raise MalformedDocument(f"Elements are nested deeper than {tree.MAX_DEPTH}.")
        if source.text:
            made.children.append(source.text)
        for child in source:
            if isinstance(child.tag, str):
                count += 1
                if count > tree.MAX_ELEMENTS:
                    most = f"{tree.MAX_ELEMENTS:,}"
                    raise MalformedDocument(f"The document has more than {most} elements.")
                node = _node(child)
                made.children.append(node)
                if node.name != shut:
                    waiting.append((child, node, depth + 1))
            if child.tail:
                made.children.append(child.tail)
    return root


def children(node: Node | None, *names: str) -> Iterator[Node]:
    """The elements right below a node, of these names, or all of them."""
    if node is not None:
        for child in node.children:
            if isinstance(child, Node) and (not names or child.name in names):
                yield child


def first(node: Node | None, *path: str) -> Node | None:
    """The first element down a path of names."""
    for name in path:
        node = next(children(node, name), None)
    return node


def said(node: Node | None, *names: str) -> str | None:
    """The first of these attributes that says something, with single blanks."""
    for name in names:
        if node is not None and (value := " ".join(node.get(name).split())):
            return value
    return None


def words(node: Node | None) -> str | None:
    """The text of an element with single blanks; None for an empty one."""
    return (node.text() or None) if node is not None else None


def listed(names: Iterable[str]) -> str:
    """Names for a sentence, each once, and not more than a reader takes in."""
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - 12} more" if len(known) > 12 else ""
    return ", ".join(name[:60] for name in known[:12]) + more


def _node(element: etree._Element) -> Node:
    attributes = {_bare(name): value for name, value in element.items()}
    if len(attributes) > tree.MAX_ATTRIBUTES:
        raise MalformedDocument(
            f"A <{xml.local(element)[:20]}> has more than {tree.MAX_ATTRIBUTES} attributes."
        )
    return Node(_bare(element.tag), attributes)


@lru_cache(maxsize=1_000)
def _bare(name: str) -> str:
    return name.rpartition("}")[2].lower()


def whole(warnings: list[str], where: str, stated: str | None) -> int | None:
    """A whole number that a field states; what is none is left out with a warning."""
    if stated is None:
        return None
    if re.fullmatch(r"(?a:\d{1,9})", stated):
        return int(stated)
    warnings.append(f"{where} was left out: {stated[:40]!r} is no number.")
    return None
