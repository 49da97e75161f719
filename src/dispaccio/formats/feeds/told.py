"""An entry of a feed, in whatever format, as a reading."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from typing import NamedTuple

from lxml import etree

from dispaccio.anatomy import embargo, layout, reader
from dispaccio.anatomy.document import Document, assemble
from dispaccio.errors import MalformedDocument
from dispaccio.formats import charset, items, xml
from dispaccio.formats.base import Options
from dispaccio.formats.feeds import ours
from dispaccio.formats.html import content, tree
from dispaccio.formats.html.read import document_of
from dispaccio.formats.links import carried
from dispaccio.formats.merge import fill, noticed
from dispaccio.release.label import Label, recognise
from dispaccio.release.model import Copyright, Identifier, ItemKind, Media, Reading, Revision
from dispaccio.release.notice import is_notice, shown

SUMMARY = "Only a summary was read"
"""How the warning begins that the feed does not hold the whole text."""
FAR = datetime(2090, 1, 1, tzinfo=UTC)
"""A time from here on is kept, and said to be doubtful."""

_MARKUP = re.compile(r"<(?:/?[A-Za-z][A-Za-z0-9]*\b[^<>]*|!--.*?--)>", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CUT = re.compile(r"(?:…|\.\.\.|\[\s*(?:…|\.\.\.|&hellip;)\s*\])\s*\]?\s*$")
_SHORT = 600
_KINDS = {
    "image": ItemKind.PICTURE,
    "video": ItemKind.VIDEO,
    "audio": ItemKind.AUDIO,
}


@dataclass(slots=True)
class Told:
    """What an entry says of itself. ``said`` is what its fields say, text and title apart.

    ``text`` is its whole text and ``summary`` a part of it; ``plain`` where ``text`` is no HTML,
    None where it is not known. ``where`` names the entry's place in the document for people.
    """

    where: str
    said: Revision = field(default_factory=Revision)
    title: str = ""
    text: str | None = None
    summary: str | None = None
    plain: bool | None = None
    base: str = ""
    warnings: list[str] = field(default_factory=list)

    def entitle(self, value: str | None, *, plain: bool) -> None:
        """Set the title, which may be HTML if not ``plain``, without what nobody sees."""
        said = " ".join((value or "").split()) if plain else marked_text(value or "")
        self.title = " ".join(charset.stripped(said).split())
        if self.title != said:
            self.warnings.append(
                f"Invisible characters were taken out of the title of {self.where}."
            )


def reading(format: str, told: Told, options: Options) -> Reading:
    """The reading of an entry: one that this product wrote, or anybody's through the anatomy.

    Raises MalformedDocument for an entry that says nothing.
    """
    _doubt(told)
    text = told.text
    if text is None and told.summary is None:
        return _without_text(format, told)
    if text is None:
        text = told.summary or ""
        told.warnings.append(f"{SUMMARY}: the feed does not hold the whole text.")
    seen = charset.visible(text.replace("\r\n", "\n")) if told.plain else tree.visible(text)
    marked = not told.plain and (told.plain is False or _MARKUP.search(seen.text) is not None)
    root = tree.parse(seen.text) if marked else None
    found = ours.read(root, told.base) if root else None
    told.warnings += seen.warnings
    if found:
        told.warnings += found.warnings
        return _ours(format, told, found.revision)
    if root:
        document = document_of(content.read(root, told.base), told.title or None)
    else:
        document = _laid_out(seen.text, told)
    return _anybodys(format, told, document, options)


def marked_text(value: str) -> str:
    """A text that may be HTML or plain, as plain text with single blanks."""
    if _MARKUP.search(value) or _REFERENCE.search(value):
        value = tree.parse(value).text()
    return " ".join(value.split())


def identity(value: str) -> Revision:
    """The id of an entry: ours where it is a ``urn:uuid:``, else an identifier."""
    if _UUID.fullmatch(value):
        return Revision(id=value.lower())
    return Revision(identifiers=(Identifier("guid", value),))


def rights(value: str | None) -> Copyright | None:
    """A copyright line with the year in it."""
    year = _YEAR.search(value or "")
    return Copyright(value, int(year[0]) if year else None) if value else None


def is_whole(value: str) -> bool:
    """Whether a text of which nobody says how much it is looks like all of it, not the start."""
    plain = _MARKUP.sub(" ", value).strip()
    return len(plain) >= _SHORT and not _CUT.search(plain)


def _doubt(told: Told) -> None:
    """Warn of times that cannot be right; they are kept."""
    for name in ("first_created", "version_created"):
        moment = getattr(told.said, name)
        if moment and moment >= FAR:
            told.warnings.append(f"{told.where} is dated {moment:%Y-%m-%d}, which is far ahead.")


def _without_text(format: str, told: Told) -> Reading:
    """An entry without a text: a withdrawal, a picture, or a bare title."""
    said = replace(told.said, headline=told.title)
    if is_notice(said):
        return Reading(format, shown(said), warnings=tuple(told.warnings))
    kinds = [_KINDS.get((media.type or "").partition("/")[0]) for media in said.media]
    if kind := next((kind for kind in kinds if kind), None):
        return items.not_text(format, kind, said, tuple(told.warnings))
    if not told.title:
        raise MalformedDocument(f"{told.where} has neither title nor text.")
    told.warnings.append(f"{SUMMARY}: there is a title and no text.")
    return Reading(format, said, warnings=tuple(told.warnings))


def _ours(format: str, told: Told, found: Revision) -> Reading:
    """What this wire or another dispaccio wrote: every part is marked."""
    label = told.said.label
    if label and found.label:
        payer = label.paid_by or found.label.paid_by
        label = replace(label, text=found.label.text, paid_by=payer)
    moments = [moment for moment in (told.said.embargo, found.embargo) if moment]
    said = replace(told.said, label=label, embargo=max(moments, default=None))
    said = fill(replace(said, headline=told.title, media=_joined(found.media, said.media)), found)
    if is_notice(said):
        return Reading(format, shown(said), warnings=tuple(told.warnings))
    return noticed(format, said, tuple(told.warnings))


def _anybodys(format: str, told: Told, document: Document, options: Options) -> Reading:
    given = Revision(embargo=_latest(told, options), language=told.said.language)
    found = reader.read(document, format, options.zone, given)
    text = found.revision
    said = replace(
        told.said,
        embargo=None,
        media=_joined(text.media, told.said.media),
        label=_label(told.said.label, text.label),
        identifiers=tuple(dict.fromkeys((*told.said.identifiers, *text.identifiers))),
    )
    return replace(found, revision=fill(said, text), warnings=(*told.warnings, *found.warnings))


def _latest(told: Told, options: Options) -> datetime | None:
    """The latest embargo that a field states, or the summary beside a whole text."""
    stated = [told.said.embargo] if told.said.embargo else []
    if told.text is not None and told.summary and embargo.speaks_of(told.summary):
        anatomy = reader.take_apart(layout.lay_out(marked_text(told.summary)), options.zone)
        stated += [anatomy.revision.embargo] if anatomy.revision.embargo else []
        told.warnings += [warn for warn in anatomy.warnings if embargo.unclear([warn])]
    return max(stated, default=None)


def _laid_out(text: str, told: Told) -> Document:
    """A plain text, in which HTML's references stand for characters, with the entry's title."""
    if told.plain is None and _REFERENCE.search(text):
        text = unescape(text)
    made = layout.lay_out(text)
    headed = document_of(content.Content((), (), ()), told.title or None)
    return assemble(
        (*headed.passages, *made.passages),
        marked=made.marked,
        media=made.media,
        warnings=made.warnings,
    )


def _label(told: Label | None, found: Label | None) -> Label | None:
    """The label of fields and text: the paid one, else the one whose words are a label's."""
    if told is None or found is None or told.paid != found.paid:
        return max(told, found, key=lambda label: label is not None and 1 + label.paid)
    return told if recognise(told.text) else found


def _joined(shown: tuple[Media, ...], told: tuple[Media, ...]) -> tuple[Media, ...]:
    """The media of the text, as the entry's fields describe them, and then the others."""
    by_href = {medium.href: medium for medium in told if medium.href}
    merged = tuple(_both(medium, by_href.pop(medium.href or "", None)) for medium in shown)
    return (*merged, *by_href.values())


def _both(medium: Media, told: Media | None) -> Media:
    if told is None:
        return medium
    return replace(
        medium,
        type=medium.type or told.type,
        size=medium.size or told.size,
        name=medium.name or told.name,
        width=medium.width or told.width,
        height=medium.height or told.height,
    )


class File(NamedTuple):
    """A file as an entry names it: everything as it is written there."""

    href: str | None
    type: str | None
    length: str | None = None
    name: str | None = None
    width: str | None = None
    height: str | None = None


def pictured(element: etree._Element) -> File:
    """A ``media:content`` (Media RSS 1.5)."""
    said = element.get
    title = xml.text_of(xml.first(element, "title"))
    kind = said("type") or said("medium")
    return File(said("url"), kind, said("fileSize"), title, said("width"), said("height"))


def media(found: Iterable[File]) -> tuple[Media, ...]:
    """The enclosures of an entry; each address once, with what is said of it first."""
    kept: dict[str, Media] = {}
    for file in found:
        if address := carried(file.href or ""):
            made = Media(
                address,
                file.name,
                file.type or None,
                size=_number(file.length),
                width=_number(file.width),
                height=_number(file.height),
            )
            before = kept.get(address)
            kept[address] = _both(before, made) if before else made
    return tuple(kept.values())


def _number(stated: str | None) -> int | None:
    """A length or a measure; what is 0 was not known."""
    return int(stated) or None if stated and re.fullmatch("[0-9]{1,15}", stated) else None
