"""Strict order, only the latest, who is first: what an endpoint may ask for, and what is drawn."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from dispaccio.delivery import plan
from dispaccio.store import endpoints, outbox
from dispaccio.store.delivery_tables import delivery, lease
from dispaccio.store.outbox import Class
from tests.store.rows import Rows

SECOND = timedelta(seconds=1)


def what(rows: Rows) -> list[tuple[int, int]]:
    return [(claim.release, claim.version) for claim in rows.claim()]


def test_strict_order_holds_over_all_releases(rows: Rows) -> None:
    """The retry of the first holds up the second release, as well as its own correction."""
    rows.endpoint("a", ordered=True)
    first, second = rows.release("r1"), rows.release("r2")
    rows.publish(first, 1)
    rows.now += SECOND
    rows.publish(second, 1)
    rows.now += SECOND
    rows.publish(first, 2, "correction")
    [claim] = rows.claim()
    assert claim.release == first
    rows.settle(claim, after=5 * SECOND)
    assert rows.claim() == []
    rows.now += 5 * SECOND
    sent = [(release, version) for release, version, _ in rows.deliver()]
    assert sent == [(first, 1), (second, 1), (first, 2)]


def test_a_withdrawal_does_not_wait_for_the_order_and_ends_what_held_it_up(rows: Rows) -> None:
    rows.endpoint("a", ordered=True)
    first, second = rows.release("r1"), rows.release("r2")
    rows.publish(first, 1)
    rows.now += SECOND
    rows.publish(second, 1)
    [claim] = rows.claim()
    rows.settle(claim, after=3600 * SECOND)
    rows.publish(first, 2, "withdrawal", status="canceled")
    assert sorted((r, v) for r, v, _ in rows.deliver()) == [(first, 2), (second, 1)]


def test_who_gives_up_strict_order_gets_everything(rows: Rows) -> None:
    key = rows.endpoint("a", ordered=True)
    for name in ("r1", "r2", "r3"):
        rows.publish(rows.release(name), 1)
    assert len(rows.claim()) == 1
    rows.write(endpoints.change, key, ordered=False)
    rows.write(outbox.reopen, key)
    with rows.store.read(rows.now) as tx:
        gates = tx.run(select(delivery.c.gate).where(delivery.c.state == "due")).scalars().all()
    assert gates == [0, 0, 0]


def test_an_ordered_endpoint_that_was_off_catches_up_in_order(rows: Rows) -> None:
    key = rows.endpoint("a", ordered=True, state="disabled")
    published = []
    for name in ("r3", "r1", "r2"):
        published.append((rows.release(name), 1))
        rows.publish(published[-1][0], 1)
        rows.now += SECOND
    rows.write(endpoints.set_state, key, "active", None)
    rows.write(outbox.resume, key)
    assert [(r, v) for r, v, _ in rows.deliver()] == published


def test_who_wants_the_latest_is_spared_what_nobody_began_to_send(rows: Rows) -> None:
    rows.endpoint("all")
    latest = rows.endpoint("latest", deliver="latest")
    release = rows.release("r")
    rows.publish(release, 1)
    rows.publish(release, 2, "correction")
    sent = rows.deliver()
    assert [v for _, v, e in sent if e == latest] == [2]
    assert [v for _, v, e in sent if e != latest] == [1, 2]


def test_who_wants_the_latest_gets_what_was_begun_to_its_end(rows: Rows) -> None:
    rows.endpoint("latest", deliver="latest")
    release = rows.release("r")
    rows.publish(release, 1)
    [claim] = rows.claim()
    rows.publish(release, 2, "correction")
    rows.settle(claim, after=5 * SECOND)
    rows.now += 5 * SECOND
    assert [v for _, v, _ in rows.deliver()] == [1, 2]


def test_a_withdrawal_for_an_endpoint_switched_off_later_goes_to_a_human(rows: Rows) -> None:
    key = rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    rows.deliver()
    rows.publish(release, 2, "withdrawal", status="canceled")
    rows.write(endpoints.set_state, key, "disabled", None)
    rows.write(outbox.hold, key)
    with rows.store.read(rows.now) as tx:
        query = select(delivery.c.state).where(delivery.c.version == 2)
        assert tx.run(query).scalars().all() == ["to_human"]


def test_who_is_first_is_drawn_and_can_be_looked_up(rows: Rows) -> None:
    keys = [rows.endpoint(f"e{number}") for number in range(30)]
    slow = rows.endpoint("slow", slow_ms=9000)
    seen = []
    for number in range(2):
        release, order = rows.release(f"r{number}"), plan.order_of(bytes([number]) * 32)
        rows.publish(release, 1)
        with rows.store.write(rows.now) as tx:
            tx.run(delivery.delete())
            tx.run(lease.delete())
            outbox.fan_out(tx, release, 1, channel=None, class_=Class.ORIGINAL, order=order)
        drawn = [claim.endpoint for claim in rows.claim()]
        assert drawn == [*sorted(keys, key=lambda key: plan.turn_of(order, key)), slow]
        seen.append(drawn)
    assert seen[0] != seen[1]


@given(seed=st.binary(min_size=32, max_size=32), key=st.integers(1, 2**31))
def test_every_turn_is_one(seed: bytes, key: int) -> None:
    a, b = plan.order_of(seed)
    assert 0 < a < 2**31 - 1
    assert 0 <= b < 2**31 - 1
    assert 0 <= plan.turn_of((a, b), key) < plan.TURNS
