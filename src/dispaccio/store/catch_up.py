"""What became public, in its order, and which of it is due to one endpoint.

The order is that of the events; each step looks at the next public changes and asks for the
delivery of each by its primary key, so that the cost of a page does not grow with the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, literal_column, select, text, update

from dispaccio.store.columns import Instant
from dispaccio.store.delivery_tables import attempt, delivery, endpoint
from dispaccio.store.engine import Tx
from dispaccio.store.tables import event

_LAST = select(func.max(event.c.seq)).where(event.c.kind == literal_column("'published'"))

_END_OF_SPAN = text(
    # The last public change of a span; none where fewer are left.
    """
    SELECT seq FROM event WHERE kind = 'published' AND seq > :after
    ORDER BY seq LIMIT 1 OFFSET :most
    """
)

_DUE = text(
    # CROSS JOIN keeps SQLite to this order. Of several runs the last one counts.
    """
    SELECT p.seq, d.release, r.id, r.ordinal, d.version, d.run, v.key, v.kind, r.status, d.state,
           d.attempt
    FROM event p CROSS JOIN revision v CROSS JOIN delivery d CROSS JOIN release r
    WHERE p.kind = 'published' AND p.seq > :after AND p.seq <= :until
      AND v.key = p.revision
      AND d.release = p.release AND d.endpoint = :endpoint AND d.version = v.version
      AND d.run = (SELECT MAX(m.run) FROM delivery m
                   WHERE m.release = p.release AND m.endpoint = :endpoint
                     AND m.version = v.version)
      AND r.key = p.release
    ORDER BY p.seq LIMIT :limit
    """
)

_PUBLIC = text(
    # What came from an archive was not issued here; what was changed of it since then was.
    """
    SELECT p.seq, p.release, r.id, r.ordinal, v.version, 0, v.key, v.kind, r.status, '', 0
    FROM event p CROSS JOIN revision v CROSS JOIN release r
    WHERE p.kind = 'published' AND p.seq > :after AND p.seq <= :until
      AND v.key = p.revision AND r.key = p.release
      AND NOT (r.archive AND v.kind = 'original')
    ORDER BY p.seq LIMIT :limit
    """
)

_HANDED_OUT = text(
    """
    SELECT d.release, d.version, d.run, d.attempt,
           (SELECT a.sha256 FROM attempt a
            WHERE a.release = d.release AND a.endpoint = d.endpoint AND a.version = d.version
              AND a.run = d.run ORDER BY a.key DESC LIMIT 1)
    FROM event p CROSS JOIN revision v CROSS JOIN delivery d
    WHERE p.kind = 'published' AND p.seq > :after AND p.seq <= :until
      AND v.key = p.revision
      AND d.release = p.release AND d.endpoint = :endpoint AND d.version = v.version
      AND d.state IN ('due', 'to_human') AND d.gate = 3 AND d.attempt > 0
    """
)

_ROW = tuple(
    delivery.c[name] == bindparam(f"of_{name}")
    for name in ("release", "endpoint", "version", "run")
)
_MARK = update(delivery).where(*_ROW, delivery.c.attempt == 0).values(attempt=1)
_SETTLE = (
    update(delivery)
    .where(*_ROW)
    .values(state="delivered", settled=bindparam("at", type_=Instant), due_at=None)
)


@dataclass(frozen=True, slots=True)
class Due:
    """A public change; ``state`` and ``attempt`` are those of its delivery to an endpoint."""

    seq: int
    release: int
    release_id: str
    ordinal: int
    version: int
    run: int
    revision: int
    kind: str
    status: str
    """The release's, now."""
    state: str
    attempt: int


def last(tx: Tx) -> int:
    """The number of the last public change; 0 where there was none."""
    return int(tx.run(_LAST).scalar() or 0)


def span(tx: Tx, after: int, most: int) -> int | None:
    """The change that ends a span of so many public changes; None where that is the rest."""
    found: int | None = tx.run(_END_OF_SPAN, {"after": after, "most": most - 1}).scalar()
    return found


def due(tx: Tx, endpoint_: int, after: int, until: int, limit: int) -> list[Due]:
    """What was due to an endpoint after one public change and up to another, oldest first."""
    values = {"endpoint": endpoint_, "after": after, "until": until, "limit": limit}
    return [Due(*row) for row in tx.run(_DUE, values)]


def public(tx: Tx, after: int, until: int, limit: int) -> list[Due]:
    """What became public after one change and up to another, oldest first."""
    values = {"after": after, "until": until, "limit": limit}
    return [Due(*row) for row in tx.run(_PUBLIC, values)]


def hand_out(tx: Tx, endpoint_: int, handed: Sequence[tuple[Due, str]]) -> None:
    """Note that an endpoint is given these for the first time, each with its SHA-256.

    From here on it may hold them, and a withdrawal goes there.
    """
    new = [(item, sha256) for item, sha256 in handed if not item.attempt]
    if not new:
        return
    tx.run(_MARK, [_key(endpoint_, item.release, item.version, item.run) for item, _ in new])
    words = "It was in an answer; no later cursor came back yet."
    _note(
        tx, endpoint_, [(i.release, i.version, i.run, 1, sha) for i, sha in new], "offered", words
    )


def settle(tx: Tx, endpoint_: int, after: int, until: int) -> int:
    """Settle as delivered what an endpoint was given of this span; how many that were."""
    values = {"endpoint": endpoint_, "after": after, "until": until}
    rows = tx.run(_HANDED_OUT, values).all()
    if rows:
        keys = [_key(endpoint_, row[0], row[1], row[2]) | {"at": tx.now} for row in rows]
        tx.run(_SETTLE, keys)
        words = "The receiver came back with a later cursor."
        _note(tx, endpoint_, [(*row[:4], row[4] or "") for row in rows], "delivered", words)
    move_on(tx, endpoint_, until)
    return len(rows)


def move_on(tx: Tx, endpoint_: int, position: int) -> None:
    """Remember up to which event an endpoint took everything; never back."""
    tx.run(
        update(endpoint)
        .where(endpoint.c.key == endpoint_, endpoint.c.position < position)
        .values(position=position)
    )


def _note(
    tx: Tx, endpoint_: int, rows: Sequence[tuple[int, int, int, int, str]], outcome: str, words: str
) -> None:
    said: dict[str, Any] = {"endpoint": endpoint_, "at": tx.now, "took_ms": 0}
    said |= {"outcome": outcome, "status": None, "detail": words}
    names = ("release", "version", "run", "number", "sha256")
    tx.run(insert(attempt), [said | dict(zip(names, row, strict=True)) for row in rows])


def _key(endpoint_: int, release: int, version: int, run: int) -> dict[str, Any]:
    return {
        "of_release": release,
        "of_endpoint": endpoint_,
        "of_version": version,
        "of_run": run,
    }
