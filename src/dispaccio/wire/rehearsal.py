"""Trying an endpoint out: a ping, or eight test states by its own carrier, format and secret."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.delivery import profile as profiles
from dispaccio.delivery import rehearsal
from dispaccio.delivery.carriers.base import Carrier, Outcome, Parcel, Result
from dispaccio.delivery.carriers.registry import carriers
from dispaccio.delivery.courier import Packed
from dispaccio.delivery.mailing import letters
from dispaccio.delivery.mailing.letters import House, Style
from dispaccio.delivery.mailing.message import PLACE
from dispaccio.delivery.rehearsal import STEPS, Step
from dispaccio.egress.client import Client
from dispaccio.errors import MalformedEndpoint
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Revision
from dispaccio.release.state import Kind
from dispaccio.store import events
from dispaccio.store.endpoints import UNCONFIRMED, EndpointRow
from dispaccio.wire import edition, parcels
from dispaccio.wire.core import Wire
from dispaccio.wire.endpoints import found_for
from dispaccio.wire.preview import SENDER
from dispaccio.words import say, term

_NOBODY = str(uuid.UUID(int=0))
"""The id of the release in a sample."""


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """An endpoint, ready to be sent to."""

    row: EndpointRow
    secrets: tuple[str, ...]
    carrier: Carrier


async def ping(wire: Wire, actor: Actor, id: str, client: Client) -> dict[str, Any]:
    """Send a signed ``endpoint.ping`` to a webhook, and say what was answered.

    Raises KeyNeeded, UnknownEndpoint, MalformedEndpoint for another carrier.
    """
    to = await asyncio.to_thread(_ready, wire, actor, id, "pinged")
    if to.row.carrier != "webhook":
        raise MalformedEndpoint(
            say(
                "The carrier {carrier} has no ping; try `dispaccio endpoint rehearse {id}`.",
                carrier=to.row.carrier,
                id=id,
            )
        )
    said = {
        "type": "endpoint.ping",
        "timestamp": write_instant(wire.clock.now()),
        "data": {"endpoint": id},
    }
    parcel = _parcel(wire, to, f"ping-{uuid.uuid4()}", json.dumps(said).encode())
    outcome = await to.carrier.send(parcel, parcels.means(wire, client))
    return {"endpoint": id, **_answered(outcome), "well": outcome.kind is Result.DELIVERED}


async def rehearse(wire: Wire, actor: Actor, id: str, client: Client) -> dict[str, Any]:
    """Send the eight test states to an endpoint, one after the other, and say what came of each.

    Nothing of it is a delivery: there is no receipt, and no second attempt. Where nobody answers,
    the rest is not sent.

    Raises KeyNeeded, UnknownEndpoint, MalformedEndpoint for what is not sent but fetched.
    """
    to = await asyncio.to_thread(_ready, wire, actor, id, "rehearsed")
    ids = {step.story: str(uuid.uuid4()) for step in STEPS}
    means = parcels.means(wire, client)
    steps: list[dict[str, Any]] = []
    silent = False
    for step in STEPS:
        outcome = None
        if not silent:
            parcel = await asyncio.to_thread(_made, wire, to, step, ids[step.story])
            outcome = await to.carrier.send(parcel, means)
            silent = outcome.kind in (Result.NETWORK, Result.UNSENT)
        steps.append(_report(step, ids[step.story], outcome))
    well = sum(step["well"] for step in steps)
    return {
        "endpoint": id,
        "sentence": f"{well} of {len(steps)} were answered as they should be.",
        "well": well == len(steps),
        "steps": steps,
    }


def sample(wire: Wire, actor: Actor, id: str) -> str | None:
    """What an endpoint gets of a release that is invented, as text; None where it is no text.

    Raises KeyNeeded, UnknownEndpoint.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row = found_for(tx, actor, id)
    said = rehearsal.revision(STEPS[0], _NOBODY, wire.settings.name, wire.settings.url)
    if row.carrier == "mail":
        house = House(wire.settings.name, wire.settings.mail_from or SENDER)
        return letters.release(said, Style(None), house).text.replace(PLACE, "…")
    form = row.format if row.payload == "full" else edition.THIN
    made = parcels.written(said, form, profiles.read(row.profile), test=True)
    try:
        return made.body.decode() if made else None
    except UnicodeDecodeError:
        return None


def document(wire: str, url: str, story: str, id: str, version: int) -> Revision | None:
    """What the address of a rehearsed revision shows; None for one that no rehearsal has."""
    step = rehearsal.step(story, version)
    return rehearsal.revision(step, id, wire, url) if step else None


def _ready(wire: Wire, actor: Actor, id: str, what: str) -> _Endpoint:
    with wire.store.write(wire.clock.now()) as tx:
        row = found_for(tx, actor, id)
        if row.state == UNCONFIRMED:
            raise MalformedEndpoint(
                say(
                    "The endpoint {id} {why}; nothing else goes there before.",
                    id=id,
                    why=term(row.why or ""),
                )
            )
        if row.gathers is not None or row.state == "gone":
            out, fetches = say("is out"), say("fetches or gathers what it gets")
            raise MalformedEndpoint(
                say(
                    "The endpoint {id} {why}, so nothing can be sent there now.",
                    id=id,
                    why=out if row.state == "gone" else fetches,
                )
            )
        events.append(tx, f"endpoint_{what}", actor.name, detail={"endpoint": id})
    return _Endpoint(row, parcels.unwrapper(wire)(row), carriers()[row.carrier])


def _made(wire: Wire, to: _Endpoint, step: Step, id: str) -> Parcel:
    said = rehearsal.revision(step, id, wire.settings.name, wire.settings.url)
    format = to.row.format if to.row.payload == "full" else edition.THIN
    profile = profiles.read(to.row.profile)
    made = parcels.written(said, format, profile, test=True)
    if made is None:
        raise MalformedEndpoint(
            say("The wire writes no {format}; change the endpoint's format.", format=repr(format))
        )

    def rendering(name: str) -> bytes | None:
        other: Packed | None = parcels.written(said, name, profiles.Profile())
        return other.body if other else None

    return _parcel(
        wire,
        to,
        f"{rehearsal.PREFIX}{id}.v{step.version}",
        made.body,
        media_type=made.media_type,
        number=rehearsal.number(id),
        version=step.version,
        kind=step.kind,
        profile=profile,
        rendering=rendering,
    )


def _parcel(wire: Wire, to: _Endpoint, webhook_id: str, body: bytes, **more: Any) -> Parcel:
    usual: dict[str, Any] = {
        "number": "",
        "version": 0,
        "kind": Kind.ORIGINAL,
        "media_type": "application/json",
    }
    return Parcel(
        webhook_id=webhook_id,
        body=body,
        endpoint=to.row.id,
        address=to.row.address,
        timestamp=wire.clock.now(),
        secrets=to.secrets,
        settings=json.loads(to.row.settings),
        **(usual | more),
    )


def _report(step: Step, id: str, outcome: Outcome | None) -> dict[str, Any]:
    fits = {Result.DELIVERED, Result.ANSWERED} if step.may_refuse else {Result.DELIVERED}
    said = {
        "state": step.state,
        "number": rehearsal.number(id),
        "version": step.version,
        "kind": step.kind.value,
        "should": step.should,
    }
    if outcome is None:
        return said | {"answered": "It was not sent.", "well": False}
    refused_well = outcome.status is None or outcome.status < 500
    return said | _answered(outcome) | {"well": outcome.kind in fits and refused_well}


def _answered(outcome: Outcome) -> dict[str, Any]:
    said = {"answered": outcome.detail, "result": outcome.kind.value, "took_ms": outcome.took_ms}
    return said | ({"status": outcome.status} if outcome.status is not None else {})
