"""Mails to vetted readers about what is offered to them: who is owed one, and who got which.

No row holds a word of a text: a mail is made from the vault in the moment in which it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.sql import Select

from dispaccio.store.advance_tables import (
    advance_mail,
    group_member,
    mail_choice,
    offer,
    terms_accepted,
)
from dispaccio.store.engine import Tx
from dispaccio.store.tables import person, revision, role

WAITING, SENT, FAILED, CLOSED = "waiting", "sent", "failed", "closed"
"""How it stands with a mail. What is closed was sent, and another took its place or none has to."""
NONE, LINK, TEXT = "none", "link", "text"
"""What a reader wants by mail; who never said so gets links."""
_STATE = "sealed"
_ROLE = "vetted_reader"


@dataclass(frozen=True, slots=True)
class Offered:
    """A sealed revision that is offered to a reader before its time.

    ``choice`` is what they want by mail, ``accepted`` whether they accepted the terms, ``in_full``
    whether the issuer agreed to the whole text by mail.
    """

    release: int
    revision: int
    person: int
    until: datetime
    choice: str
    accepted: bool
    in_full: bool


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail that is not closed, with the state in which its revision stands now."""

    key: int
    id: str
    release: int
    revision: int
    person: int
    told: str
    until: datetime
    state: str
    form: str | None
    follows: str | None
    attempts: int
    created: datetime
    revision_state: str
    release_time: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """A mail that is due, by its key."""

    key: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail goes to."""

    id: str
    name: str
    full_name: str | None
    email: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """What the issuer sees of a mail."""

    person: str
    told: str
    form: str | None
    at: datetime
    state: str


def choice_of(tx: Tx, key: int) -> str:
    """What a person wants by mail."""
    found = tx.run(select(mail_choice.c.form).where(mail_choice.c.person == key)).scalar()
    return found or LINK


def choose(tx: Tx, key: int, form: str) -> None:
    """Keep what a person wants by mail."""
    tx.run(delete(mail_choice).where(mail_choice.c.person == key))
    tx.run(insert(mail_choice), {"person": key, "form": form, "chosen": tx.now})


def offered(
    tx: Tx, terms: str, *, release_: int | None = None, person_: int | None = None
) -> list[Offered]:
    """What is offered to whom at this moment; ``terms`` is the mark of those that hold."""
    query = _offered(terms).where(revision.c.release_time > tx.now)
    if release_ is not None:
        query = query.where(revision.c.release == release_)
    if person_ is not None:
        query = query.where(person.c.key == person_)
    found: dict[tuple[int, int], Offered] = {}
    for row in tx.run(query):
        before = found.get((row.release, row.person))
        in_full = bool(row.in_full) or bool(before and before.in_full)
        found[row.release, row.person] = Offered(
            row.release,
            row.key,
            row.person,
            row.release_time,
            row.form or LINK,
            bool(row.accepted),
            in_full,
        )
    return list(found.values())


def _offered(terms: str) -> Select[Any]:
    """Sealed revisions with the readers that they are offered to."""
    accepted = (
        select(terms_accepted.c.sha256)
        .where(terms_accepted.c.person == person.c.key, terms_accepted.c.sha256 == terms)
        .exists()
    )
    vetted = select(role.c.key).where(role.c.person == person.c.key, role.c.role == _ROLE).exists()
    return (
        select(
            revision.c.release,
            revision.c.key,
            person.c.key.label("person"),
            revision.c.release_time,
            mail_choice.c.form,
            accepted.label("accepted"),
            offer.c.in_full,
        )
        .join(offer, (offer.c.release == revision.c.release) & offer.c.revoked.is_(None))
        .outerjoin(group_member, group_member.c.reader_group == offer.c.reader_group)
        .join(person, person.c.key == func.coalesce(offer.c.person, group_member.c.person))
        .outerjoin(mail_choice, mail_choice.c.person == person.c.key)
        .where(
            revision.c.state == _STATE,
            person.c.removed.is_(None),
            person.c.email.is_not(None),
            vetted,
        )
        .order_by(revision.c.release_time, revision.c.key, person.c.key)
    )


def standing(tx: Tx) -> list[Mailed]:
    """The mails that are not closed."""
    query = _MAILED.where(advance_mail.c.state != CLOSED).order_by(advance_mail.c.key)
    return [Mailed(*row) for row in tx.run(query)]


def by_key(tx: Tx, key: int) -> Mailed | None:
    """One mail, if it is still there."""
    row = tx.run(_MAILED.where(advance_mail.c.key == key)).one_or_none()
    return Mailed(*row) if row else None


def add(tx: Tx, id: str, of: Offered | Mailed, told: str, follows: str | None) -> None:
    """A mail that is due at once."""
    row = {
        "id": id,
        "release": of.release,
        "revision": of.revision,
        "person": of.person,
        "told": told,
        "until": of.until,
        "follows": follows,
        "state": WAITING,
        "created": tx.now,
        "due": tx.now,
        "attempts": 0,
    }
    tx.run(insert(advance_mail), row)


def due(tx: Tx, most: int, told: Iterable[str]) -> list[Item]:
    """The mails that are due and tell one of these things, the longest waiting first."""
    rows = tx.run(
        select(advance_mail.c.key, advance_mail.c.attempts)
        .where(
            advance_mail.c.state == WAITING,
            advance_mail.c.due <= tx.now,
            advance_mail.c.told.in_(list(told)),
        )
        .order_by(advance_mail.c.due, advance_mail.c.key)
        .limit(most)
    )
    return [Item(row.key, row.attempts) for row in rows]


def reader_of(tx: Tx, key: int) -> Reader | None:
    """Whom the mails of a person go to, while they are here and have an address."""
    row = tx.run(
        select(
            person.c.id, person.c.name, person.c.full_name, person.c.email, person.c.language
        ).where(person.c.key == key, person.c.removed.is_(None), person.c.email.is_not(None))
    ).one_or_none()
    return Reader(*row) if row else None


def begin(tx: Tx, key: int, of: Offered, form: str) -> None:
    """A mail is about to be handed over, with what holds now."""
    values = {"form": form, "revision": of.revision, "until": of.until}
    tx.run(update(advance_mail).where(advance_mail.c.key == key).values(**values))


def settle(
    tx: Tx, key: int, state: str, *, due: datetime | None = None, answer: str | None = None
) -> None:
    """How an attempt ended."""
    values: dict[str, Any] = {
        "state": state,
        "due": due,
        "answer": answer,
        "attempts": advance_mail.c.attempts + 1,
    }
    if state in (SENT, CLOSED):
        values["sent"] = tx.now
    tx.run(update(advance_mail).where(advance_mail.c.key == key).values(**values))


def close(tx: Tx, item: Mailed) -> None:
    """Nothing more comes of a mail; one that was never sent is forgotten."""
    if item.state == SENT:
        tx.run(update(advance_mail).where(advance_mail.c.key == item.key).values(state=CLOSED))
    else:
        tx.run(delete(advance_mail).where(advance_mail.c.key == item.key))


def reports(tx: Tx, release_: int, limit: int) -> list[Report]:
    """The mails about a release, the newest first."""
    rows = tx.run(
        select(
            person.c.name,
            advance_mail.c.told,
            advance_mail.c.form,
            func.coalesce(advance_mail.c.sent, advance_mail.c.created).label("at"),
            advance_mail.c.state,
        )
        .join(person, person.c.key == advance_mail.c.person)
        .where(advance_mail.c.release == release_)
        .order_by(advance_mail.c.key.desc())
        .limit(limit)
    )
    return [
        Report(row.name, row.told, row.form, row.at, SENT if row.state == CLOSED else row.state)
        for row in rows
    ]


_MAILED = select(
    advance_mail.c.key,
    advance_mail.c.id,
    advance_mail.c.release,
    advance_mail.c.revision,
    advance_mail.c.person,
    advance_mail.c.told,
    advance_mail.c.until,
    advance_mail.c.state,
    advance_mail.c.form,
    advance_mail.c.follows,
    advance_mail.c.attempts,
    advance_mail.c.created,
    revision.c.state.label("revision_state"),
    revision.c.release_time,
).join(revision, revision.c.key == advance_mail.c.revision)
