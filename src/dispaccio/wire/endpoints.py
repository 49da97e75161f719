"""Where releases are pushed to: endpoints, their subscriptions, and the operator's leave."""

from __future__ import annotations

import uuid
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.delivery.signature import new_secret
from dispaccio.egress.policy import Allow, Policy
from dispaccio.errors import (
    KeyNeeded,
    UnknownEndpoint,
    UnknownFormat,
    UnknownLeave,
    UnknownSubscriber,
)
from dispaccio.formats.registry import formats
from dispaccio.store import endpoints, events, organisations, outbox
from dispaccio.store.endpoints import AllowRow, EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.wire.core import Wire
from dispaccio.wire.submit import channel_key

PAYLOADS = ("thin", "full")


def policy(wire: Wire) -> Policy:
    """Where this wire may send now."""
    with wire.store.read(wire.clock.now()) as tx:
        allows = tuple(Allow(row.host, row.port, row.why) for row in endpoints.allowed(tx))
    return Policy(allows, test=wire.settings.test)


def add(
    wire: Wire,
    actor: Actor,
    subscriber: str,
    address: str,
    *,
    channels: list[str],
    format: str = "dispaccio",
    payload: str = "thin",
) -> dict[str, Any]:
    """Add a webhook endpoint; without channels it gets every release. Its secret is shown once.

    Raises UnknownSubscriber, UnknownChannel, UnknownFormat, EgressRefused.
    """
    require(actor, Action.MANAGE_ENDPOINTS, subscriber=subscriber)
    policy(wire).target(address)
    twins = sorted(name for name, known in formats().items() if known.about.twin)
    if payload not in PAYLOADS or format not in twins:
        raise UnknownFormat(
            f"An endpoint gets a thin or a full payload in one of {', '.join(twins)}; "
            f"not {payload!r} in {format!r}."
        )
    id, secret = str(uuid.uuid4()), new_secret()
    with wire.store.write(wire.clock.now()) as tx:
        who = organisations.subscriber_by(tx, subscriber)
        if who is None:
            raise UnknownSubscriber(f"There is no subscriber {subscriber!r} on this wire.")
        row = {
            "id": id,
            "subscriber": who.key,
            "carrier": "webhook",
            "address": address,
            "format": format,
            "payload": payload,
            "wrapped_secret": wire.vault.wrap(secret.encode(), f"endpoint/{id}"),
            "state": "active",
        }
        keys = [channel_key(tx, name) for name in dict.fromkeys(channels)] or [None]
        endpoints.add(tx, row, keys)
        events.append(tx, "endpoint_added", actor.name, detail={"endpoint": id})
        found = _found(tx, id)
        said = describe(tx, found)
    return said | {"secret": secret}


def everyone(wire: Wire, actor: Actor, subscriber: str | None = None) -> list[dict[str, Any]]:
    """The endpoints of a subscriber; without one, of all that the actor manages.

    Raises KeyNeeded or NotAllowed.
    """
    action = Action.MANAGE_ENDPOINTS
    own = any(may(actor, action, subscriber=name) for name in actor.subscribers)
    if subscriber is not None or not own:
        require(actor, action, subscriber=subscriber)
    with wire.store.read(wire.clock.now()) as tx:
        return [
            describe(tx, row)
            for row in endpoints.everyone(tx, subscriber)
            if may(actor, action, subscriber=row.subscriber)
        ]


def switch(wire: Wire, actor: Actor, id: str, *, on: bool, why: str | None = None) -> None:
    """Switch an endpoint off, or on again: then what waited for it is sent."""
    with wire.store.write(wire.clock.now()) as tx:
        row = _found_for(tx, actor, id)
        endpoints.set_state(tx, row.key, "active" if on else "disabled", why)
        (outbox.resume if on else outbox.hold)(tx, row.key)
        kind = "endpoint_enabled" if on else "endpoint_disabled"
        events.append(tx, kind, actor.name, detail={"endpoint": id})
    wire.tell()


def allow(wire: Wire, actor: Actor, where: str, why: str) -> dict[str, Any]:
    """The operator's leave to send to an internal HOST:PORT or NETWORK:PORT, with its reason.

    Raises EgressRefused for what is never allowed.
    """
    require(actor, Action.MANAGE_EGRESS)
    given = Allow.parse(where, why)
    with wire.store.write(wire.clock.now()) as tx:
        endpoints.allow(tx, given.host, given.port, why, actor.name)
        detail = {"host": given.host, "port": given.port, "why": why}
        events.append(tx, "egress_allowed", actor.name, detail=detail)
    wire.tell()
    return {"host": given.host, "port": given.port, "why": why}


def disallow(wire: Wire, actor: Actor, where: str) -> None:
    """Take a leave back. Raises UnknownLeave, which lists those there are, and EgressRefused."""
    require(actor, Action.MANAGE_EGRESS)
    given = Allow.parse(where, "taken back")
    with wire.store.write(wire.clock.now()) as tx:
        if not endpoints.disallow(tx, given.host, given.port):
            raise UnknownLeave(_no_leave(where, endpoints.allowed(tx)), shown=True)
        events.append(tx, "egress_disallowed", actor.name, detail={"host": given.host})
    wire.tell()


def _no_leave(where: str, held: list[AllowRow]) -> str:
    """The sentence for a leave that there is not, with the first twenty there are."""
    names = [f"[{row.host}]" if ":" in row.host else row.host for row in held]
    known = [f"{name}:{row.port}" for name, row in zip(names, held, strict=True)]
    more = f" and {len(known) - 20:,} more" if len(known) > 20 else ""
    there = f"there are: {', '.join(known[:20])}{more}." if known else "there is none at all."
    return f"There is no leave to send to {where}; {there}"


def allowed(wire: Wire, actor: Actor) -> list[dict[str, Any]]:
    """Every leave that holds."""
    require(actor, Action.MANAGE_EGRESS)
    with wire.store.read(wire.clock.now()) as tx:
        return [
            {"host": row.host, "port": row.port, "why": row.why, "by": row.by}
            for row in endpoints.allowed(tx)
        ]


def describe(tx: Tx, row: EndpointRow) -> dict[str, Any]:
    """An endpoint as the API gives it, without its secret."""
    channels = [name for name in endpoints.channels_of(tx, row.key) if name]
    return {
        "endpoint": row.id,
        "subscriber": row.subscriber,
        "carrier": row.carrier,
        "address": row.address,
        "format": row.format,
        "payload": row.payload,
        "channels": channels or "all",
        "state": row.state,
        **({"why": row.why} if row.why else {}),
    }


def _found_for(tx: Tx, actor: Actor, id: str) -> EndpointRow:
    """An endpoint that the actor manages; another's is one that does not exist."""
    if not actor.person_id:
        raise KeyNeeded
    row = _found(tx, id)
    if not may(actor, Action.MANAGE_ENDPOINTS, subscriber=row.subscriber):
        raise UnknownEndpoint(f"There is no endpoint {id!r}.")
    return row


def _found(tx: Tx, id: str) -> EndpointRow:
    row = endpoints.by_id(tx, id)
    if row is None:
        raise UnknownEndpoint(f"There is no endpoint {id!r}.")
    return row
