"""A store that cannot keep what the courier writes: it goes on by itself, and sends nothing twice.

What SQLite says of a full disk is raised at every statement in turn that the courier has it run,
from its start to the last settlement, commits and opening the file again among them.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from dispaccio.delivery import courier
from dispaccio.store.engine import Store
from tests.delivery.test_courier import LATER, SECOND, Post

OFTEN = 3
"""So many statements in a row fail; then there is room again."""
ENDPOINTS = 3


class Disk:
    """Counts what is run by who writes, and is full at the wanted statement and those after it."""

    def __init__(self, post: Post, path: Path) -> None:
        self.run, self.wanted, self.failed = 0, 0, 0
        self._post, self._lock = post, threading.Lock()
        post.store.close()
        post.store = post.rows.store = Store(path)
        event.listen(post.store.engine, "do_connect", self._connect)

    def _connect(self, dialect: Any, record: Any, args: Any, parameters: Any) -> None:
        parameters["factory"] = type("Failing", (_Failing,), {"disk": self})

    def note(self) -> None:
        """A statement is run."""
        with self._lock:
            self.run += 1
            full = self.wanted and self.wanted <= self.run < self.wanted + OFTEN
            self.failed += bool(full)
        if full:
            raise sqlite3.OperationalError("database or disk is full")

    def passed(self) -> bool:
        """Whether it was full and that is over, or never was; then it is not any more."""
        with self._lock:
            if self.failed and len(self._post.said) < 2:
                return False
            self.wanted = 0
            return True


class _Failing(sqlite3.Connection):
    disk: Disk

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(type("FailingCursor", (_FailingCursor,), {"disk": self.disk}))

    def execute(self, *args: Any) -> Any:
        self.disk.note()
        return super().execute(*args)

    def commit(self) -> None:
        self.disk.note()
        super().commit()


class _FailingCursor(sqlite3.Cursor):
    disk: Disk

    def execute(self, *args: Any) -> Any:
        self.disk.note()
        return super().execute(*args)

    def executemany(self, *args: Any) -> Any:
        self.disk.note()
        return super().executemany(*args)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A store with an original and its correction, due at some endpoints."""
    path = tmp_path / "template.db"
    post = Post(path)
    for number in range(ENDPOINTS):
        post.rows.endpoint(f"e{number}")
    release = post.rows.release("r")
    post.publish(release, 1)
    post.publish(release, 2, "correction")
    post.store.close()
    return path


def done(post: Post) -> bool:
    return set(post.states(1)) == {"delivered"}


def delivered(template: Path, at: int) -> Disk:
    """Deliver everything, one attempt being answered 503, with a disk that is full at a moment."""
    path = template.with_name(f"full-{at}.db")
    shutil.copyfile(template, path)
    post = Post(path)
    disk = Disk(post, path)
    post.carrier.say(LATER)

    def answered() -> bool:
        return any(row.outcome == "answered" for row in post.deliveries(1))

    def later() -> None:
        post.ahead += 10 * SECOND

    disk.wanted = at
    post.run_steps(answered, later, lambda: done(post) and disk.passed())
    post.store.close()
    sent = Counter((parcel.address, parcel.version) for parcel in post.carrier.parcels)
    assert sorted(sent.values()) == [1] * (2 * ENDPOINTS - 1) + [2], (at, sent)
    if disk.failed:
        waits, goes_on = post.said
        assert waits.startswith("Deliveries wait, and the store is tried again every second. The ")
        assert waits.endswith("database or disk is full.")
        assert goes_on == "The store works again, and deliveries go on."
    else:
        assert post.said == []
    return disk


@pytest.mark.parametrize(
    "few", [True, pytest.param(False, marks=[pytest.mark.long, pytest.mark.timeout(600)])]
)
def test_full_at_every_statement(
    template: Path, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "AGAIN", 0.01)
    statements = delivered(template, 0).run
    assert statements > 20
    chosen = range(1, statements + 1, statements // 8 if few else 1)
    full = [delivered(template, at).failed for at in chosen]
    print(f"{statements} statements, full at {len(chosen)} of them")
    assert full.count(OFTEN) >= len(full) - max(1, len(full) // 10), (
        "it has to be full for this to prove anything"
    )
