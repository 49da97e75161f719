"""Opening a store, reading it, and writing it in groups that share one fsync.

One connection a process writes. A write is a savepoint in a shared transaction, which is
committed as soon as nobody waits for a turn: leaving the block returns only after the group's
fsync, and a failed commit fails every member. Readers see the last commit.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Executable, create_engine, event, text
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool, StaticPool

from dispaccio.errors import StoreFailed, StoreUnsafe

MAX_GROUP = 64
_WRITE_LOCK = 0x64697370


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction as the rooms get it; ``now`` is its instant, in UTC."""

    connection: Connection
    now: datetime

    def run(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Execute a Core statement, with one set of parameters or a list of them."""
        return self.connection.execute(statement, parameters)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name


@dataclass(slots=True)
class _Group:
    """The members of one shared transaction."""

    connection: Connection
    members: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class Store:
    """A wire's database. ``url`` is an SQLAlchemy URL of SQLite or PostgreSQL (psycopg)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._sqlite = make_url(url).get_backend_name() == "sqlite"
        self._writer = self._engine(writing=True)
        self._readers = self._engine(writing=False)
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._queued = 0
        self._group: _Group | None = None
        self._connection: Connection | None = None
        self.failed: BaseException | None = None
        """The error of a commit that failed: the process has to stop (a failed fsync lies)."""

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    @contextmanager
    def read(self, now: datetime) -> Iterator[Tx]:
        """A transaction that sees one state of the store and changes nothing."""
        with self._readers.connect() as connection, connection.begin():
            yield Tx(connection, now)

    @contextmanager
    def write(self, now: datetime, *, urgent: bool = False) -> Iterator[Tx]:
        """A write that is durable when the block has been left without an error.

        An error inside the block undoes this member alone; an error of the database undoes the
        whole group, since SQLite may have rolled all of it back by itself. ``urgent`` commits
        without giving the turn to anybody who waits. Raises StoreFailed if the commit fails.
        """
        with self._count:
            self._queued += 1
        with self._turn:
            with self._count:
                self._queued -= 1
            group = self._open_group()
            try:
                with group.connection.begin_nested():
                    yield Tx(group.connection, now)
                group.members += 1
            except DBAPIError as error:
                if not isinstance(error, IntegrityError):
                    group.error = error
                raise
            finally:
                full = group.members >= MAX_GROUP
                if urgent or full or not self._queued or group.error is not None:
                    self._close_group(group)
        group.done.wait()
        if group.error is not None:
            raise StoreFailed(f"The store could not keep this: {group.error}") from group.error

    def close(self) -> None:
        """Close every connection."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._readers.dispose()
            self._writer.dispose()

    def _open_group(self) -> _Group:
        if self.failed is not None:
            raise StoreFailed(f"The store failed before and was closed: {self.failed}")
        if self._group is None:
            if self._connection is None:
                self._connection = self._writer.connect()
            self._connection.begin()
            if not self._sqlite:
                self._connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})"))
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
            self._drop_connection(error)
        finally:
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
            return create_engine(self.url, pool_size=1 if writing else 4, max_overflow=8)
        engine = create_engine(
            self.url,
            poolclass=StaticPool if writing else QueuePool,
            connect_args={"check_same_thread": False, "timeout": 15, "isolation_level": None},
        )
        begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
        event.listen(engine, "connect", _prepare_writer if writing else _prepare_reader)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine


def _prepare_writer(connection: Any, record: object) -> None:
    """WAL with FULL sync: NORMAL loses acknowledged writes in a power cut (SQLite manual)."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreUnsafe(
            f"SQLite would not switch to its write-ahead log (it says {mode!r}); "
            "keep the home on a local disk."
        )
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "cache_size = -16384"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: Any, record: object) -> None:
    for pragma in ("query_only = ON", "wal_autocheckpoint = 0", "cache_size = -8192"):
        connection.execute(f"PRAGMA {pragma}")
