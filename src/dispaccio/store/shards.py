"""Which courier sends to which endpoints: shards, owned by advisory locks of PostgreSQL.

An endpoint is in the shard ``key % SHARDS``. Keys are counted up, so that all shards are alike in
size whatever the addresses are; and a remainder is the same number here and in the database, and
can be looked at in a statement without a column of its own. A courier holds the lock of each of its
shards, and one that all couriers share, which says that it is alive. The locks end with the
connection: when the process dies, and when it is silent for so long that the database ends it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from dispaccio.errors import StoreFailed
from dispaccio.store.engine import Store, Tx

SHARDS = 64
SILENT = 15.0
"""Seconds after which the database ends a connection that says nothing (PostgreSQL 14 and on)."""
CHANNEL = "dispaccio_due"
"""The channel of NOTIFY that says: something may be due."""
_CLASS = 0x64697370
"""The first number of these locks; the second is the shard, or SHARDS for being alive."""

_BEGIN = text(
    f"""
    SELECT pg_advisory_lock_shared({_CLASS}, {SHARDS}),
           CASE WHEN CAST(current_setting('server_version_num') AS integer) >= 140000
                THEN set_config('idle_session_timeout', CAST(:silent AS text), false) END
    """
)
_LOOK = text(
    f"""
    SELECT CAST(l.objid AS integer), l.pid = pg_backend_pid(), clock_timestamp()
    FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = {_CLASS} AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """  # noqa: S608  # put together from the numbers above alone
)
_ALIVE = text(
    f"""
    SELECT count(*) FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = {_CLASS} AND l.objid = {SHARDS}
      AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """  # noqa: S608  # put together from the numbers above alone
)
_EACH = "FROM unnest(CAST(:shards AS integer[])) AS shard"
_TAKE = text(f"SELECT shard {_EACH} WHERE pg_try_advisory_lock({_CLASS}, shard)")
_GIVE = text(f"SELECT count(*) {_EACH} WHERE pg_advisory_unlock({_CLASS}, shard)")


@dataclass(frozen=True, slots=True)
class Held:
    """Shards of ours and of others, how many couriers live, and the database server's time."""

    ours: frozenset[int]
    others: frozenset[int]
    alive: int
    now: datetime


def alive(tx: Tx) -> int | None:
    """How many couriers there are now; None on SQLite, where the server is the only one."""
    return None if tx.dialect == "sqlite" else int(tx.run(_ALIVE).scalar_one())


class Locks:
    """One courier's locks. Every call blocks; one that another thread makes waits for its end.

    Each raises StoreFailed where the connection is gone, and the locks with it; the call after it
    begins anew, with none.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._session: Connection | None = None
        self._one = threading.RLock()

    def look(self) -> Held:
        """Say that we live, and see who holds what."""
        with self._connected() as session:
            rows = session.execute(_LOOK).all()
        ours = frozenset(shard for shard, mine, _ in rows if mine and shard < SHARDS)
        others = frozenset(shard for shard, mine, _ in rows if not mine and shard < SHARDS)
        return Held(ours, others, sum(row[0] == SHARDS for row in rows), rows[0][2])

    def take(self, shards: Iterable[int]) -> list[int]:
        """Take those of these shards that nobody holds; which."""
        with self._connected() as session:
            return list(session.execute(_TAKE, {"shards": list(shards)}).scalars())

    def give(self, shards: Iterable[int]) -> None:
        """Give shards of ours back."""
        with self._connected() as session:
            session.execute(_GIVE, {"shards": list(shards)})

    def wait(self, seconds: float) -> bool:
        """Wait for a hint that something may be due, at most so long; whether there was one."""
        with self._connected() as session:
            driver: Any = session.connection.driver_connection
            return any(True for _ in driver.notifies(timeout=seconds, stop_after=1))

    def close(self) -> None:
        """Give everything back, at once."""
        with self._one:
            if self._session is not None:
                self._session.invalidate()
                self._session.close()
                self._session = None

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._one:
            try:
                if self._session is None:
                    self._session = self._store.session()
                    self._session.execute(_BEGIN, {"silent": f"{SILENT * 1000:.0f}"})
                    self._session.exec_driver_sql(f"LISTEN {CHANNEL}")
                yield self._session
            except (DBAPIError, self._store.driver_error) as error:
                self.close()
                raise StoreFailed("The connection that holds a courier's shards ended.") from error
