"""Coming for what is due: the order, and a cost that does not grow with the history."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dispaccio.store import catch_up
from dispaccio.store.engine import Store, Tx
from tests.store.rows import Rows

_FILL = (
    """
    INSERT INTO release (key, id, issuer, channel, relayed, archive, ordinal, status, version,
                         changed, created)
    SELECT n, 'id-' || n, NULL, NULL, FALSE, FALSE, 100000000 + n, 'usable', 1, n, 0 FROM n
    """,
    """
    INSERT INTO revision (key, release, version, kind, state, submitted_by, submitted)
    SELECT n, n, 1, 'original', 'published', 'anna', 0 FROM n
    """,
    """
    INSERT INTO event (seq, at, kind, actor, release, revision)
    SELECT 2 * n, 0, 'published', 'wire', n, n FROM n
    """,
    """
    INSERT INTO event (seq, at, kind, actor, release, revision)
    SELECT 2 * n + 1, 0, 'submitted', 'anna', n, n FROM n
    """,
    """
    INSERT INTO delivery (release, endpoint, version, run, state, class, gate, attempt, due_at)
    SELECT n, :endpoint, 1, 0, 'due', 2, 3, 0, 0 FROM n WHERE n % :every = 0
    """,
)
_NUMBERS = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :many)"


def fill(rows: Rows, many: int, *, every: int = 1) -> int:
    """So many releases, of which every so manieth was due to an endpoint; its key."""
    endpoint = rows.endpoint("puller", carrier="pull", address="-", gathers="pull")

    def work(tx: Tx) -> None:
        for statement in _FILL:
            head, select, tail = statement.partition("SELECT")
            query = f"{head} {_NUMBERS} {select}{tail}"
            tx.run(text(query), {"many": many, "endpoint": endpoint, "every": every})

    rows.write(work)
    return endpoint


def test_spans_and_pages(rows: Rows) -> None:
    endpoint = fill(rows, 50, every=5)
    assert rows.read(catch_up.last) == 100
    assert rows.read(catch_up.span, 0, 20) == 40
    assert rows.read(catch_up.span, 80, 20) is None
    found = rows.read(catch_up.due, endpoint, 10, 60, 100)
    assert [item.ordinal - 100_000_000 for item in found] == [10, 15, 20, 25, 30]
    assert [item.seq for item in found] == [20, 30, 40, 50, 60]
    assert len(rows.read(catch_up.due, endpoint, 0, 100, 3)) == 3
    assert len(rows.read(catch_up.public, 0, 100, 100)) == 50


def test_settling_a_span(rows: Rows) -> None:
    endpoint = fill(rows, 10)
    found = rows.read(catch_up.due, endpoint, 0, 20, 4)
    rows.write(catch_up.hand_out, endpoint, [(item, "00") for item in found])
    assert rows.write(catch_up.settle, endpoint, 0, 20) == 4  # what was not given is not settled
    states = rows.read(
        lambda tx: list(tx.run(text("SELECT state FROM delivery ORDER BY release")).scalars())
    )
    assert states == ["delivered"] * 4 + ["due"] * 6
    assert rows.write(catch_up.settle, endpoint, 0, 20) == 0


class TestTheCost:
    """A page costs what it holds, and a span what it crosses."""

    @pytest.mark.parametrize("every", [1, 1000], ids=["all", "few"])
    def test_it_does_not_grow_with_the_history(
        self, migrated: Path, tmp_path: Path, every: int
    ) -> None:
        store = Store(Path(shutil.copy(migrated, tmp_path / "wire.db")))
        rows = Rows(store)
        endpoint = fill(rows, 20_000, every=every)
        counts = [
            _steps(rows, lambda tx, a=after: _page(tx, endpoint, a))
            for after in (0, 8_000, 16_000, 30_000)
        ]
        store.close()
        assert max(counts) < 1.5 * min(counts) + 20, counts

    def test_no_table_is_read_through(self, migrated: Path, tmp_path: Path) -> None:
        """On SQLite, which has no other plan; PostgreSQL reads through what is small."""
        store = Store(Path(shutil.copy(migrated, tmp_path / "wire.db")))
        rows = Rows(store)
        values = {"endpoint": fill(rows, 10), "after": 0, "until": 300, "limit": 100}

        def plan(tx: Tx) -> str:
            found = tx.run(text(f"EXPLAIN QUERY PLAN {catch_up._DUE.text}"), values)
            return "\n".join(str(row[-1]) for row in found)

        said = rows.read(plan)
        store.close()
        assert "SCAN " not in said, said


def _page(tx: Tx, endpoint: int, after: int) -> None:
    until = catch_up.span(tx, after, 1_000)
    catch_up.due(tx, endpoint, after, until or 1 << 62, 100)
    catch_up.last(tx)


def _steps(rows: Rows, do: Any) -> int:
    """How many steps of SQLite's machine a reading takes, in hundreds."""
    with rows.store.read(rows.now) as tx:
        raw = tx.connection.connection.driver_connection
        assert raw is not None
        count = 0

        def tick() -> int:
            nonlocal count
            count += 1
            return 0

        do(tx)  # compiled once
        raw.set_progress_handler(tick, 100)
        try:
            do(tx)
        finally:
            raw.set_progress_handler(None, 0)
    return count
