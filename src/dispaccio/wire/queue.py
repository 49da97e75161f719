"""The desk's queue: what waits for whom, and claiming a text so that two do not do one's work.

A claim says who is at it. It blocks nobody: whoever may decide about a text still may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.errors import ClaimedByOther
from dispaccio.release.canonical import write_instant
from dispaccio.store import events, queue, releases
from dispaccio.store.queue import STATES, Claim
from dispaccio.wire import places
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import glance
from dispaccio.wire.review import opened
from dispaccio.words import say

MOST = 200
"""How many texts a page of a list holds."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text on its way as a list shows it.

    ``title``, ``label`` and ``findings`` are those of the draft, in JSON; they are not there once
    the text's key was destroyed.
    """

    id: str
    number: str | None
    status: str | None
    version: int | None
    issuer: str | None
    issuer_name: str | None
    channel: str | None
    relayed: bool
    archive: bool
    kind: str
    state: str
    submitted_by: str
    submitted: datetime
    approved_by: str | None
    release_time: datetime | None
    claim: Claim | None
    title: str | None = None
    language: str | None = None
    label: dict[str, Any] | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and the cursor of what comes behind it; None where nothing does."""

    texts: list[Waiting]
    next: str | None


def waiting(wire: Wire, actor: Actor, states: Sequence[str] = STATES) -> list[Waiting]:
    """The first page of what is on its way. Raises KeyNeeded or NotAllowed."""
    return page(wire, actor, states).texts


def page(wire: Wire, actor: Actor, states: Sequence[str] = STATES, after: str = "") -> Page:
    """What is not public yet and not given up, due soonest first, without the texts.

    An author or approver gets those of their own issuers. It is one query, and each draft is
    opened once. ``after`` is the cursor of a page. Raises KeyNeeded, NotAllowed, MalformedCursor.
    """
    action = Action.LIST_UNRELEASED
    issuers = None
    if not may(actor, action):
        issuers = frozenset(slug for slug in actor.issuers if may(actor, action, issuer=slug))
        if not issuers:
            require(actor, action)
    place = places.read(after)
    with wire.store.read(wire.clock.now()) as tx:
        rows = queue.waiting(tx, MOST + 1, states=states, issuers=issuers, after=place)
    shown = rows[:MOST]
    further = places.write(shown[-1].release_time, shown[-1].key) if len(rows) > MOST else None
    return Page([_waiting(wire, row) for row in shown], further)


def count(wire: Wire, actor: Actor) -> dict[str, int]:
    """How many texts stand in each state. Raises KeyNeeded or NotAllowed."""
    require(actor, Action.LIST_UNRELEASED)
    with wire.store.read(wire.clock.now()) as tx:
        return releases.count_by_state(tx)


def claim(wire: Wire, actor: Actor, ref: str, *, take_over: bool = False) -> Claim:
    """Say that one is at a text; with ``take_over`` also where somebody else was.

    Raises ClaimedByOther, NothingOpen, NotAllowed, NoSuchRelease.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row, revision = opened(wire, tx, actor, Action.APPROVE_WIRE, ref)
        before = queue.claim_of(tx, revision.key)
        if before is not None and before.holder == actor.name:
            return before
        if before is not None and not take_over:
            raise _theirs(before)
        queue.put_claim(tx, revision.key, actor.name)
        detail = {"from": before.holder} if before else None
        events.append(
            tx, "claimed", actor.name, release=row.key, revision=revision.key, detail=detail
        )
        return Claim(actor.name, tx.now)


def give_back(wire: Wire, actor: Actor, ref: str) -> None:
    """End one's claim; nothing where nobody has the text. Raises what ``claim`` raises."""
    with wire.store.write(wire.clock.now()) as tx:
        row, revision = opened(wire, tx, actor, Action.APPROVE_WIRE, ref)
        before = queue.claim_of(tx, revision.key)
        if before is None:
            return
        if before.holder != actor.name:
            raise _theirs(before)
        queue.drop_claim(tx, revision.key)
        events.append(tx, "given_back", actor.name, release=row.key, revision=revision.key)


def _theirs(claim: Claim) -> ClaimedByOther:
    since = write_instant(claim.since)[:16].replace("T", " ")
    return ClaimedByOther(
        say(
            "{holder} has had this text since {since} UTC; take it over if that is agreed.",
            holder=claim.holder,
            since=since,
        ),
        holder=claim.holder,
    )


def _waiting(wire: Wire, row: queue.Waiting) -> Waiting:
    release = row.release
    seen: dict[str, Any] = {}
    if row.sealed is not None and row.wrapped is not None:
        seen = glance(wire.vault.data_key(row.wrapped, release.id), row.sealed)
    return Waiting(
        id=release.id,
        number=wire.number(release.ordinal) if release.ordinal else None,
        status=release.status,
        version=release.version,
        issuer=release.issuer,
        issuer_name=row.issuer_name,
        channel=release.channel,
        relayed=release.relayed,
        archive=release.archive,
        kind=row.kind,
        state=row.state,
        submitted_by=row.submitted_by,
        submitted=row.submitted,
        approved_by=row.approved_by,
        release_time=row.release_time,
        claim=row.claim,
        **seen,
    )
