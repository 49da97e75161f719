"""All that the store keeps about one person, read whole and erased."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update

from dispaccio.store import recipients
from dispaccio.store.account_tables import credential, one_time, session
from dispaccio.store.advance_tables import (
    advance_mail,
    advance_read,
    group_member,
    mail_choice,
    offer,
    terms_accepted,
)
from dispaccio.store.delivery_tables import endpoint, recipient, subscriber
from dispaccio.store.engine import Tx
from dispaccio.store.post_tables import post
from dispaccio.store.tables import api_key, event, issuer, person, release, role

_SECRETS = frozenset({"key", "person", "sha256", "data", "sealed"})
"""Columns that are no data about somebody: keys of rows, and what stands for their secrets."""
_OWN: tuple[Table, ...] = (
    credential,
    session,
    one_time,
    api_key,
    post,
    group_member,
    terms_accepted,
    mail_choice,
    advance_mail,
)
_RECORD: tuple[Table, ...] = (offer, advance_read)
"""What others rely on: it stays, with the short name."""


def left_with_data(tx: Tx) -> list[str]:
    """The names of people who left, of whom more than the name is kept."""
    where = person.c.removed.is_not(None) & or_(
        person.c.email.is_not(None), person.c.full_name.is_not(None)
    )
    return list(tx.run(select(person.c.name).where(where).order_by(person.c.key)).scalars())


def rows_of(tx: Tx, key: int) -> dict[str, list[dict[str, Any]]]:
    """The rows about a person in each table of accounts, without what stands for secrets."""
    found = {"person": _rows(tx, person, person.c.key == key)}
    for table in (role, *_OWN, *_RECORD):
        found[table.name] = _rows(tx, table, table.c.person == key)
    return found


def record_of(tx: Tx, name: str) -> list[dict[str, Any]]:
    """The record of what somebody did, and of what was done about them, oldest first."""
    about = event.c.detail.like(f'%"person": "{name}"%')
    rows = tx.run(
        select(event.c.at, event.c.kind, event.c.actor, event.c.detail, release.c.id)
        .outerjoin(release, release.c.key == event.c.release)
        .where((event.c.actor == name) | about)
        .order_by(event.c.seq)
    )
    found = []
    for row in rows:
        detail = json.loads(row.detail or "{}")
        if row.actor == name or detail.get("person") == name:
            made = {"at": row.at, "kind": row.kind, "by": row.actor, "release": row.id}
            found.append(made | {"detail": detail})
    return found


def lists_of(tx: Tx, email: str) -> list[tuple[int, dict[str, Any]]]:
    """The entries with that address in press lists, each with its endpoint's key."""
    rows = tx.run(
        select(
            endpoint.c.key, issuer.c.slug, recipient.c.name, recipient.c.outlet, recipient.c.basis
        )
        .join(recipient, recipient.c.endpoint == endpoint.c.key)
        .join(subscriber, subscriber.c.key == endpoint.c.subscriber)
        .join(issuer, issuer.c.key == subscriber.c.issuer)
        .where(func.lower(endpoint.c.address) == email.lower())
        .order_by(endpoint.c.key)
    )
    return [
        (row.key, {"issuer": row.slug, "name": row.name, "outlet": row.outlet, "basis": row.basis})
        for row in rows
    ]


def erase(tx: Tx, key: int, endpoints: Sequence[int]) -> None:
    """Forget who somebody is; the row stays with their name in the record. See ``overwriting``."""
    for table in _OWN:
        tx.run(delete(table).where(table.c.person == key))
    nothing = {"email": None, "full_name": None, "language": None}
    tx.run(update(person).where(person.c.key == key).values(**nothing))
    recipients.erase(tx, endpoints)


def _rows(tx: Tx, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in _SECRETS]
    return [dict(row._mapping) for row in tx.run(select(*columns).where(where))]
