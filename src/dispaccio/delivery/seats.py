"""What the courier knows of each endpoint while it runs: how much may be on its way there.

An endpoint has a seat. One attempt is in flight there, and up to ``MOST`` after good answers; a
host has ``PER_HOST``; a rate is kept by a bucket of tokens; a breaker holds back what would fail.
Nothing here is durable, and nothing waits: times, in seconds, are handed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dispaccio.delivery.breaker import Breaker
from dispaccio.delivery.letter import Key
from dispaccio.store.endpoints import EndpointRow

MOST = 4
PER_HOST = 16
SLOW = 250
"""An endpoint that takes more milliseconds than that is known to be slow."""
_WEIGHT = 0.3
_GOOD = 16
"""After so many good answers one more may be in flight."""
_WRITE = 60.0
"""How often, in seconds, the slowness of an endpoint is written down at most."""


@dataclass(slots=True, eq=False)
class Host:
    """A host, whatever endpoints are there."""

    in_flight: int = 0
    keys: set[int] = field(default_factory=set)
    """Of its endpoints, those with a seat."""

    def room(self) -> int:
        """How many more may go there now."""
        return PER_HOST - self.in_flight


@dataclass(slots=True, eq=False)
class Seat:
    """One endpoint. ``keys`` are its secrets, None until they are needed."""

    row: EndpointRow
    host: Host
    loaded: float
    """When its row was read."""
    keys: tuple[Key, ...] | None = None
    wants: tuple[str | None, ...] = ()
    """What it gets of a revision: format and profile, or the thin payload."""
    breaker: Breaker = field(default_factory=Breaker)
    in_flight: int = 0
    cap: int = 1
    failing: bool = False
    """Whether its last attempt failed, as far as the store knows."""
    slow: float = 0.0
    _good: int = 0
    _tokens: float = 1.0
    _filled: float = 0.0
    _wrote: float = 0.0

    def take_row(self, row: EndpointRow, host: Host, now: float) -> None:
        """Its row was read again."""
        self.row, self.host, self.loaded, self.keys = row, host, now, None
        self.wants = (row.format, row.profile) if row.payload == "full" else ()
        self.failing, self.slow = row.failing_since is not None, max(self.slow, row.slow_ms)

    def room(self, now: float) -> int:
        """How many more may go there now."""
        if self.breaker.until is None and self.row.rate is None:
            return self.cap - self.in_flight
        if not self.breaker.may(now, self.in_flight):
            return 0
        most = 1 if self.breaker.until is not None else self.cap
        left = most - self.in_flight
        if self.row.rate is not None:
            left = min(left, int(self._fill(now, self.row.rate)))
        return max(0, left)

    def opens(self, now: float) -> float:
        """When there may be room again, where neither breaker nor rate let anything go; or now."""
        at = now if self.breaker.until is None else self.breaker.until
        if self.row.rate is not None and self._fill(now, self.row.rate) < 1:
            at = max(at, now + (1 - self._tokens) * 60 / self.row.rate)
        return at

    def begin(self, now: float) -> None:
        """An attempt goes there."""
        self.in_flight += 1
        if self.row.rate is not None:
            self._fill(now, self.row.rate)
            self._tokens -= 1

    def end(self, good: bool, took_ms: float, now: float) -> None:
        """An attempt ended."""
        self.in_flight -= 1
        self.breaker.note(good, now)
        self.slow += _WEIGHT * (took_ms - self.slow)
        if not good:
            self.cap, self._good = 1, 0
        elif self.cap < MOST:
            self._good += 1
            if self._good % _GOOD == 0:
                self.cap += 1

    def to_write(self, now: float) -> int | None:
        """How slow it is, where the store should know by now; it is not told often."""
        known, slow = self.row.slow_ms, round(self.slow)
        if (slow > SLOW) == (known > SLOW) or now - self._wrote < _WRITE:
            return None
        self._wrote = now
        return slow

    def _fill(self, now: float, rate: int) -> float:
        """Tokens, one for each delivery that the rate admits, at most those of a second."""
        if self._filled:
            gained = (now - self._filled) * rate / 60
            self._tokens = min(max(1.0, rate / 60), self._tokens + gained)
        self._filled = now
        return self._tokens


class Seats:
    """The seats of all endpoints that were sent to; ``by_key`` is only to be read."""

    def __init__(self) -> None:
        self.by_key: dict[int, Seat] = {}
        self._by_id: dict[str, Seat] = {}
        self._taken: set[int] = set()
        """Where something is on its way, or may be held back."""
        self._hosts: dict[str, Host] = {}

    def get(self, key: int) -> Seat | None:
        """The seat of an endpoint, if it has one."""
        return self.by_key.get(key)

    def __len__(self) -> int:
        return len(self.by_key)

    def __getitem__(self, key: int) -> Seat:
        return self.by_key[key]

    def put(self, row: EndpointRow, host: str, now: float) -> None:
        """Seat an endpoint as its row says; what is in flight there stays."""
        at = self._hosts.get(host)
        if at is None:
            at = self._hosts[host] = Host()
        seat = self.by_key.get(row.key)
        if seat is None:
            seat = self.by_key[row.key] = self._by_id[row.id] = Seat(row, at, now)
        seat.host.keys.discard(row.key)
        at.keys.add(row.key)
        seat.take_row(row, at, now)

    def stale(self, keys: Iterable[int], before: float) -> list[int]:
        """Those without a seat, or whose row was read before then."""
        seats = self.by_key
        return [key for key in keys if (seat := seats.get(key)) is None or seat.loaded < before]

    def forget(self, ids: Iterable[str]) -> None:
        """Let the rows of these endpoints, by their ids, be read again before they are used."""
        for id in ids:
            seat = self._by_id.get(id)
            if seat is not None:
                seat.loaded = float("-inf")

    def begin(self, seat: Seat, now: float) -> Host:
        """An attempt goes to an endpoint; the host that it counts for."""
        seat.begin(now)
        self._taken.add(seat.row.key)
        host = seat.host
        host.in_flight += 1
        return host

    def end(self, seat: Seat, host: Host, good: bool, took_ms: float, now: float) -> None:
        """An attempt ended."""
        seat.end(good, took_ms, now)
        if good and not seat.in_flight and seat.row.rate is None:
            self._taken.discard(seat.row.key)
        host.in_flight -= 1

    def drop(self, seat: Seat, host: Host) -> None:
        """An attempt was not begun after all."""
        seat.in_flight -= 1
        host.in_flight -= 1

    def busy(self) -> list[int]:
        """The keys of endpoints that something is on its way to."""
        return [key for key in tuple(self._taken) if self.by_key[key].in_flight]

    def full(self, now: float) -> tuple[list[int], float | None]:
        """Endpoints that take nothing now, for themselves or for their host.

        With them, when the first of those that nothing is sent to does again.
        """
        shut, soonest = [], None
        for key in tuple(self._taken):
            seat = self.by_key[key]
            if seat.room(now) <= 0:
                shut.append(key)
                at = seat.opens(now)
                if at > now and (soonest is None or at < soonest):
                    soonest = at
            elif not seat.in_flight:
                self._taken.discard(key)
        for host in self._hosts.values():
            if host.room() <= 0:
                shut += host.keys
        return shut, soonest
