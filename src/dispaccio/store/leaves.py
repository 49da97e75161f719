"""The log's leaf rows: numbered without a gap, only ever appended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

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
_OF_REVISION = _LEAF.where(leaf.c.revision == bindparam("revision_")).order_by(leaf.c.index)
_SIZE = select(func.coalesce(func.max(leaf.c.index), -1) + 1)
_APPEND = insert(leaf).values(index=_SIZE.scalar_subquery()).returning(leaf.c.index)


def append(tx: Tx, body: bytes, digest: bytes, *, revision: int | None = None) -> int:
    """Add a leaf and return its index, counted from 0."""
    row = {"at": tx.now, "revision": revision, "body": body, "hash": digest}
    return int(tx.run(_APPEND, row).scalar_one())


def size(tx: Tx) -> int:
    """How many leaves the log has."""
    return int(tx.run(_SIZE).scalar_one())


def of_revision(tx: Tx, revision: int) -> list[Leaf]:
    """The leaves about one revision, in their order."""
    return [Leaf(*row) for row in tx.run(_OF_REVISION, {"revision_": revision})]


def span(tx: Tx, start: int, end: int) -> list[Leaf]:
    """The leaves from index ``start`` up to, not including, ``end``."""
    where = leaf.c.index.between(start, end - 1)
    rows = tx.run(_LEAF.where(where).order_by(leaf.c.index))
    return [Leaf(*row) for row in rows]
