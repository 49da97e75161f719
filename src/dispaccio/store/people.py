"""Persons, their roles and their API keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from dispaccio.store.engine import Tx
from dispaccio.store.tables import api_key, person, role

_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the home; ``roles`` are (role, organisation's slug or None)."""

    key: int
    id: str
    name: str
    email: str | None
    created: datetime
    roles: tuple[tuple[str, str | None], ...]
    full_name: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A valid API key: how it begins, when it was used, and what it is for (() for everything)."""

    prefix: str
    created: datetime
    last_used: datetime | None
    scopes: tuple[str, ...]


_KEY = (api_key.c.prefix, api_key.c.created.label("made"), api_key.c.last_used, api_key.c.scopes)
_BY_API_KEY = (
    select(person, *_KEY, role.c.role, role.c.organisation)
    .join(api_key, api_key.c.person == person.c.key)
    .outerjoin(role, role.c.person == person.c.key)
    .where(
        api_key.c.sha256 == bindparam("of"),
        api_key.c.revoked.is_(None),
        person.c.removed.is_(None),
    )
    .order_by(role.c.key)
)
_MARK_USED = (
    update(api_key)
    .where(
        api_key.c.sha256 == bindparam("of"),
        api_key.c.last_used.is_(None) | (api_key.c.last_used < bindparam("since")),
    )
    .values(last_used=bindparam("at"))
)
_ROLES = (
    select(role.c.role, role.c.organisation)
    .where(role.c.person == bindparam("of"))
    .order_by(role.c.key)
)


def add(tx: Tx, id: str, name: str, email: str | None, roles: list[tuple[str, str | None]]) -> int:
    """Add a person and return the key."""
    row = {"id": id, "name": name, "email": email, "created": tx.now}
    key = tx.run(insert(person).returning(person.c.key), row).scalar_one()
    set_roles(tx, key, roles)
    return int(key)


def set_roles(tx: Tx, key: int, roles: list[tuple[str, str | None]]) -> None:
    """Give a person exactly these roles; what a group gave stays known as that."""
    groups = role.c.by_group.is_(True) & (role.c.person == key)
    given = {(row.role, row.organisation) for row in tx.run(select(role).where(groups))}
    tx.run(delete(role).where(role.c.person == key))
    rows = [
        {"person": key, "role": name, "organisation": where, "by_group": (name, where) in given}
        for name, where in roles
    ]
    if rows:
        tx.run(insert(role), rows)


def remove(tx: Tx, key: int) -> None:
    """A person leaves: the row stays for the record, keys and roles go."""
    tx.run(update(person).where(person.c.key == key).values(removed=tx.now))
    tx.run(delete(role).where(role.c.person == key))
    tx.run(
        update(api_key)
        .where(api_key.c.person == key, api_key.c.revoked.is_(None))
        .values(revoked=tx.now)
    )


def everybody(tx: Tx) -> list[Person]:
    """The persons of the home, in the order they came."""
    rows = tx.run(select(person).where(person.c.removed.is_(None)).order_by(person.c.key)).all()
    held: dict[int, list[tuple[str, str | None]]] = {}
    for found in tx.run(select(role).order_by(role.c.key)):
        held.setdefault(found.person, []).append((found.role, found.organisation))
    return [_made(row, tuple(held.get(row.key, ()))) for row in rows]


def named(tx: Tx, name: str) -> Person | None:
    """The person of that name, or None."""
    where = (person.c.name == name) & person.c.removed.is_(None)
    row = tx.run(select(person).where(where)).one_or_none()
    return _person(tx, row) if row else None


def ever_named(tx: Tx, name: str) -> Person | None:
    """The person of that name, who may have left."""
    row = tx.run(select(person).where(person.c.name == name)).one_or_none()
    return _person(tx, row) if row else None


def by_email(tx: Tx, email: str) -> Person | None:
    """The person with that address, in any case of letters; None for nobody, and for several."""
    where = (func.lower(person.c.email) == email.lower()) & person.c.removed.is_(None)
    rows = tx.run(select(person).where(where).limit(2)).all()
    return _person(tx, rows[0]) if len(rows) == 1 else None


def by_id(tx: Tx, key: int) -> Person | None:
    """The person with that key, unless they left."""
    where = (person.c.key == key) & person.c.removed.is_(None)
    row = tx.run(select(person).where(where)).one_or_none()
    return _person(tx, row) if row else None


def change(tx: Tx, key: int, **values: str | None) -> None:
    """Change a person's address, full name or language."""
    tx.run(update(person).where(person.c.key == key).values(**values))


def taken(tx: Tx, name: str) -> bool:
    """Whether somebody bears that name, or did: the record names people by it."""
    return tx.run(select(person.c.key).where(person.c.name == name)).first() is not None


def add_key(tx: Tx, key: int, prefix: str, sha256: bytes, scopes: Sequence[str] = ()) -> None:
    """Keep the hash of a new API key, and what it is for; without scopes for everything."""
    row = {
        "person": key,
        "prefix": prefix,
        "sha256": sha256,
        "created": tx.now,
        "scopes": " ".join(scopes) or None,
    }
    tx.run(insert(api_key), row)


def by_key(tx: Tx, sha256: bytes) -> tuple[Person, KeyRow] | None:
    """Whose unrevoked API key has that hash, and the key; or None."""
    rows = tx.run(_BY_API_KEY, {"of": sha256}).all()
    if not rows:
        return None
    row = rows[0]
    roles = tuple((of.role, of.organisation) for of in rows if of.role is not None)
    return _made(row, roles), _key(row)


def keys_of(tx: Tx, key: int) -> list[KeyRow]:
    """A person's valid keys, in the order they were made."""
    rows = tx.run(
        select(*_KEY)
        .where(api_key.c.person == key, api_key.c.revoked.is_(None))
        .order_by(api_key.c.key)
    )
    return [_key(row) for row in rows]


def all_keys(tx: Tx) -> dict[int, list[KeyRow]]:
    """The valid keys of everybody who has any, by the person's key."""
    found: dict[int, list[KeyRow]] = {}
    where = api_key.c.revoked.is_(None)
    for row in tx.run(select(api_key.c.person, *_KEY).where(where).order_by(api_key.c.key)):
        found.setdefault(row.person, []).append(_key(row))
    return found


def rested(key: KeyRow, now: datetime) -> bool:
    """Whether a key was not used for a minute."""
    return key.last_used is None or key.last_used < now - _SEEN_EVERY


def mark_used(tx: Tx, sha256: bytes) -> None:
    """Note that a key was used, to the minute."""
    tx.run(_MARK_USED, {"of": sha256, "since": tx.now - _SEEN_EVERY, "at": tx.now})


def revoke_key(tx: Tx, key: int, prefix: str) -> bool:
    """Revoke a person's key by its prefix; whether there was one."""
    done = tx.run(
        update(api_key)
        .where(api_key.c.person == key, api_key.c.prefix == prefix, api_key.c.revoked.is_(None))
        .values(revoked=tx.now)
    )
    return bool(done.rowcount)


def _person(tx: Tx, row: Any) -> Person:
    found = tx.run(_ROLES, {"of": row.key})
    return _made(row, tuple((name, where) for name, where in found))


def _key(row: Any) -> KeyRow:
    scopes = tuple((row.scopes or "").split())
    return KeyRow(row.prefix, row.made, row.last_used, scopes)


def _made(row: Any, roles: tuple[tuple[str, str | None], ...]) -> Person:
    return Person(
        row.key, row.id, row.name, row.email, row.created, roles, row.full_name, row.language
    )
