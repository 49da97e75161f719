"""Bringing in an archive: old releases with their own dates, public at once, delivered to nobody.

They are marked as not issued through this wire. What is under embargo, taken back or undated does
not come in, nor does a text that this wire itself holds and has not published yet.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.embargo.schedule import to_millisecond
from dispaccio.errors import (
    DispaccioError,
    MalformedDocument,
    NotForTheArchive,
    Unavailable,
    UnknownIssuer,
)
from dispaccio.formats import items
from dispaccio.intake import archive as old
from dispaccio.intake import submission as intake
from dispaccio.intake.submission import Submission, Wishes
from dispaccio.log import leaf
from dispaccio.release import canonical
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import ItemKind, Reading, Revision
from dispaccio.release.state import Kind, State, Status
from dispaccio.store import events, leaves, organisations, redirects, releases, secrets
from dispaccio.store.engine import Tx
from dispaccio.store.organisations import Issuer
from dispaccio.wire import edition as editions
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import Draft
from dispaccio.wire.edition import Place
from dispaccio.wire.publish import index, require_clock
from dispaccio.wire.redirects import path_of
from dispaccio.wire.submit import Handed, channel_key, likeness_of, party

TOGETHER = 8
"""How many items of a document share a transaction; a publication waits for one of these only."""
POLICY = "archive"
"""What stands in the record in place of an approval's policy."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one item of a document, counted from 1.

    ``number`` is None in a dry run of what would be new. ``left_out`` says what an item is that
    is no text; ``error`` why one that is a text did not come in.
    """

    item: int
    new: bool = False
    id: str | None = None
    number: str | None = None
    title: str | None = None
    date: datetime | None = None
    known_as: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    left_out: str | None = None
    error: DispaccioError | None = None

    def to_json(self) -> dict[str, Any]:
        """The answer as the API gives it."""
        error = self.error and {"code": self.error.code(), "message": self.error.message}
        said = {
            "item": self.item,
            "new": self.new,
            "id": self.id,
            "number": self.number,
            "title": self.title or None,
            "date": write_instant(self.date) if self.date else None,
            "known_as": list(self.known_as) or None,
            "warnings": list(self.warnings) or None,
            "left_out": self.left_out,
            "error": error,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What holds for every item: whose they are, where they go, the date of those without one."""

    actor: Actor
    wishes: Wishes
    issuer: Issuer | None
    channel: int | None
    date: datetime | None
    dry_run: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    """An item that may come in, and how it is known again."""

    item: int
    taken: Submission
    date: datetime
    likeness: tuple[bytes, ...]

    def brought(self, **more: Any) -> Brought:
        said = self.taken.revision
        own = (said.original_url or "", *(known.value for known in said.identifiers))
        return Brought(
            self.item,
            title=said.headline,
            date=self.date,
            known_as=tuple(name for name in own if name),
            warnings=self.taken.warnings,
            **more,
        )

    def refused(self, why: str) -> Brought:
        return self.brought(error=NotForTheArchive(why))


def bring_in(
    wire: Wire,
    actor: Actor,
    handed: Handed,
    *,
    date: datetime | None = None,
    dry_run: bool = False,
) -> list[Brought]:
    """Bring in every release of a document; what became of each item. Nothing is delivered.

    An item that cannot come in harms no other. ``date`` is for those that have none of their own;
    a ``dry_run`` says what would be and changes nothing. What is there already is known by its
    body or its identifiers. Raises what the reader raises, Forbidden, UnknownIssuer,
    UnknownChannel, and what is Unavailable.
    """
    require(actor, Action.IMPORT_ARCHIVE)
    wire.require_room()
    require_clock(wire)
    asked = _asked(wire, actor, handed.wishes, date, dry_run=dry_run)
    readings = intake.readings_of(handed.data, handed.media_type, handed.wishes)
    found: list[Brought] = []
    lost = items.left_out(readings[0].warnings) if readings else []
    places = _places(len(readings), {item for item, _ in lost})
    for some in _portions(list(zip(places, readings, strict=True))):
        found += _bring_in_some(wire, asked, handed, some, alone=len(readings) == 1)
    found += [Brought(item, error=MalformedDocument(why)) for item, why in lost]
    return sorted(found, key=lambda brought: brought.item)


def _asked(
    wire: Wire, actor: Actor, wishes: Wishes, date: datetime | None, *, dry_run: bool
) -> _Asked:
    if not wishes.issuer and not wishes.channel:
        return _Asked(actor, wishes, None, None, date, dry_run)
    with wire.store.read(wire.clock.now()) as tx:
        issuer = organisations.issuer_by(tx, slug=wishes.issuer) if wishes.issuer else None
        channel = channel_key(tx, wishes.channel)
    if wishes.issuer and issuer is None:
        raise UnknownIssuer(
            f"There is no issuer {wishes.issuer!r} on this wire; "
            "add it with `dispaccio issuer add`."
        )
    return _Asked(actor, wishes, issuer, channel, date, dry_run)


def _places(count: int, lost: set[int]) -> Iterator[int]:
    """The places in the document of the items that could be read."""
    free = (place for place in range(1, count + len(lost) + 1) if place not in lost)
    return iter([next(free) for _ in range(count)])


def _portions(found: list[tuple[int, Reading]]) -> Iterator[list[tuple[int, Reading]]]:
    for start in range(0, len(found), TOGETHER):
        yield found[start : start + TOGETHER]


def _bring_in_some(
    wire: Wire,
    asked: _Asked,
    handed: Handed,
    some: Sequence[tuple[int, Reading]],
    *,
    alone: bool,
) -> list[Brought]:
    """Some items in one transaction: looked up and written under the one lock."""
    ready: list[_Ready] = []
    found: list[Brought] = []
    now = wire.clock.now()
    for item, reading in some:
        try:
            one = _ready(wire, asked, item, reading, now, handed if alone else None)
        except Unavailable:
            raise
        except DispaccioError as error:
            found.append(Brought(item, title=reading.revision.headline, error=error))
            continue
        if isinstance(one, Brought):
            found.append(one)
        else:
            ready.append(one)
    if ready and asked.dry_run:
        with wire.store.read(now) as tx:
            found += [_known(wire, tx, one) or one.brought(new=True) for one in ready]
    elif ready:
        with wire.store.write(wire.clock.now()) as tx:
            found += [_known(wire, tx, one) or _put_in(wire, tx, asked, one) for one in ready]
        if any(brought.new for brought in found):
            wire.tell()
    return found


def _ready(
    wire: Wire,
    asked: _Asked,
    item: int,
    reading: Reading,
    now: datetime,
    original: Handed | None,
) -> _Ready | Brought:
    """An item that may come in, or what it is instead. Raises what keeps it out.

    ``original`` is the document as it came, where the item is all that it holds.
    """
    if reading.item is not ItemKind.TEXT:
        return Brought(item, title=reading.revision.headline, left_out=reading.item.value)
    data, media_type = (original.data, original.media_type) if original else (b"", None)
    submission = intake.of_reading(reading, data, media_type)
    old.may_be_public(submission, now)
    taken = intake.as_taken(submission, asked.wishes)
    zone = asked.wishes.zone or wire.settings.zone_info
    when, warnings = old.own_date(submission.revision, zone, asked.date)
    if when > now:
        raise NotForTheArchive(f"Its date is {write_instant(when)}, which is still to come.")
    said = taken.revision
    if said.issuer is None and asked.issuer is not None:
        said = replace(said, issuer=party(asked.issuer))
    kept = [text for text in taken.warnings if not items.left_out((text,))]
    taken = replace(taken, revision=said, warnings=(*kept, *warnings))
    return _Ready(item, taken, when, likeness_of(wire, said))


def _known(wire: Wire, tx: Tx, one: _Ready) -> Brought | None:
    """What this item is here already, or None; with an error where that is no copy of it."""
    same: set[str] | None = None
    for id in secrets.like(tx, one.likeness):
        row = releases.by_id(tx, id)
        newest = releases.newest_revision(tx, row.key) if row else None
        if row is None or newest is None:
            continue
        if row.ordinal is None:
            if newest.state in (State.REJECTED, State.CALLED_OFF):
                continue
            return one.refused(
                f"This wire holds the same text as {id}, which is not public; it does not become "
                "public by way of an archive."
            )
        number = wire.number(row.ordinal)
        if one.taken.revision.body:
            same = set(secrets.like(tx, one.likeness[-1:])) if same is None else same
            if id not in same:
                return one.refused(
                    f"Its identifier is that of {number}, and its text is another; if it is a "
                    f"newer version, hand it in with `dispaccio correct {number}`."
                )
        return one.brought(id=id, number=number)
    return None


def _draft(said: Revision) -> Draft:
    """A revision with its parts and their manifest, which nobody signs."""
    parts = canonical.salted(said)
    manifest = canonical.manifest(
        parts,
        iss=None,
        language=said.language,
        commissioned=said.label.commissioned if said.label else None,
        asked_for=None,
        relates=said.relates,
    )
    return Draft(said, parts=parts, manifest=manifest)


def _put_in(wire: Wire, tx: Tx, asked: _Asked, one: _Ready) -> Brought:
    """Write an item: public at once, with a number and an entry in the log, and no deliveries."""
    id = str(uuid.uuid4())
    key, wrapped = wire.vault.new_key(id)
    ordinal = releases.next_ordinal(tx)
    place = _place(wire, asked, one, id, wire.number(ordinal), to_millisecond(tx.now))
    try:
        draft = _draft(one.taken.revision)
        ready = editions.make(wire, draft, place)
        body = editions.leaf_of(ready, draft, None)
    except Unavailable:
        raise
    except DispaccioError as error:
        return one.brought(error=error)
    release = releases.add(
        tx,
        id,
        issuer_=asked.issuer.key if asked.issuer else None,
        channel_=asked.channel,
        relayed=True,
        archive=True,
        ordinal=ordinal,
        status=place.status.value,
        version=place.version,
        first_created=place.first_created,
    )
    revision = releases.add_revision(tx, _row(asked, ready, draft, release, tx.now))
    releases.change(tx, release, shown=revision)
    secrets.add_vault_key(tx, release, wrapped)
    if one.taken.original:
        sealed = key.seal(f"original/{revision}", one.taken.original)
        secrets.add_original(tx, revision, one.taken.media_type, sealed)
    secrets.add_likeness(tx, release, one.likeness)
    secrets.add_parts(tx, revision, draft.parts)
    leaves.append(tx, body, leaf.hash_of(body), revision=revision)
    detail = {"number": place.number, "version": place.version}
    events.append(
        tx, "archived", asked.actor.name, release=release, revision=revision, detail=detail
    )
    index(tx, ordinal, ready.revision, None)
    if path := path_of(wire, ready.revision.original_url or ""):
        redirects.add(tx, path, release)
    return one.brought(new=True, id=id, number=place.number)


def _place(wire: Wire, asked: _Asked, one: _Ready, id: str, number: str, now: datetime) -> Place:
    return Place(
        id=id,
        number=number,
        version=1,
        kind=Kind.ORIGINAL,
        status=Status.USABLE,
        published=now,
        first_created=one.date,
        channel=asked.wishes.channel,
        relayed=True,
        archive=True,
    )


def _row(
    asked: _Asked, ready: editions.Edition, draft: Draft, release: int, now: datetime
) -> dict[str, Any]:
    """The columns of the public revision."""
    place = ready.place
    return {
        "release": release,
        "version": place.version,
        "kind": place.kind.value,
        "state": State.PUBLISHED.value,
        "submitted_by": asked.actor.name,
        "submitted": now,
        "approved_by": asked.actor.name,
        "approved": now,
        "policy": POLICY,
        "published": place.published,
        "document": ready.document,
        "headline": ready.revision.headline or None,
        "manifest": draft.manifest,
        "statement": ready.statement,
        "wire_signature": ready.signature,
    }
