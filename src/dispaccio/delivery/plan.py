"""Which of the deliveries that are due go now. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dispaccio.delivery.seats import Host, Seat
from dispaccio.store.outbox import Due

FIRST = 8
"""How many are claimed when nothing is on its way: the first ones should not wait for many."""


def choose(due: Sequence[Due], most: int, seats: Mapping[int, Seat], now: float) -> list[Due]:
    """Take what goes now, in its order, as long as endpoint and host have room for it.

    Args:
        due: in the order in which it should go.
        most: how many at most.
        seats: those of the endpoints, by their keys.
        now: monotonic seconds.
    """
    left: dict[int, int] = {}
    hosts: dict[Host, int] = {}
    chosen: list[Due] = []
    for item in due:
        key = item[3]
        seat = seats[key]
        free = left[key] if key in left else seat.room(now)
        if free > 0:
            host = seat.host
            there = hosts[host] if host in hosts else host.room()
            if there > 0:
                hosts[host] = there - 1
                free -= 1
                chosen.append(item)
                if len(chosen) >= most:
                    break
        left[key] = free
    return chosen


def how_many(room: int, before: int) -> int:
    """How many to claim: few at first, four times as many each time, as far as there is room."""
    return max(0, min(room, max(FIRST, 4 * before)))


_PRIME = 2**31 - 1
TURNS = 4096


def order_of(seed: bytes) -> tuple[int, int]:
    """The two numbers that draw who is first when a revision goes out.

    The seed is the hash of the revision's leaf in the log: nobody knows it before, the wire cannot
    choose it, and everybody can look it up afterwards. ``turn_of`` says what follows from it.
    """
    first, second = int.from_bytes(seed[:8], "big"), int.from_bytes(seed[8:16], "big")
    return 1 + first % (_PRIME - 1), second % _PRIME


def turn_of(order: tuple[int, int], endpoint: int) -> int:
    """The turn of an endpoint, by its key: 0 is sent to first, and those of one turn by key.

    Endpoints that are known to be slow come behind all others, in the same order. It is computed
    in the database (``outbox_sql.FAN_OUT``).
    """
    a, b = order
    return (endpoint * a + b) % _PRIME % TURNS
