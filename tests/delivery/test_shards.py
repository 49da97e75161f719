"""How couriers share endpoints out on PostgreSQL, and what holds when they come and go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from dispaccio.clock import Clock
from dispaccio.delivery import shards
from dispaccio.delivery.shards import Shards, plan
from dispaccio.errors import StoreFailed
from dispaccio.store import engine, events, outbox, schema
from dispaccio.store import shards as store_shards
from dispaccio.store.engine import Store
from dispaccio.store.shards import SHARDS, Locks
from tests.store.rows import LEASE, Rows, settlement

HERE = [7, 40]
"""Endpoints' shards of the first courier of two, where a test chooses them."""


@pytest.fixture
def url(postgres_database: str) -> str:
    store = Store(postgres_database)
    schema.upgrade(store)
    store.close()
    return postgres_database


@pytest.fixture
def stores(url: str) -> Iterator[Callable[..., Store]]:
    opened: list[Store] = []

    def open_(**more: bool) -> Store:
        opened.append(Store(url, **more))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def rows(stores: Callable[..., Store]) -> Rows:
    return Rows(stores())


@given(
    st.lists(st.sampled_from(["come", "go", "beat"]), max_size=40),
    st.randoms(use_true_random=False),
)
def test_whoever_comes_and_goes_all_is_shared_out_evenly(steps: list[str], rng: object) -> None:
    """Nobody takes what another holds; in the end all is held, as evenly as it can be."""
    couriers: dict[int, set[int]] = {0: set()}
    born = 1

    def beat(who: int) -> None:
        others = set().union(*(held for other, held in couriers.items() if other != who))
        done = plan(len(couriers), couriers[who], others, first=who * 17)
        assert not set(done.take) & others
        assert set(done.leave) <= couriers[who]
        couriers[who] = couriers[who] - set(done.leave) | set(done.take)
        assert len(couriers[who]) <= -(-SHARDS // len(couriers))

    for step in steps:
        someone = rng.choice(sorted(couriers))  # type: ignore[attr-defined]
        if step == "come":
            couriers[born], born = set(), born + 1
        elif step == "go" and len(couriers) > 1:
            del couriers[someone]
        else:
            beat(someone)
    for _ in range(2):
        for who in couriers:
            beat(who)
    assert sorted(shard for held in couriers.values() for shard in held) == list(range(SHARDS))


def test_locks_are_held_by_one_and_end_with_the_connection(stores: Callable[..., Store]) -> None:
    one, two = Locks(stores()), Locks(stores())
    assert (one.look().alive, two.look().alive) == (1, 2)
    assert sorted(one.take([1, 2, 3])) == [1, 2, 3]
    assert two.take([3, 4]) == [4]
    held = two.look()
    assert (held.ours, held.others, held.alive) == ({4}, {1, 2, 3}, 2)
    one.give([2])
    assert two.take([2]) == [2]
    one.close()
    _until(lambda: two.look().alive == 1)
    assert sorted(two.take([1, 3])) == [1, 3]
    assert one.look().ours == frozenset(), "it begins anew"
    for locks in (one, two):
        locks.close()


def test_the_database_ends_who_says_nothing(
    stores: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_shards, "SILENT", 0.3)
    silent, other = Locks(stores()), Locks(stores())
    silent.take([5])
    _until(lambda: other.take([5]) == [5])
    with pytest.raises(StoreFailed, match="holds a courier's shards ended"):
        silent.look()
    assert silent.look().ours == frozenset()
    for locks in (silent, other):
        locks.close()


def test_a_transaction_of_a_courier_that_hangs_holds_nobody_up_for_long(
    stores: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "HELD_UP", 0.3)
    stopped, server = stores(beside=True), stores()
    now = datetime.now(UTC)

    def hang() -> None:
        with stopped.write(now, shards=[1]) as tx:
            events.append(tx, "from_the_dead", "courier")
            with server.write(now) as other:
                events.append(other, "from_the_living", "anna")
            events.append(tx, "from_the_dead", "courier")

    with pytest.raises(StoreFailed):
        hang()
    with server.read(now) as tx:
        assert [event.kind for event in events.after(tx, 0)] == ["from_the_living"]


def test_couriers_write_beside_each_other_and_events_in_turn(stores: Callable[..., Store]) -> None:
    one, two, now = stores(beside=True), stores(beside=True), datetime.now(UTC)
    with one.write(now, shards=[1]), two.write(now, shards=[2]) as tx:
        assert events.append(tx, "second", "courier") == 1

    def late() -> int:
        with two.write(now, shards=[2]) as tx:
            return events.append(tx, "third", "courier")

    with ThreadPoolExecutor(1) as thread:
        with one.write(now, shards=[1]) as tx:
            assert events.append(tx, "before it", "courier") == 2
            waits = thread.submit(late)
            time.sleep(0.5)
            assert not waits.done()
        assert waits.result(20) == 3


def test_a_claim_takes_what_is_in_the_shards_and_in_nobodys_hand(
    rows: Rows, stores: Callable[..., Store]
) -> None:
    keys = [rows.endpoint(f"e{number}") for number in range(SHARDS)]
    assert sorted(key % SHARDS for key in keys) == list(range(SHARDS)), "counted up: even"
    release = rows.release("r")
    rows.publish(release, 1)
    one, two = stores(beside=True), stores(beside=True)
    with one.write(rows.now, shards=HERE) as tx:
        first = outbox.claim(tx, most=100, lease=LEASE, token=1)
        assert sorted(claim.endpoint % SHARDS for claim in first) == HERE
        with two.write(rows.now, shards=[*HERE, 41]) as other:  # believes that they are its own
            more = outbox.claim(other, most=100, lease=LEASE, token=2)
    assert [claim.endpoint % SHARDS for claim in more] == [41]
    with one.read(rows.now, shards=HERE) as tx:
        assert outbox.next_due(tx) == rows.now + LEASE
    with one.read(rows.now, shards=[1]) as tx:
        due = outbox.next_due(tx)
        assert due is not None
        assert due <= rows.now
    with one.read(rows.now, shards=()) as tx:
        assert outbox.next_due(tx) is None
    rows.now += 2 * LEASE
    with two.write(rows.now, shards=[41]) as tx:
        assert outbox.release_expired(tx) == 1
    with one.write(rows.now, shards=()) as tx:
        assert outbox.claim(tx, most=100, lease=LEASE, token=3) == []


def test_who_settles_late_lets_the_next_one_of_a_strict_endpoint_go(
    rows: Rows, stores: Callable[..., Store]
) -> None:
    key = rows.endpoint("strict", ordered=True)
    for name in ("first", "second"):
        rows.publish(rows.release(name), 1)
        rows.now += timedelta(seconds=1)
    store, mine = stores(beside=True), key % SHARDS
    with store.write(rows.now, shards=[mine]) as tx:
        [claim] = outbox.claim(tx, most=9, lease=LEASE, token=1)
    with store.write(rows.now, shards=[mine + 1]) as tx:  # the shard went to somebody else
        assert outbox.settle(tx, [settlement(claim, "delivered", rows.now)]) == 1
    with store.write(rows.now, shards=[mine]) as tx:
        assert len(outbox.claim(tx, most=9, lease=LEASE, token=2)) == 1


def test_deliveries_are_kept_on_pages_with_room(stores: Callable[..., Store]) -> None:
    with stores().read(datetime.now(UTC)) as tx:
        said = tx.run(text("SELECT reloptions FROM pg_class WHERE relname = 'delivery'")).scalar()
    assert "fillfactor=70" in said
    assert "autovacuum_vacuum_scale_factor=0.01" in said


def test_a_publication_is_hinted_at_when_it_is_committed(
    rows: Rows, stores: Callable[..., Store]
) -> None:
    rows.endpoint("a")
    locks = Locks(stores())
    assert not locks.wait(0.01)
    rows.publish(rows.release("r"), 1)
    assert locks.wait(10)
    assert not locks.wait(0.01)
    locks.close()


def test_a_newcomer_gets_its_share_once_nothing_is_on_its_way_there(
    stores: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "BEAT", 0.05)
    busy: set[int] = set()

    async def run() -> None:
        async with _kept(stores(), lambda: busy) as one:
            await _holds(lambda: len(one.owned()) == SHARDS)
            busy.update(range(SHARDS))
            async with _kept(stores(), set) as two:
                await _holds(lambda: len(one.owned()) == SHARDS // 2)
                await asyncio.sleep(0.3)
                assert two.owned() == ()
                busy.clear()
                await _holds(lambda: len(two.owned()) == SHARDS // 2)
                assert not set(one.owned()) & set(two.owned())
            await _holds(lambda: len(one.owned()) == SHARDS)

    asyncio.run(run())


def test_who_was_held_up_takes_nothing_for_its_own(stores: Callable[..., Store]) -> None:
    seconds = [0.0]

    async def run() -> None:
        mine = Shards(Locks(stores()), Clock(monotonic=lambda: seconds[0]))
        task = asyncio.create_task(mine.keep(lambda: None, set))
        await _holds(lambda: len(mine.owned()) == SHARDS)
        seconds[0] += shards.UNSURE
        assert mine.owned() == ()
        await _holds(lambda: len(mine.owned()) == SHARDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


def test_a_fault_of_ours_ends_the_courier(
    stores: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(locks: Locks) -> None:
        raise ArithmeticError

    monkeypatch.setattr(Locks, "look", broken)

    async def run() -> None:
        async with _kept(stores(), set) as mine:
            await asyncio.sleep(0.2)
            with pytest.raises(ArithmeticError):
                mine.owned()

    asyncio.run(run())


def test_leases_go_by_the_servers_clock(stores: Callable[..., Store]) -> None:
    wrong = Clock(lambda: datetime.now(UTC) - timedelta(hours=1))

    async def run() -> None:
        mine = Shards(Locks(stores()), wrong)
        assert abs(mine.clock.now() - wrong.now()) < timedelta(minutes=1)
        task = asyncio.create_task(mine.keep(lambda: None, set))
        await _holds(lambda: abs(mine.clock.now() - datetime.now(UTC)) < timedelta(minutes=1))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


def test_a_connection_that_is_lost_is_made_again(
    stores: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "BEAT", 0.05)
    admin = stores()

    async def run() -> None:
        async with _kept(stores(), set) as mine:
            await _holds(lambda: len(mine.owned()) == SHARDS)
            with admin.write(datetime.now(UTC)) as tx:
                which = "WHERE locktype = 'advisory' AND objsubid = 2"
                who = f"SELECT DISTINCT pid FROM pg_locks {which}"
                tx.run(text(f"SELECT pg_terminate_backend(pid) FROM ({who}) w"))
            await _holds(lambda: mine.owned() == ())
            await _holds(lambda: len(mine.owned()) == SHARDS)

    asyncio.run(run())


def test_on_sqlite_no_statement_speaks_of_shards() -> None:
    from dispaccio.store import outbox_sql as sql
    from dispaccio.store.one_step import SHARDED

    for both in (sql.CLAIM, sql.CLAIM_BEHIND, sql.EXPIRE, sql.NEXT_DUE, sql.ORDERED):
        for name, said in both.items():
            assert (":shards" in str(said)) == (name == SHARDED)
            assert "<" not in str(said).replace("<=", "").replace("<>", "").replace(" < ", "")
        assert "SKIP LOCKED" not in str(both["sqlite"])


@asynccontextmanager
async def _kept(store: Store, busy: Callable[[], set[int]]) -> AsyncIterator[Shards]:
    mine = Shards(Locks(store), Clock())
    task = asyncio.create_task(mine.keep(lambda: None, busy))
    try:
        yield mine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _holds(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if what():
                return
            await asyncio.sleep(0.01)


def _until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)
