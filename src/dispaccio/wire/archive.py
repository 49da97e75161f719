"""Bringing in an archive: old releases with their own dates, public at once, delivered to nobody.

They are marked as not issued through this wire. What is under embargo, taken back or undated does
not come in, nor does a text that this wire itself holds and has not published yet.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.desk.checks.base import Context
from dispaccio.desk.checks.text_missing import text_missing
from dispaccio.embargo.schedule import to_millisecond
from dispaccio.embargo.vault import DataKey
from dispaccio.errors import (
    DispaccioError,
    MalformedDocument,
    NotForTheArchive,
    Unavailable,
    UnknownIssuer,
)
from dispaccio.formats import items, registry
from dispaccio.intake import archive as rules
from dispaccio.intake import submission as intake
from dispaccio.intake.submission import Submission, Wishes
from dispaccio.release import canonical
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import ItemKind, Reading, Revision
from dispaccio.release.state import Kind, State, Status
from dispaccio.store import archive as old
from dispaccio.store import organisations, releases, secrets
from dispaccio.store.archive import Like, Old
from dispaccio.store.engine import Tx
from dispaccio.store.organisations import Issuer
from dispaccio.wire import edition as editions
from dispaccio.wire.brought import Brought, Told
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import Draft
from dispaccio.wire.edition import Edition, Place
from dispaccio.wire.organisations import channel_key
from dispaccio.wire.publish import require_clock, searched
from dispaccio.wire.redirects import old_path
from dispaccio.wire.submit import likeness_of, party

_LATER = 1 << 62
"""Added to the number of a release that has no key yet, it sorts behind all that have one."""
TOGETHER = 32
"""How many items share a transaction; a publication waits for one of these only."""
POLICY = "archive"
"""What stands in the record in place of an approval's policy."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What holds for every item: whose they are, where they go, the date of those without one."""

    actor: Actor
    wishes: Wishes
    issuer: Issuer | None
    channel: int | None
    date: datetime | None
    dry_run: bool


class _Item(NamedTuple):
    """An item as it was read: its document and its place there, each counted from 1.

    ``original`` is the document as it came, where the item is all that it holds.
    """

    document: int
    item: int
    of: int
    reading: Reading
    original: bytes


@dataclass(frozen=True, slots=True)
class _Ready:
    """An item that may come in, and how it is known again."""

    item: _Item
    taken: Submission
    date: datetime
    likeness: tuple[bytes, ...]

    def brought(self, **more: Any) -> Brought:
        said = self.taken.revision
        own = (said.original_url or "", *(known.value for known in said.identifiers))
        return Brought(
            self.item.item,
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
    documents: Sequence[bytes],
    wishes: Wishes,
    *,
    media_type: str | None = None,
    date: datetime | None = None,
    dry_run: bool = False,
) -> Iterator[list[Told]]:
    """Bring in every release of some documents; what became of them, told as soon as it is kept.

    Nothing is delivered. A document that cannot be read harms no other, nor does an item that
    cannot come in. ``date`` is for those that have none of their own; a ``dry_run`` says what would
    be and changes nothing. What is there already is known by its body or its identifiers. Whoever
    asks for no more news stops it. Raises at once Forbidden, UnknownIssuer, UnknownChannel,
    UnknownFormat, and while it goes on what is Unavailable.
    """
    require(actor, Action.IMPORT_ARCHIVE)
    asked = _asked(wire, actor, wishes, date, dry_run=dry_run)
    _may_go_on(wire)
    return _each(wire, asked, documents, media_type)


def _each(
    wire: Wire, asked: _Asked, documents: Sequence[bytes], media_type: str | None
) -> Iterator[list[Told]]:
    waiting: list[_Item] = []
    for at, data in enumerate(documents, start=1):
        try:
            told, found = _items(asked, at, data, media_type)
        except DispaccioError as error:
            yield [Told(at, error=error)]
            continue
        if told.items or told.of != 1:
            yield [told]
        while found:
            waiting.append(found.popleft())
            if len(waiting) == TOGETHER:
                yield _bring_in_some(wire, asked, waiting)
                waiting = []
    if waiting:
        yield _bring_in_some(wire, asked, waiting)


def _items(
    asked: _Asked, at: int, data: bytes, media_type: str | None
) -> tuple[Told, deque[_Item]]:
    """The items of a document, and the news of those that could not be read."""
    readings = intake.readings_of(data, media_type, asked.wishes)
    lost = items.left_out(readings[0].warnings) if readings else []
    of = len(readings) + len(lost)
    places = _places(of, {item for item, _ in lost})
    whole = data if of == 1 else b""
    found = deque(_Item(at, next(places), of, reading, whole) for reading in readings)
    unread = tuple(Brought(item, error=MalformedDocument(why)) for item, why in lost)
    return Told(at, of, unread), found


def _places(of: int, lost: set[int]) -> Iterator[int]:
    """The places in the document of the items that could be read."""
    return (place for place in range(1, of + 1) if place not in lost)


def _may_go_on(wire: Wire) -> None:
    """Nothing, while more may become public. Raises what is Unavailable."""
    wire.require_room()
    require_clock(wire)


def _asked(
    wire: Wire, actor: Actor, wishes: Wishes, date: datetime | None, *, dry_run: bool
) -> _Asked:
    if wishes.format:
        registry.by_name(wishes.format)
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


def _bring_in_some(wire: Wire, asked: _Asked, some: Sequence[_Item]) -> list[Told]:
    """Some items in one transaction, looked up and written under the one lock; news of each."""
    _may_go_on(wire)
    now = wire.clock.now()
    judged = [_judged(wire, asked, item, now) for item in some]
    ready = [one for one in judged if isinstance(one, _Ready)]
    kept: Iterator[Brought] = iter(())
    if ready and asked.dry_run:
        with wire.store.read(now) as tx:
            known = old.like(tx, (mac for one in ready for mac in one.likeness))
            kept = iter([_known(wire, tx, one, known) or one.brought(new=True) for one in ready])
    elif ready:
        with wire.store.write(wire.clock.now()) as tx:
            found = _keep(wire, tx, asked, ready)
        if any(brought.new for brought in found):
            wire.tell()
        kept = iter(found)
    news = [
        (item, one if isinstance(one, Brought) else next(kept))
        for item, one in zip(some, judged, strict=True)
    ]
    return [
        Told(document, of, tuple(brought for _, brought in group))
        for (document, of), group in groupby(news, lambda new: (new[0].document, new[0].of))
    ]


def _judged(wire: Wire, asked: _Asked, item: _Item, now: datetime) -> _Ready | Brought:
    """An item that may come in, or what it is instead."""
    reading = item.reading
    if reading.item is not ItemKind.TEXT:
        return Brought(item.item, title=reading.revision.headline, left_out=reading.item.value)
    try:
        return _ready(wire, asked, item, now)
    except DispaccioError as error:
        return Brought(item.item, title=reading.revision.headline, error=error)


def _ready(wire: Wire, asked: _Asked, item: _Item, now: datetime) -> _Ready:
    """An item that may come in. Raises what keeps it out."""
    submission = intake.of_reading(item.reading, item.original, None)
    rules.may_be_public(submission, now)
    _require_text(wire, submission.revision, now)
    taken = intake.as_taken(submission, asked.wishes)
    when, warnings = rules.own_date(submission.revision, asked.date)
    if when > now:
        raise NotForTheArchive(f"Its date is {write_instant(when)}, which is still to come.")
    said = taken.revision
    if said.issuer is None and asked.issuer is not None:
        said = replace(said, issuer=party(asked.issuer))
    noticed = [text for text in taken.warnings if not items.left_out((text,))]
    taken = replace(taken, revision=said, warnings=(*noticed, *warnings))
    likeness = likeness_of(wire, said) or (wire.vault.likeness(rules.mark_of(said, when)),)
    return _Ready(item, taken, when, likeness)


def _require_text(wire: Wire, said: Revision, now: datetime) -> None:
    """Nothing, if it has what the desk asks of every release. Raises NotForTheArchive."""
    context = Context(now, wire.settings.zone_info, wire.settings.name)
    for finding in text_missing(said, context):
        raise NotForTheArchive(finding.message)


def _known(wire: Wire, tx: Tx, one: _Ready, known: Mapping[bytes, list[Like]]) -> Brought | None:
    """What this item is here already, or None; with an error where that is no copy of it."""
    for like in sorted({like for mac in one.likeness for like in known.get(mac, ())}):
        if like.ordinal is None:
            newest = releases.newest_revision(tx, like.key)
            if newest is None or newest.state in (State.REJECTED, State.CALLED_OFF):
                continue
            return one.refused(
                f"This wire holds the same text as {like.id}, which is not public; it does not "
                "become public by way of an archive."
            )
        number = wire.number(like.ordinal)
        if one.taken.revision.body and like not in known.get(one.likeness[-1], ()):
            return one.refused(
                f"Its identifier is that of {number}, and its text is another; if it is a "
                f"newer version, hand it in with `dispaccio correct {number}`."
            )
        return one.brought(id=like.id, number=number)
    return None


def _keep(wire: Wire, tx: Tx, asked: _Asked, ready: Sequence[_Ready]) -> list[Brought]:
    """Write what is new: public at once, each with its number and its entry in the log."""
    known = old.like(tx, (mac for one in ready for mac in one.likeness))
    ordinal, found = releases.next_ordinal(tx), list[Brought]()
    new: list[tuple[_Ready, DataKey, Old]] = []
    for one in ready:
        if (brought := _known(wire, tx, one, known)) is None:
            try:
                key, made = _made(wire, asked, one, ordinal, tx.now)
            except Unavailable:
                raise
            except DispaccioError as error:
                brought = one.brought(error=error)
            else:
                new.append((one, key, made))
                brought = one.brought(new=True, id=made.id, number=wire.number(ordinal))
                for mac in one.likeness:
                    known.setdefault(mac, []).append(Like(_LATER + ordinal, made.id, ordinal))
                ordinal += 1
        found.append(brought)
    if new:
        revisions = old.add(tx, [made for _, _, made in new], asked.actor.name)
        originals = [
            (revision, one.taken.media_type, key.seal(f"original/{revision}", one.item.original))
            for revision, (one, key, _) in zip(revisions, new, strict=True)
            if one.item.original
        ]
        secrets.add_originals(tx, originals)
    return found


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


def _made(
    wire: Wire, asked: _Asked, one: _Ready, ordinal: int, now: datetime
) -> tuple[DataKey, Old]:
    """An item as it is to be written, and the key with which its original is sealed."""
    id, number = str(uuid.uuid4()), wire.number(ordinal)
    place = _place(asked, one, id, number, to_millisecond(now))
    draft = _draft(one.taken.revision)
    ready = editions.make(wire, draft, place)
    leaf = editions.leaf_of(ready, draft, None)
    key, wrapped = wire.vault.new_key(id)
    release = {
        "issuer": asked.issuer.key if asked.issuer else None,
        "channel": asked.channel,
        "status": place.status.value,
        "version": place.version,
        "first_created": place.first_created,
    }
    return key, Old(
        id=id,
        ordinal=ordinal,
        release=release,
        revision=_row(asked, ready, draft, now),
        wrapped_key=wrapped,
        parts=draft.parts,
        likeness=one.likeness,
        leaf=leaf,
        detail={"number": number, "version": place.version},
        words=searched(ready.revision),
        path=old_path(wire, ready.revision),
    )


def _place(asked: _Asked, one: _Ready, id: str, number: str, now: datetime) -> Place:
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


def _row(asked: _Asked, ready: Edition, draft: Draft, now: datetime) -> dict[str, Any]:
    """The columns of the public revision."""
    place = ready.place
    return {
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
