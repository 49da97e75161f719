"""Endpoints, what they are subscribed to, and the operator's leave to send to internal hosts."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dispaccio.store.columns import instant
from dispaccio.store.delivery_tables import egress_allow, endpoint, subscriber, subscription
from dispaccio.store.engine import Tx
from dispaccio.store.one_step import both, listed
from dispaccio.store.shards import SHARDS
from dispaccio.store.tables import channel, event

UNCONFIRMED = "unconfirmed"
"""The state of an address whose owner has not said yet that they want what goes there."""


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
    settings: str = "{}"
    """What its carrier was told, as JSON."""
    profile: str | None = None
    """``delivery.profile`` as JSON."""
    ordered: bool = False
    """Whether all releases go there strictly one after the other."""
    deliver: str = "all"
    """``all`` revisions, or the ``latest`` where earlier ones still wait."""
    rate: int | None = None
    """The most deliveries a minute."""
    gathers: str | None = None
    """``digest`` or ``pull``: what is due is not sent one by one."""
    wrapped_before: bytes | None = None
    """The secret before this one, while both sign, and until when."""
    before_until: datetime | None = None
    expires: datetime | None = None
    failing_since: datetime | None = None
    slow_ms: int = 0
    """How slow it was lately; those known to be slow go last."""
    position: int = 0
    """The event up to which a pull or a stream took everything; at first, the one that made it."""


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
    endpoint.c.settings,
    endpoint.c.profile,
    endpoint.c.ordered,
    endpoint.c.deliver,
    endpoint.c.rate,
    endpoint.c.gathers,
    endpoint.c.wrapped_before,
    endpoint.c.before_until,
    endpoint.c.expires,
    endpoint.c.failing_since,
    endpoint.c.slow_ms,
    endpoint.c.position,
).join(subscriber, subscriber.c.key == endpoint.c.subscriber)

_COLUMNS = [field.name for field in fields(EndpointRow)]
_SECRET, _BEFORE = _COLUMNS.index("wrapped_secret"), _COLUMNS.index("wrapped_before")
_INSTANTS = [_COLUMNS.index(name) for name in ("before_until", "expires", "failing_since")]
_ORDERED = _COLUMNS.index("ordered")
_AS = {
    "subscriber": "s.slug",
    "wrapped_secret": "<hex e.wrapped_secret>",
    "wrapped_before": "<hex e.wrapped_before>",
}
_BY_KEYS = both(
    f"SELECT <list>({', '.join(_AS.get(name, f'e.{name}') for name in _COLUMNS)})) "  # noqa: S608
    "FROM <rows> w JOIN endpoint e ON e.key = CAST(CAST(w.value AS text) AS bigint) "
    "JOIN subscriber s ON s.key = e.subscriber"
)
_NEWEST = select(func.max(event.c.seq))
_CHANGES = select(event.c.detail).where(
    event.c.seq > bindparam("after"),
    event.c.kind.startswith("endpoint") | event.c.kind.startswith("hub"),
)


def add(
    tx: Tx, values: dict[str, Any], channels: Sequence[int | None], asked: str | None = None
) -> int:
    """Add an endpoint subscribed to these channels (None: all), and return its key."""
    row = values | {"created": tx.now}
    key = int(tx.run(insert(endpoint).returning(endpoint.c.key), row).scalar_one())
    subscribe(tx, key, channels, asked)
    return key


def subscribe(tx: Tx, key: int, channels: Sequence[int | None], asked: str | None) -> None:
    """Let an endpoint have what these channels (None: all) bring and the filter lets through.

    Without a channel it gets nothing by itself, as a recipient of a press list does.
    """
    tx.run(delete(subscription).where(subscription.c.endpoint == key))
    if channels:
        rows = [{"endpoint": key, "channel": item, "filter": asked} for item in channels]
        tx.run(insert(subscription), rows)


def set_state(tx: Tx, key: int, state: str, why: str | None) -> None:
    """Switch an endpoint on (active) or off (disabled, gone)."""
    change(tx, key, state=state, why=why)


def change(tx: Tx, key: int, **values: Any) -> None:
    """Change columns of an endpoint."""
    tx.run(update(endpoint).where(endpoint.c.key == key).values(**values))


def filter_of(tx: Tx, key: int) -> str | None:
    """The filter of an endpoint's subscriptions."""
    query = select(subscription.c.filter).where(subscription.c.endpoint == key).limit(1)
    found: str | None = tx.run(query).scalar()
    return found


def filters(tx: Tx) -> list[str]:
    """Every filter that subscriptions have, each once."""
    query = select(subscription.c.filter).where(subscription.c.filter.is_not(None)).distinct()
    return [text for text in tx.run(query).scalars() if text]


def everyone(tx: Tx, subscriber_: str | None = None) -> list[EndpointRow]:
    """Every endpoint but those that came through the hub, or all of one subscriber.

    They are in the order they came.
    """
    query = _ENDPOINT.order_by(endpoint.c.key)
    which = subscriber.c.slug == subscriber_ if subscriber_ else subscriber.c.kind != "hub"
    return [EndpointRow(*row) for row in tx.run(query.where(which))]


def holding(
    tx: Tx, subscribers: Collection[str] | None, words: str, limit: int
) -> tuple[list[EndpointRow], int]:
    """The first endpoints that are not out, and how many there are; None for every subscriber's.

    ``words``: only those whose address or subscriber holds that. Who came through the hub is left
    out.
    """
    where = (
        (endpoint.c.state != "gone")
        & (subscriber.c.kind != "hub")
        & (
            endpoint.c.address.icontains(words, autoescape=True)
            | subscriber.c.slug.icontains(words, autoescape=True)
            | subscriber.c.name.icontains(words, autoescape=True)
        )
    )
    if subscribers is not None:
        where &= subscriber.c.slug.in_(sorted(subscribers))
    count = select(func.count()).select_from(endpoint).join(subscriber)
    rows = tx.run(_ENDPOINT.where(where).order_by(endpoint.c.key).limit(limit))
    return [EndpointRow(*row) for row in rows], int(tx.run(count.where(where)).scalar_one())


def by_id(tx: Tx, id: str) -> EndpointRow | None:
    """The endpoint with that id."""
    row = tx.run(_ENDPOINT.where(endpoint.c.id == id)).one_or_none()
    return EndpointRow(*row) if row else None


def at_same_address(tx: Tx, row: EndpointRow) -> list[EndpointRow]:
    """The other endpoints of a subscriber with the same carrier and address that are not out."""
    same = endpoint.c.address == row.address
    if row.carrier == "mail":
        same = func.lower(endpoint.c.address) == row.address.lower()
    query = _ENDPOINT.where(
        same,
        subscriber.c.slug == row.subscriber,
        endpoint.c.carrier == row.carrier,
        endpoint.c.state != "gone",
        endpoint.c.key != row.key,
    )
    return [EndpointRow(*found) for found in tx.run(query.order_by(endpoint.c.key))]


def asked_since(tx: Tx, address: str, since: datetime, why: Sequence[str]) -> int:
    """How many endpoints of mail were made at an address since then that are off for this."""
    where = (
        (func.lower(endpoint.c.address) == address.lower())
        & (endpoint.c.carrier == "mail")
        & (endpoint.c.created > since)
        & endpoint.c.why.in_(why)
    )
    return int(tx.run(select(func.count()).select_from(endpoint).where(where)).scalar_one())


def by_keys(tx: Tx, keys: Sequence[int]) -> dict[int, EndpointRow]:
    """Endpoints by their keys."""
    rows = map(_read, listed(tx, _BY_KEYS, {"rows": json.dumps(list(keys))}))
    return {row.key: row for row in rows}


def _read(row: list[Any]) -> EndpointRow:
    """An endpoint as JSON has it: bytes in hexadecimal, instants as numbers, 0 or 1 for a bool."""
    secret, before = row[_SECRET], row[_BEFORE]
    row[_SECRET], row[_BEFORE] = bytes.fromhex(secret), bytes.fromhex(before) if before else None
    for place in _INSTANTS:
        row[place] = None if row[place] is None else instant(row[place])
    row[_ORDERED] = bool(row[_ORDERED])
    return EndpointRow(*row)


def changed_since(tx: Tx, seq: int | None) -> tuple[int, set[str]]:
    """The newest event, and the ids of the endpoints that events after this one are about.

    Who has seen none yet (None) knows of no endpoint that could have changed.
    """
    newest = int(tx.run(_NEWEST).scalar_one() or 0)
    if seq is None or newest == seq:
        return newest, set()
    found = tx.run(_CHANGES, {"after": seq}).scalars()
    return newest, {str(json.loads(detail).get("endpoint")) for detail in found if detail}


def active(tx: Tx, carriers: Sequence[str], *, after: int, most: int) -> list[int]:
    """The keys of endpoints that take something by these carriers, in their order."""
    where = (endpoint.c.state == "active") & endpoint.c.carrier.in_(carriers)
    if tx.shards is not None:
        where &= (endpoint.c.key % SHARDS).in_(tx.shards)
    found = select(endpoint.c.key).where(where, endpoint.c.key > after)
    return list(tx.run(found.order_by(endpoint.c.key).limit(most)).scalars())


def to_predial(tx: Tx, carrier: str) -> list[str]:
    """The addresses of endpoints that asked for a connection before every quarter of an hour."""
    where = (endpoint.c.state == "active") & (endpoint.c.carrier == carrier)
    asked = where & endpoint.c.settings.contains('"predial": true')
    if tx.shards is not None:
        asked &= (endpoint.c.key % SHARDS).in_(tx.shards)
    return list(tx.run(select(endpoint.c.address).where(asked).distinct()).scalars())


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
