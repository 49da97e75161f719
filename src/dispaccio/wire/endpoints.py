"""Where releases are sent to: endpoints, what they are subscribed to, and how they want it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.delivery import filter as filters
from dispaccio.delivery import profile as profiles
from dispaccio.delivery.signature import SigningKey, new_secret
from dispaccio.errors import (
    IllegalMove,
    KeyNeeded,
    MalformedEndpoint,
    MalformedProfile,
    SecretsChanging,
    UnknownEndpoint,
    UnknownSubscriber,
)
from dispaccio.release.canonical import write_instant
from dispaccio.store import bounces, digests, endpoints, events, organisations, outbox
from dispaccio.store.endpoints import UNCONFIRMED, EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.wire import fitting, same
from dispaccio.wire.confirming import NEVER, WAITS, require_welcome
from dispaccio.wire.core import Wire
from dispaccio.wire.organisations import channel_key
from dispaccio.wire.subscriptions import require_known
from dispaccio.words import Sentence, either, in_a_row, say, term

DELIVER = ("all", "latest")
ROTATION = timedelta(days=1)
"""How long two secrets sign while one replaces the other."""
FASTEST = 60_000
LEFT = ("unsubscribed", "erased", NEVER)
"""Why endpoints are gone that nobody but their owner may bring back."""
PULLED = frozenset({"pull", "stream"})
"""The carriers by which a receiver comes for what is due."""
WITHOUT_SECRET = PULLED | {"mail", "sftp"}
"""The carriers that sign nothing with an endpoint's own secret."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to get and how; what is None stays as it is, or has its default.

    ``channels`` empty means all; ``rate`` is the most deliveries a minute, 0 for no bound.
    """

    channels: Sequence[str] | None = None
    filter: Mapping[str, Any] | None = None
    format: str | None = None
    payload: str | None = None
    profile: Mapping[str, Any] | None = None
    settings: Mapping[str, Any] | None = None
    ordered: bool | None = None
    deliver: str | None = None
    rate: int | None = None


_NOTHING = Wanted()
_NO_FILES = PULLED | {"mail", "webhook", "websub"}
"""Carriers to which the profile's file name means nothing."""


def add(
    wire: Wire,
    actor: Actor,
    subscriber: str,
    address: str,
    wanted: Wanted = _NOTHING,
    *,
    carrier: str = "webhook",
    confirmed: bool = False,
) -> dict[str, Any]:
    """Add an endpoint; without channels and filter it gets every release. Its secret is shown once.

    A carrier that does not sign with it (``WITHOUT_SECRET``) has none to show. A mail address waits
    for its confirmation, unless the operator says that it is ``confirmed``.

    Raises UnknownSubscriber, UnknownChannel, UnknownFormat, UnknownCarrier, MalformedFilter,
    MalformedProfile, MalformedEndpoint, EndpointExists, EgressRefused.
    """
    require(actor, Action.MANAGE_ENDPOINTS, subscriber=subscriber)
    settings = dict(wanted.settings or {})
    fitting.check_address(wire, carrier, address, settings)
    fitting.check_form(carrier, wanted.payload, wanted.format)
    if confirmed:
        require(actor, Action.MANAGE_MAIL)
    waits = carrier == "mail" and not confirmed
    address = same.spelled(carrier, address)
    id, secret = str(uuid.uuid4()), new_secret()
    row = _new(carrier, address, settings, waits=waits) | {
        "id": id,
        "wrapped_secret": wire.vault.wrap(secret.encode(), f"endpoint/{id}"),
    }
    asked = filters.parse(wanted.filter or {})
    with wire.store.write(wire.clock.now()) as tx:
        who = organisations.subscriber_by(tx, subscriber)
        if who is None:
            raise UnknownSubscriber(
                say(
                    "There is no subscriber {subscriber} on this wire.", subscriber=repr(subscriber)
                )
            )
        keys = [channel_key(tx, name) for name in dict.fromkeys(wanted.channels or ())] or [None]
        require_known(tx, asked)
        if waits:
            require_welcome(tx, address)
        detail = {"endpoint": id} | ({"confirmed": True} if confirmed else {})
        made = events.append(tx, "endpoint_added", actor.name, detail=detail)
        row |= {"subscriber": who.key, "position": made} | _columns(wanted)
        endpoints.add(tx, row, keys, asked.write())
        said = describe(tx, _fits(tx, id))
    return said if carrier in WITHOUT_SECRET else said | {"secret": secret}


def wire_key(wire: Wire) -> str:
    """What receivers check the wire's own signature with (``v1a``)."""
    return SigningKey.of(wire.key.ed25519).public


def change(wire: Wire, actor: Actor, id: str, wanted: Wanted) -> dict[str, Any]:
    """Change what an endpoint gets and how, and say how it stands now.

    Raises UnknownEndpoint and what ``add`` raises.
    """
    values = _columns(wanted)
    asked = filters.parse(wanted.filter) if wanted.filter is not None else None
    with wire.store.write(wire.clock.now()) as tx:
        row = found_for(tx, actor, id)
        fitting.check_form(row.carrier, wanted.payload, wanted.format)
        if wanted.settings is not None:
            settings = dict(wanted.settings)
            fitting.check_address(wire, row.carrier, row.address, settings)
            values |= {"settings": json.dumps(settings), "gathers": _gathers(row.carrier, settings)}
            if row.gathers == "digest" and values["gathers"] is None:
                digests.let_go(tx, row.key)
                outbox.resume(tx, row.key)
        if values:
            endpoints.change(tx, row.key, **values)
        if wanted.ordered is False:
            outbox.reopen(tx, row.key)
        if wanted.channels is not None or wanted.filter is not None:
            names = wanted.channels
            if names is None:
                names = [name for name in endpoints.channels_of(tx, row.key) if name]
            if asked is not None:
                require_known(tx, asked)
            kept = endpoints.filter_of(tx, row.key) if asked is None else asked.write()
            keys = [channel_key(tx, name) for name in dict.fromkeys(names)] or [None]
            endpoints.subscribe(tx, row.key, keys, kept)
        events.append(tx, "endpoint_changed", actor.name, detail={"endpoint": id})
        said = describe(tx, _fits(tx, id))
    wire.tell()
    return said


def one(wire: Wire, actor: Actor, id: str) -> dict[str, Any]:
    """An endpoint. Raises UnknownEndpoint."""
    with wire.store.read(wire.clock.now()) as tx:
        return describe(tx, found_for(tx, actor, id))


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
    """Switch an endpoint off, or on again: then what waited for it is sent.

    Raises UnknownEndpoint, and IllegalMove for what unsubscribed.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row = found_for(tx, actor, id)
        if on and row.why in LEFT:
            raise IllegalMove(
                say("That address was {why}; nothing is sent there again.", why=term(row.why or ""))
            )
        if row.state == UNCONFIRMED:
            raise IllegalMove(
                say(
                    "The endpoint {id} {waits}; until then nothing goes there.",
                    id=id,
                    waits=term(WAITS),
                )
            )
        state = "active" if on else "disabled"
        endpoints.change(tx, row.key, state=state, why=why, failing_since=None)
        if on:
            bounces.forgive(tx, row.key)
        (outbox.resume if on else outbox.hold)(tx, row.key)
        kind = "endpoint_enabled" if on else "endpoint_disabled"
        events.append(tx, kind, actor.name, detail={"endpoint": id})
    wire.tell()


def remove(wire: Wire, actor: Actor, id: str) -> None:
    """Take an endpoint out for good: nothing more goes there. Its receipts stay."""
    with wire.store.write(wire.clock.now()) as tx:
        row = found_for(tx, actor, id)
        why = NEVER if row.state == UNCONFIRMED else "It was taken out."
        endpoints.set_state(tx, row.key, "gone", why)
        outbox.end(tx, row.key)
        events.append(tx, "endpoint_removed", actor.name, detail={"endpoint": id})
    wire.tell()


def new_secret_for(wire: Wire, actor: Actor, id: str) -> dict[str, Any]:
    """Give an endpoint another secret, shown this once; for a day both sign what it gets.

    Raises UnknownEndpoint, SecretsChanging, and MalformedEndpoint where no secret signs.
    """
    secret = new_secret()
    with wire.store.write(wire.clock.now()) as tx:
        row = found_for(tx, actor, id)
        if row.carrier in WITHOUT_SECRET:
            raise MalformedEndpoint(
                say("The carrier {carrier} signs with no secret of its own.", carrier=row.carrier)
            )
        if row.before_until and row.before_until > tx.now:
            raise SecretsChanging(
                say(
                    "Two secrets sign for this endpoint until {end}; change it again after that.",
                    end=write_instant(row.before_until),
                )
            )
        until = tx.now + ROTATION
        endpoints.change(
            tx,
            row.key,
            wrapped_secret=wire.vault.wrap(secret.encode(), f"endpoint/{id}"),
            wrapped_before=row.wrapped_secret,
            before_until=until,
        )
        events.append(tx, "endpoint_secret_changed", actor.name, detail={"endpoint": id})
    return {"endpoint": id, "secret": secret, "both_until": write_instant(until)}


def describe(tx: Tx, row: EndpointRow) -> dict[str, Any]:
    """An endpoint as the API gives it, without its secret."""
    every = endpoints.channels_of(tx, row.key)
    channels = [name for name in every if name]
    asked = filters.read(endpoints.filter_of(tx, row.key) or "{}")
    said = {
        "endpoint": row.id,
        "subscriber": row.subscriber,
        "carrier": row.carrier,
        "address": row.address,
        "format": row.format,
        "payload": row.payload,
        "channels": channels or ("all" if every else []),
        "filter": asked.data() or None,
        "gets": _in_words(channels, asked) if every else say("what its groups are chosen for"),
        "profile": profiles.read(row.profile).data() or None,
        "settings": json.loads(row.settings) or None,
        "ordered": row.ordered or None,
        "deliver": row.deliver if row.deliver != "all" else None,
        "rate": row.rate,
        "state": row.state,
        "why": row.why or None,
        "failing_since": write_instant(row.failing_since) if row.failing_since else None,
        "expires": write_instant(row.expires) if row.expires else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def found_for(
    tx: Tx, actor: Actor, id: str, action: Action = Action.MANAGE_ENDPOINTS
) -> EndpointRow:
    """An endpoint that the actor manages, or may do that to; another's is one that does not exist.

    Raises KeyNeeded or UnknownEndpoint.
    """
    if not actor.person_id:
        raise KeyNeeded
    row = _found(tx, id)
    if not may(actor, action, subscriber=row.subscriber):
        raise UnknownEndpoint(say("There is no endpoint {id}.", id=repr(id)))
    return row


def _new(carrier: str, address: str, settings: Mapping[str, Any], *, waits: bool) -> dict[str, Any]:
    """The columns of a new endpoint that nothing was wished for."""
    return {
        "carrier": carrier,
        "address": address,
        "format": "dispaccio",
        "payload": "full" if carrier in fitting.OWN_FORM else "thin",
        "state": UNCONFIRMED if waits else "active",
        "why": WAITS if waits else None,
        "settings": json.dumps(settings),
        "gathers": _gathers(carrier, settings),
    }


def _columns(wanted: Wanted) -> dict[str, Any]:
    """The columns that are given, judged."""
    values: dict[str, Any] = {}
    if wanted.format is not None or wanted.payload is not None:
        fitting.check_payload(wanted.payload, wanted.format)
        values = {"format": wanted.format, "payload": wanted.payload}
        values = {name: value for name, value in values.items() if value is not None}
    if wanted.profile is not None:
        values["profile"] = profiles.parse(wanted.profile).write()
    if wanted.ordered is not None:
        values["ordered"] = wanted.ordered
    if wanted.deliver is not None:
        if wanted.deliver not in DELIVER:
            raise MalformedEndpoint(
                say(
                    "deliver: there are all and latest, not {deliver}.",
                    deliver=repr(wanted.deliver),
                )
            )
        values["deliver"] = wanted.deliver
    if wanted.rate is not None:
        if not 0 <= wanted.rate <= FASTEST:
            raise MalformedEndpoint(
                say("rate: give 0 to {fastest} deliveries a minute.", fastest=FASTEST)
            )
        values["rate"] = wanted.rate or None
    return values


def _fits(tx: Tx, id: str) -> EndpointRow:
    """An endpoint as it was just written, if its parts go together and there is no other like it.

    Raises MalformedProfile, EndpointExists.
    """
    row = _found(tx, id)
    profile = profiles.read(row.profile)
    names = profile.file_name != profiles.FILE_NAME and row.carrier in _NO_FILES
    if row.payload == "thin" and (names or not profile.plain):
        raise MalformedProfile(
            say(
                "A profile changes documents, and a thin payload has none: ask for the "
                "payload full, or leave the profile out."
            )
        )
    same.require_only(tx, row)
    return row


def _gathers(carrier: str, settings: Mapping[str, Any]) -> str | None:
    """What is not sent one release after the other: a pull fetches it, a digest gathers it."""
    if carrier in PULLED:
        return "pull"
    return "digest" if settings.get("digest") else None


def _in_words(channels: list[str], asked: filters.Filter) -> Sentence:
    where = [say("in {channels}", channels=either(channels))] if channels else []
    if channels and not asked.data():
        return where[0]
    return in_a_row((*where, asked.says()))


def _found(tx: Tx, id: str) -> EndpointRow:
    row = endpoints.by_id(tx, id)
    if row is None:
        raise UnknownEndpoint(say("There is no endpoint {id}.", id=repr(id)))
    return row
