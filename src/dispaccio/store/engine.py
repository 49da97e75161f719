"""Opening a store, reading it, and writing it in groups that share one fsync.

One connection a process writes. A write is a savepoint in a shared transaction (the first one
needs none: while it is alone, the transaction is its own), which is committed as soon as nobody
waits for a turn: leaving the block returns only after the group's fsync, and a failed commit fails
every member. Readers see the last commit.

On PostgreSQL several processes may write: one at a time, but for couriers, whose transactions go on
beside each other's, since no two of them touch the same rows.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, text
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from dispaccio.errors import StoreFailed, StoreUnsafe

MAX_GROUP = 64
_WRITE_LOCK, _EVENT_LOCK = 0x64697370, 0x64697371
HELD_UP = 5.0
"""Seconds of silence after which a courier's transaction is undone, since others wait for it."""
_READERS, _MORE_READERS = 8, 32
NotNow = OperationalError
"""The database cannot do what a statement asks: no room, no lock, no connection. It may later."""


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction as the rooms get it; ``now`` is its instant, in UTC.

    ``shards`` are those whose deliveries it looks after (``store.shards``); None are all.
    """

    connection: Connection
    now: datetime
    shards: Sequence[int] | None = None

    def run(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Execute a Core statement, with one set of parameters or a list of them."""
        return self.connection.execute(statement, parameters)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    def in_turn(self) -> None:
        """Wait for couriers that write what has an order, until their transactions end."""
        if self.shards is not None:
            self.connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_EVENT_LOCK})")


@dataclass(slots=True)
class _Group:
    """The members of one shared transaction."""

    connection: Connection
    members: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class _Turn:
    """The one turn to write. Somebody urgent goes first, but not twice before whoever waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._urgent = self._others = 0
        self._owed = False
        """Whether somebody urgent went before somebody else, who is next."""

    def take(self, *, urgent: bool) -> None:
        """Wait until nobody has the turn, nor anybody goes before; a lock is not fair."""
        with self._changed:
            self._urgent += urgent
            self._others += not urgent
            while self._taken or self._goes_after(urgent=urgent):
                self._changed.wait()
            self._urgent -= urgent
            self._others -= not urgent
            self._taken = True
            self._owed = urgent and self._others > 0

    def _goes_after(self, *, urgent: bool) -> bool:
        return urgent if self._owed else self._urgent > 0 and not urgent

    def give_back(self) -> None:
        """Let somebody else have it."""
        with self._changed:
            self._taken = False
            self._changed.notify_all()


class Store:
    """A wire's database: the path of an SQLite file, or the URL of a database (psycopg).

    ``beside`` is for a courier on PostgreSQL: what it writes goes on beside what other couriers do,
    and waits for everybody else. All its transactions name their shards.
    """

    def __init__(self, where: Path | str, *, beside: bool = False) -> None:
        url = URL.create("sqlite", database=str(where)) if isinstance(where, Path) else where
        self._url = make_url(url)
        self._sqlite = self._url.get_backend_name() == "sqlite"
        self._lock = "pg_advisory_xact_lock_shared" if beside else "pg_advisory_xact_lock"
        self._beside = beside
        self._writer = self._engine(writing=True)
        self._readers = self._engine(writing=False)
        self._turn, self._behind = _Turn(), threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None
        self._connection: Connection | None = None
        self._closed = False
        self.failed: BaseException | None = None
        """The disk error that closed the store: the process has to stop (a failed fsync lies)."""

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    @property
    def driver_error(self) -> type[Exception]:
        """The error that the database's driver raises where SQLAlchemy is not between."""
        found: type[Exception] = self._writer.dialect.loaded_dbapi.Error
        return found

    def session(self) -> Connection:
        """A new connection in which no transaction is open, for what lasts (PostgreSQL)."""
        engine = create_engine(
            self._url, hide_parameters=True, isolation_level="AUTOCOMMIT", poolclass=NullPool
        )
        return engine.connect()

    @contextmanager
    def read(self, now: datetime, *, shards: Sequence[int] | None = None) -> Iterator[Tx]:
        """A transaction that sees one state of the store and changes nothing."""
        try:
            with self._readers.connect() as connection, connection.begin():
                yield Tx(connection, now, shards)
        except (DBAPIError, PoolTimeout) as error:
            raise StoreFailed(f"The store cannot be read: {_words(error)}.") from error

    @contextmanager
    def write(
        self, now: datetime, *, urgent: bool = False, shards: Sequence[int] | None = None
    ) -> Iterator[Tx]:
        """A write that is durable when the block has been left without an error.

        An error inside the block undoes this member alone, and so does data that the database
        refuses; any other error of the database undoes the whole group, since SQLite may have
        rolled all of it back by itself. ``urgent`` goes before all but one of those who wait, and
        commits without giving the turn to anybody. Raises StoreFailed for whatever was undone.
        """
        with self._take_turn(urgent=urgent):
            group = self._open_group()
            alone = not group.members
            try:
                with nullcontext() if alone else _savepoint(group.connection):
                    yield Tx(group.connection, now, shards)
                group.members += 1
            except (IntegrityError, DataError):
                raise
            except DBAPIError as error:
                group.error = error
                raise _undone(error) from error
            finally:
                ended = group.members >= MAX_GROUP or group.error is not None or not group.members
                if urgent or ended or not self._waiting:
                    self._close_group(group)
        group.done.wait()
        if group.error is not None:
            raise _undone(group.error) from group.error

    def close(self) -> None:
        """Keep what waits for its commit, and close every connection. Nothing is written after."""
        with self._take_turn(urgent=True):
            if self._group is not None:
                self._close_group(self._group)
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._readers.dispose()
            self._writer.dispose()

    @contextmanager
    def _take_turn(self, *, urgent: bool) -> Iterator[None]:
        """Wait for the one turn; of those that are not urgent, one at a time stands at the door."""
        with self._count:
            self._waiting += 1
        try:
            with nullcontext() if urgent else self._behind:
                self._turn.take(urgent=urgent)
        finally:
            with self._count:
                self._waiting -= 1
        try:
            yield
        finally:
            self._turn.give_back()

    def _open_group(self) -> _Group:
        if self.failed is not None:
            raise StoreFailed(f"The store failed and was closed: {_words(self.failed)}.")
        if self._closed:
            raise StoreFailed("The store was closed; nothing was changed.")
        if self._group is None:
            try:
                if self._connection is None:
                    self._connection = self._writer.connect()
                self._connection.begin()
                if not self._sqlite:
                    self._connection.execute(text(f"SELECT {self._lock}({_WRITE_LOCK})"))
            except DBAPIError as error:
                self._drop_connection(error)
                raise _undone(error) from error
            self._group = _Group(self._connection)
        return self._group

    def _close_group(self, group: _Group) -> None:
        self._group = None
        transaction = group.connection.get_transaction()
        try:
            if transaction is not None and group.members and group.error is None:
                transaction.commit()
            elif transaction is not None:
                transaction.rollback()
        except BaseException as error:
            group.error = group.error or error
        finally:
            if group.error is not None:
                self._drop_connection(group.error)
            group.done.set()

    def _drop_connection(self, error: BaseException) -> None:
        if "disk I/O error" in str(error):
            self.failed = error
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _engine(self, *, writing: bool) -> Engine:
        if not self._sqlite:
            engine = create_engine(
                self._url,
                hide_parameters=True,
                isolation_level="READ COMMITTED" if writing else "REPEATABLE READ",
                pool_pre_ping=not writing,
                pool_size=1 if writing else _READERS,
                max_overflow=_MORE_READERS,
            )
            if writing and self._beside:
                event.listen(engine, "connect", _prepare_beside)
            return engine if writing else engine.execution_options(postgresql_readonly=True)
        engine = create_engine(
            self._url,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": 15, "isolation_level": None},
            **(
                {"poolclass": StaticPool}
                if writing
                else {"poolclass": QueuePool, "pool_size": _READERS, "max_overflow": _MORE_READERS}
            ),
        )
        begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
        event.listen(engine, "connect", _prepare_writer if writing else _prepare_reader)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    """One member's part of a transaction. By hand: SQLAlchemy compiles its statements each time."""
    connection.exec_driver_sql("SAVEPOINT member")
    try:
        yield
    except BaseException:
        if not connection.invalidated:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT member")
            connection.exec_driver_sql("RELEASE SAVEPOINT member")
        raise
    connection.exec_driver_sql("RELEASE SAVEPOINT member")


def _undone(error: BaseException) -> StoreFailed:
    return StoreFailed(f"The store could not keep this, and nothing was changed: {_words(error)}.")


def _words(error: BaseException) -> str:
    """What the database said, without the statement and the values: those are not for everybody."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()
    return (said[0] if said else type(error).__name__).rstrip(".")


def _prepare_writer(connection: Any, record: object) -> None:
    """WAL with FULL sync: NORMAL loses acknowledged writes in a power cut (SQLite manual)."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreUnsafe(
            f"SQLite would not switch to its write-ahead log (it says {mode!r}); "
            "keep the home on a local disk."
        )
    # Pages that are written again and again, as those of deliveries are, are copied into the
    # database once in 16 MB of the log, not once in four.
    pragmas = ("synchronous = FULL", "foreign_keys = ON", "cache_size = -16384")
    for pragma in (*pragmas, "wal_autocheckpoint = 4000"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_beside(connection: Any, record: object) -> None:
    milliseconds = int(HELD_UP * 1000)
    connection.execute(f"SET idle_in_transaction_session_timeout = {milliseconds}")
    connection.commit()


def _prepare_reader(connection: Any, record: object) -> None:
    for pragma in ("query_only = ON", "wal_autocheckpoint = 0", "cache_size = -8192"):
        connection.execute(f"PRAGMA {pragma}")
