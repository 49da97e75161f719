"""Taking over another wire's release: its number, address, label, embargo and hops are kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.desk.checks.base import Finding
from dispaccio.errors import NothingOpen
from dispaccio.formats import codec
from dispaccio.intake import submission as intake
from dispaccio.intake.submission import Submission
from dispaccio.release.state import State
from dispaccio.store import events, releases, secrets
from dispaccio.store.engine import Tx
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import Draft, open_draft
from dispaccio.wire.organisations import channel_key
from dispaccio.wire.publish import Published, describe, publish
from dispaccio.wire.submit import Handed, check, context_of, keep


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a release that was taken over; ``new`` is False when we had it already."""

    id: str
    number: str | None
    state: State
    new: bool
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    published: tuple[Published, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer as the API gives it."""
        found = {
            "id": self.id,
            "number": self.number,
            "state": self.state.value,
            "new": self.new,
            "findings": [codec.encode(finding) for finding in self.findings],
            "warnings": list(self.warnings),
            "published": [describe(done) for done in self.published],
        }
        return {name: value for name, value in found.items() if value is not None}


def take(
    wire: Wire, actor: Actor, handed: Handed, *, publish_now: bool = False, confirm: bool = False
) -> Taken:
    """Take one release of another wire over. It stays private unless ``publish_now``.

    The same release again, or the same text under another label, is the one we have. Raises what
    the reader raises, UnknownChannel, Forbidden, and with ``publish_now`` what ``publish`` raises.
    """
    require(actor, Action.TAKE)
    if publish_now:
        require(actor, Action.PUBLISH)
    wire.require_room()
    received = intake.receive(handed.data, handed.media_type, handed.wishes)
    taken = intake.as_taken(received, handed.wishes)
    with wire.store.read(wire.clock.now()) as tx:
        draft = check(wire, tx, taken, context_of(wire, tx, None, relayed=True))
    with wire.store.write(wire.clock.now()) as tx:
        known = _known(wire, tx, draft)
        found = known or _keep(wire, tx, actor, taken, draft)
    if not publish_now or found.number is not None:
        return found
    try:
        done = publish(wire, actor, found.id, confirm=confirm)
    except NothingOpen:
        return found
    with wire.store.read(wire.clock.now()) as tx:
        row = wire.find(tx, found.id)
    number = wire.number(row.ordinal) if row.ordinal else None
    state = State.PUBLISHED if number else State.SEALED
    return replace(found, number=number, state=state, published=tuple(done))


def _known(wire: Wire, tx: Tx, draft: Draft) -> Taken | None:
    for id in secrets.like(tx, draft.likeness, relayed=True):
        row = releases.by_id(tx, id)
        newest = releases.newest_revision(tx, row.key) if row else None
        if row is None or newest is None:
            continue
        if row.ordinal is not None:
            return Taken(row.id, wire.number(row.ordinal), State.PUBLISHED, False, (), ())
        if newest.state not in (State.REJECTED, State.CALLED_OFF):
            there = open_draft(wire.data_key(tx, row), newest.sealed or b"")
            state = State(newest.state)
            return Taken(row.id, None, state, False, there.findings, there.warnings)
    return None


def _keep(wire: Wire, tx: Tx, actor: Actor, taken: Submission, draft: Draft) -> Taken:
    id = str(uuid.uuid4())
    key, wrapped = wire.vault.new_key(id)
    channel = channel_key(tx, draft.revision.channel)
    release = releases.add(tx, id, issuer_=None, channel_=channel, relayed=True)
    secrets.add_vault_key(tx, release, wrapped)
    _, state = keep(wire, tx, actor, taken, draft, release, key, relayed=True)
    events.append(tx, "taken", actor.name, release=release)
    return Taken(id, None, state, True, draft.findings, draft.warnings)
