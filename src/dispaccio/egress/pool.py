"""Connections at rest: few per receiver, few in all, none for long."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from dispaccio.egress.connection import Connection, Origin


@dataclass(slots=True)
class Pool:
    """Keeps clean connections until they are used again; the one that rested longest goes first."""

    total: int = 256
    each: int = 4
    """How many per origin."""
    seconds: float = 30.0
    _since: dict[Connection, float] = field(default_factory=dict, init=False)
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
