"""Sending again: new runs of what is public, to one endpoint, behind everything that is fresh."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from dispaccio.store.columns import microseconds
from dispaccio.store.engine import Tx
from dispaccio.store.outbox import Class

_CANDIDATES = text(
    # What is usable and was issued here, with the revision that it shows; archives go to nobody.
    """
    SELECT r.key, r.ordinal, r.channel, i.slug, v.document, v.version
    FROM release r JOIN revision v ON v.key = r.shown
    LEFT JOIN issuer i ON i.key = r.issuer
    WHERE r.ordinal >= :first AND r.ordinal <= :last AND r.status = 'usable'
      AND r.archive = :no
    ORDER BY r.ordinal LIMIT :most
    """
)

_REPLAY = text(
    # A new run of one revision. It waits behind what is unsettled in its lane, and behind the gate
    # of an endpoint that is switched off or gathers.
    """
    INSERT INTO delivery (release, version, run, endpoint, state, class, gate, attempt, due_at)
    SELECT :release, :version,
           1 + COALESCE((SELECT MAX(m.run) FROM delivery m WHERE m.release = :release
                         AND m.endpoint = e.key AND m.version = :version), -1),
           e.key, 'due', :class,
           CASE WHEN e.gathers IS NOT NULL THEN 3
                WHEN e.state <> 'active' THEN 2
                WHEN EXISTS (SELECT 1 FROM delivery w WHERE w.release = :release
                             AND w.endpoint = e.key AND w.state = 'due') THEN 1
                ELSE 0 END,
           0, :now
    FROM endpoint e
    WHERE e.key = :endpoint AND e.state NOT IN ('gone', 'unconfirmed')
      AND NOT EXISTS (SELECT 1 FROM delivery w WHERE w.release = :release AND w.endpoint = e.key
                      AND w.version = :version AND w.state = 'due')
    """
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release that may be sent again, with the revision that it shows."""

    release: int
    ordinal: int
    channel: int | None
    issuer: str | None
    document: bytes
    version: int


def candidates(tx: Tx, first: int, last: int, most: int) -> list[Candidate]:
    """The usable releases of a range of ordinals, in their order."""
    values = {"first": first, "last": last, "most": most, "no": False}
    return [Candidate(*row) for row in tx.run(_CANDIDATES, values)]


def replay(tx: Tx, release: int, version: int, endpoint: int) -> int:
    """Write one more run of a revision to an endpoint; 0 where one waits already."""
    values = {
        "release": release,
        "version": version,
        "endpoint": endpoint,
        "class": int(Class.REPLAY),
        "now": microseconds(tx.now),
    }
    return int(tx.run(_REPLAY, values).rowcount)
