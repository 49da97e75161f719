"""Withdrawals that no carrier brought there, and whom of the subscriber's people to write to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from dispaccio.store.engine import Tx

ESCALATED = "escalated"
"""The kind of the event that somebody was written to."""

_UNREACHED = text(
    # Only subscribers with people here: a press list and the hub have none.
    """
    SELECT d.release, d.version, r.id, r.ordinal, v.key, v.kind, v.document, e.id, p.id, p.name,
           p.email
    FROM delivery d
    JOIN release r ON r.key = d.release
    JOIN revision v ON v.release = d.release AND v.version = d.version
    JOIN endpoint e ON e.key = d.endpoint
    JOIN subscriber s ON s.key = e.subscriber
    JOIN role o ON o.organisation = s.slug AND o.role IN ('subscriber', 'vetted_reader')
    JOIN person p ON p.key = o.person AND p.removed IS NULL AND p.email IS NOT NULL
    WHERE d.state = 'to_human' AND d.state NOT IN ('delivered', 'superseded')
      AND NOT EXISTS (SELECT 1 FROM event x WHERE x.release = d.release AND x.kind = :escalated
                      AND x.detail LIKE '%' || e.id || '%' AND x.detail LIKE '%' || p.id || '%')
    ORDER BY d.settled, e.key, p.key
    LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class Unreached:
    """A person to write to about a withdrawal that did not reach an endpoint of theirs."""

    release: int
    version: int
    release_id: str
    ordinal: int
    revision: int
    kind: str
    document: bytes
    endpoint: str
    person: str
    name: str
    email: str


def unreached(tx: Tx, most: int) -> list[Unreached]:
    """Whom nobody has written to yet, the longest waiting first."""
    rows = tx.run(_UNREACHED, {"escalated": ESCALATED, "most": most})
    return [Unreached(*row) for row in rows]
