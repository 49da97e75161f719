"""Press lists: an issuer's own recipients, their groups, and the groups chosen for a release."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from dispaccio.store.delivery_tables import (
    acknowledgement,
    attempt,
    bounce,
    endpoint,
    recipient,
    recipient_group,
    release_group,
    subscriber,
    subscription,
)
from dispaccio.store.engine import Tx
from dispaccio.store.overwriting import overwriting

ERASED = "erased"
_MANY = 500
"""Keys in one statement; SQLite has a bound on them."""


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One recipient; ``state`` is that of the endpoint."""

    endpoint: int
    id: str
    address: str
    state: str
    why: str | None
    name: str
    outlet: str | None
    basis: str
    language: str | None
    groups: tuple[str, ...] = ()


def slug_of(issuer: str) -> str:
    """How an issuer's list is named among the subscribers; no other name has a slash."""
    return f"{issuer}/press"


def list_of(tx: Tx, issuer: int, slug: str, name: str, *, make: bool = False) -> int | None:
    """The key of an issuer's press list; None where there is none and none is to be made."""
    where = (subscriber.c.kind == "list") & (subscriber.c.issuer == issuer)
    found = tx.run(select(subscriber.c.key).where(where)).scalar()
    if found is not None or not make:
        return found
    row = {
        "slug": slug_of(slug),
        "name": name,
        "kind": "list",
        "issuer": issuer,
        "created": tx.now,
    }
    return int(tx.run(insert(subscriber).returning(subscriber.c.key), row).scalar_one())


def everyone(tx: Tx, list_: int, group: str | None = None) -> list[RecipientRow]:
    """The recipients of a list with their groups, by name; or those of one group."""
    members = (
        select(recipient_group)
        .join(endpoint, endpoint.c.key == recipient_group.c.endpoint)
        .where(endpoint.c.subscriber == list_)
        .order_by(recipient_group.c.name)
    )
    groups: dict[int, list[str]] = {}
    for row in tx.run(members):
        groups.setdefault(row.endpoint, []).append(row.name)
    query = (
        select(
            endpoint.c.key,
            endpoint.c.id,
            endpoint.c.address,
            endpoint.c.state,
            endpoint.c.why,
            recipient.c.name,
            recipient.c.outlet,
            recipient.c.basis,
            recipient.c.language,
        )
        .join(recipient, recipient.c.endpoint == endpoint.c.key)
        .where(endpoint.c.subscriber == list_)
        .order_by(recipient.c.name, endpoint.c.key)
    )
    rows = (RecipientRow(*[*row, tuple(groups.get(row[0], ()))]) for row in tx.run(query))
    return [row for row in rows if group is None or group in row.groups]


def add(tx: Tx, values: dict[str, Any], about: dict[str, Any]) -> int:
    """Add a recipient as an endpoint that no channel brings anything; its key."""
    row = values | {"created": tx.now}
    key = int(tx.run(insert(endpoint).returning(endpoint.c.key), row).scalar_one())
    tx.run(insert(recipient), about | {"endpoint": key})
    return key


def change(tx: Tx, key: int, settings: str, about: dict[str, Any]) -> None:
    """Change what is known of a recipient."""
    tx.run(update(endpoint).where(endpoint.c.key == key).values(settings=settings))
    tx.run(update(recipient).where(recipient.c.endpoint == key).values(**about))


def group(tx: Tx, key: int, names: Collection[str]) -> None:
    """Put a recipient into these groups and no other."""
    tx.run(delete(recipient_group).where(recipient_group.c.endpoint == key))
    if names:
        rows = [{"endpoint": key, "name": name} for name in sorted(names)]
        tx.run(insert(recipient_group), rows)


def groups(tx: Tx, list_: int) -> dict[str, int]:
    """The groups of a list, each with how many of its recipients mail can reach."""
    query = (
        select(recipient_group.c.name, func.count())
        .join(endpoint, endpoint.c.key == recipient_group.c.endpoint)
        .where(endpoint.c.subscriber == list_, endpoint.c.state == "active")
        .group_by(recipient_group.c.name)
        .order_by(recipient_group.c.name)
    )
    return {name: count for name, count in tx.run(query)}  # noqa: C416


def erase(tx: Tx, keys: Sequence[int]) -> None:
    """Forget who recipients are, on the disk as well; what was sent keeps its count and times.

    The row of the endpoint stays without an address, since deliveries are counted by it. What a
    mail server answered is dropped, as it may quote the address.
    """
    with overwriting(tx):
        _erase(tx, keys)


def _erase(tx: Tx, keys: Sequence[int]) -> None:
    for start in range(0, len(keys), _MANY):
        some = keys[start : start + _MANY]
        for table in (recipient, recipient_group, subscription, bounce, acknowledgement):
            tx.run(delete(table).where(table.c.endpoint.in_(some)))
        tx.run(update(attempt).where(attempt.c.endpoint.in_(some)).values(detail=None))
        tx.run(
            update(endpoint)
            .where(endpoint.c.key.in_(some))
            .values(address=ERASED, settings="{}", wrapped_secret=b"", why=ERASED, state="gone")
        )


def choose(tx: Tx, release: int, names: Collection[str]) -> None:
    """Let a release go to these groups of its issuer's list, and to no other."""
    tx.run(delete(release_group).where(release_group.c.release == release))
    if names:
        rows = [{"release": release, "name": name} for name in sorted(names)]
        tx.run(insert(release_group), rows)


def chosen(tx: Tx, release: int) -> list[str]:
    """The groups that a release goes to."""
    query = select(release_group.c.name).where(release_group.c.release == release)
    return list(tx.run(query.order_by(release_group.c.name)).scalars())
