"""Full-text search over published releases, newest first.

The index holds text that is already split into words: Han, Kana, Thai, Lao and Khmer as single
characters, searched as phrases. Its row ids are the public numbers, which rise with publication.
"""

from __future__ import annotations

from sqlalchemy import text

from dispaccio.errors import SearchUnavailable
from dispaccio.store.engine import Tx
from dispaccio.trace.normalize import phrases, words

_PUT = text("INSERT OR REPLACE INTO search (rowid, words) VALUES (:ordinal, :words)")
_DROP = text("DELETE FROM search WHERE rowid = :ordinal")
_FIND = text(
    "SELECT rowid FROM search WHERE search MATCH :query AND rowid < :before "
    "ORDER BY rowid DESC LIMIT :limit"
)
_FIND_UNDER = text(
    "SELECT rowid FROM search WHERE search MATCH :query AND rowid < :before AND EXISTS "
    "(SELECT 1 FROM release_subject WHERE subject = :subject AND ordinal = search.rowid) "
    "ORDER BY rowid DESC LIMIT :limit"
)
_END = 1 << 62


def put(tx: Tx, ordinal: int, plain: str) -> None:
    """Index the text of a release in place of what stood there."""
    if tx.dialect == "sqlite":
        tx.run(_PUT, {"ordinal": ordinal, "words": " ".join(words(plain))})


def drop(tx: Tx, ordinal: int) -> None:
    """Take a release out of the index."""
    if tx.dialect == "sqlite":
        tx.run(_DROP, {"ordinal": ordinal})


def find(
    tx: Tx, query: str, *, limit: int, before: int | None = None, subject: str | None = None
) -> list[int]:
    """The numbers of the releases that hold every word of a query, newest first.

    The query is words, never an expression: no character of it is an operator. ``subject``, written
    ``scheme:code``, narrows it down.
    """
    if tx.dialect != "sqlite":
        raise SearchUnavailable
    wanted = " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases(query))
    if not wanted:
        return []
    parameters = {"query": wanted, "before": _END if before is None else before, "limit": limit}
    if subject is not None:
        return list(tx.run(_FIND_UNDER, parameters | {"subject": subject}).scalars())
    return list(tx.run(_FIND, parameters).scalars())
