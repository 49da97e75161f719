"""Drafts, and what is remembered from an issuer's last text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from dispaccio.store.draft_tables import draft, remembered
from dispaccio.store.engine import Tx
from dispaccio.store.tables import issuer, person, release


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as it is kept.

    ``issuer`` is a slug, ``author`` and ``saved_by`` are names of persons, ``revises`` and
    ``release`` ids of releases. ``wrapped`` and ``sealed`` are None once it ended.
    """

    key: int
    id: str
    issuer: str
    author: str
    behalf: bool
    saved: int
    saved_by: str
    wrapped: bytes | None
    sealed: bytes | None
    created: datetime
    changed: datetime
    ended: datetime | None
    revises: str | None
    release: str | None
    family: str | None


_REVISED, _BECAME = release.alias(), release.alias()
_ROW = (
    select(
        draft.c.key,
        draft.c.id,
        issuer.c.slug,
        person.c.name,
        draft.c.behalf,
        draft.c.saved,
        draft.c.saved_by,
        draft.c.wrapped,
        draft.c.sealed,
        draft.c.created,
        draft.c.changed,
        draft.c.ended,
        _REVISED.c.id,
        _BECAME.c.id,
        draft.c.family,
    )
    .join(issuer, issuer.c.key == draft.c.issuer)
    .join(person, person.c.key == draft.c.author)
    .outerjoin(_REVISED, _REVISED.c.key == draft.c.revises)
    .outerjoin(_BECAME, _BECAME.c.key == draft.c.release)
)


def add(tx: Tx, values: dict[str, Any]) -> int:
    """Add a draft that was saved once; its key."""
    row = values | {"saved": 1, "created": tx.now, "changed": tx.now}
    return int(tx.run(insert(draft).returning(draft.c.key), row).scalar_one())


def by_id(tx: Tx, id: str) -> DraftRow | None:
    """The draft with that id, ended or not."""
    row = tx.run(_ROW.where(draft.c.id == id)).one_or_none()
    return DraftRow(*row) if row else None


def save(tx: Tx, key: int, saved: int, sealed: bytes, by: str) -> bool:
    """Keep another state of a draft; False if it was saved since, or has ended."""
    where = (draft.c.key == key) & (draft.c.saved == saved) & draft.c.ended.is_(None)
    values = {"saved": saved + 1, "sealed": sealed, "saved_by": by, "changed": tx.now}
    return tx.run(update(draft).where(where).values(**values)).rowcount == 1


def reseal(tx: Tx, key: int, sealed: bytes) -> None:
    """Keep other files with a draft, which is no other state of its text."""
    where = (draft.c.key == key) & draft.c.ended.is_(None)
    tx.run(update(draft).where(where).values(sealed=sealed, changed=tx.now))


def end(tx: Tx, key: int, saved: int | None = None, *, release_: int | None = None) -> bool:
    """End a draft and destroy its key and text; ``release_`` is what it was handed in as.

    False if it had ended, or ``saved`` is given and it was saved since.
    """
    where = (draft.c.key == key) & draft.c.ended.is_(None)
    if saved is not None:
        where &= draft.c.saved == saved
    values = {"ended": tx.now, "wrapped": None, "sealed": None, "release": release_}
    return tx.run(update(draft).where(where).values(**values)).rowcount == 1


def open_ones(
    tx: Tx,
    issuers: Collection[str],
    author: str,
    limit: int = 200,
    before: tuple[datetime, int] | None = None,
) -> list[DraftRow]:
    """The drafts under way of these issuers and of one author (an id), the one saved last first.

    ``before``: only what stands behind that place, when it was saved and its key.
    """
    where = or_(issuer.c.slug.in_(sorted(issuers)), person.c.id == author)
    query = _ROW.where(draft.c.ended.is_(None), where)
    if before is not None:
        at, key = before
        same = (draft.c.changed == at) & (draft.c.key < key)
        query = query.where((draft.c.changed < at) | same)
    rows = tx.run(query.order_by(draft.c.changed.desc(), draft.c.key.desc()).limit(limit))
    return [DraftRow(*row) for row in rows]


def revising(tx: Tx, release_: int) -> DraftRow | None:
    """The draft under way that mends or corrects that release."""
    query = _ROW.where(draft.c.revises == release_, draft.c.ended.is_(None))
    row = tx.run(query.order_by(draft.c.key).limit(1)).one_or_none()
    return DraftRow(*row) if row else None


def relatives(tx: Tx, families: Collection[str]) -> list[DraftRow]:
    """The drafts of these families, the oldest first; those that were discarded are left out."""
    where = draft.c.family.in_(sorted(families)) & (
        draft.c.ended.is_(None) | draft.c.release.is_not(None)
    )
    return [DraftRow(*row) for row in tx.run(_ROW.where(where).order_by(draft.c.key))]


def families(tx: Tx, releases: Collection[str]) -> dict[str, str]:
    """The family of each of these releases that has one, by its id."""
    query = (
        select(_BECAME.c.id, draft.c.family)
        .join(_BECAME, _BECAME.c.key == draft.c.release)
        .where(_BECAME.c.id.in_(sorted(releases)), draft.c.family.is_not(None))
    )
    return {row[0]: row[1] for row in tx.run(query)}


def set_family(tx: Tx, key: int, family: str) -> None:
    """Make a draft one of a family."""
    tx.run(update(draft).where(draft.c.key == key).values(family=family))


def remember(tx: Tx, issuer_: int, language: str, wrapped: bytes, sealed: bytes) -> None:
    """Keep what an issuer's next text in that language begins with."""
    where = (remembered.c.issuer == issuer_) & (remembered.c.language == language)
    tx.run(delete(remembered).where(where))
    row = {"issuer": issuer_, "language": language, "wrapped": wrapped, "sealed": sealed}
    tx.run(insert(remembered), row | {"changed": tx.now})


def remembered_of(tx: Tx, issuer_: int) -> dict[str, tuple[bytes, bytes]]:
    """What an issuer's next text begins with, by language, the newest first: key and content."""
    rows = tx.run(
        select(remembered.c.language, remembered.c.wrapped, remembered.c.sealed)
        .where(remembered.c.issuer == issuer_)
        .order_by(remembered.c.changed.desc())
    )
    return {row[0]: (row[1], row[2]) for row in rows}
