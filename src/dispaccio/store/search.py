"""Full-text search over published releases, newest first.

The index holds text that is already split into words: Han, Kana, Thai, Lao and Khmer as single
characters, searched as phrases. Its row ids are the public numbers, which rise with publication;
those of an archive lie far below, so that whatever this wire issued comes first, and begin with the
minute of their own date, so that the index holds them in that order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select, text, true

from dispaccio.errors import SearchUnavailable
from dispaccio.store.engine import Tx
from dispaccio.store.tables import release
from dispaccio.trace.normalize import phrases, words

_PUT = text("INSERT OR REPLACE INTO search (rowid, words) VALUES (:ordinal, :words)")
_DROP = text("DELETE FROM search WHERE rowid = :ordinal")
_FIND = text(
    "SELECT rowid FROM search WHERE search MATCH :query AND rowid < :before "
    "AND rowid > :after ORDER BY rowid DESC LIMIT :limit"
)
_FIND_UNDER = text(
    "SELECT rowid FROM search WHERE search MATCH :query AND rowid < :before "
    "AND rowid > :after AND EXISTS "
    "(SELECT 1 FROM release_subject WHERE subject = :subject AND ordinal = search.rowid) "
    "ORDER BY rowid DESC LIMIT :limit"
)
_DATED = select(release.c.first_created).where(
    release.c.ordinal == bindparam("ordinal"), release.c.archive == true()
)
_END = 1 << 62
_BITS = 31
"""How many bits of an archive's row id are the number; the minute since the year 1 stands above."""
_FIRST, _MINUTE = datetime(1, 1, 1, tzinfo=UTC), timedelta(minutes=1)


def put(tx: Tx, texts: Iterable[tuple[int, datetime | None, str]]) -> None:
    """Index texts in place of what stood there: each with its number and, of an archive, its date.

    Such a release keeps its date for ever.
    """
    if tx.dialect == "sqlite":
        rows = [
            {"ordinal": _row(ordinal, dated), "words": " ".join(words(plain))}
            for ordinal, dated, plain in texts
        ]
        tx.run(_PUT, rows)


def drop(tx: Tx, ordinal: int, dated: datetime | None = None) -> None:
    """Take a release out of the index; ``dated`` as in ``put``."""
    if tx.dialect == "sqlite":
        tx.run(_DROP, {"ordinal": _row(ordinal, dated)})


def find(
    tx: Tx,
    query: str,
    *,
    limit: int,
    before: int | None = None,
    subject: str | None = None,
    archive: bool | None = None,
) -> list[int]:
    """The numbers of the releases that hold every word of a query, newest first.

    What came from an archive stands behind all else, by its own date. The query is words, never an
    expression: no character of it is an operator. ``subject``, written ``scheme:code``, narrows it
    down; so does ``archive``: True finds only what came from one, False only the rest.
    """
    if tx.dialect != "sqlite":
        raise SearchUnavailable
    wanted = " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases(query))
    if not wanted:
        return []
    start = _END
    if before is not None:
        start = _row(before, tx.run(_DATED, {"ordinal": before}).scalar())
    start = min(start, 0) if archive else start
    after = 0 if archive is False else -_END
    parameters = {"query": wanted, "before": start, "after": after, "limit": limit}
    if subject is not None:
        found = tx.run(_FIND_UNDER, parameters | {"subject": subject}).scalars()
    else:
        found = tx.run(_FIND, parameters).scalars()
    return [row if row > 0 else (row + _END) % (1 << _BITS) for row in found]


def _row(ordinal: int, dated: datetime | None) -> int:
    if dated is None:
        return ordinal
    return ((dated - _FIRST) // _MINUTE << _BITS) + ordinal - _END
