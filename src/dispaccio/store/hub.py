"""The subscriptions that came through the hub: endpoints of the carrier ``websub``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, insert, or_, select

from dispaccio.store.delivery_tables import endpoint, subscriber
from dispaccio.store.engine import Tx

KIND = "hub"
"""The kind of the subscriber to whom they belong."""
_NAMES = ("hub", "websub-hub", "hub-of-this-wire")
_OURS = (endpoint.c.subscriber == subscriber.c.key) & (subscriber.c.kind == KIND)


def owner(tx: Tx, title: str) -> int:
    """The subscriber to whom they belong, made when first asked for."""
    found: int | None = tx.run(select(subscriber.c.key).where(subscriber.c.kind == KIND)).scalar()
    if found is not None:
        return found
    taken = set(tx.run(select(subscriber.c.slug).where(subscriber.c.slug.in_(_NAMES))).scalars())
    slug = next(name for name in _NAMES if name not in taken)
    row = {"slug": slug, "name": title, "kind": KIND, "created": tx.now}
    return int(tx.run(insert(subscriber).returning(subscriber.c.key), row).scalar_one())


def name(tx: Tx) -> str | None:
    """The name of that subscriber, once there is one."""
    found: str | None = tx.run(select(subscriber.c.slug).where(subscriber.c.kind == KIND)).scalar()
    return found


def at(tx: Tx, callback: str) -> Sequence[tuple[int, str, str, str]]:
    """The subscriptions of a callback: key, id, state, settings."""
    columns = (endpoint.c.key, endpoint.c.id, endpoint.c.state, endpoint.c.settings)
    query = select(*columns).where(endpoint.c.address == callback, _OURS)
    return [(row[0], row[1], row[2], row[3]) for row in tx.run(query)]


def count(tx: Tx, host: str | None = None) -> int:
    """How many hold now, of all or of those whose callback is at a host."""
    query = select(func.count()).select_from(endpoint).where(_OURS, endpoint.c.state != "gone")
    query = query.where(or_(endpoint.c.expires.is_(None), endpoint.c.expires > tx.now))
    if host is not None:
        query = query.where(_is_at(host))
    return int(tx.run(query).scalar_one())


def ended(tx: Tx) -> list[tuple[int, str]]:
    """Those whose lease is over: key and id."""
    query = select(endpoint.c.key, endpoint.c.id).where(
        _OURS, endpoint.c.state != "gone", endpoint.c.expires <= tx.now
    )
    return [(row[0], row[1]) for row in tx.run(query)]


def _is_at(host: str) -> ColumnElement[bool]:
    starts = [f"{scheme}://{host}{end}" for scheme in ("https", "http") for end in ("/", ":")]
    return or_(*(endpoint.c.address.startswith(start, autoescape=True) for start in starts))
