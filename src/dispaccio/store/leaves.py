"""The log's leaf rows: numbered without a gap, only ever appended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from dispaccio.store.engine import Tx
from dispaccio.store.tables import leaf


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the log; ``hash`` is its RFC 6962 leaf hash."""

    index: int
    at: datetime
    revision: int | None
    body: bytes
    hash: bytes


_LEAF = select(leaf.c.index, leaf.c.at, leaf.c.revision, leaf.c.body, leaf.c.hash)


def append(tx: Tx, body: bytes, digest: bytes, *, revision: int | None = None) -> int:
    """Add a leaf and return its index, counted from 0."""
    index = size(tx)
    row = {"index": index, "at": tx.now, "revision": revision, "body": body, "hash": digest}
    tx.run(insert(leaf), row)
    return index


def size(tx: Tx) -> int:
    """How many leaves the log has."""
    last: int | None = tx.run(select(func.max(leaf.c.index))).scalar()
    return 0 if last is None else last + 1


def of_revision(tx: Tx, revision: int) -> list[Leaf]:
    """The leaves about one revision, in their order."""
    rows = tx.run(_LEAF.where(leaf.c.revision == revision).order_by(leaf.c.index))
    return [Leaf(*row) for row in rows]


def span(tx: Tx, start: int, end: int) -> list[Leaf]:
    """The leaves from index ``start`` up to, not including, ``end``."""
    where = leaf.c.index.between(start, end - 1)
    rows = tx.run(_LEAF.where(where).order_by(leaf.c.index))
    return [Leaf(*row) for row in rows]
