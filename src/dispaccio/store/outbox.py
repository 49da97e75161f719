"""The outbox: one row for each revision to each endpoint, written by the publishing transaction.

A lane is (release, endpoint). ``gate`` is 0 when everything before in the lane is settled, so a
correction never overtakes the original. States: ``due``, ``leased``; settled are ``delivered``,
``superseded``, ``parked``, ``exhausted``, ``gone`` and ``to_human``. The SQL that matters stands
here by name and is explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import func, insert, select, text, update

from dispaccio.store import endpoints
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.store.releases import Rendering
from dispaccio.store.tables import (
    attempt,
    delivery,
    endpoint,
    microseconds,
    release,
    rendering,
    revision,
)


class Class(IntEnum):
    """The classes of delivery in the order in which they are served."""

    WITHDRAWAL = 0
    CORRECTION = 1
    ORIGINAL = 2
    RETRY = 3


UNSETTLED = ("due", "leased")
_WIDER = 4
"""So many times more rows are looked at than claimed, since one endpoint may have many."""

FAN_OUT = text(
    # Everyone subscribed now, and for a later revision everyone who may hold an earlier one.
    # A row whose lane has an unsettled earlier version waits behind the gate.
    """
    INSERT INTO delivery (release, version, run, endpoint, state, class, gate, attempt, due_at)
    SELECT :release, :version, 0, e.key, 'due', :class,
           CASE WHEN EXISTS (SELECT 1 FROM delivery w
                             WHERE w.release = :release AND w.endpoint = e.key
                               AND w.state IN ('due', 'leased')) THEN 1 ELSE 0 END,
           0, :now
    FROM endpoint e
    WHERE e.state = 'active'
      AND (EXISTS (SELECT 1 FROM subscription s WHERE s.endpoint = e.key
                   AND (s.channel IS NULL OR s.channel = :channel))
           OR EXISTS (SELECT 1 FROM delivery d WHERE d.release = :release AND d.endpoint = e.key
                      AND d.attempt > 0))
    """
)

RECALL = text(
    # A withdrawal goes to every endpoint that may have got anything: sent, or being sent now.
    # It waits only for a request that is on its way, so that the text cannot come in behind it.
    # An endpoint that was switched off meanwhile is not forgotten: its row goes to a human.
    """
    INSERT INTO delivery (release, version, run, endpoint, state, class, gate, attempt, due_at)
    SELECT :release, :version, 0, e.key,
           CASE WHEN e.state = 'active' THEN 'due' ELSE 'to_human' END, 0,
           CASE WHEN EXISTS (SELECT 1 FROM delivery w
                             WHERE w.release = :release AND w.endpoint = e.key
                               AND w.state = 'leased') THEN 1 ELSE 0 END,
           0, :now
    FROM endpoint e
    WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.release = :release AND d.endpoint = e.key
                  AND (d.attempt > 0 OR d.state = 'leased'))
    """
)

CLAIM = text(
    # The due rows of open gates, urgent classes first, of endpoints that have none in flight.
    """
    SELECT d.release, d.version, d.run, d.endpoint, d.attempt, d.class
    FROM delivery d JOIN endpoint e ON e.key = d.endpoint
    WHERE d.state = 'due' AND d.gate = 0 AND d.due_at <= :now AND e.state = 'active'
      AND NOT EXISTS (SELECT 1 FROM delivery l
                      WHERE l.endpoint = d.endpoint AND l.state = 'leased')
    ORDER BY d.class, d.due_at LIMIT :most
    """
)

_LANE = " AND release = :release AND endpoint = :endpoint"

_DROP = (
    # A text that was withheld or withdrawn meanwhile is never sent again, not even as a retry.
    """
    UPDATE delivery SET state = 'superseded', settled = :now
    WHERE state = 'due'
      AND EXISTS (SELECT 1 FROM release r
                  WHERE r.key = delivery.release AND r.status <> 'usable'
                    AND r.version > delivery.version)
    """
)
DROP_STALE, DROP_STALE_IN_LANE = text(_DROP), text(_DROP + _LANE)

_OPEN = (
    # The next row of a lane may go when nothing before it is unsettled.
    """
    UPDATE delivery SET gate = 0
    WHERE gate = 1 AND state = 'due'
      AND NOT EXISTS (SELECT 1 FROM delivery w
                      WHERE w.release = delivery.release AND w.endpoint = delivery.endpoint
                        AND w.version < delivery.version AND w.state IN ('due', 'leased'))
    """
)
OPEN_GATES, OPEN_GATE_OF_LANE = text(_OPEN), text(_OPEN + _LANE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process may send until its lease ends."""

    release: int
    version: int
    run: int
    endpoint: int
    attempt: int
    class_: Class
    token: int


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent for a claim: the release's id, where it goes, and the bytes."""

    claim: Claim
    release_id: str
    endpoint: EndpointRow
    rendering: Rendering


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended. ``state`` is a settled state, or ``due`` with ``due_at`` to retry."""

    claim: Claim
    state: str
    due_at: datetime | None
    outcome: str
    status: int | None
    detail: str | None
    at: datetime
    took_ms: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery with its last attempt, for reports."""

    version: int
    run: int
    endpoint: str
    subscriber: str
    address: str
    state: str
    attempt: int
    due_at: datetime | None
    settled: datetime | None
    outcome: str | None
    status: int | None
    detail: str | None
    sha256: str | None


def fan_out(tx: Tx, release_: int, version: int, *, channel: int | None, class_: Class) -> int:
    """Write the deliveries of a newly public revision; how many there are."""
    parameters = {
        "release": release_,
        "version": version,
        "class": int(class_),
        "channel": channel,
        "now": microseconds(tx.now),
    }
    return int(tx.run(FAN_OUT, parameters).rowcount)


def recall(tx: Tx, release_: int, version: int) -> int:
    """Write the deliveries of a withdrawal and cancel every earlier one that waits."""
    parameters = {"release": release_, "version": version, "now": microseconds(tx.now)}
    written = int(tx.run(RECALL, parameters).rowcount)
    supersede(tx, release_, version)
    return written


def supersede(tx: Tx, release_: int, version: int) -> None:
    """Cancel what waits to be sent of the versions before this one."""
    tx.run(
        update(delivery)
        .where(
            delivery.c.release == release_,
            delivery.c.version < version,
            delivery.c.state == "due",
        )
        .values(state="superseded", settled=tx.now)
    )


def claim(tx: Tx, *, most: int, lease: timedelta, token: int) -> list[Claim]:
    """Take up to ``most`` due deliveries, one an endpoint; nobody else gets them in that time."""
    rows = tx.run(CLAIM, {"now": microseconds(tx.now), "most": most * _WIDER}).all()
    first = {row.endpoint: row for row in reversed(rows)}
    claims = [
        Claim(r.release, r.version, r.run, r.endpoint, r.attempt + 1, Class(r[5]), token)
        for r in list(reversed(first.values()))[:most]
    ]
    for item in claims:
        tx.run(
            update(delivery)
            .where(*_is(item))
            .values(
                state="leased",
                attempt=item.attempt,
                lease_until=tx.now + lease,
                lease_token=token,
            )
        )
    return claims


def loads(tx: Tx, claims: Sequence[Claim], thin: str) -> list[Load]:
    """What to send for these claims; ``thin`` names the rendering of the small payload."""
    where = endpoints.by_keys(tx, [item.endpoint for item in claims])
    found: dict[tuple[int, int, str], tuple[str, Rendering]] = {}
    made = []
    for item in claims:
        to = where[item.endpoint]
        format = to.format if to.payload == "full" else thin
        key = (item.release, item.version, format)
        if key not in found:
            found[key] = _rendering(tx, *key)
        made.append(Load(item, found[key][0], to, found[key][1]))
    return made


def release_expired(tx: Tx, *, everything: bool = False) -> int:
    """Give back deliveries whose lease ended; at start-up ``everything`` that was leased."""
    where = [delivery.c.state == "leased"]
    if not everything:
        where.append(delivery.c.lease_until < tx.now)
    done = tx.run(
        update(delivery)
        .where(*where)
        .values(state="due", due_at=tx.now, lease_token=None, lease_until=None)
    )
    if done.rowcount:
        tx.run(DROP_STALE, {"now": microseconds(tx.now)})
        tx.run(OPEN_GATES)
    return int(done.rowcount)


def settle(tx: Tx, settlements: Sequence[Settlement]) -> int:
    """Write down how attempts ended; how many of them still held their lease.

    The attempt is recorded in any case; a late worker's settlement changes no delivery.
    """
    held = 0
    for item in settlements:
        tx.run(insert(attempt), _attempt(item))
        settled = item.state not in UNSETTLED
        done = tx.run(
            update(delivery)
            .where(*_is(item.claim), delivery.c.lease_token == item.claim.token)
            .values(
                state=item.state,
                due_at=item.due_at,
                settled=_ended(item) if settled else None,
                lease_token=None,
                lease_until=None,
                **({} if settled else {"class": _class_of_retry(item.claim)}),
            )
        )
        held += done.rowcount
        lane = {"release": item.claim.release, "endpoint": item.claim.endpoint}
        if not settled:
            tx.run(DROP_STALE_IN_LANE, lane | {"now": microseconds(_ended(item))})
        tx.run(OPEN_GATE_OF_LANE, lane)
    return held


def next_due(tx: Tx) -> datetime | None:
    """When the next delivery is due or the next lease ends."""
    due = tx.run(
        select(func.min(delivery.c.due_at))
        .join(endpoint, endpoint.c.key == delivery.c.endpoint)
        .where(delivery.c.state == "due", delivery.c.gate == 0, endpoint.c.state == "active")
    ).scalar()
    lease = tx.run(
        select(func.min(delivery.c.lease_until)).where(delivery.c.state == "leased")
    ).scalar()
    return min((when for when in (due, lease) if when is not None), default=None)


def of_release(tx: Tx, release_: int) -> list[DeliveryRow]:
    """Every delivery of a release with its last attempt, by version and subscriber."""
    query = text(
        """
        SELECT d.version, d.run, e.id, s.slug, e.address, d.state, d.attempt, d.due_at, d.settled,
               a.outcome, a.status, a.detail, a.sha256
        FROM delivery d
        JOIN endpoint e ON e.key = d.endpoint
        JOIN subscriber s ON s.key = e.subscriber
        LEFT JOIN attempt a ON a.key = (
            SELECT MAX(l.key) FROM attempt l
            WHERE l.release = d.release AND l.version = d.version AND l.run = d.run
              AND l.endpoint = d.endpoint)
        WHERE d.release = :release
        ORDER BY d.version, d.run, s.slug, e.key
        """
    ).columns(due_at=delivery.c.due_at.type, settled=delivery.c.settled.type)
    return [DeliveryRow(*row) for row in tx.run(query, {"release": release_})]


def first_attempts(tx: Tx, release_: int, version: int) -> list[tuple[datetime, int]]:
    """When each endpoint took a revision, as (start of the attempt, its length in ms)."""
    rows = tx.run(
        select(attempt.c.at, attempt.c.took_ms)
        .where(
            attempt.c.release == release_,
            attempt.c.version == version,
            attempt.c.outcome == "delivered",
        )
        .order_by(attempt.c.at)
    )
    return [(at, took) for at, took in rows]


def count_by_state(tx: Tx) -> dict[str, int]:
    """How many deliveries stand in each state."""
    rows = tx.run(select(delivery.c.state, func.count()).group_by(delivery.c.state))
    return dict(rows.tuples().all())


def _ended(item: Settlement) -> datetime:
    return item.at + timedelta(milliseconds=item.took_ms)


def _class_of_retry(item: Claim) -> int:
    """A withdrawal keeps going first; anything else waits behind what is fresh."""
    return int(item.class_ if item.class_ is Class.WITHDRAWAL else Class.RETRY)


def _rendering(tx: Tx, release_: int, version: int, format: str) -> tuple[str, Rendering]:
    row = tx.run(
        select(
            release.c.id,
            rendering.c.format,
            rendering.c.media_type,
            rendering.c.body,
            rendering.c.sha256,
        )
        .join(revision, revision.c.release == release.c.key)
        .join(rendering, rendering.c.revision == revision.c.key)
        .where(
            release.c.key == release_, revision.c.version == version, rendering.c.format == format
        )
    ).one()
    return row[0], Rendering(*row[1:])


def _is(item: Claim) -> tuple[Any, ...]:
    return (
        delivery.c.release == item.release,
        delivery.c.version == item.version,
        delivery.c.run == item.run,
        delivery.c.endpoint == item.endpoint,
    )


def _attempt(item: Settlement) -> dict[str, Any]:
    return {
        "release": item.claim.release,
        "version": item.claim.version,
        "run": item.claim.run,
        "endpoint": item.claim.endpoint,
        "number": item.claim.attempt,
        "at": item.at,
        "took_ms": item.took_ms,
        "outcome": item.outcome,
        "status": item.status,
        "detail": item.detail,
        "sha256": item.sha256,
    }
