"""Full-text search over published releases, newest first.

The index holds text that is already split into words: Han, Kana, Thai, Lao and Khmer as single
characters, searched as phrases. Its row ids are the public numbers, which rise with publication;
those of an archive lie far below, so that whatever this wire issued comes first.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from dispaccio.errors import SearchUnavailable
from dispaccio.store.engine import Tx
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
    "(SELECT 1 FROM release_subject WHERE subject = :subject AND ordinal = "
    "CASE WHEN search.rowid > 0 THEN search.rowid ELSE search.rowid + :below END) "
    "ORDER BY rowid DESC LIMIT :limit"
)
_ARCHIVE = text("SELECT archive FROM release WHERE ordinal = :ordinal")
_END = 1 << 62
_BELOW = 1 << 62
"""What is taken from the number of a release of an archive."""


def put(tx: Tx, texts: Iterable[tuple[int, str]], *, archive: bool = False) -> None:
    """Index the text of releases in place of what stood there: each with its number."""
    if tx.dialect == "sqlite":
        rows = [
            {"ordinal": _row(ordinal, archive), "words": " ".join(words(plain))}
            for ordinal, plain in texts
        ]
        tx.run(_PUT, rows)


def drop(tx: Tx, ordinal: int, *, archive: bool = False) -> None:
    """Take a release out of the index."""
    if tx.dialect == "sqlite":
        tx.run(_DROP, {"ordinal": _row(ordinal, archive)})


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

    What came from an archive stands behind all else. The query is words, never an expression: no
    character of it is an operator. ``subject``, written ``scheme:code``, narrows it down; so does
    ``archive``: True finds only what came from one, False only the rest.
    """
    if tx.dialect != "sqlite":
        raise SearchUnavailable
    wanted = " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases(query))
    if not wanted:
        return []
    start = _END
    if before is not None:
        start = _row(before, bool(tx.run(_ARCHIVE, {"ordinal": before}).scalar()))
    start = min(start, 0) if archive else start
    after = 0 if archive is False else -_END
    parameters = {"query": wanted, "before": start, "after": after, "limit": limit}
    if subject is not None:
        under = {"subject": subject, "below": _BELOW}
        found = tx.run(_FIND_UNDER, parameters | under).scalars()
    else:
        found = tx.run(_FIND, parameters).scalars()
    return [row if row > 0 else row + _BELOW for row in found]


def _row(ordinal: int, archive: bool) -> int:
    return ordinal - _BELOW if archive else ordinal
