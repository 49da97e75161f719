"""Endpoints, what they are subscribed to, and the operator's leave to send to internal hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dispaccio.store.engine import Tx
from dispaccio.store.tables import channel, egress_allow, endpoint, subscriber, subscription


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One way of reaching a subscriber; ``payload`` is thin or full, ``state`` active or not."""

    key: int
    id: str
    subscriber: str
    carrier: str
    address: str
    format: str
    payload: str
    wrapped_secret: bytes
    state: str
    why: str | None


@dataclass(frozen=True, slots=True)
class AllowRow:
    """The operator's leave to send to one internal host and port."""

    host: str
    port: int
    why: str
    by: str


_ENDPOINT = select(
    endpoint.c.key,
    endpoint.c.id,
    subscriber.c.slug,
    endpoint.c.carrier,
    endpoint.c.address,
    endpoint.c.format,
    endpoint.c.payload,
    endpoint.c.wrapped_secret,
    endpoint.c.state,
    endpoint.c.why,
).join(subscriber, subscriber.c.key == endpoint.c.subscriber)


def add(tx: Tx, values: dict[str, Any], channels: Sequence[int | None]) -> int:
    """Add an endpoint subscribed to these channels (None: all), and return its key."""
    row = values | {"created": tx.now}
    key = int(tx.run(insert(endpoint).returning(endpoint.c.key), row).scalar_one())
    tx.run(insert(subscription), [{"endpoint": key, "channel": item} for item in channels])
    return key


def everyone(tx: Tx, subscriber_: str | None = None) -> list[EndpointRow]:
    """Every endpoint, or those of one subscriber, in the order they came."""
    query = _ENDPOINT.order_by(endpoint.c.key)
    if subscriber_ is not None:
        query = query.where(subscriber.c.slug == subscriber_)
    return [EndpointRow(*row) for row in tx.run(query)]


def by_id(tx: Tx, id: str) -> EndpointRow | None:
    """The endpoint with that id."""
    row = tx.run(_ENDPOINT.where(endpoint.c.id == id)).one_or_none()
    return EndpointRow(*row) if row else None


def by_keys(tx: Tx, keys: Sequence[int]) -> dict[int, EndpointRow]:
    """Endpoints by their keys."""
    rows = [EndpointRow(*row) for row in tx.run(_ENDPOINT.where(endpoint.c.key.in_(keys)))]
    return {row.key: row for row in rows}


def channels_of(tx: Tx, key: int) -> list[str | None]:
    """The channels an endpoint is subscribed to; None stands for all."""
    rows = tx.run(
        select(channel.c.name)
        .select_from(subscription)
        .outerjoin(channel, channel.c.key == subscription.c.channel)
        .where(subscription.c.endpoint == key)
        .order_by(subscription.c.key)
    )
    return list(rows.scalars())


def set_state(tx: Tx, key: int, state: str, why: str | None) -> None:
    """Switch an endpoint on (active) or off (disabled, gone)."""
    tx.run(update(endpoint).where(endpoint.c.key == key).values(state=state, why=why))


def count_by_state(tx: Tx) -> dict[str, int]:
    """How many endpoints are active, disabled, gone."""
    rows = tx.run(select(endpoint.c.state, func.count()).group_by(endpoint.c.state))
    return {state: count for state, count in rows}  # noqa: C416


def allow(tx: Tx, host: str, port: int, why: str, by: str) -> None:
    """Record the operator's leave; saying it again changes the reason."""
    build = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    row = {"host": host, "port": port, "why": why, "by": by, "at": tx.now}
    tx.run(
        build(egress_allow)
        .values(row)
        .on_conflict_do_update(
            index_elements=["host", "port"], set_={"why": why, "by": by, "at": tx.now}
        )
    )


def disallow(tx: Tx, host: str, port: int) -> bool:
    """Take the leave back; whether there was one."""
    where = (egress_allow.c.host == host) & (egress_allow.c.port == port)
    return bool(tx.run(delete(egress_allow).where(where)).rowcount)


def allowed(tx: Tx) -> list[AllowRow]:
    """Every leave that holds."""
    columns = (egress_allow.c.host, egress_allow.c.port, egress_allow.c.why, egress_allow.c.by)
    return [AllowRow(*row) for row in tx.run(select(*columns).order_by(egress_allow.c.key))]
