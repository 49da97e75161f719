"""The hub of the wire's feeds: what may be subscribed to, by whom, and for how long (WebSub)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv6Address
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.delivery.carriers.websub import HUB, websub
from dispaccio.egress.policy import Target
from dispaccio.errors import HubRefused
from dispaccio.formats.feeds.kinds import KINDS
from dispaccio.release.canonical import write_instant
from dispaccio.store import endpoints, events, hub, organisations, outbox
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.wire import egress
from dispaccio.wire.core import Wire

SUBSCRIBE, UNSUBSCRIBE = "subscribe", "unsubscribe"
SHORTEST, USUAL, LONGEST = timedelta(hours=1), timedelta(days=10), timedelta(days=30)
"""How long a subscription holds."""
LONGEST_SECRET = 199
"""Bytes (section 5.1: less than 200)."""
_LONGEST_CALLBACK = 1000
_OWNER = "Those who subscribed to feeds"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of the hub, judged; ``callback`` is in its one spelling."""

    mode: str
    topic: str
    callback: str
    host: str
    """The callback's."""
    lease: timedelta = USUAL
    secret: str = field(default="", repr=False)


def address(wire: Wire) -> str:
    """The address of the hub."""
    return wire.settings.url.rstrip("/") + HUB


def judge(wire: Wire, form: Mapping[str, str]) -> Asked:
    """What a request asks for (section 5.1); fields that the hub does not know are ignored.

    Raises HubRefused and EgressRefused; the sentence says what is wrong.
    """
    mode = form.get("hub.mode", "")
    if mode not in (SUBSCRIBE, UNSUBSCRIBE):
        raise HubRefused(
            f"hub.mode is subscribe or unsubscribe, not {mode[:40]!r}; what this wire publishes "
            "it distributes by itself."
        )
    target = _callback(wire, form.get("hub.callback", ""))
    secret = form.get("hub.secret", "")
    if len(secret.encode()) > LONGEST_SECRET:
        raise HubRefused(f"hub.secret has less than {LONGEST_SECRET + 1} bytes.")
    asked = Asked(
        mode=mode,
        topic=form.get("hub.topic", ""),
        callback=f"{target.scheme}://{target.authority}{target.path}",
        host=f"[{target.host}]" if isinstance(target.literal, IPv6Address) else target.host,
        lease=_lease(form.get("hub.lease_seconds", "")),
        secret=secret,
    )
    with wire.store.read(wire.clock.now()) as tx:
        _channel(wire, tx, asked.topic)
        if mode == SUBSCRIBE and _known(tx, asked) is None:
            _require_room(wire, tx, asked)
    return asked


def confirm(wire: Wire, asked: Asked) -> None:
    """Do what was asked for, now that the callback has said that it wants it.

    Raises HubRefused where there is no room any more.
    """
    with wire.store.write(wire.clock.now()) as tx:
        if asked.mode == SUBSCRIBE:
            _subscribe(wire, tx, asked)
        elif (known := _known(tx, asked)) is not None:
            _end(tx, *known, "hub_unsubscribed", "It was unsubscribed.")
    wire.tell()


def subscriptions(wire: Wire, actor: Actor) -> dict[str, Any]:
    """Every subscription that came through the hub, also those that ended.

    Raises KeyNeeded or NotAllowed.
    """
    require(actor, Action.MANAGE_ENDPOINTS)
    with wire.store.read(wire.clock.now()) as tx:
        owner = hub.name(tx)
        rows = endpoints.everyone(tx, owner) if owner else []
    return {"hub": address(wire), "subscriptions": [_describe(row) for row in rows]}


def _describe(row: EndpointRow) -> dict[str, Any]:
    said = {
        "endpoint": row.id,
        "callback": row.address,
        "topic": json.loads(row.settings).get("topic"),
        "state": row.state,
        "why": row.why,
        "expires": write_instant(row.expires) if row.expires else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def end_leases(wire: Wire) -> int:
    """End the subscriptions whose lease is over; how many there were."""
    with wire.store.read(wire.clock.now()) as tx:
        if not hub.ended(tx):
            return 0
    with wire.store.write(wire.clock.now()) as tx:
        over = hub.ended(tx)
        for key, id in over:
            _end(tx, key, id, "hub_lease_ended", "Its lease ended.")
    return len(over)


def _subscribe(wire: Wire, tx: Tx, asked: Asked) -> None:
    """A new subscription, or the one that there is with another lease and secret."""
    channel, known = _channel(wire, tx, asked.topic), _known(tx, asked)
    if known is None:
        _require_room(wire, tx, asked)
    key, id = known or _gone(tx, asked) or (None, str(uuid.uuid4()))
    row: dict[str, Any] = {
        "wrapped_secret": wire.vault.wrap(asked.secret.encode(), f"endpoint/{id}"),
        "state": "active",
        "why": None,
        "expires": tx.now + asked.lease,
        "failing_since": None,
    }
    said = events.append(tx, "hub_subscribed", "hub", detail={"endpoint": id})
    if key is not None:
        endpoints.change(tx, key, **row)
        outbox.resume(tx, key)
        return
    row |= {
        "id": id,
        "subscriber": hub.owner(tx, _OWNER),
        "carrier": websub.name,
        "address": asked.callback,
        "format": "dispaccio",
        "payload": "full",
        "settings": json.dumps({"topic": asked.topic}),
        "position": said,
    }
    endpoints.add(tx, row, [channel], None)


def _end(tx: Tx, key: int, id: str, kind: str, why: str) -> None:
    endpoints.set_state(tx, key, "gone", why)
    outbox.end(tx, key)
    events.append(tx, kind, "hub", detail={"endpoint": id})


def _callback(wire: Wire, callback: str) -> Target:
    if not callback or len(callback) > _LONGEST_CALLBACK:
        raise HubRefused(
            f"hub.callback is the address to post to, of at most {_LONGEST_CALLBACK:,} characters."
        )
    return egress.policy(wire).target(callback)


def _lease(text: str) -> timedelta:
    """The lease in whole seconds as it is given: what is too short or too long is moved inside."""
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit()):
        raise HubRefused(f"hub.lease_seconds is a whole number of seconds, not {text[:40]!r}.")
    seconds = min(int(text[:12]), int(LONGEST.total_seconds()))
    return max(SHORTEST, timedelta(seconds=seconds))


def _channel(wire: Wire, tx: Tx, topic: str) -> int | None:
    """The channel that a topic is the feed of; None for everything. Raises HubRefused."""
    start = wire.settings.url.rstrip("/") + "/"
    place, _, feed = topic.removeprefix(start).rpartition("/")
    if topic.startswith(start) and feed in KINDS:
        if not place:
            return None
        channel = organisations.channel_named(tx, place.removeprefix("c/"))
        if place.startswith("c/") and channel is not None:
            return channel.key
    raise HubRefused(
        f"hub.topic is a feed of this wire, such as {start}atom.xml, and not {topic[:200]!r}."
    )


def _known(tx: Tx, asked: Asked) -> tuple[int, str] | None:
    """The subscription that holds already."""
    return _find(tx, asked, gone=False)


def _gone(tx: Tx, asked: Asked) -> tuple[int, str] | None:
    """The same subscription of earlier, which ended."""
    return _find(tx, asked, gone=True)


def _find(tx: Tx, asked: Asked, *, gone: bool) -> tuple[int, str] | None:
    for key, id, state, settings in hub.at(tx, asked.callback):
        if (state == "gone") == gone and json.loads(settings).get("topic") == asked.topic:
            return key, id
    return None


def _require_room(wire: Wire, tx: Tx, asked: Asked) -> None:
    most, most_of_host = wire.settings.hub_most, wire.settings.hub_per_host
    if hub.count(tx) >= most:
        raise HubRefused(
            f"The hub has the {most:,} subscriptions that it takes; the feed is at the topic."
        )
    if hub.count(tx, asked.host) >= most_of_host:
        raise HubRefused(f"The hub takes {most_of_host:,} subscriptions of one host, not more.")
