"""Accounts at the organisation's provider, by which people come in, and the roles groups gave."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, select, update

from dispaccio.store import people
from dispaccio.store.account_tables import credential
from dispaccio.store.engine import Tx
from dispaccio.store.people import Person
from dispaccio.store.tables import person, role

_KIND = "oidc"
Held = tuple[str, str | None]
"""A role, and the organisation that it is held for."""


def link(tx: Tx, key: int, id: str, name: str) -> None:
    """A person is known by that account from now on; ``name`` is the provider's."""
    row = {"person": key, "kind": _KIND, "id": id, "name": name, "data": ""}
    tx.run(insert(credential), row | {"created": tx.now, "last_used": tx.now})


def holder(tx: Tx, id: str) -> Person | None:
    """Who is known by that account."""
    where = (credential.c.id == id) & (credential.c.kind == _KIND)
    key = tx.run(select(credential.c.person).where(where)).scalar()
    return people.by_id(tx, key) if key is not None else None


def used(tx: Tx, id: str) -> None:
    """Somebody came in by that account."""
    tx.run(update(credential).where(credential.c.id == id).values(last_used=tx.now))


def is_linked(tx: Tx, key: int, beginning: str) -> bool:
    """Whether a person is known by an account whose id begins so, which names its provider."""
    where = (credential.c.person == key) & (credential.c.kind == _KIND)
    ids = tx.run(select(credential.c.id).where(where)).scalars()
    return any(id.startswith(beginning) for id in ids)


def unlink(tx: Tx, key: int) -> None:
    """A person is known by no account any more."""
    tx.run(delete(credential).where(credential.c.person == key, credential.c.kind == _KIND))


def address_held(tx: Tx, email: str) -> bool:
    """Whether anybody has that address, or had it when they left."""
    where = func.lower(person.c.email) == email.lower()
    return tx.run(select(person.c.key).where(where)).first() is not None


def group_roles(tx: Tx, key: int) -> set[Held]:
    """The roles of a person that groups gave."""
    where = (role.c.person == key) & role.c.by_group.is_(True)
    return {(row.role, row.organisation) for row in tx.run(select(role).where(where))}


def set_group_roles(tx: Tx, key: int, roles: Iterable[Held]) -> None:
    """Put these in the place of the roles that groups gave; what was given by hand stays."""
    tx.run(delete(role).where(role.c.person == key, role.c.by_group.is_(True)))
    rows = [
        {"person": key, "role": name, "organisation": where, "by_group": True}
        for name, where in roles
    ]
    if rows:
        tx.run(insert(role), rows)


def mark_group_roles(tx: Tx, key: int) -> None:
    """Every role that a person has was given by groups."""
    tx.run(update(role).where(role.c.person == key).values(by_group=True))
