"""An HTML page as a reading: one that this product wrote, or anybody's, with a wire's frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dispaccio.anatomy import embargo, reader
from dispaccio.anatomy.document import Document, Passage, assemble
from dispaccio.errors import EmptyInput
from dispaccio.formats import notes
from dispaccio.formats.base import Options
from dispaccio.formats.html import content, data, main, ours, tree
from dispaccio.formats.links import carried
from dispaccio.formats.merge import fill
from dispaccio.release.body import Block, BlockKind
from dispaccio.release.label import Label, LabelKind, paid_by, recognise
from dispaccio.release.model import Hop, Identifier, Reading, Revision
from dispaccio.words import say

_BOX_NAMES = "aside b div em header mark p section small span strong"
_BOXES, _LONGEST_BOX = frozenset(_BOX_NAMES.split()), 200


def read(source: str, options: Options) -> Reading:
    """The reading of a page. Raises EmptyInput where it has no text, or MalformedDocument."""
    seen = tree.visible(source)
    root = tree.parse(seen.text)
    told = data.read(root, options.zone)
    reading = ours.read(root, told) or _anybodys(root, told, options)
    return replace(reading, warnings=(*seen.warnings, *reading.warnings, *told.warnings))


def document_of(found: content.Content, title: str | None = None) -> Document:
    """Blocks as a document that can be taken apart; ``title`` is one that stands outside them."""
    passages = [
        Passage(item.block, line, line, title=item.title)
        for line, item in enumerate(found.found, start=1)
    ]
    if title and not any(passage.title for passage in passages):
        heading = Block(BlockKind.HEADING, title, level=2).cleaned()
        passages.insert(0, Passage(heading, 0, 0, title=True))
    marked = any(item.block.kind is BlockKind.HEADING for item in found.found)
    return assemble(passages, marked=marked, media=found.media, warnings=found.warnings)


def _anybodys(root: tree.Node, told: data.Told, options: Options) -> Reading:
    part = main.find(root)
    found = content.read(part, _base(root, told))
    if not found.found:
        raise EmptyInput(
            say("The page has no text in it; hand in the page with the release itself.")
        )
    reading = reader.read(document_of(found, _title(root, told)), "html", options.zone)
    said = fill(reading.revision, _told(told, root))
    said = replace(said, hops=_hops(said, told), identifiers=_identifiers(said, told, root))
    noticed = list(reading.warnings)
    said = _boxed(said, root, options, noticed)
    if part.name not in ("", "html", "body") and len(root.text()) > 2 * len(part.text()):
        noticed.append(f"Only the main part of the page was read (its <{part.name}>).")
    return replace(reading, revision=said, warnings=tuple(noticed))


def _above(root: tree.Node) -> Iterator[str]:
    """The short lines above the title in boxes, which are no part of the text."""
    for node in root.elements():
        if node.name == "h1":
            return
        if node.name in _BOXES and not content.hidden(node):
            own = (child for child in node.children if isinstance(child, str))
            line = (
                node.text() if node.name in ("aside", "header") else " ".join("".join(own).split())
            )
            if 0 < len(line) <= _LONGEST_BOX:
                yield line


def _boxed(said: Revision, root: tree.Node, options: Options, warnings: list[str]) -> Revision:
    """The revision with the paid label and the embargo that boxes above the title state."""
    for line in _above(root):
        label = recognise(line) or paid_by(line)
        if label and label.paid and not (said.label and said.label.paid):
            said = replace(said, label=label)
            warnings.append(
                say(
                    "A box above the title says {line}; it was taken as the label.", line=repr(line)
                )
            )
        if embargo.speaks(line):
            until = notes.embargo(line, options.zone, warnings)
            said = replace(said, embargo=max(filter(None, (until, said.embargo)), default=None))
    return said


def _told(told: data.Told, root: tree.Node) -> Revision:
    """What a foreign page says to machines; its author is the issuer only of paid content."""
    label = None
    author = told.text("author", "creator") or told.meta.get("author")
    if told.paid:
        words = told.text("genre") or data.PAID
        label = Label(LabelKind.PROMOTIONAL, words, True, paid_by=told.text("sponsor"))
    published = told.text("datePublished") or told.meta.get("article:published_time")
    modified = told.text("dateModified") or told.meta.get("article:modified_time")
    return Revision(
        language=told.text("inLanguage") or _language(root),
        label=label,
        issuer=told.author() if told.paid else None,
        author=author,
        created=told.time("dateCreated", told.text("dateCreated")),
        first_created=told.time("datePublished", published),
        version_created=told.time("dateModified", modified),
        category=told.text("articleSection") or told.meta.get("article:section"),
        tags=told.texts("keywords"),
        original_url=carried(told.text("isBasedOn") or ""),
    )


def _hops(said: Revision, told: data.Told) -> tuple[Hop, ...]:
    publisher = told.text("publisher") or told.meta.get("og:site_name")
    if not publisher or publisher.casefold() in (hop.party.casefold() for hop in said.hops):
        return said.hops
    return (*said.hops, Hop(publisher, "enhanced", said.first_created, f"publisher: {publisher}"))


def _identifiers(said: Revision, told: data.Told, root: tree.Node) -> tuple[Identifier, ...]:
    found = [*said.identifiers, *(Identifier(*pair) for pair in told.identifiers())]
    if address := data.canonical(root):
        found.append(Identifier("url", address))
    return tuple(dict.fromkeys(found))


def _title(root: tree.Node, told: data.Told) -> str | None:
    """The title of a page whose main part has none."""
    heads = [node.text() for node in root.named("h1") if not content.hidden(node)]
    title = next((node.text() for node in root.named("title")), None)
    alone = heads[0] if len(heads) == 1 else None
    return told.text("headline") or alone or told.meta.get("og:title") or title or None


def _language(root: tree.Node) -> str | None:
    return next((node.get("lang") or None for node in root.named("html")), None)


def _base(root: tree.Node, told: data.Told) -> str:
    """Against which address relative ones are resolved: none but an absolute one is believed."""
    stated = next((node.get("href") for node in root.named("base") if node.get("href")), "")
    for href in (stated, data.canonical(root) or "", told.meta.get("og:url", "")):
        if carried(href):
            return href
    return ""
