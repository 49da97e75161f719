"""Connections at rest: few per receiver, few in all, none for long."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from dispaccio.egress.connection import Connection, Origin

_SWEEP = 1.0
"""How often, in seconds, it is looked for what is too old."""
_SHARE = 16
"""When there are too many, this part of them goes at once, since finding the oldest takes time."""


@dataclass(slots=True)
class Pool:
    """Keeps clean connections until they are used again; the one that rested longest goes first."""

    total: int = 256
    each: int = 16
    """How many per origin."""
    seconds: float = 30.0
    _by_origin: dict[Origin, list[Connection]] = field(default_factory=dict, init=False)
    _count: int = field(default=0, init=False)
    _swept: float = field(default=0.0, init=False)

    def __len__(self) -> int:
        return self._count

    def take(self, origin: Origin) -> Connection | None:
        """Take out the connection that came in last, or None."""
        resting = self._by_origin.get(origin)
        if not resting:
            return None
        connection = resting.pop()
        self._count -= 1
        if monotonic() - connection.rested > self.seconds:
            connection.abort()  # and so are those below it, which rest longer
            self.sweep()
            return None
        return connection

    def rest(self, connection: Connection) -> None:
        """Keep a clean connection; what is too many or too old is closed."""
        now = connection.rested = monotonic()
        if now - self._swept > _SWEEP:
            self.sweep()
        resting = self._by_origin.get(connection.origin)
        if resting is None:
            resting = self._by_origin[connection.origin] = []
        elif len(resting) >= self.each:
            self._drop(resting[0])
        if self._count >= self.total:
            self.make_room(max(1, self.total // _SHARE))
            resting = self._by_origin.setdefault(connection.origin, resting)
        resting.append(connection)
        self._count += 1

    def forget(self, connection: Connection) -> None:
        """Take out a connection that is broken; one that is not here is no error."""
        resting = self._by_origin.get(connection.origin)
        if resting and connection in resting:
            resting.remove(connection)
            self._count -= 1

    def has(self, origin: Origin) -> bool:
        """Whether a connection to this receiver is here."""
        return bool(self._by_origin.get(origin))

    def make_room(self, count: int) -> int:
        """Close up to so many, those that rested longest first; how many there were."""
        oldest = sorted(self._all(), key=lambda connection: connection.rested)[:count]
        for connection in oldest:
            self._drop(connection)
        return len(oldest)

    def sweep(self) -> None:
        """Close what has rested too long."""
        self._swept = monotonic()
        limit = self._swept - self.seconds
        for connection in self._all():
            if connection.rested <= limit:
                self._drop(connection)
        for origin in [origin for origin, resting in self._by_origin.items() if not resting]:
            del self._by_origin[origin]

    def close(self) -> None:
        """Close every connection."""
        for connection in self._all():
            self._drop(connection)

    def _all(self) -> list[Connection]:
        return [connection for resting in self._by_origin.values() for connection in resting]

    def _drop(self, connection: Connection) -> None:
        self.forget(connection)
        connection.abort()
