"""What became of deliveries, for reports: receipts, attempts, counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from dispaccio.store.columns import Instant, microseconds
from dispaccio.store.delivery_tables import acknowledgement, attempt, delivery, endpoint
from dispaccio.store.engine import Tx
from dispaccio.store.outbox_sql import MAY_HOLD


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery with its last attempt."""

    version: int
    run: int
    endpoint: str
    subscriber: str
    carrier: str
    address: str
    state: str
    attempt: int
    due_at: datetime | None
    settled: datetime | None
    outcome: str | None
    status: int | None
    detail: str | None
    sha256: str | None
    acknowledged: datetime | None = None
    """When the receiver said what it did with the revision."""
    applied: bool | None = None
    """Whether it used it, or removed what is withdrawn; False for having refused."""
    url: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """An endpoint that may hold a text: an attempt took it there, or its end is not known."""

    endpoint: str
    subscriber: str
    carrier: str
    address: str
    state: str | None
    """That of the delivery of the revision in question; None where none was written for it."""
    settled: datetime | None
    acknowledged: datetime | None
    applied: bool | None
    url: str | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """When a revision was taken, as (start of the attempt, its length in ms).

    ``untimed``: how many more took it when they wanted it.
    """

    times: list[tuple[datetime, int]]
    untimed: int


WITH_LAST_ATTEMPT = """
    SELECT d.version, d.run, e.id, s.slug, e.carrier, e.address, d.state, d.attempt, d.due_at,
           d.settled, a.outcome, a.status, a.detail, a.sha256,
           k.at, k.applied, k.url, k.removed_at
    FROM {deliveries} d
    JOIN endpoint e ON e.key = d.endpoint
    JOIN subscriber s ON s.key = e.subscriber
    LEFT JOIN attempt a ON a.key = (
        SELECT MAX(l.key) FROM attempt l
        WHERE l.release = d.release AND l.endpoint = d.endpoint AND l.version = d.version
          AND l.run = d.run)
    LEFT JOIN acknowledgement k ON k.release = d.release AND k.endpoint = d.endpoint
          AND k.version = d.version
    WHERE d.release = :release
    ORDER BY {order}
    """
"""Deliveries of a release with their last attempts, as the columns of ``DeliveryRow``."""
TYPES = {
    "due_at": Instant,
    "settled": Instant,
    "at": Instant,
    "applied": Boolean,
    "removed_at": Instant,
}
_OF_RELEASE = text(
    WITH_LAST_ATTEMPT.format(deliveries="delivery", order="d.version, d.run, s.slug, e.key")
).columns(**TYPES)

_HOLDERS = text(
    # Whoever may have got anything of the release before this revision, by the attempts.
    f"""
    SELECT e.id, s.slug, e.carrier, e.address, d.state, d.settled,
           k.at, k.applied, k.url, k.removed_at
    FROM (SELECT DISTINCT d.endpoint AS key FROM delivery d
          WHERE d.release = :release AND d.version < :version AND {MAY_HOLD}) h
    JOIN endpoint e ON e.key = h.key
    JOIN subscriber s ON s.key = e.subscriber
    LEFT JOIN delivery d ON d.release = :release AND d.endpoint = e.key AND d.version = :version
          AND d.run = (SELECT MAX(r.run) FROM delivery r WHERE r.release = :release
                       AND r.endpoint = e.key AND r.version = :version)
    LEFT JOIN acknowledgement k ON k.release = :release AND k.endpoint = e.key
          AND k.version = :version
    ORDER BY s.slug, e.key
    """  # noqa: S608  # put together from the lines here alone
).columns(settled=Instant, at=Instant, applied=Boolean, removed_at=Instant)

_WAITING_FOR_A_PERSON = text(
    """
    SELECT r.ordinal, d.version, e.id, s.slug, e.carrier, e.address, d.settled,
           (SELECT l.detail FROM attempt l WHERE l.release = d.release AND l.endpoint = d.endpoint
            ORDER BY l.key DESC LIMIT 1) AS detail
    FROM delivery d
    JOIN release r ON r.key = d.release
    JOIN endpoint e ON e.key = d.endpoint
    JOIN subscriber s ON s.key = e.subscriber
    WHERE d.state = 'to_human' AND d.state NOT IN ('delivered', 'superseded')
    ORDER BY d.settled, s.slug
    LIMIT :most
    """
).columns(settled=Instant)

_TOLD = text(
    """
    UPDATE delivery SET state = 'told', settled = :now
    WHERE release = :release AND version = :version AND state = 'to_human'
      AND endpoint = (SELECT e.key FROM endpoint e WHERE e.id = :endpoint)
    """
)

_REACHED = text(
    # Those whom a withdrawal tells: the same condition as when its deliveries are written.
    """
    SELECT COUNT(*), COUNT(DISTINCT e.subscriber) FROM endpoint e
    WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.release = :release AND d.endpoint = e.key
                  AND d.attempt > 0)
    """
)

_STATES = text(
    # What ended as it should is not counted: it is nearly everything, and grows for ever.
    """
    SELECT state, COUNT(*) AS number FROM delivery
    WHERE state NOT IN ('delivered', 'superseded') GROUP BY state
    """
)


def of_release(tx: Tx, release: int) -> list[DeliveryRow]:
    """Every delivery of a release with its last attempt, by version and subscriber."""
    return [DeliveryRow(*row) for row in tx.run(_OF_RELEASE, {"release": release})]


def holders(tx: Tx, release: int, version: int) -> list[Holder]:
    """Everyone who may hold a revision before this one, and how they stand to this one."""
    rows = tx.run(_HOLDERS, {"release": release, "version": version})
    return [Holder(*row) for row in rows]


def waiting_for_a_person(tx: Tx, most: int) -> list[tuple[Any, ...]]:
    """Deliveries of withdrawals that could not be made, the oldest first.

    Each as ordinal, version, endpoint, subscriber, carrier, address, since when, last answer.
    """
    return [tuple(row) for row in tx.run(_WAITING_FOR_A_PERSON, {"most": most})]


def told(tx: Tx, release: int, version: int, endpoint: str) -> bool:
    """A person told them; whether that was still to be done."""
    values = {"release": release, "version": version, "endpoint": endpoint}
    return bool(tx.run(_TOLD, values | {"now": microseconds(tx.now)}).rowcount)


def acknowledge(
    tx: Tx, release: int, version: int, endpoint: int, said: dict[str, Any], *, named: bool
) -> bool:
    """Keep what a receiver says of a revision that it was sent; whether it was sent there.

    Where the endpoint was not ``named``, only what it certainly has counts.
    """
    where = (
        (delivery.c.release == release)
        & (delivery.c.endpoint == endpoint)
        & (delivery.c.version == version)
        & ((delivery.c.attempt > 0) if named else (delivery.c.state == "delivered"))
    )
    if not tx.run(select(delivery.c.endpoint).where(where).limit(1)).first():
        return False
    build = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    row = {"release": release, "endpoint": endpoint, "version": version, "at": tx.now, **said}
    tx.run(
        build(acknowledgement)
        .values(row)
        .on_conflict_do_update(
            index_elements=["release", "endpoint", "version"], set_={"at": tx.now, **said}
        )
    )
    return True


def taken(tx: Tx, release: int, version: int) -> Taken:
    """When endpoints took a revision, each the first time.

    Whoever fetches, or has a digest, took it at a time of their own: they are only counted.
    """
    rows = tx.run(
        select(endpoint.c.key, attempt.c.at, attempt.c.took_ms, endpoint.c.gathers)
        .join(endpoint, endpoint.c.key == attempt.c.endpoint)
        .where(
            attempt.c.release == release,
            attempt.c.version == version,
            attempt.c.outcome == "delivered",
        )
        .order_by(attempt.c.at)
    ).all()
    first = {row[0]: row for row in reversed(rows)}
    times = sorted((at, took) for _, at, took, gathers in first.values() if gathers is None)
    return Taken(times, len(first) - len(times))


def count(tx: Tx, release: int, version: int) -> int:
    """How many deliveries a revision has."""
    where = (delivery.c.release == release) & (delivery.c.version == version)
    return int(tx.run(select(func.count()).select_from(delivery).where(where)).scalar_one())


def reached(tx: Tx, release: int) -> tuple[int, int]:
    """How many endpoints of how many subscribers may have got anything of a release."""
    row = tx.run(_REACHED, {"release": release}).one()
    return row[0], row[1]


def states_of(tx: Tx, release: int, version: int) -> dict[str, int]:
    """How many deliveries of a revision stand in each state."""
    where = (delivery.c.release == release) & (delivery.c.version == version)
    rows = tx.run(select(delivery.c.state, func.count()).where(where).group_by(delivery.c.state))
    return {row[0]: row[1] for row in rows}


def count_by_state(tx: Tx) -> dict[str, int]:
    """How many deliveries stand in each state, but for those delivered or superseded."""
    return {row.state: row.number for row in tx.run(_STATES)}
