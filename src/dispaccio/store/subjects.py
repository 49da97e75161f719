"""Under which subjects the published releases are listed.

A row stands here from publication until the release is withheld or withdrawn, as in the search.
A subject is written ``scheme:code``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select, text

from dispaccio.store.engine import Tx
from dispaccio.store.tables import channel, release_subject

_DROP = delete(release_subject).where(release_subject.c.ordinal == bindparam("of"))
_PUT = insert(release_subject)
_CHANNEL = select(channel.c.key).where(channel.c.name == bindparam("named"))

# One step of the index for each subject, however many releases have it.
_LISTED = """
WITH RECURSIVE found(subject) AS (
  SELECT min(subject) FROM release_subject WHERE subject >= :first AND subject < :end {also}
  UNION ALL
  SELECT (SELECT min(subject) FROM release_subject
          WHERE subject > found.subject AND subject < :end {also})
  FROM found WHERE found.subject IS NOT NULL
)
SELECT subject FROM found WHERE subject IS NOT NULL LIMIT 1000
"""
_OF_ALL = text(_LISTED.format(also=""))
_OF_CHANNEL = text(
    _LISTED.format(also="AND channel = (SELECT key FROM channel WHERE name = :channel)")
)


def put(tx: Tx, ordinal: int, subjects: Sequence[str], channel_: str | None) -> None:
    """List a release under these subjects, and under no other."""
    drop(tx, ordinal)
    if subjects:
        key = tx.run(_CHANNEL, {"named": channel_}).scalar() if channel_ else None
        rows = [{"subject": one, "ordinal": ordinal, "channel": key} for one in subjects]
        tx.run(_PUT, rows)


def drop(tx: Tx, ordinal: int) -> None:
    """List a release under no subject."""
    tx.run(_DROP, {"of": ordinal})


def listed(tx: Tx, scheme: str, channel_: str | None = None) -> list[str]:
    """The subjects of a scheme under which releases are listed, in a channel or at all."""
    bounds = {"first": f"{scheme}:", "end": f"{scheme};"}
    if channel_ is None:
        return list(tx.run(_OF_ALL, bounds).scalars())
    return list(tx.run(_OF_CHANNEL, bounds | {"channel": channel_}).scalars())
