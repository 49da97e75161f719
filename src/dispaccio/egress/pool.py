"""Connections at rest: few per receiver, few in all, none for long."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from dispaccio.egress.connection import Connection, Origin


@dataclass(slots=True)
class Pool:
    """Keeps clean connections until they are used again; the one that rested longest goes first."""

    total: int = 256
    each: int = 16
    """How many per origin."""
    seconds: float = 30.0
    # Ordered, since the oldest of many thousands is looked at each time.
    _since: OrderedDict[Connection, float] = field(default_factory=OrderedDict, init=False)
    _by_origin: dict[Origin, list[Connection]] = field(default_factory=dict, init=False)

    def __len__(self) -> int:
        return len(self._since)

    def take(self, origin: Origin) -> Connection | None:
        """Take out the connection that came in last, or None."""
        self._drop_old()
        resting = self._by_origin.get(origin)
        if not resting:
            return None
        connection = resting[-1]
        self.forget(connection)
        return connection

    def rest(self, connection: Connection) -> None:
        """Keep a clean connection; what is too many or too old is closed."""
        self._drop_old()
        resting = self._by_origin.setdefault(connection.origin, [])
        if len(resting) >= self.each:
            self._drop(resting[0])
        elif len(self._since) >= self.total:
            self._drop(next(iter(self._since)))
        self._by_origin.setdefault(connection.origin, []).append(connection)
        self._since[connection] = time.monotonic()

    def forget(self, connection: Connection) -> None:
        """Take out a connection that is used or broken; one that is not here is no error."""
        if self._since.pop(connection, None) is None:
            return
        resting = self._by_origin[connection.origin]
        resting.remove(connection)
        if not resting:
            del self._by_origin[connection.origin]

    def has(self, origin: Origin) -> bool:
        """Whether a connection to this receiver is here."""
        return origin in self._by_origin

    def make_room(self, count: int) -> int:
        """Close up to so many, the oldest first; how many there were."""
        oldest = [connection for connection, _ in zip(self._since, range(count), strict=False)]
        for connection in oldest:
            self._drop(connection)
        return len(oldest)

    def close(self) -> None:
        """Close every connection."""
        for connection in tuple(self._since):
            self._drop(connection)

    def _drop_old(self) -> None:
        limit = time.monotonic() - self.seconds
        while self._since:
            connection, since = next(iter(self._since.items()))
            if since > limit:
                return
            self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        self.forget(connection)
        connection.abort()
