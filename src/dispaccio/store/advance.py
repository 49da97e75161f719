"""Offers of unreleased texts, the terms of advance access, readings, and who wants to be vetted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.sql import ColumnElement, Select

from dispaccio.store.advance_tables import (
    advance_read,
    application,
    group_member,
    offer,
    reader_group,
    terms_accepted,
)
from dispaccio.store.engine import Tx
from dispaccio.store.tables import meta, person, release, revision, role

_SEALED = "advance_sealed"
_STATE = "sealed"
"""The one state of a revision in which an offer holds."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer of a release to a person, or to a group (``group:NAME``)."""

    to: str
    by: str
    at: datetime
    revoked: datetime | None
    in_full: bool
    """Whether the whole text may go to them by mail."""


@dataclass(frozen=True, slots=True)
class Read:
    """That somebody read a text before its time: who, by which surface, when."""

    person: str
    surface: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Vetted:
    """A vetted reader, and the subscriber whom they read for."""

    name: str
    full_name: str | None
    house: str


@dataclass(frozen=True, slots=True)
class Application:
    """Somebody who wants to be vetted: who they are, for which outlet, and how that can be seen."""

    key: int
    id: str
    email: str
    full_name: str
    outlet: str
    proof: str
    language: str
    applied: datetime


def _holds_for(key: int) -> ColumnElement[bool]:
    """The offers that hold for a person: to them, or to a group that they are in."""
    groups = select(group_member.c.reader_group).where(group_member.c.person == key)
    to_them = or_(offer.c.person == key, offer.c.reader_group.in_(groups))
    return to_them & offer.c.revoked.is_(None)


def _to(of: Select[Any]) -> Select[Any]:
    return of.outerjoin(person, person.c.key == offer.c.person).outerjoin(
        reader_group, reader_group.c.key == offer.c.reader_group
    )


def group_key(tx: Tx, name: str) -> int | None:
    """The key of a group of readers."""
    found: int | None = tx.run(
        select(reader_group.c.key).where(reader_group.c.name == name)
    ).scalar()
    return found


def set_group(tx: Tx, name: str, members: list[int]) -> None:
    """Make a group of exactly these persons; without members it is no more."""
    key = group_key(tx, name)
    if key is None:
        key = tx.run(
            insert(reader_group).returning(reader_group.c.key), {"name": name}
        ).scalar_one()
    tx.run(delete(group_member).where(group_member.c.reader_group == key))
    if members:
        rows = [{"reader_group": key, "person": member} for member in members]
        tx.run(insert(group_member), rows)


def groups(tx: Tx) -> dict[str, list[str]]:
    """Every group with the names of those in it who are still here."""
    rows = tx.run(
        select(reader_group.c.name, person.c.name.label("member"))
        .outerjoin(group_member, group_member.c.reader_group == reader_group.c.key)
        .outerjoin(person, (person.c.key == group_member.c.person) & person.c.removed.is_(None))
        .order_by(reader_group.c.name, person.c.name)
    )
    found: dict[str, list[str]] = {}
    for name, member in rows:
        found.setdefault(name, []).extend([member] if member else [])
    return found


def add(
    tx: Tx, release_: int, by: str, *, person_: int | None, group: int | None, in_full: bool
) -> bool:
    """Offer a release; False where the same offer holds already.

    One that differs in ``in_full`` takes that over.
    """
    same = (
        (offer.c.release == release_)
        & offer.c.revoked.is_(None)
        & (offer.c.person == person_ if person_ else offer.c.reader_group == group)
    )
    held = tx.run(select(offer.c.key, offer.c.in_full).where(same)).first()
    if held is not None:
        tx.run(update(offer).where(offer.c.key == held.key).values(in_full=in_full))
        return bool(held.in_full) != in_full
    row = {
        "release": release_,
        "person": person_,
        "reader_group": group,
        "offered_by": by,
        "offered": tx.now,
        "in_full": in_full,
    }
    tx.run(insert(offer), row)
    return True


def revoke(tx: Tx, release_: int, *, person_: int | None, group: int | None) -> bool:
    """Revoke an offer; whether one held."""
    where = (offer.c.release == release_) & offer.c.revoked.is_(None)
    where &= offer.c.person == person_ if person_ else offer.c.reader_group == group
    return bool(tx.run(update(offer).where(where).values(revoked=tx.now)).rowcount)


def offers(tx: Tx, release_: int) -> list[Offer]:
    """Every offer of a release, in its order, revoked ones too."""
    rows = tx.run(
        _to(select(person.c.name, reader_group.c.name.label("in_group"), offer))
        .where(offer.c.release == release_)
        .order_by(offer.c.key)
    )
    return [
        Offer(
            row.name or f"group:{row.in_group}",
            row.offered_by,
            row.offered,
            row.revoked,
            bool(row.in_full),
        )
        for row in rows
    ]


def offered(tx: Tx, key: int) -> list[tuple[int, int]]:
    """The releases and sealed revisions that are offered to a person, due soonest first."""
    rows = tx.run(
        select(revision.c.release, revision.c.key)
        .where(
            revision.c.state == _STATE,
            revision.c.release_time > tx.now,
            revision.c.release.in_(select(offer.c.release).where(_holds_for(key))),
        )
        .order_by(revision.c.release_time, revision.c.key)
    )
    return [(row.release, row.key) for row in rows]


def is_offered(tx: Tx, key: int, id: str) -> tuple[int, int] | None:
    """The release and its sealed revision, if one of that id is offered to a person."""
    row = tx.run(
        select(revision.c.release, revision.c.key)
        .join(release, release.c.key == revision.c.release)
        .where(
            release.c.id == id,
            revision.c.state == _STATE,
            revision.c.release_time > tx.now,
            revision.c.release.in_(select(offer.c.release).where(_holds_for(key))),
        )
    ).first()
    return (row.release, row.key) if row else None


def published_of(tx: Tx, key: int, id: str) -> int | None:
    """The number (ordinal) of a release that was offered to a person and is public by now."""
    found: int | None = tx.run(
        select(release.c.ordinal)
        .join(offer, offer.c.release == release.c.key)
        .where(release.c.id == id, release.c.ordinal.is_not(None), _holds_for(key))
    ).scalar()
    return found


def accept_terms(tx: Tx, key: int, sha256: str) -> None:
    """A person accepts these terms; once is enough."""
    if not has_accepted(tx, key, sha256):
        row = {"person": key, "sha256": sha256, "accepted": tx.now}
        tx.run(insert(terms_accepted), row)


def has_accepted(tx: Tx, key: int, sha256: str) -> bool:
    """Whether a person accepted these very terms."""
    where = (terms_accepted.c.person == key) & (terms_accepted.c.sha256 == sha256)
    return tx.run(select(terms_accepted.c.person).where(where)).first() is not None


def note_read(tx: Tx, release_: int, revision_: int, key: int, surface: str) -> None:
    """Write down that a person read a text before its time."""
    row = {
        "release": release_,
        "revision": revision_,
        "person": key,
        "surface": surface,
        "at": tx.now,
    }
    tx.run(insert(advance_read), row)


def reads(tx: Tx, release_: int, limit: int) -> list[Read]:
    """Who read a release before its time, the newest first."""
    rows = tx.run(
        select(person.c.name, advance_read.c.surface, advance_read.c.at)
        .join(person, person.c.key == advance_read.c.person)
        .where(advance_read.c.release == release_)
        .order_by(advance_read.c.at.desc(), advance_read.c.key.desc())
        .limit(limit)
    )
    return [Read(row.name, row.surface, row.at) for row in rows]


def readers(tx: Tx) -> list[Vetted]:
    """Every vetted reader who is here."""
    rows = tx.run(
        select(person.c.name, person.c.full_name, role.c.organisation)
        .join(role, role.c.person == person.c.key)
        .where(role.c.role == "vetted_reader", person.c.removed.is_(None))
        .order_by(role.c.organisation, person.c.name)
    )
    return [Vetted(*row) for row in rows]


def is_sealed(tx: Tx) -> bool:
    """Whether the switch that seals every embargoed read is on."""
    return tx.run(select(meta.c.value).where(meta.c.name == _SEALED)).first() is not None


def set_sealed(tx: Tx, sealed: bool) -> None:
    """Turn the switch."""
    tx.run(delete(meta).where(meta.c.name == _SEALED))
    if sealed:
        tx.run(insert(meta), {"name": _SEALED, "value": tx.now.isoformat()})


def apply(tx: Tx, values: dict[str, str]) -> None:
    """Keep an application; it takes the place of an undecided one of the same address."""
    tx.run(
        delete(application).where(
            application.c.email == values["email"], application.c.decided.is_(None)
        )
    )
    tx.run(insert(application), {**values, "applied": tx.now})


def undecided(tx: Tx, limit: int = 200) -> list[Application]:
    """The applications that nobody decided yet, the oldest first."""
    rows = tx.run(
        select(application)
        .where(application.c.decided.is_(None))
        .order_by(application.c.key)
        .limit(limit)
    )
    return [_application(row) for row in rows]


def count_undecided(tx: Tx) -> int:
    """How many applications nobody decided yet."""
    counted = select(func.count()).where(application.c.decided.is_(None))
    return int(tx.run(counted.select_from(application)).scalar_one())


def undecided_by(tx: Tx, id: str) -> Application | None:
    """One application that nobody decided yet."""
    where = (application.c.id == id) & application.c.decided.is_(None)
    row = tx.run(select(application).where(where)).one_or_none()
    return _application(row) if row else None


def decide(tx: Tx, key: int, by: str, taken: str | None) -> None:
    """Decide an application; ``taken`` is the name of the person who came of it.

    What the applicant wrote of themselves is not needed any more, and goes.
    """
    tx.run(
        update(application)
        .where(application.c.key == key)
        .values(decided=tx.now, decided_by=by, taken=taken, proof="", email="", full_name="")
    )


def _application(row: Any) -> Application:
    return Application(
        row.key,
        row.id,
        row.email,
        row.full_name,
        row.outlet,
        row.proof,
        row.language,
        row.applied,
    )
