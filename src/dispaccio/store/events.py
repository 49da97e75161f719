"""The events of a wire: append-only, their sequence given under the write lock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select

from dispaccio.store.engine import Tx
from dispaccio.store.tables import channel, event, release

PUBLISHED = "published"
"""The kind of the event that a public change is."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``detail`` never quotes unreleased text."""

    seq: int
    at: datetime
    kind: str
    actor: str
    release: int | None
    revision: int | None
    detail: dict[str, Any]


_APPEND = (
    insert(event)
    .values(seq=select(func.coalesce(func.max(event.c.seq), 0) + 1).scalar_subquery())
    .returning(event.c.seq)
)
_OF_RELEASE = select(event).where(event.c.release == bindparam("release_")).order_by(event.c.seq)


_PUBLISHED = select(event.c.seq, func.row_number().over(order_by=event.c.seq).label("place")).where(
    event.c.seq > bindparam("after"), event.c.kind == PUBLISHED
)


def _cut(published: Select[tuple[int, int]]) -> Select[tuple[int]]:
    """Every so manieth row of a query of sequence numbers."""
    counted = published.subquery()
    fits = counted.c.place % bindparam("every") == 0
    return select(counted.c.seq).where(fits).order_by(counted.c.seq)


_CUTS = _cut(_PUBLISHED)
_CUTS_OF_CHANNEL = _cut(
    _PUBLISHED.join(release, release.c.key == event.c.release)
    .join(channel, channel.c.key == release.c.channel)
    .where(channel.c.name == bindparam("channel_"))
)


def append(
    tx: Tx,
    kind: str,
    actor: str,
    *,
    release: int | None = None,
    revision: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write one event and return its sequence number."""
    row = {
        "at": tx.now,
        "kind": kind,
        "actor": actor,
        "release": release,
        "revision": revision,
        "detail": json.dumps(dict(detail), ensure_ascii=False) if detail else None,
    }
    tx.in_turn()
    return int(tx.run(_APPEND, row).scalar_one())


def of_release(tx: Tx, release: int) -> list[Event]:
    """The history of a release, oldest first."""
    return [_event(row) for row in tx.run(_OF_RELEASE, {"release_": release})]


def after(tx: Tx, seq: int, limit: int = 1000) -> list[Event]:
    """The events after a sequence number, oldest first."""
    rows = tx.run(select(event).where(event.c.seq > seq).order_by(event.c.seq).limit(limit))
    return [_event(row) for row in rows]


def cuts(tx: Tx, after: int, every: int, channel_: str | None = None) -> list[int]:
    """Every so manieth public change after a sequence number, oldest first.

    A public change is the publication of a revision of any kind; ``channel_`` names whose.
    """
    query = _CUTS if channel_ is None else _CUTS_OF_CHANNEL
    named = {} if channel_ is None else {"channel_": channel_}
    return [row[0] for row in tx.run(query, {"after": after, "every": every, **named})]


def _event(row: Any) -> Event:
    return Event(
        row.seq,
        row.at,
        row.kind,
        row.actor,
        row.release,
        row.revision,
        json.loads(row.detail or "{}"),
    )
