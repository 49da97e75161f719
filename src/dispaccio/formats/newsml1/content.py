"""What a content item holds: NITF, XHTML or plain text, and media by their addresses."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace

from dispaccio.anatomy import layout, reader
from dispaccio.anatomy.document import Document, assemble
from dispaccio.errors import InputError, MalformedDocument
from dispaccio.formats import xml
from dispaccio.formats.base import Options
from dispaccio.formats.html import content as html
from dispaccio.formats.html import tree
from dispaccio.formats.html.read import document_of
from dispaccio.formats.html.tree import Node
from dispaccio.formats.links import carried
from dispaccio.formats.newsml1.stories import Content, Story, name_of
from dispaccio.formats.nitf import body, elements
from dispaccio.formats.nitf import read as nitf
from dispaccio.formats.nitf.elements import children, first, said, words
from dispaccio.release.model import ItemKind, Media, Reading, Revision

_NITF = re.compile(r"\s*(?:<\?[^>]*>\s*|<!DOCTYPE[^>\[]*>\s*)*<(?:\w+:)?nitf[\s>]", re.IGNORECASE)
_FRAGMENTS = ("body.content", "body.head", "hedline", "hl1", "hl2", "block", "bq", "nitf-table")


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a story as a reading of its own, and what is said of its repair."""

    reading: Reading
    warnings: tuple[str, ...] = ()


def read(story: Story, given: Revision, options: Options) -> Text:
    """The text of a story; what the item says of headline, embargo and language is ``given``.

    Raises MalformedDocument where NITF that stands inside cannot be read.
    """
    data = first(story.text.node, "datacontent") if story.text else None
    title = given.headline or None
    known = Revision(embargo=given.embargo, language=given.language)
    if data is None:
        document = document_of(html.Content((), (), ()), title)
        found = reader.read(document, "newsml-1", options.zone, known)
        if not story.text:
            return Text(found)
        return Text(found, (f"The text was not sent: it lies at {story.text.node.get('href')}.",))
    warnings = _decode(data)
    inner = next((node for node in data.named("nitf")), None)
    plain = "".join(child for child in data.children if isinstance(child, str))
    if inner is None and not any(children(data)) and _NITF.match(plain):
        parsed = elements.parse(plain.encode(), "utf-8")
        return Text(nitf.element(parsed.root, options, given), (*warnings, *parsed.warnings))
    if inner is not None:
        return Text(nitf.node(inner, options, given), warnings)
    document, more = _document(data, plain, title)
    reading = reader.read(document, "newsml-1", options.zone, known)
    return Text(reading, (*warnings, *more))


def media(story: Story) -> tuple[Media, ...]:
    """The pictures and films of a story: of the renditions of one, the largest."""
    groups: dict[int, list[Content]] = {}
    for content in story.media:
        equal = (n for n in content.chain if n.get("equivalentslist").lower() == "yes")
        holder = next(equal, content.chain[-1] if content.chain else content.node)
        groups.setdefault(id(holder), []).append(content)
    best = (max(group, key=_size) for group in groups.values())
    captions = _captions(story)
    return tuple(_medium(one, _caption(one, captions)) for one in best)


def _captions(story: Story) -> dict[int, str]:
    """The captions by the components around them; without a text, all belong to the item."""
    found: dict[int, str] = {}
    for caption in story.captions:
        if text := words(first(caption.node, "datacontent")):
            around = caption.chain[1:] if story.text else caption.chain
            found |= {id(node): text for node in around if id(node) not in found}
    return found


def _caption(medium: Content, captions: dict[int, str]) -> str | None:
    """The caption that stands in a component together with a medium, the nearest first."""
    around = (id(node) for node in reversed(medium.chain))
    return next((captions[node] for node in around if node in captions), None)


def _document(data: Node, plain: str, title: str | None) -> tuple[Document, tuple[str, ...]]:
    if any(node.name in _FRAGMENTS for node in data.elements()):
        told = body.read([data], title)
        return replace(told.document, media=told.media or told.document.media), told.warnings
    if any(children(data)):
        found = document_of(html.read(data), title)
        return replace(found, warnings=()), found.warnings
    if body.MARKUP.search(plain):
        found = document_of(html.read(tree.parse(plain)), title)
        return replace(found, warnings=()), found.warnings
    laid = layout.lay_out(plain.replace("\r\n", "\n"))
    headed = document_of(html.Content((), (), ()), title)
    passages = (*headed.passages, *laid.passages)
    return assemble(passages, marked=laid.marked, media=laid.media), ()


def _decode(data: Node) -> tuple[str, ...]:
    """Open the ``Encoding`` that a text may stand in."""
    encoding = first(data, "encoding")
    if encoding is None:
        return ()
    notation = (said(encoding, "notation") or "").lower()
    if "base64" not in notation:
        data.children = list(encoding.children)
        return (f"The text is encoded as {notation[:40] or 'nothing'}; it was read as it is.",)
    try:
        raw = base64.b64decode(encoding.text().replace(" ", ""), validate=True)
        text, warnings = xml.decode(raw)
    except (binascii.Error, ValueError):
        raise MalformedDocument("The text is said to be base64, and is not.") from None
    except InputError as error:
        raise MalformedDocument(f"The text in base64 cannot be read. {error.message}") from None
    data.children = [text]
    return warnings


def _size(content: Content) -> int:
    """The size of a rendition, by its bytes, else by its width."""
    told = first(content.node, "characteristics")
    stated = words(first(told, "sizeinbytes")) or _property(told, "Width") or ""
    return int(stated) if re.fullmatch(r"(?a:\d{1,12})", stated) else 0


def _property(node: Node | None, name: str) -> str | None:
    for one in children(node, "property"):
        if (name_of(one) or "").lower() == name.lower():
            return said(one, "value")
    return None


def _medium(content: Content, caption: str | None) -> Media:
    href = content.node.get("href")
    address = carried(href)
    lines = [lines for node in reversed(content.chain) if (lines := first(node, "newslines"))]
    near = lines[0] if lines else None
    size = words(first(content.node, "characteristics", "sizeinbytes")) or ""
    return Media(
        href=address,
        name=None if address else href or None,
        type=name_of(first(content.node, "mimetype")),
        role=None if content.kind is ItemKind.PICTURE else content.kind.value,
        size=int(size) if re.fullmatch(r"(?a:\d{1,12})", size) else None,
        caption=caption or words(first(near, "headline")),
        credit=words(first(near, "creditline")) or words(first(near, "byline")),
        rights=words(first(near, "copyrightline")),
    )
