"""The kinds of columns that the tables share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(instant: datetime) -> int:
    """An instant as it is kept: microseconds since the epoch."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(kept: int) -> datetime:
    """An instant as it was kept."""
    return _EPOCH + kept * _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as integer microseconds since the epoch."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else instant(value)


Key = BigInteger().with_variant(Integer, "sqlite")
"""Integer keys: SQLite's rowid, PostgreSQL's bigint."""
