"""What is gathered for digests: rows behind the gate 3, which the courier never claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text, update

from dispaccio.store.columns import microseconds
from dispaccio.store.delivery_tables import attempt, delivery
from dispaccio.store.endpoints import EndpointRow, by_keys
from dispaccio.store.engine import Tx
from dispaccio.store.outbox import Claim, Class, take
from dispaccio.store.outbox_sql import leased

GATHERED = 3
_MINE = tuple(
    delivery.c[name] == bindparam(f"of_{name}")
    for name in ("release", "endpoint", "version", "run")
)
_WAITING = text(
    # Endpoints with a digest for which something waits; the classes are named for the index.
    f"""
    SELECT e.key FROM endpoint e
    WHERE e.gathers = 'digest' AND e.state = 'active'
      AND EXISTS (SELECT 1 FROM delivery d
                  WHERE d.state = 'due' AND d.state NOT IN ('delivered', 'superseded')
                    AND d.gate = 3 AND d.class IN (1, 2, 3, 4) AND d.endpoint = e.key
                    AND NOT {leased("d")})
    """  # noqa: S608  # put together from the lines here alone
)
_GATHERED = text(
    # What had come when the digest was due, and what could not be sent then.
    f"""
    SELECT release, version, run, attempt, class FROM delivery
    WHERE endpoint = :endpoint AND state = 'due' AND state NOT IN ('delivered', 'superseded')
      AND gate = 3 AND class IN (1, 2, 3, 4)
      AND ((attempt = 0 AND due_at <= :until) OR (attempt > 0 AND due_at <= :now))
      AND NOT {leased("delivery")}
    ORDER BY release, version, run
    """  # noqa: S608  # put together from the lines here alone
)
_LET_GO = text("UPDATE delivery SET gate = 1 WHERE endpoint = :endpoint AND gate = 3")


def waiting(tx: Tx) -> list[EndpointRow]:
    """The endpoints for whose digest something waits."""
    keys = list(tx.run(_WAITING).scalars())
    return list(by_keys(tx, keys).values()) if keys else []


def gathered(tx: Tx, endpoint_: int, until: datetime, token: int) -> list[Claim]:
    """What goes into a digest that was due at ``until``, in the order of releases."""
    values = {"endpoint": endpoint_, "until": microseconds(until), "now": microseconds(tx.now)}
    return [
        Claim(row.release, row.version, row.run, endpoint_, row.attempt + 1, Class(row[4]), token)
        for row in tx.run(_GATHERED, values)
    ]


def lease(tx: Tx, claims: Sequence[Claim], how_long: timedelta) -> None:
    """Take these deliveries; nobody else gets them in that time."""
    if claims:
        take(tx, [item[:4] for item in claims], how_long, claims[0].token)


def drop(tx: Tx, claims: Sequence[Claim]) -> None:
    """Settle what a newer revision in the same digest takes the place of."""
    if claims:
        statement = update(delivery).where(*_MINE).values(state="superseded", settled=tx.now)
        tx.run(statement, [_key(item) for item in claims])


def was_sent(tx: Tx, release: int, endpoint_: int) -> bool:
    """Whether an endpoint may hold any revision of a release."""
    query = select(attempt.c.key).where(
        attempt.c.release == release, attempt.c.endpoint == endpoint_
    )
    return tx.run(query.limit(1)).first() is not None


def let_go(tx: Tx, endpoint_: int) -> None:
    """Send one by one what was gathered for an endpoint that wants no digest any more."""
    tx.run(_LET_GO, {"endpoint": endpoint_})


def _key(item: Claim) -> dict[str, int]:
    return {
        "of_release": item.release,
        "of_endpoint": item.endpoint,
        "of_version": item.version,
        "of_run": item.run,
    }
