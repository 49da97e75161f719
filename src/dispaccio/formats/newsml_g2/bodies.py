"""The content of an item: the best of its texts as a document, its pictures, and what is left."""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass, replace

from lxml import etree

from dispaccio.anatomy.document import Document, limit
from dispaccio.anatomy.layout import MAX_LINES
from dispaccio.errors import TooLarge
from dispaccio.formats import xml
from dispaccio.formats.html import content
from dispaccio.formats.html.read import document_of
from dispaccio.formats.html.tree import Node
from dispaccio.formats.links import carried
from dispaccio.formats.newsml_g2 import nodes
from dispaccio.formats.newsml_g2.section import MARKUP, MOST, Context, number
from dispaccio.formats.ninjs import bodies
from dispaccio.release.model import Media

_PLAIN, _HTML = "text/plain", "text/html"
_RANKS = ("xhtml", "nitf", "html", "plain")


@dataclass(frozen=True, slots=True)
class Text:
    """One text: what it is (``xhtml``, ``nitf``, ``html``, ``plain``), as element or as value."""

    kind: str
    said: str
    element: etree._Element | None = None
    value: str = ""


def choose(sets: list[etree._Element], context: Context) -> Text | None:
    """The best text of an item's content; the others are named in warnings. Raises TooLarge."""
    if sum(map(len, sets)) > MOST:
        raise TooLarge(f"contentSet has more than {MOST:,} elements.")
    found = [
        text
        for part in sets
        for child in xml.children(part, "inlineXML", "inlineData")
        if (text := _text(child, context))
    ]
    best = min(found, key=lambda text: _RANKS.index(text.kind), default=None)
    for text in found:
        if text is not best:
            context.left(f"A body ({text.said})", "another one was read")
    for part in sets:
        for child in part:
            if (name := xml.local(child)) not in ("inlineXML", "inlineData", "remoteContent"):
                context.left(f"contentSet/{name}", "the wire has no place for it")
    return best


def document(text: Text | None, title: str | None) -> Document:
    """A text as a document that can be taken apart, with the item's headline as its title.

    Raises TooLarge for more than a release has, and MalformedDocument for what is nested too deep.
    """
    if text is None:
        return bodies.document(None, title)
    if text.element is None:
        kind = _HTML if text.kind == "html" else _PLAIN
        limit(text.value, MAX_LINES)
        return bodies.document(bodies.Body(None, kind, text.value), title)
    builder = nodes.Builder()
    made = builder.node(text.element)
    found = document_of(content.read(Node("", {}, [made])), title)
    limit(found.text, MAX_LINES)
    return replace(found, warnings=(*found.warnings, *builder.warnings))


def media(sets: list[etree._Element], context: Context, *, one: bool = False) -> tuple[Media, ...]:
    """The pictures, films and files that lie elsewhere.

    ``one``: the item is itself a picture, so all are renditions of it and the largest is taken.
    """
    remote = [child for part in sets for child in xml.children(part, "remoteContent")]
    found = []
    for element in remote:
        href = carried(element.get("href") or "")
        kind = (element.get("contenttype") or "").partition(";")[0].strip().lower() or None
        name = element.get("residref") or context.bare(element, "rendition", "renditionuri")
        if kind and (kind.startswith("text/") or kind.endswith("xml")) and not one:
            context.left(f"The text at {href or name}", "it lies elsewhere, and is not fetched")
        elif href or element.get("residref"):
            made = Media(
                href=href,
                name=name or None,
                type=kind,
                size=number(element, "size"),
                width=number(element, "width"),
                height=number(element, "height"),
            )
            found.append((made.width or 0, made.size or 0, made))
        else:
            context.left("contentSet/remoteContent", "it has no address")
    if one and found:
        return (max(found, key=lambda entry: entry[:2])[2],)
    return tuple(entry[2] for entry in found)


def _text(element: etree._Element, context: Context) -> Text | None:
    """The text in an inlineXML or inlineData; None for an empty one and for one not read."""
    stated = (element.get("contenttype") or "").partition(";")[0].strip().lower()
    said = stated or xml.local(element)
    if len(element):
        nitf = next(xml.children(element, "nitf"), None)
        if nitf is not None:
            return Text("nitf", said, nitf)
        written = any(text.strip() for text in element.itertext()) or any(element.iter("{*}img"))
        return Text("xhtml", said, element) if written else None
    value = (element.text or "").strip()
    if "base64" in context.bare(element, "encoding", "encodinguri"):
        value = _decoded(value) if stated.startswith("text/") else ""
        if not value:
            context.left(f"A body ({said})", "it is in base64, and no text")
    if not value:
        return None
    if xml.local(element) == "inlineXML":
        context.warnings.append("inlineXML: escaped markup was read as if it were none.")
    if value.startswith(("<nitf", "<?xml")) and "<nitf" in value[:2000]:
        return Text("nitf", said, xml.parse(value.encode()).root)
    if stated in (_PLAIN, "") and not (MARKUP.search(value) and "</" in value):
        return Text("plain", said, value=value)
    if stated.startswith("text/") or stated in ("", "application/xhtml+xml"):
        return Text("html" if MARKUP.search(value) else "plain", said, value=value)
    context.left(f"A body ({said})", "the wire does not read its type")
    return None


def _decoded(value: str) -> str:
    try:
        return b64decode("".join(value.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
