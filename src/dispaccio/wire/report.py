"""What the wire can say of itself: one release, its deliveries, the desk's queue, the status."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import Any

from dispaccio import clock
from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.errors import NoSuchRelease
from dispaccio.formats import codec, native
from dispaccio.release.canonical import write_instant
from dispaccio.store import endpoints, events, leaves, receipts, releases, shards
from dispaccio.store.engine import Tx
from dispaccio.store.queue import claim_of
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import open_draft
from dispaccio.wire.queue import Waiting, page
from dispaccio.words import say

OVERDUE = timedelta(seconds=5)
"""A release that is not public so long after its time needs a person."""


def show(wire: Wire, actor: Actor, ref: str) -> dict[str, Any]:
    """One release as those may see it who work on it: status, open revision, findings, history.

    Whoever may not gets the answer for a release that does not exist.
    """
    if not actor.person_id:
        raise NoSuchRelease(say("There is no release {ref}.", ref=ref), ref=ref)
    with wire.store.read(wire.clock.now()) as tx:
        row = wire.find(tx, ref)
        if not may(actor, Action.READ_UNRELEASED, issuer=row.issuer):
            raise NoSuchRelease(say("There is no release {ref}.", ref=ref), ref=ref)
        newest = releases.open_revision(tx, row.key) or releases.newest_revision(tx, row.key)
        said = summary(wire, row)
        if newest is not None and newest.version is None:
            said["open"] = _open(wire, tx, row, newest)
        said["history"] = [
            {"at": write_instant(e.at), "what": e.kind, "by": e.actor, **e.detail}
            for e in events.of_release(tx, row.key)
        ]
    if newest is not None and newest.version is None:
        with wire.store.write(wire.clock.now()) as tx:
            events.append(tx, "read_unreleased", actor.name, release=row.key)
    return said


def queue(wire: Wire, actor: Actor, after: str = "") -> dict[str, Any]:
    """What is not public yet and not given up, due soonest first: titles and findings.

    An author or approver gets the texts of their own issuers. The texts themselves are for
    ``show`` to give, which says who read them. ``next`` is there where there is more, to be given
    as ``after``. Raises KeyNeeded, NotAllowed, MalformedCursor.
    """
    found = page(wire, actor, after=after)
    said: dict[str, Any] = {"submissions": [_waiting(wire, item) for item in found.texts]}
    return said | ({"next": found.next} if found.next else {})


def status(wire: Wire, actor: Actor) -> dict[str, Any]:
    """The wire in six panels: clock, outbox, carriers, intake, log, store."""
    require(actor, Action.READ_STATUS)
    now = wire.clock.now()
    trusted = wire.clock_trusted()
    usage = shutil.disk_usage(wire.home)
    with wire.store.read(now) as tx:
        next_due = releases.next_due(tx)
        today = releases.count_due(tx, now + timedelta(days=1))
        overdue = releases.count_due(tx, now - OVERDUE)
        sent = receipts.count_by_state(tx)
        couriers = shards.alive(tx)
        panels: dict[str, Any] = {
            "clock": {
                "now": write_instant(now),
                "trusted": trusted,
                "jump": wire.guard.jump,
                "overdue": overdue,
                "synchronised": clock.synchronised(),
            },
            "outbox": sent,
            "carriers": {"endpoints": endpoints.count_by_state(tx)}
            | ({} if couriers is None else {"couriers": couriers}),
            "intake": releases.count_by_state(tx),
            "log": {"size": leaves.size(tx)},
            "store": {
                "failed": str(wire.store.failed) if wire.store.failed else None,
                "free_disk": round(usage.free / usage.total, 3),
            },
        }
    idle = couriers == 0 and bool(_undelivered(sent))
    left = sent.get("to_human") or idle
    well = trusted and not overdue and wire.store.failed is None and not left
    head = "All well" if well else _what_is_wrong(trusted, overdue, sent, idle=idle)
    coming = {
        "next_due": write_instant(next_due) if next_due else None,
        "due_within_a_day": today,
        "on_their_way": _undelivered(sent),
    }
    return {"sentence": _sentence(head, next_due, today, sent), "well": well, **coming, **panels}


def _what_is_wrong(trusted: bool, overdue: int, sent: dict[str, int], *, idle: bool) -> str:
    if not trusted:
        return "The clock is not trusted, and nothing is published"
    if overdue:
        return f"{overdue} overdue: a server has to run for a release to be published"
    if sent.get("to_human"):
        untold = sent["to_human"]
        who = "1 subscriber has" if untold == 1 else f"{untold:,} subscribers have"
        return f"{who} to be told of a withdrawal by a person"
    if idle:
        return "No courier runs, and nothing is delivered: start `dispaccio courier`"
    return "The store failed"


def _undelivered(sent: dict[str, int]) -> int:
    return sent.get("due", 0) + sent.get("leased", 0)


def _sentence(head: str, next_due: datetime | None, today: int, sent: dict[str, int]) -> str:
    due = f"next release {clock.write(next_due)}" if next_due else "no release is scheduled"
    waiting = _undelivered(sent)
    going = "1 delivery on its way" if waiting == 1 else f"{waiting:,} deliveries on their way"
    return f"{head}; {due}, {today} due within a day, {going}."


def summary(wire: Wire, row: ReleaseRow) -> dict[str, Any]:
    """What every report says of a release, without its text."""
    number = wire.number(row.ordinal) if row.ordinal else None
    said = {
        "id": row.id,
        "number": number,
        "url": wire.url_of(number) if number else None,
        "status": row.status,
        "version": row.version,
        "issuer": row.issuer,
        "channel": row.channel,
        "relayed": (row.relayed and not row.archive) or None,
        "archive": row.archive or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _waiting(wire: Wire, item: Waiting) -> dict[str, Any]:
    said: dict[str, Any] = {
        "kind": item.kind,
        "state": item.state,
        "submitted_by": item.submitted_by,
        "submitted": write_instant(item.submitted),
        "approved_by": item.approved_by,
        "release_time": write_instant(item.release_time) if item.release_time else None,
        "claimed_by": item.claim and item.claim.holder,
        "title": item.title,
        "language": item.language,
        "label": item.label,
        "findings": item.findings,
        "warnings": item.warnings,
    }
    of_release: dict[str, Any] = {
        "id": item.id,
        "number": item.number,
        "url": wire.url_of(item.number) if item.number else None,
        "status": item.status,
        "version": item.version,
        "issuer": item.issuer,
        "channel": item.channel,
        "relayed": (item.relayed and not item.archive) or None,
        "archive": item.archive or None,
        "open": {name: value for name, value in said.items() if value not in (None, [])},
    }
    return {name: value for name, value in of_release.items() if value is not None}


def _open(wire: Wire, tx: Tx, row: ReleaseRow, revision: RevisionRow) -> dict[str, Any]:
    said: dict[str, Any] = {
        "kind": revision.kind,
        "state": revision.state,
        "submitted_by": revision.submitted_by,
        "submitted": write_instant(revision.submitted),
        "approved_by": revision.approved_by,
        "release_time": write_instant(revision.release_time) if revision.release_time else None,
        "claimed_by": claim.holder if (claim := claim_of(tx, revision.key)) else None,
    }
    if revision.sealed is not None:
        draft = open_draft(wire.data_key(tx, row), revision.sealed)
        said["title"] = draft.revision.headline
        said["findings"] = [codec.encode(finding) for finding in draft.findings]
        said["warnings"] = list(draft.warnings)
        said["release"] = native.to_json(draft.revision)
    return {name: value for name, value in said.items() if value not in (None, [])}
