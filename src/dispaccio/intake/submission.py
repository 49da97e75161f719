"""A submission: what was handed in, as bytes and as a revision, whatever the door."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dispaccio.errors import EmptyInput, NotARelease, SeveralReleases, TooLarge
from dispaccio.formats import registry
from dispaccio.formats.base import Options
from dispaccio.formats.codec import MOST
from dispaccio.formats.links import carried
from dispaccio.release import canonical
from dispaccio.release import label as labels
from dispaccio.release.body import Mark
from dispaccio.release.label import Label, LabelKind
from dispaccio.release.model import (
    Identifier,
    ItemKind,
    Link,
    Party,
    Reading,
    Revision,
    WireMark,
)
from dispaccio.release.state import Kind
from dispaccio.trace.normalize import words
from dispaccio.words import in_a_row, say, term

_GENERIC = ("application/octet-stream", "application/xml", "text/xml")
"""Media types that name no format: the document's own looks tell."""
_BROKEN = re.compile(r"(?:\r?\n|\t)+")
_DATA = re.compile(r"\s*data:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the call says beside the text; it goes before what the text says."""

    issuer: str | None = None
    channel: str | None = None
    label: LabelKind | None = None
    paid_by: str | None = None
    release_time: datetime | None = None
    zone: ZoneInfo | None = None
    format: str | None = None
    to: tuple[str, ...] = ()
    """The groups of the issuer's press list that it goes to."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What was handed in: the bytes as they came, and what the reader made of them.

    ``stated`` is the label that the text itself bears, whatever label it is to have.
    """

    original: bytes
    media_type: str
    revision: Revision
    warnings: tuple[str, ...] = ()
    stated: Label | None = None


def receive(data: bytes, media_type: str | None, wishes: Wishes) -> Submission:
    """Read one release from what was handed in.

    Raises what the reader raises, CrowdedCharacters, EmptyInput where a document holds none, and
    SeveralReleases where it holds more than one.
    """
    readings = readings_of(data, media_type, wishes)
    if not readings:
        raise EmptyInput(say("The document is a list without a release; hand in one release."))
    texts = [reading for reading in readings if reading.item is ItemKind.TEXT]
    if not texts:
        kinds = in_a_row(dict.fromkeys(term(reading.item.value) for reading in readings))
        raise NotARelease(
            say("The document holds {kinds}, and no text that could be a release.", kinds=kinds)
        )
    if len(texts) != 1:
        raise SeveralReleases(
            say("The document holds {count} releases; hand them in singly.", count=len(texts))
        )
    return of_reading(texts[0], data, media_type)


def of_reading(item: Reading, data: bytes, media_type: str | None) -> Submission:
    """One item as it can be kept: bounded, its headline on one line, its addresses carried.

    Raises TooLarge, CrowdedCharacters.
    """
    _bound(item.revision)
    reading = _on_one_line(_without_data(_without_odd_links(item)))
    canonical.values(reading.revision)
    kind = media_type or registry.by_name(reading.format).about.media_types[0]
    return Submission(data, kind, reading.revision, reading.warnings)


def readings_of(data: bytes, media_type: str | None, wishes: Wishes) -> list[Reading]:
    """Everything that a document holds, read in the format that is wished for or declared.

    Raises what the reader raises.
    """
    name = wishes.format
    if name is None and media_type and _bare(media_type) not in _GENERIC:
        name = registry.by_media_type(media_type).name
        if name == "dispaccio":
            name = _json_format(data) or name
    return registry.read(data, name, Options(zone=wishes.zone, charset=_charset(media_type)))


def _bound(said: Revision) -> None:
    """Raise TooLarge for lists that no draft and no rendering could be read back with."""
    lists = {field.name: getattr(said, field.name) for field in fields(said)}
    lists |= {f"body[{at}].marks": block.marks for at, block in enumerate(said.body)}
    for name, found in lists.items():
        if isinstance(found, tuple) and len(found) > MOST:
            raise TooLarge(
                say(
                    "{name} has {count} items; the wire takes {most}.",
                    name=name,
                    count=len(found),
                    most=MOST,
                )
            )


def _json_format(data: bytes) -> str | None:
    """Which format a JSON document is in; None where it bears no mark of one."""
    found = registry.detect(data) if data.strip() else None
    json = found is not None and any("json" in kind for kind in found.about.media_types)
    return found.name if found and json else None


def _without_odd_links(reading: Reading) -> Reading:
    """The reading without links that the wire does not carry, and with a warning for each."""
    warnings = list(reading.warnings)

    def kept(item: Mark | Link) -> bool:
        if item.href is None or carried(item.href):
            return True
        warnings.append(
            say(
                "The link to {href} was left out: the wire does not carry it.",
                href=repr(item.href[:80]),
            )
        )
        return False

    body = tuple(
        replace(block, marks=tuple(mark for mark in block.marks if kept(mark)))
        for block in reading.revision.body
    )
    links = tuple(link for link in reading.revision.links if kept(link))
    revision = replace(reading.revision, body=body, links=links)
    return replace(reading, revision=revision, warnings=tuple(warnings))


def _without_data(reading: Reading) -> Reading:
    """The reading without media whose address is their data (RFC 2397), and with a warning."""
    said = reading.revision
    places = [at for at, medium in enumerate(said.media) if not _DATA.match(medium.href or "")]
    if lost := len(said.media) - len(places):
        now_at = {before: after for after, before in enumerate(places)}
        body = tuple(
            block if block.media is None else replace(block, media=now_at[block.media])
            for block in said.body
            if block.media is None or block.media in now_at
        )
        revision = replace(said, body=body, media=tuple(said.media[at] for at in places))
        warning = say("Media left out whose address holds their data: {lost}.", lost=lost)
        return replace(reading, revision=revision, warnings=(*reading.warnings, warning))
    return reading


def _on_one_line(reading: Reading) -> Reading:
    """The reading with a headline of one line, and with a warning where it was of more."""
    headline = _BROKEN.sub(" ", reading.revision.headline)
    if headline == reading.revision.headline:
        return reading
    warning = say("The headline stood on several lines; it was put on one.")
    revision = replace(reading.revision, headline=headline)
    return replace(reading, revision=revision, warnings=(*reading.warnings, warning))


def as_own(submission: Submission, issuer: Party, wishes: Wishes, language: str) -> Submission:
    """The submission as an issuer's own text: its frame is dropped, wishes go first.

    ``language`` is that of the wire, which labels what states none.
    """
    said = submission.revision
    revision = Revision(
        headline=said.headline,
        subhead=said.subhead,
        place=said.place or (said.dateline.place if said.dateline else None),
        body=said.body,
        boilerplate=said.boilerplate,
        contacts=said.contacts,
        media=said.media,
        language=said.language,
        issuer=_own_name(said.issuer, issuer),
        dateline=said.dateline,
        label=_label(said.label, said.language or language, wishes),
        legal=said.legal,
        channel=wishes.channel or said.channel,
        release_time=wishes.release_time or said.release_time or said.embargo,
        links=said.links,
        usage_terms=said.usage_terms,
        subjects=said.subjects,
        tags=said.tags,
        category=said.category,
        urgency=said.urgency,
        slugline=said.slugline,
        editorial_note=said.editorial_note,
        kind=Kind.ORIGINAL,
    )
    return replace(submission, revision=revision, stated=said.label)


def as_taken(submission: Submission, wishes: Wishes) -> Submission:
    """The submission as another wire's release: all that its frame says is kept."""
    said = submission.revision
    kept = replace(
        said,
        id=None,
        number=None,
        version=None,
        url=None,
        status=None,
        archive=False,
        kind=Kind.ORIGINAL,
        channel=wishes.channel,
        original_url=said.original_url or said.url,
        identifiers=_identifiers(said),
    )
    return replace(submission, revision=kept)


def no_weaker(submission: Submission, before: Revision) -> Submission:
    """Another wire's release anew: what it said of label, embargo, number and chain still holds."""
    said, label = submission.revision, submission.revision.label
    if before.label and (label is None or (before.label.paid and not label.paid)):
        label = before.label
    known = [item for item in before.identifiers if item not in said.identifiers]
    revision = replace(
        said,
        label=label,
        embargo=max((at for at in (before.embargo, said.embargo) if at), default=None),
        identifiers=(*said.identifiers, *known),
        original_url=said.original_url or before.original_url,
        hops=said.hops or before.hops,
        issuer=said.issuer or before.issuer,
    )
    return replace(submission, revision=revision)


def likeness_of(revision: Revision) -> list[bytes]:
    """By what the same release is known again: others' identifiers, and its body's words.

    These are plain; the vault's keyed hash of them is kept.
    """
    body = " ".join(words("\n".join(block.text for block in revision.body)))
    marks = [
        f"id\n{item.scheme.casefold()}\n{item.value}".encode() for item in revision.identifiers
    ]
    return [*marks, *([b"body\n" + body.encode()] if body else [])]


def _own_name(said: Party | None, issuer: Party) -> Party:
    """The issuer as its text names it, which the checks compare, with what the account knows."""
    if said is None:
        return issuer
    return Party(said.name, said.domain or issuer.domain, said.did or issuer.did)


def _identifiers(said: Revision) -> tuple[Identifier, ...]:
    found = list(said.identifiers)
    if said.wire and said.wire.number:
        own = Identifier(_scheme(said.wire), said.wire.number)
        if all(item.value != own.value for item in found):
            found.append(own)
    return tuple(found)


def _scheme(wire: WireMark) -> str:
    return "".join(char for char in wire.name.casefold() if char.isalnum())


def _label(said: Label | None, language: str | None, wishes: Wishes) -> Label | None:
    kind = wishes.label or (said.kind if said else None)
    if kind is None and wishes.paid_by:
        kind = LabelKind.PROMOTIONAL
    if kind is None:
        return said
    return replace(
        labels.of_kind(
            kind,
            language,
            commissioned=said.commissioned if said and not wishes.label else None,
            paid_by=wishes.paid_by or (said.paid_by if said else None),
            paid_to=said.paid_to if said else None,
        ),
        details=said.details if said else (),
    )


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _charset(media_type: str | None) -> str | None:
    for parameter in (media_type or "").split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset":
            return value.strip('"') or None
    return None
