"""Erasing so that a file of the database does not hold it any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from dispaccio.store.engine import Tx

_FAST, _FAST_CODE = "FAST", 2
"""How SQLite names and numbers its third way, which takes no number."""


@contextmanager
def overwriting(tx: Tx) -> Iterator[None]:
    """While it lasts, SQLite overwrites with zeros what is deleted or changed.

    Whether it does so by itself is up to how it was built; afterwards that holds again.
    """
    if tx.dialect != "sqlite":
        yield
        return
    before = int(tx.run(text("PRAGMA secure_delete")).scalar_one())
    tx.run(text("PRAGMA secure_delete = ON"))
    try:
        yield
    finally:
        tx.run(text(f"PRAGMA secure_delete = {_FAST if before == _FAST_CODE else before}"))
