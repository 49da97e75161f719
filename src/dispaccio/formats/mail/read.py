"""A message as a reading: its text taken apart, its head beside it, what goes along named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from dispaccio.anatomy import layout, reader
from dispaccio.anatomy.document import Document, Passage, assemble
from dispaccio.anatomy.embargo import UNCLEAR, speaks, unclear
from dispaccio.errors import EmptyInput, MalformedDocument
from dispaccio.formats import charset, items, times
from dispaccio.formats.base import Options
from dispaccio.formats.mail import bodies, forwarded, headers
from dispaccio.formats.mail.headers import Mailbox
from dispaccio.formats.mail.mime import Part
from dispaccio.release.body import Block
from dispaccio.release.model import Contact, Identifier, ItemKind, Reading, Revision

NAME = "mail"
_LONGEST_LINE, _LONGEST_NOTE = 350, 2_000
_EMBARGO = re.compile(r"embargo|sperrfrist|ембарго", re.IGNORECASE)
_PREFIXES = re.compile(r"(?:(?:re|fwd?|wg|aw|i|r|tr|rv|enc)(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_OPENS = re.compile(
    r"\W*(?:strictly |under |sotto |sous |bajo |sob |под |pod )*"
    r"(?:embargo(?:ed|m)?|sperrfrist|ембарго(?:м)?)\s*(?:[]:|)!–—-]|$)"
    r"|.{0,80}[\[(](?:\w+ ){0,2}(?:embargo(?:ed)?|sperrfrist)\b[^\])]{0,60}[])]",
    re.IGNORECASE,
)
_LEFT = ("comments", "organization", "organisation", "expires", "expiry-date")
"""Fields that say something of the text for which the model has no place."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One message to be read as a release, and the messages that it was forwarded in."""

    message: Part
    covers: tuple[Part, ...] = ()


@dataclass(slots=True)
class _Head:
    """What the head of a message says."""

    subject: str = ""
    sender: Mailbox | None = None
    created: datetime | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    embargoes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def units(message: Part, covers: tuple[Part, ...] = ()) -> Iterator[Unit]:
    """The messages that hold a release: those forwarded inside, else the message itself."""
    inner = [part for nested in _nested(message) for part in nested.parts]
    for part in inner:
        yield from units(part, (*covers, message))
    if not inner:
        yield Unit(message, covers)


def read(unit: Unit, options: Options) -> Reading:
    """The reading of one message.

    Raises EmptyInput for a message without text, MalformedDocument for what is ambiguous or
    encrypted, WrongCharset, NotText or TooLarge.
    """
    message = unit.message
    if message.kind == "multipart/encrypted" or message.kind.endswith("/pkcs7-mime"):
        raise MalformedDocument("The message is encrypted; hand in what is inside.")
    head = _head(message, options)
    found = bodies.find(message, options)
    warnings = [*head.warnings, *found.warnings]
    warnings += [f"An attachment was not read: {name}." for name in found.attached]
    note = _note(unit.covers, options, warnings)
    if message.kind == "multipart/report":
        return items.not_text(NAME, ItemKind.OTHER, _metadata(head, found), tuple(warnings))
    document = found.document()
    if not document.passages:
        if found.media:
            return items.not_text(NAME, ItemKind.PICTURE, _metadata(head, found), tuple(warnings))
        left = f": {', '.join(found.attached)} was not read" if found.attached else ""
        raise EmptyInput(f"The message has no text{left}.")
    inner = forwarded.split(document)
    if inner:
        warnings.append(forwarded.FORWARDED)
        note = "\n\n".join(piece for piece in (note, head.subject, inner[0]) if piece)
        head = replace(head, sender=None, created=None)
    held = _held([*found.others, *([note] if note else [])], head, options, warnings)
    given = Revision(embargo=max(held, default=None), created=head.created, language=head.language)
    document = inner[1] if inner else _headed(document, head)
    reading = reader.read(document, NAME, options.zone, given)
    _bare([head.subject, *(note or "").split("\n")], reading, warnings)
    said = _joined(reading.revision, head, found, unit.covers)
    said = replace(said, editorial_note=_cut(said.editorial_note, note, warnings))
    return replace(reading, revision=said, warnings=(*warnings, *reading.warnings))


def _nested(message: Part) -> Iterator[Part]:
    """The parts of a message that are messages themselves, theirs apart."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        if part.kind.startswith("message/") and part.parts:
            yield part
        else:
            waiting[:0] = part.parts


def _head(message: Part, options: Options) -> _Head:
    head = _Head()
    warnings = head.warnings
    sender = message.raw("from")
    if sender is None or not sender.strip():
        warnings.append("The message does not say who it is from.")
    else:
        head.sender = headers.mailbox(sender, warnings)
    head.subject = _subject(message, warnings)
    date = headers.text("date", message.raw("date") or b"", warnings)
    head.created = times.stated(date, "Date", options.zone, warnings)
    keywords = headers.text("keywords", message.raw("keywords") or b"", warnings)
    head.tags = tuple(tag for tag in re.split(r"\s*[,;]\s*", keywords) if tag)
    language = headers.text("content-language", message.raw("content-language") or b"", [])
    head.language = language if re.fullmatch(r"[A-Za-z]{2,3}(?:-\w{2,8}){0,3}", language) else None
    head.identifiers = tuple(_identifier(message, warnings))
    for name, value in message.fields:
        if _EMBARGO.search(name):
            head.embargoes.append(headers.text(name, value, warnings))
        elif name in _LEFT:
            warnings.append(f"The field {name} was left out: the wire has no place for it.")
    return head


def _subject(message: Part, warnings: list[str]) -> str:
    """The subject without what mail programs put before it (``Fwd:``), and nothing invisible."""
    seen = charset.visible(headers.text("subject", message.raw("subject") or b"", warnings))
    warnings += seen.warnings
    return _PREFIXES.sub("", " ".join(seen.text.split()))


def _identifier(message: Part, warnings: list[str]) -> Iterator[Identifier]:
    said = headers.text("message-id", message.raw("message-id") or b"", warnings)
    if found := re.fullmatch(r"<?([^\s<>]{3,500})>?", said):
        yield Identifier("message-id", found[1])
    elif said:
        warnings.append(f"Message-ID was left out: {said[:60]!r} is none.")


def _headed(document: Document, head: _Head) -> Document:
    """The document below the lines of a mail's head, as it would be pasted: anatomy knows them."""
    sender = head.sender and (head.sender.name or head.sender.address)
    lines = [f"From: {sender or ''}", "To:", f"Subject: {head.subject}"]
    passages = [Passage(Block.paragraph(line[:_LONGEST_LINE].rstrip()), 0, 0) for line in lines]
    return assemble(
        (*passages, *document.passages),
        marked=document.marked,
        media=document.media,
        warnings=document.warnings,
    )


def _held(
    texts: list[str], head: _Head, options: Options, warnings: list[str]
) -> Iterator[datetime]:
    """The embargoes that subject, header fields, cover notes and other alternatives state."""
    for said in head.embargoes:
        notes: list[str] = []
        end = times.embargo(said, "The head", options.zone, notes)
        end = end or _apart(f"Embargo: {said}", options).embargo
        if end:
            yield end
        else:
            warnings += notes
    for text in filter(speaks, (head.subject, *texts)):
        told = reader.take_apart(layout.lay_out(text), options.zone)
        if told.revision.embargo:
            yield told.revision.embargo
        warnings += (f"Beside the text: {said}" for said in told.warnings if UNCLEAR in said)


def _apart(text: str, options: Options) -> Revision:
    return reader.take_apart(layout.lay_out(text), options.zone).revision


def _bare(lines: list[str], reading: Reading, warnings: list[str]) -> None:
    """Warn of a subject or note that says "embargo" where nothing says until when."""
    told = reading.revision.embargo or unclear((*warnings, *reading.warnings))
    if not told and any(_OPENS.match(line) for line in lines if len(line) < _LONGEST_LINE):
        warnings.append(f"Beside the text: {UNCLEAR} its end is not stated; ask the sender.")


def _note(covers: tuple[Part, ...], options: Options, warnings: list[str]) -> str | None:
    """What the messages say that a release was forwarded in."""
    if not covers:
        return None
    warnings.append(
        "The message forwards another one, which was read as the release; "
        "what stands above it is in the editorial note."
    )
    pieces = []
    for cover in covers:
        found = bodies.find(cover, options)
        pictures = [f"{medium.name or 'without a name'} ({medium.type})" for medium in found.media]
        names = (*found.attached, *pictures)
        warnings += [f"An attachment was not read: {name}." for name in names]
        pieces += [_subject(cover, warnings)]
        pieces += [text.text for text in found.texts]
    return "\n\n".join(piece for piece in pieces if piece) or None


def _cut(own: str | None, note: str | None, warnings: list[str]) -> str | None:
    """The note of the text itself and the one above it, not longer than a note may be."""
    said = "\n\n".join(piece for piece in (own, note) if piece)
    if len(said) > _LONGEST_NOTE:
        warnings.append(f"The editorial note was cut to {_LONGEST_NOTE:,} characters.")
    return said[:_LONGEST_NOTE] or None


def _joined(
    said: Revision, head: _Head, found: bodies.Content, covers: tuple[Part, ...]
) -> Revision:
    """What the text says, with what head and attachments add to it."""
    known = list(said.identifiers)
    known += head.identifiers
    known += (one for cover in covers for one in _identifier(cover, []))
    return replace(
        said,
        created=head.created or said.created,
        contacts=tuple(_reached(contact, head.sender) for contact in said.contacts),
        identifiers=tuple(dict.fromkeys(known)),
        tags=said.tags or head.tags,
        media=(*said.media, *found.media),
    )


def _reached(contact: Contact, sender: Mailbox | None) -> Contact:
    """A contact of the text, with the sender's address if it is the sender by name."""
    same = sender and sender.name and contact.name
    if same and not contact.email and contact.name.casefold() == sender.name.casefold():  # type: ignore[union-attr]
        return replace(contact, email=sender.address)  # type: ignore[union-attr]
    return contact


def _metadata(head: _Head, found: bodies.Content) -> Revision:
    return Revision(
        headline=head.subject,
        created=head.created,
        author=(head.sender.name or head.sender.address) if head.sender else None,
        identifiers=head.identifiers,
        media=tuple(found.media),
    )
