"""A document of NITF as a reading; agencies' dialects are taken where possible."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from dispaccio.anatomy import reader
from dispaccio.errors import EmptyInput, MalformedDocument
from dispaccio.formats import disclosed, items, merge, xml
from dispaccio.formats.base import Options
from dispaccio.formats.html.tree import Node
from dispaccio.formats.links import carried
from dispaccio.formats.nitf import body, disclosure, elements, head
from dispaccio.formats.nitf.elements import children, first, words
from dispaccio.formats.nitf.text import MEDIA_ONLY, PREFIX
from dispaccio.release.model import (
    Contact,
    ItemKind,
    Media,
    Reading,
    Revision,
    Visibility,
)
from dispaccio.release.state import Status

_FRAME = ("body.head", "body.end")


def read(data: bytes, options: Options) -> Reading:
    """The reading of one document; one that this product wrote comes back whole.

    Raises MalformedDocument with line and column, for another root, or for a status that is not
    known; EmptyInput, WrongCharset, NotText.
    """
    parsed = elements.parse(data, options.charset)
    if xml.local(parsed.root).lower() != "nitf":
        raise MalformedDocument(
            f"This is not NITF: its root element is <{xml.local(parsed.root)[:40]}>, not <nitf>."
        )
    reading = element(parsed.root, options)
    return replace(reading, warnings=(*parsed.warnings, *reading.warnings))


def element(root: etree._Element, options: Options, around: Revision | None = None) -> Reading:
    """The reading of an element ``nitf``, wherever it stands. Raises what ``read`` raises.

    ``around`` is what the document says that it stands in.
    """
    told, warnings = disclosure.split(root)
    if told and told.intact:
        return Reading("nitf", told.revision)
    reading = node(elements.of(root), options, around)
    if told:
        reading = disclosed.settle(reading, told)
    return replace(reading, warnings=(*warnings, *reading.warnings))


def node(root: Node, options: Options, around: Revision | None = None) -> Reading:
    """A document as any reader takes it, without a disclosure; its nodes are changed.

    ``around`` is what the document says that it stands in: its headline is taken where this one
    has none, and its identifier is enough.

    Raises MalformedDocument for a status that is not known or where a limit is passed, EmptyInput
    where there is neither headline nor text.
    """
    told, seen = head.read(root, options.zone, around)
    contents, stray = _contents(root)
    told = _behind(_beside(told, contents), root)
    text = body.read(contents, told.headline or None)
    warnings = (*seen.warnings, *stray, *text.warnings)
    if not text.document.passages and not told.headline:
        raise EmptyInput("The document has neither a headline nor a text.")
    media = (*merge.media(text.document.media, text.media), *told.media)
    if _is_picture(text, media, told):
        return items.not_text("nitf", ItemKind.PICTURE, replace(told, media=media), warnings)
    given = Revision(embargo=told.embargo, language=told.language)
    reading = reader.read(text.document, "nitf", options.zone, given)
    found = reading.revision
    media = merge.media(found.media, media)
    said_ = replace(told, embargo=None, media=media, label=merge.label(told.label, found.label))
    return replace(
        reading,
        revision=merge.fill(said_, found),
        warnings=(*warnings, *reading.warnings),
    )


def _contents(root: Node) -> tuple[list[Node], tuple[str, ...]]:
    """The elements that hold the text; what stands in ``body`` beside them is one more."""
    bodies = list(children(root, "body"))
    contents = [node for holder in bodies for node in children(holder, "body.content")]
    loose = [
        child
        for holder in bodies
        for child in holder.children
        if (
            child.strip() if isinstance(child, str) else child.name not in (*_FRAME, "body.content")
        )
    ]
    if not loose:
        return contents, ()
    return [*contents, Node("body.content", {}, loose)], (
        "Text that stands in body, outside of body.content, was read as well.",
    )


def _beside(told: Revision, contents: list[Node]) -> Revision:
    """The fields, with the blocks of ours that stand behind the text."""
    about = [body.paragraphs(node) for node in body.ours(contents, "boilerplate")]
    lines = [line for node in body.ours(contents, "contacts") for line in children(node, "p")]
    media = [m for node in body.ours(contents, "media") for m in children(node, "media")]
    return replace(
        told,
        boilerplate="\n\n".join(text for text in about if text) or None,
        contacts=tuple(_contact(line) for line in lines),
        media=tuple(body.media(node) for node in media),
    )


def _contact(line: Node) -> Contact:
    reached = {node.get("class"): words(node) for node in children(line, "virtloc")}
    hidden = line.get("class") == MEDIA_ONLY
    return Contact(
        name=words(first(line, "person")),
        role=words(first(line, "function")),
        organisation=words(first(line, "org")),
        email=reached.get("email"),
        phone=reached.get("phone"),
        visibility=Visibility.MEDIA_ONLY if hidden else Visibility.PUBLIC,
    )


def _behind(told: Revision, root: Node) -> Revision:
    """The fields, with what ``body.end`` says: addresses of ours, or a line of the author's."""
    end = first(root, "body", "body.end")
    addresses: dict[str, str] = {}
    for link in end.named("a") if end else ():
        href = carried(link.get("href"))
        if href and link.get("class").startswith(PREFIX):
            addresses.setdefault(link.get("class").removeprefix(PREFIX), href)
    if addresses:
        return replace(told, original_url=addresses.get("original") or addresses.get("address"))
    line = words(end)
    if not line or told.number:
        return told
    note = "\n".join(part for part in (told.editorial_note, line) if part)
    return replace(told, editorial_note=note)


def _is_picture(text: body.Body, media: tuple[Media, ...], told: Revision) -> bool:
    """Whether the document is a picture with its caption: it has no text of its own."""
    titled = [passage for passage in text.document.passages if not passage.title]
    written = any(passage.block.media is None for passage in titled)
    usable = told.status in (None, Status.USABLE)
    return bool(media) and not written and usable
