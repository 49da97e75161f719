"""Passkeys: their ids and public keys, which are no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from dispaccio.store import people
from dispaccio.store.account_tables import credential
from dispaccio.store.engine import Tx
from dispaccio.store.people import Person

_KIND = "passkey"


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey of a person: its id and name, and what is needed to judge a proof."""

    key: int
    id: str
    name: str
    data: str
    created: datetime
    last_used: datetime | None


def add(tx: Tx, person: int, id: str, name: str, data: str) -> bool:
    """Keep a new passkey; False where there is one of that id."""
    if tx.run(select(credential.c.key).where(credential.c.id == id)).first():
        return False
    row = {"person": person, "kind": _KIND, "id": id, "name": name, "data": data}
    tx.run(insert(credential), row | {"created": tx.now})
    return True


def of(tx: Tx, person: int) -> list[PasskeyRow]:
    """A person's passkeys, in the order they came."""
    where = (credential.c.person == person) & (credential.c.kind == _KIND)
    rows = tx.run(select(credential).where(where).order_by(credential.c.key))
    return [PasskeyRow(r.key, r.id, r.name, r.data, r.created, r.last_used) for r in rows]


def by_id(tx: Tx, id: str) -> tuple[PasskeyRow, Person] | None:
    """The passkey of that id, and whose it is; None where nobody has it."""
    where = (credential.c.id == id) & (credential.c.kind == _KIND)
    row = tx.run(select(credential).where(where)).one_or_none()
    person = people.by_id(tx, row.person) if row else None
    if row is None or person is None:
        return None
    made = PasskeyRow(row.key, row.id, row.name, row.data, row.created, row.last_used)
    return made, person


def used(tx: Tx, key: int, data: str) -> None:
    """A passkey proved its holder; ``data`` is what is kept of it from now on."""
    values = {"data": data, "last_used": tx.now}
    tx.run(update(credential).where(credential.c.key == key).values(**values))


def remove(tx: Tx, person: int, key: int) -> bool:
    """Take a passkey of a person out; whether there was one."""
    where = (credential.c.key == key) & (credential.c.person == person)
    return bool(tx.run(delete(credential).where(where, credential.c.kind == _KIND)).rowcount)
