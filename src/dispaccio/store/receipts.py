"""What became of deliveries, for reports: receipts, attempts, counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from dispaccio.store.columns import Instant
from dispaccio.store.delivery_tables import attempt, delivery
from dispaccio.store.engine import Tx


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery with its last attempt."""

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


_OF_RELEASE = text(
    """
    SELECT d.version, d.run, e.id, s.slug, e.address, d.state, d.attempt, d.due_at, d.settled,
           a.outcome, a.status, a.detail, a.sha256
    FROM delivery d
    JOIN endpoint e ON e.key = d.endpoint
    JOIN subscriber s ON s.key = e.subscriber
    LEFT JOIN attempt a ON a.key = (
        SELECT MAX(l.key) FROM attempt l
        WHERE l.release = d.release AND l.endpoint = d.endpoint AND l.version = d.version
          AND l.run = d.run)
    WHERE d.release = :release
    ORDER BY d.version, d.run, s.slug, e.key
    """
).columns(due_at=Instant, settled=Instant)

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


def taken(tx: Tx, release: int, version: int) -> list[tuple[datetime, int]]:
    """When endpoints took a revision, as (start of the attempt, its length in ms)."""
    rows = tx.run(
        select(attempt.c.at, attempt.c.took_ms)
        .where(
            attempt.c.release == release,
            attempt.c.version == version,
            attempt.c.outcome == "delivered",
        )
        .order_by(attempt.c.at)
    )
    return [(at, took) for at, took in rows]


def count(tx: Tx, release: int, version: int) -> int:
    """How many deliveries a revision has."""
    where = (delivery.c.release == release) & (delivery.c.version == version)
    return int(tx.run(select(func.count()).select_from(delivery).where(where)).scalar_one())


def count_by_state(tx: Tx) -> dict[str, int]:
    """How many deliveries stand in each state, but for those delivered or superseded."""
    return {row.state: row.number for row in tx.run(_STATES)}
