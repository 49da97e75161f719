"""A sheet: the fields of the form in which a release is written, as they were typed.

It may be unfinished, and hold what cannot be read yet. ``read`` makes a revision of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dispaccio import clock
from dispaccio.anatomy import language as languages
from dispaccio.errors import InputError, TooLarge
from dispaccio.formats.markdown import blocks
from dispaccio.formats.markdown.write import body_text
from dispaccio.release import subjects
from dispaccio.release.body import Block
from dispaccio.release.label import Label, LabelKind, of_kind
from dispaccio.release.model import Contact, Media, Revision, Subject
from dispaccio.words import say, term

MOST = {"headline": 20_000, "subhead": 2_000, "text": 1_000_000, "boilerplate": 20_000}
"""The most characters of a field; of those that are not named here 2,000."""
MOST_CONTACTS, MOST_SUBJECTS, MOST_GROUPS = 20, 16, 50
_YEARS = range(1900, 9000)
_OWN = re.compile(r"media/(\d{1,4})", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The fields of the form, in the order of a release.

    ``text`` is Markdown. ``body`` is there if the text was written in the rich editor, and goes
    before ``text`` then. ``at`` is a local time, ``zone`` an IANA name or an offset. ``kind``,
    ``reason`` and ``why`` are for a correction. ``base`` is the revision that is mended, for all
    that the form does not ask. ``said`` is what was left out when a text was pasted or uploaded.
    """

    language: str = ""
    label: str = ""
    paid_by: str = ""
    details: str = ""
    headline: str = ""
    subhead: str = ""
    place: str = ""
    text: str = ""
    body: tuple[Block, ...] = ()
    boilerplate: str = ""
    contacts: tuple[Contact, ...] = ()
    subjects: tuple[str, ...] = ()
    channel: str = ""
    to: tuple[str, ...] = ()
    at: str = ""
    zone: str = ""
    kind: str = ""
    reason: str = ""
    why: str = ""
    media: tuple[Media, ...] = ()
    base: Revision | None = None
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A field that cannot be read: ``where`` as findings have it, and the sentence that says so."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a sheet says: the revision, what of it cannot be read, and the reader's warnings."""

    revision: Revision
    unread: tuple[Unread, ...]
    warnings: tuple[str, ...]


def bound(sheet: Sheet) -> None:
    """Nothing, if every field has a length that the wire takes. Raises TooLarge, which names it."""
    for field in fields(Sheet):
        value = getattr(sheet, field.name)
        if isinstance(value, str) and len(value) > (most := MOST.get(field.name, 2_000)):
            raise TooLarge(
                say(
                    "The field {name} has {count} characters; it takes {most}.",
                    name=term(field.name.replace("_", " ")),
                    count=len(value),
                    most=most,
                ),
                field=field.name,
            )
    for name, value, most in (
        ("contacts", sheet.contacts, MOST_CONTACTS),
        ("subjects", sheet.subjects, MOST_SUBJECTS),
        ("to", sheet.to, MOST_GROUPS),
        ("body", sheet.body, blocks.MAX_LINES),
    ):
        if len(value) > most:
            raise TooLarge(
                say(
                    "There are {count} {name}; the form takes {most}.",
                    count=len(value),
                    name=term(name),
                    most=most,
                ),
                field=name,
            )
    for contact in sheet.contacts:
        if any(len(part or "") > 300 for part in _said_of(contact)):
            raise TooLarge(say("A contact's field takes 300 characters."), field="contacts")


def settled(sheet: Sheet, before: Sheet | None = None) -> Sheet:
    """A sheet that came from the form, with what the form does not bring from the one ``before``.

    A text from the rich editor is there as Markdown, too, for whoever goes on without it.
    """
    if before is not None:
        sheet = replace(sheet, base=before.base, media=before.media, said=before.said)
    body = tuple(
        block for block in sheet.body if block.media is None or block.media < len(sheet.media)
    )
    if not body:
        return replace(sheet, body=())
    return replace(sheet, body=body, text=body_text(Revision(body=body, media=sheet.media)))


def read(sheet: Sheet) -> Read:
    """The revision that a sheet makes, and what of the sheet cannot be read.

    Never raises for what was typed.
    """
    found: list[Unread] = []
    base = sheet.base or Revision()
    body, media, warnings = _body(sheet, found)
    language = sheet.language if _LANGUAGE.fullmatch(sheet.language) else None
    if language is None:
        text = "\n".join((sheet.headline, *(block.text for block in body)))
        language = languages.detect(text)
    revision = replace(
        base,
        headline=sheet.headline.strip(),
        subhead=sheet.subhead.strip() or None,
        place=sheet.place.strip() or None,
        body=body,
        boilerplate=sheet.boilerplate.strip() or None,
        contacts=tuple(contact for contact in sheet.contacts if any(_said_of(contact))),
        media=media,
        language=language,
        label=_label(sheet, language),
        subjects=_subjects(sheet, language),
        channel=sheet.channel or None,
        release_time=_time(sheet, found),
        embargo=None,
        dateline=None,
        kind=None,
        reason=None,
    )
    return Read(revision, tuple(found), (*sheet.said, *warnings))


def of_revision(said: Revision, zone: ZoneInfo, *, at: datetime | None = None) -> Sheet:
    """The sheet in which a text is mended; ``at`` is the release time that it has."""
    local = at.astimezone(zone).replace(tzinfo=None) if at else None
    label = said.label
    return Sheet(
        language=said.language or "",
        label=label.kind.value if label and label.kind else "",
        paid_by=(label.paid_by or "") if label else "",
        details="\n".join(f"{name}: {value}" for name, value in label.details) if label else "",
        headline=said.headline,
        subhead=said.subhead or "",
        place=said.place or (said.dateline.place if said.dateline else None) or "",
        text=body_text(said),
        body=said.body,
        boilerplate=said.boilerplate or "",
        contacts=said.contacts,
        subjects=tuple(subjects.write(one.scheme, one.code) for one in said.subjects),
        channel=said.channel or "",
        at=local.isoformat(timespec="minutes" if not local.second else "seconds") if local else "",
        zone=zone.key,
        media=said.media,
        base=_frame(said),
    )


def _frame(said: Revision) -> Revision:
    """What of a text the form does not ask for, and hands in again as it is."""
    return Revision(
        legal=said.legal,
        links=said.links,
        usage_terms=said.usage_terms,
        tags=said.tags,
        category=said.category,
        urgency=said.urgency,
        slugline=said.slugline,
        editorial_note=said.editorial_note,
        label=said.label,
        subjects=said.subjects,
    )


def _body(
    sheet: Sheet, found: list[Unread]
) -> tuple[tuple[Block, ...], tuple[Media, ...], tuple[str, ...]]:
    """The blocks, the media that they and the sheet name, and what was left out."""
    if sheet.body:
        return sheet.body, sheet.media, ()
    try:
        parsed = blocks.parse(sheet.text)
    except InputError as error:
        found.append(Unread("body", error.message))
        return (Block.paragraph(sheet.text[:2_000].strip() or "-"),), sheet.media, ()
    media, places = list(sheet.media), []
    for medium in parsed.media:
        own = _OWN.fullmatch(medium.href or "")
        at = int(own[1]) if own else _place(sheet.media, medium.href)
        if at >= len(sheet.media):
            at = len(media)
            media.append(medium)
        places.append(at)
    body = tuple(
        replace(passage.block, media=places[passage.block.media])
        if passage.block.media is not None
        else passage.block
        for passage in parsed.passages
        if passage is not None
    )
    return body, tuple(media), parsed.warnings


def _place(media: tuple[Media, ...], href: str | None) -> int:
    """Where a picture of that address stands; behind them all where it is none of them."""
    return next((at for at, known in enumerate(media) if known.href == href), len(media))


def _label(sheet: Sheet, language: str | None) -> Label | None:
    if sheet.label not in list(LabelKind):
        return None
    label = of_kind(LabelKind(sheet.label), language, paid_by=sheet.paid_by.strip() or None)
    pairs = (line.partition(":") for line in sheet.details.split("\n"))
    details = tuple((name.strip(), said.strip()) for name, _, said in pairs if said.strip())
    return replace(label, details=details)


def _subjects(sheet: Sheet, language: str | None) -> tuple[Subject, ...]:
    """The subjects; a code that the wire does not know is kept where the text had it before."""
    before = {
        subjects.write(one.scheme, one.code): one
        for one in (sheet.base.subjects if sheet.base else ())
    }
    found = []
    for ref in dict.fromkeys(sheet.subjects):
        scheme, code = subjects.parse(ref) or ("", "")
        if scheme == subjects.SCHEME and code in subjects.topics():
            found.append(subjects.subject(code, language or "en"))
        elif ref in before:
            found.append(before[ref])
    return tuple(found)


def _time(sheet: Sheet, found: list[Unread]) -> datetime | None:
    """The release time; the checks say whether it is ahead."""
    if not sheet.at:
        return None
    zone = sheet.zone.strip()
    by = "" if zone.startswith(("+", "-")) else " "
    try:
        at = clock.parse(f"{sheet.at.strip()}{by}{zone}")
    except InputError as error:
        found.append(Unread("release_time", error.message))
        return None
    if at.year in _YEARS:
        return at
    found.append(
        Unread("release_time", say("The year {year} cannot be meant; check it.", year=str(at.year)))
    )
    return None


def _said_of(contact: Contact) -> tuple[str | None, ...]:
    return (contact.name, contact.role, contact.organisation, contact.email, contact.phone)
