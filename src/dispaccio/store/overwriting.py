"""Erasing so that a file of the database does not hold it any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from dispaccio.store.engine import Tx


@contextmanager
def overwriting(tx: Tx) -> Iterator[None]:
    """While it lasts, SQLite overwrites with zeros what is deleted or changed."""
    if tx.dialect == "sqlite":
        tx.run(text("PRAGMA secure_delete = ON"))
    yield
    if tx.dialect == "sqlite":
        tx.run(text("PRAGMA secure_delete = OFF"))
