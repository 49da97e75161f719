"""Mails to people about their accounts. What stands in them is the vault's ciphertext here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from dispaccio.store.engine import Tx
from dispaccio.store.post_tables import post
from dispaccio.store.tables import person

ASKED = "asked"
"""The kind of a row that is no mail yet: somebody named an address."""


@dataclass(frozen=True, slots=True)
class Item:
    """One mail that waits; ``holder`` is the id of the person it is for."""

    key: int
    id: str
    kind: str
    sealed: bytes
    attempts: int
    holder: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How it stands with the last mail to a person; ``given_up`` says that no server took it."""

    person: str
    kind: str
    given_up: bool
    answer: str | None


def add(
    tx: Tx, id: str, kind: str, sealed: bytes, expires: datetime, holder: int | None = None
) -> None:
    """A mail that is due at once; it takes the place of an older one of its kind to that person."""
    if holder is not None:
        tx.run(delete(post).where(post.c.person == holder, post.c.kind == kind))
    row = {
        "id": id,
        "person": holder,
        "kind": kind,
        "sealed": sealed,
        "created": tx.now,
        "expires": expires,
        "due": tx.now,
        "attempts": 0,
    }
    tx.run(insert(post), row)


def due(tx: Tx, most: int) -> list[Item]:
    """The mails that are due, the longest waiting first."""
    rows = tx.run(
        select(post, person.c.id.label("holder"))
        .join(person, person.c.key == post.c.person)
        .where(post.c.due <= tx.now, post.c.expires > tx.now)
        .order_by(post.c.due, post.c.key)
        .limit(most)
    )
    return [Item(r.key, r.id, r.kind, r.sealed, r.attempts, r.holder) for r in rows]


def take_asked(tx: Tx, most: int) -> list[tuple[str, bytes]]:
    """The addresses that somebody named, as (id, ciphertext); they are not here any more."""
    rows = tx.run(
        select(post.c.key, post.c.id, post.c.sealed, post.c.expires)
        .where(post.c.kind == ASKED)
        .order_by(post.c.key)
        .limit(most)
    ).all()
    tx.run(delete(post).where(post.c.key.in_([row.key for row in rows])))
    return [(row.id, row.sealed) for row in rows if row.expires > tx.now]


def are_asked(tx: Tx) -> int:
    """How many addresses wait to be looked up."""
    return int(tx.run(select(func.count()).where(post.c.kind == ASKED)).scalar_one())


def taken(tx: Tx, key: int) -> None:
    """A server took a mail: nothing of it is kept."""
    tx.run(delete(post).where(post.c.key == key))


def put_off(tx: Tx, key: int, due: datetime | None, answer: str) -> None:
    """A mail was not taken: it is due again then, or given up (None)."""
    values = {"due": due, "attempts": post.c.attempts + 1, "answer": answer}
    tx.run(update(post).where(post.c.key == key).values(**values))


def forget_old(tx: Tx) -> None:
    """What is too late to be of use goes."""
    tx.run(delete(post).where(post.c.expires <= tx.now))


def forget_of(tx: Tx, holder: int) -> None:
    """A person leaves: mails to them go."""
    tx.run(delete(post).where(post.c.person == holder))


def waiting(tx: Tx) -> list[Waiting]:
    """The mails to people that were not taken yet, by their names."""
    rows = tx.run(
        select(person.c.name, post.c.kind, post.c.due, post.c.answer)
        .join(person, person.c.key == post.c.person)
        .where(post.c.expires > tx.now)
        .order_by(post.c.key)
    )
    return [Waiting(row.name, row.kind, row.due is None, row.answer) for row in rows]
