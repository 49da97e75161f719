"""The desk's queue: what is on its way, in one query, and who has which text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import bindparam, delete, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from dispaccio.store.engine import Tx
from dispaccio.store.queue_tables import claim
from dispaccio.store.releases import ROW, ReleaseRow
from dispaccio.store.tables import issuer, release, revision, vault_key

Place: TypeAlias = tuple[datetime | None, int]
"""Where a row stands in a list that is ordered by an instant: that, if it has one, and its key."""
STATES = ("draft", "submitted", "in_review", "returned", "parked", "approved", "sealed")
"""Where a revision stands that is neither public nor given up."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a text, and since when."""

    holder: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A revision on its way, with its release; ``sealed`` is opened with the ``wrapped`` key."""

    release: ReleaseRow
    key: int
    issuer_name: str | None
    kind: str
    state: str
    release_time: datetime | None
    submitted_by: str
    submitted: datetime
    approved_by: str | None
    sealed: bytes | None
    wrapped: bytes | None
    claim: Claim | None


_OWN = (
    revision.c.key,
    issuer.c.name,
    revision.c.kind,
    revision.c.state,
    revision.c.release_time,
    revision.c.submitted_by,
    revision.c.submitted,
    revision.c.approved_by,
    revision.c.sealed,
    vault_key.c.wrapped,
    claim.c.holder,
    claim.c.since,
)
_WAITING = (
    ROW.add_columns(*_OWN)
    .join(revision, revision.c.release == release.c.key)
    .outerjoin(vault_key, vault_key.c.release == release.c.key)
    .outerjoin(claim, claim.c.revision == revision.c.key)
    # So that the databases see that the partial index fits.
    .where(revision.c.state != literal_column("'published'"))
    .order_by(revision.c.release_time.is_(None), revision.c.release_time, revision.c.key)
)
_CLAIM = select(claim.c.holder, claim.c.since).where(claim.c.revision == bindparam("of"))
_DROP = delete(claim).where(claim.c.revision == bindparam("of"))


def waiting(
    tx: Tx,
    limit: int = 200,
    *,
    states: Sequence[str] = STATES,
    issuers: frozenset[str] | None = None,
    since: datetime | None = None,
    after: Place | None = None,
) -> list[Waiting]:
    """Every unpublished revision in one of these states, the soonest release time first.

    ``issuers``: only the texts of these, by slug; another wire's texts are nobody's. ``since``:
    only what was handed in since then; ``after``: only what stands behind that place.
    """
    query = _WAITING.where(revision.c.state.in_(states))
    if issuers is not None:
        # Not the bare column: the database would begin with all that an issuer ever published.
        query = query.where(func.coalesce(issuer.c.slug, "").in_(sorted(issuers)))
    if since is not None:
        query = query.where(revision.c.submitted >= since)
    if after is not None:
        query = query.where(_behind(*after))
    return [_waiting(row) for row in tx.run(query.limit(limit))]


def _behind(at: datetime | None, key: int) -> ColumnElement[bool]:
    untimed, later = revision.c.release_time.is_(None), revision.c.key > key
    if at is None:
        return untimed & later
    time = revision.c.release_time
    return untimed | (time > at) | ((time == at) & later)


def claim_of(tx: Tx, revision_: int) -> Claim | None:
    """Who has a revision."""
    row = tx.run(_CLAIM, {"of": revision_}).one_or_none()
    return Claim(*row) if row else None


def put_claim(tx: Tx, revision_: int, holder: str) -> None:
    """Write down who has a revision, in place of whoever had it."""
    insert = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    said = {"holder": holder, "since": tx.now}
    tx.run(
        insert(claim)
        .values(revision=revision_, **said)
        .on_conflict_do_update(index_elements=["revision"], set_=said)
    )


def drop_claim(tx: Tx, revision_: int) -> None:
    """Nobody has that revision any more."""
    tx.run(_DROP, {"of": revision_})


def _waiting(row: Any) -> Waiting:
    of_release, of_revision = row[: -len(_OWN)], row[-len(_OWN) : -2]
    claim = Claim(row.holder, row.since) if row.holder else None
    values = [ReleaseRow(*of_release), *of_revision, claim]
    return Waiting(*values)
