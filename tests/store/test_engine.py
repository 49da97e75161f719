"""Grouped writes: what is acknowledged is durable, who fails fails alone, readers see commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispaccio.errors import StoreFailed, StoreUnsafe
from dispaccio.store import events, leaves, people
from dispaccio.store.engine import MAX_GROUP, Store, Tx, _Turn

NOW = datetime(2026, 5, 26, 7, tzinfo=UTC)


class Mistake(Exception):
    """A member's own error."""


def kinds(store: Store) -> list[str]:
    with store.read(NOW) as tx:
        return [event.kind for event in events.after(tx, 0)]


def commits(store: Store) -> list[int]:
    """A list that grows with every commit of the writing connection."""
    seen: list[int] = []
    hooks.listen(store.engine, "commit", lambda connection: seen.append(1))
    return seen


@contextmanager
def crowd(store: Store, *work: Callable[[Tx], None]) -> Iterator[list[BaseException | None]]:
    """Run each work in a thread of its own while the block holds the turn, so that they queue.

    The list holds what each came to, in the order of the work, once the block was left.
    """
    found: list[BaseException | None] = [None] * len(work)

    def member(at: int) -> None:
        try:
            with store.write(NOW) as tx:
                work[at](tx)
        except BaseException as error:
            found[at] = error

    threads = [threading.Thread(target=member, args=(at,)) for at in range(len(work))]
    try:
        with store.write(NOW) as tx:
            for thread in threads:
                thread.start()
            until = time.monotonic() + 20
            while store._waiting < len(work) and time.monotonic() < until:
                time.sleep(0.001)
            events.append(tx, "first", "test")
            yield found
    finally:
        for thread in threads:
            thread.join(20)


def say(kind: str) -> Callable[[Tx], None]:
    return lambda tx: (events.append(tx, kind, "test"), None)[1]


def fail(kind: str, error: Callable[[Tx], None]) -> Callable[[Tx], None]:
    def work(tx: Tx) -> None:
        events.append(tx, kind, "test")
        error(tx)

    return work


def mistake(tx: Tx) -> None:
    raise Mistake


def twice(tx: Tx) -> None:
    people.add(tx, "same-id", "ann", None, [])
    people.add(tx, "same-id", "bob", None, [])


def nonsense(tx: Tx) -> None:
    tx.run(text("SELECT nothing FROM nowhere"))


def cut(tx: Tx) -> None:
    """Have the server end the connection; SQLite has no server, there it is an error."""
    name = "pg_terminate_backend(pg_backend_pid())"
    tx.run(text(f"SELECT {name if tx.dialect == 'postgresql' else 'nothing'}"))


def write(store: Store, work: Callable[[Tx], None]) -> None:
    with store.write(NOW) as tx:
        work(tx)


def test_what_is_written_is_read(store: Store) -> None:
    with store.write(NOW) as tx:
        events.append(tx, "one", "test")
        assert tx.now == NOW
    assert kinds(store) == ["one"]


def test_what_is_written_is_there_after_opening_again(opened: Callable[[], Store]) -> None:
    with opened().write(NOW) as tx:
        events.append(tx, "one", "test")
    assert kinds(opened()) == ["one"]


def test_many_threads_share_commits_and_lose_nothing(store: Store) -> None:
    seen = commits(store)

    def member(number: int) -> None:
        with store.write(NOW) as tx:
            body = str(number).encode()
            leaves.append(tx, body, body)
            events.append(tx, str(number), "test")

    with ThreadPoolExecutor(24) as threads:
        list(threads.map(member, range(300)))
    assert sorted(kinds(store), key=int) == [str(number) for number in range(300)]
    with store.read(NOW) as tx:
        assert [event.seq for event in events.after(tx, 0)] == list(range(1, 301))
        assert [leaf.index for leaf in leaves.span(tx, 0, 300)] == list(range(300))
    assert len(seen) < 300


def test_one_writer_alone_waits_for_nobody(store: Store) -> None:
    seen = commits(store)
    for number in range(3):
        with store.write(NOW) as tx:
            events.append(tx, str(number), "test")
    assert len(seen) == 3


@pytest.mark.parametrize("error", [mistake, twice], ids=lambda error: error.__name__)
def test_a_member_that_fails_undoes_only_itself(store: Store, error: Callable[[Tx], None]) -> None:
    with crowd(store, say("a"), fail("b", error), say("c")) as found:
        pass
    assert (found[0], found[2]) == (None, None)
    assert isinstance(found[1], Mistake if error is mistake else IntegrityError)
    assert sorted(kinds(store)) == ["a", "c", "first"]


def test_a_member_alone_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(Mistake):
        write(store, fail("gone", mistake))
    with store.write(NOW) as tx:
        events.append(tx, "after", "test")
    assert kinds(store) == ["after"]


def test_an_error_of_the_database_fails_the_whole_group(store: Store) -> None:
    with pytest.raises(StoreFailed), crowd(store, fail("b", nonsense)) as found:
        pass
    assert isinstance(found[0], StoreFailed)
    assert kinds(store) == []
    with store.write(NOW) as tx:
        events.append(tx, "after", "test")
    assert kinds(store) == ["after"]


def test_a_commit_that_fails_fails_every_member_and_nothing_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.engine.dialect.do_commit
    broken = [True]

    def commit(connection: Any) -> None:
        if broken:
            broken.clear()
            raise OSError("no space left on device")
        real(connection)

    monkeypatch.setattr(store.engine.dialect, "do_commit", commit)
    with (
        pytest.raises(StoreFailed, match="no space left"),
        crowd(store, say("a"), say("b")) as found,
    ):
        pass
    assert [type(error) for error in found] == [StoreFailed, StoreFailed]
    assert kinds(store) == []
    with store.write(NOW) as tx:
        events.append(tx, "after", "test")
    assert kinds(store) == ["after"]
    assert store.failed is None


def test_after_a_disk_error_the_store_takes_nothing_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit(connection: Any) -> None:
        raise OSError("disk I/O error")

    monkeypatch.setattr(store.engine.dialect, "do_commit", commit)
    with pytest.raises(StoreFailed), store.write(NOW) as tx:
        events.append(tx, "lost", "test")
    assert store.failed is not None
    monkeypatch.undo()
    with pytest.raises(StoreFailed, match="failed and was closed"), store.write(NOW):
        pass
    assert kinds(store) == []


def test_an_error_says_nothing_of_what_was_written(store: Store) -> None:
    secret = "Aurora opens a dairy"
    with pytest.raises(StoreFailed) as failed, store.write(NOW) as tx:
        tx.run(text("INSERT INTO nowhere (said) VALUES (:said)"), {"said": secret})
    with pytest.raises(IntegrityError) as refused:
        write(store, twice)
    assert "nowhere" in failed.value.message
    assert "INSERT" not in failed.value.message
    assert secret not in f"{failed.value.message} {failed.value.__cause__}"
    assert "same-id" not in str(refused.value).partition("DETAIL")[0]


def test_a_group_is_bounded(store: Store) -> None:
    seen = commits(store)
    with crowd(store, *(say(str(number)) for number in range(MAX_GROUP + 5))) as found:
        pass
    assert not any(found)
    assert len(seen) == 2
    assert len(kinds(store)) == MAX_GROUP + 6


def test_what_is_urgent_commits_without_giving_the_turn_away(store: Store) -> None:
    order: list[str] = []
    hooks.listen(store.engine, "commit", lambda connection: order.append("commit"))

    def urgent() -> None:
        with store.write(NOW, urgent=True) as tx:
            events.append(tx, "urgent", "test")
            order.append("urgent")

    def note(kind: str) -> Callable[[Tx], None]:
        return lambda tx: order.append(kind)

    hurry = threading.Thread(target=urgent)
    with crowd(store, *(note("normal") for _ in range(20))):
        hurry.start()
        while store._waiting < 21:
            time.sleep(0.001)
    hurry.join(20)
    at = order.index("urgent")
    assert order[at + 1] == "commit"
    assert order[:at].count("normal") <= 2  # before all but those at the door already


def test_who_waits_is_passed_by_one_urgent_write_at_the_most() -> None:
    turn, order = _Turn(), []

    def take(name: str, *, urgent: bool) -> threading.Thread:
        def run() -> None:
            turn.take(urgent=urgent)
            order.append(name)
            go_on[name].wait(20)
            turn.give_back()

        thread = threading.Thread(target=run)
        waiting = turn._urgent + turn._others
        thread.start()
        while turn._urgent + turn._others == waiting:
            time.sleep(0.001)
        return thread

    go_on = {name: threading.Event() for name in ("patient", "urgent", "urgent too")}
    turn.take(urgent=False)
    threads = [take("patient", urgent=False), take("urgent", urgent=True)]
    turn.give_back()
    while not order:
        time.sleep(0.001)
    threads.append(take("urgent too", urgent=True))
    for event in go_on.values():
        event.set()
    for thread in threads:
        thread.join(20)
    assert order == ["urgent", "patient", "urgent too"]


def test_readers_see_commits_and_nothing_else(store: Store) -> None:
    with store.write(NOW) as tx:
        events.append(tx, "one", "test")
        assert kinds(store) == []
    with store.read(NOW) as before:
        with store.write(NOW) as tx:
            events.append(tx, "two", "test")
        assert kinds(store) == ["one", "two"]
        first = [event.kind for event in events.after(before, 0)]
        with store.write(NOW) as tx:
            events.append(tx, "three", "test")
        assert [event.kind for event in events.after(before, 0)] == first


def test_a_reader_can_write_nothing(store: Store) -> None:
    with pytest.raises(StoreFailed), store.read(NOW) as tx:
        events.append(tx, "one", "test")
    assert kinds(store) == []


def test_many_can_read_at_once(store: Store) -> None:
    inside = threading.Barrier(30)

    def look(_: int) -> int:
        with store.read(NOW) as tx:
            inside.wait(20)
            return leaves.size(tx)

    with ThreadPoolExecutor(30) as threads:
        assert sum(threads.map(look, range(30))) == 0


def test_the_instant_is_kept_to_the_microsecond(store: Store) -> None:
    at = NOW + timedelta(microseconds=123_457)
    with store.write(at) as tx:
        events.append(tx, "one", "test")
    with store.read(NOW) as tx:
        assert [event.at for event in events.after(tx, 0)] == [at]


def test_two_stores_of_one_database_do_not_mix_their_numbers(
    opened: Callable[[], Store],
) -> None:
    one, two = opened(), opened()

    def member(number: int) -> None:
        with (one, two)[number % 2].write(NOW) as tx:
            events.append(tx, str(number), "test")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(member, range(60)))
    with one.read(NOW) as tx:
        assert [event.seq for event in events.after(tx, 0)] == list(range(1, 61))


def test_a_database_that_cannot_be_reached() -> None:
    nowhere = "postgresql+psycopg://nobody@/nothing?host=/nowhere-at-all"
    for store in (Store(Path("/nowhere-at-all/wire.db")), Store(nowhere)):
        with pytest.raises(StoreFailed), store.write(NOW):
            pass
        with pytest.raises(StoreFailed), store.read(NOW) as tx:
            leaves.size(tx)
        store.close()


def test_a_connection_that_was_lost_is_opened_anew(store: Store) -> None:
    with store.write(NOW) as tx:
        events.append(tx, "one", "test")
    with pytest.raises(StoreFailed):
        write(store, fail("lost", cut))
    with store.write(NOW) as tx:
        events.append(tx, "two", "test")
    assert kinds(store) == ["one", "two"]


def test_sqlite_is_durable(tmp_path: Path) -> None:
    store = Store(tmp_path / "a b?c#d%e.db")
    with store.write(NOW) as tx:
        assert tx.run(text("PRAGMA journal_mode")).scalar() == "wal"
        assert tx.run(text("PRAGMA synchronous")).scalar() == 2
        assert tx.run(text("PRAGMA foreign_keys")).scalar() == 1
    with store.read(NOW) as tx:
        assert tx.run(text("PRAGMA wal_autocheckpoint")).scalar() == 0
    store.close()
    assert (tmp_path / "a b?c#d%e.db").exists()


def test_a_file_system_without_a_write_ahead_log_is_refused() -> None:
    store = Store("sqlite://")  # in memory there is none
    with pytest.raises(StoreUnsafe, match="'memory'"), store.write(NOW):
        pass
    store.close()


def test_closing_keeps_what_waits_for_its_commit(store: Store) -> None:
    """Who closes stands in line like a writer, and the one before leaves the commit to it."""
    inside, left = threading.Event(), threading.Event()

    def write() -> None:
        with store.write(NOW) as tx:
            tx.run(text("INSERT INTO meta (name, value) VALUES ('kept', 'yes')"))
            inside.set()
            while not store._waiting:
                time.sleep(0.001)
        left.set()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    assert inside.wait(10)
    store.close()
    assert left.wait(10), "its commit is not waited for in vain"
    thread.join()
    with store.read(NOW) as tx:
        assert tx.run(text("SELECT value FROM meta WHERE name = 'kept'")).scalar() == "yes"
    with pytest.raises(StoreFailed, match="was closed"), store.write(NOW):
        pass
