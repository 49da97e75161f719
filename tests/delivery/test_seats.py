from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from dispaccio.delivery.breaker import IN_A_ROW, REST
from dispaccio.delivery.plan import FIRST, choose, how_many
from dispaccio.delivery.seats import MOST, PER_HOST, Seats
from dispaccio.store.endpoints import EndpointRow

ROW = EndpointRow(
    1, "id", "s", "webhook", "https://a.example/", "dispaccio", "thin", b"", "active", None
)


def seated(**changes: object) -> Seats:
    seats = Seats()
    seats.put(replace(ROW, **changes), "a.example", 0.0)  # type: ignore[arg-type]
    return seats


def go(seats: Seats, now: float, *, good: bool = True, took: float = 5) -> None:
    """One attempt, begun and ended."""
    host = seats.begin(seats[1], now)
    seats.end(seats[1], host, good, took, now)


def test_one_in_flight_and_up_to_four_after_good_answers() -> None:
    seats = seated()
    assert seats[1].room(0) == 1
    host = seats.begin(seats[1], 0)
    assert seats[1].room(0) == 0
    seats.end(seats[1], host, True, 5, 0)
    for _ in range(100):
        go(seats, 0)
    assert seats[1].room(0) == MOST
    go(seats, 0, good=False)
    assert seats[1].room(0) == 1


def test_a_rate_is_kept() -> None:
    """30 a minute: one every two seconds."""
    seats = seated(rate=30)
    began = []
    for tenth in range(200):
        if seats[1].room(tenth / 10) > 0:
            began.append(tenth / 10)
            go(seats, tenth / 10)
    assert len(began) == 10
    assert all(2 - 0.11 < b - a < 2.2 for a, b in pairwise(began))
    assert seats[1].opens(began[-1]) > began[-1]


def test_an_open_breaker_leaves_no_room_and_says_until_when() -> None:
    seats = seated()
    for _ in range(IN_A_ROW):
        go(seats, 10.0, good=False)
    assert seats.full(11.0) == ([1], 10.0 + REST)
    assert seats[1].room(10.0 + REST) == 1


def test_what_is_in_flight_stays_when_the_row_is_read_again() -> None:
    seats = seated()
    host = seats.begin(seats[1], 0)
    seats.forget(["id"])
    assert seats.stale([1], -1.0) == [1]
    seats.put(replace(ROW, address="https://b.example/"), "b.example", 5.0)
    assert seats.stale([1], -1.0) == []
    assert seats[1].room(5.0) == 0
    assert (host.room(), seats[1].host.room()) == (PER_HOST - 1, PER_HOST)
    seats.end(seats[1], host, True, 5, 5.0)
    assert host.room() == PER_HOST


def test_slowness_is_written_down_when_it_changes_and_not_often() -> None:
    seats = seated()
    assert seats[1].to_write(0) is None
    go(seats, 100, took=15_000)
    assert (seats[1].to_write(100) or 0) > 250
    assert seats[1].to_write(101) is None


def test_choosing_keeps_order_endpoints_and_hosts_apart() -> None:
    due = [[release, 1, 0, endpoint, 0, 2] for release in range(3) for endpoint in range(40)]
    seats = Seats()
    for key in range(40):
        seats.put(replace(ROW, key=key), "shared" if key % 2 else f"host{key}", 0.0)
    seats[0].in_flight = 1
    seats[1].cap = 2
    chosen = choose(due, 100, seats.by_key, 0.0)
    assert chosen == sorted(chosen, key=due.index)
    counts = [sum(item[3] == key for item in chosen) for key in range(40)]
    assert counts[0] == 0
    assert max(counts) <= 2
    assert sum(item[3] % 2 for item in chosen) == PER_HOST
    assert len(choose(due, 7, seats.by_key, 0.0)) == 7


def test_few_are_claimed_first() -> None:
    assert how_many(1000, 0) == FIRST
    assert how_many(1000, FIRST) == 4 * FIRST
    assert how_many(5, 100) == 5
    assert how_many(-3, 100) == 0
