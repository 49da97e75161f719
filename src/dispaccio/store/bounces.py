"""Mails that came back, by the endpoint whose they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dispaccio.store.delivery_tables import bounce
from dispaccio.store.engine import Tx


def add(tx: Tx, endpoint: int, at: datetime, status: str, *, hard: bool) -> bool:
    """Write down a bounce; False if one of that instant is known already."""
    build = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    row = {"endpoint": endpoint, "at": at, "status": status, "hard": hard}
    insert = build(bounce).values(row).on_conflict_do_nothing().returning(bounce.c.endpoint)
    return tx.run(insert).first() is not None


def count(tx: Tx, endpoint: int, since: datetime) -> int:
    """How many mails came back since then, but for what was forgiven."""
    where = (bounce.c.endpoint == endpoint) & (bounce.c.at > since) & ~bounce.c.forgiven
    return int(tx.run(select(func.count()).select_from(bounce).where(where)).scalar_one())


def last(tx: Tx, endpoint: int) -> datetime | None:
    """When the newest bounce came."""
    found: datetime | None = tx.run(
        select(func.max(bounce.c.at)).where(bounce.c.endpoint == endpoint)
    ).scalar()
    return found


def of(tx: Tx, endpoints: Sequence[int]) -> dict[int, tuple[int, str]]:
    """How many bounces each of these endpoints has, and the status of its newest."""
    query = select(bounce).where(bounce.c.endpoint.in_(endpoints)).order_by(bounce.c.at)
    found: dict[int, tuple[int, str]] = {}
    for row in tx.run(query):
        found[row.endpoint] = (found.get(row.endpoint, (0, ""))[0] + 1, row.status)
    return found


def forgive(tx: Tx, endpoint: int) -> None:
    """Count the bounces of an endpoint no more; that they came is still known."""
    tx.run(update(bounce).where(bounce.c.endpoint == endpoint).values(forgiven=True))
