"""Confirming a mail address: nothing goes to somebody who did not say that they want it.

One mail asks, with a link that nobody can make up. Until its button is pressed the endpoint is
``unconfirmed``, and no release goes there.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from dispaccio.delivery.carriers.mail import Question, mail
from dispaccio.delivery.mailing import address, tokens
from dispaccio.delivery.retry import Result
from dispaccio.delivery.signature import SigningKey
from dispaccio.egress.client import Client
from dispaccio.errors import AskedEnough
from dispaccio.store import endpoints, events, organisations
from dispaccio.store.endpoints import UNCONFIRMED, EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.wire import parcels
from dispaccio.wire.core import Wire

WAITS = "waits for its confirmation"
NEVER = "never confirmed"
"""Why an endpoint is gone that was taken out before it was confirmed."""
OFTEN, WITHIN = 3, timedelta(days=1)
"""How many endpoints that wait for an answer may be made at an address in this time."""


@dataclass(frozen=True, slots=True)
class Confirming:
    """What somebody may confirm: whose mail, for whom, at the address with most of it hidden."""

    sender: str
    subscriber: str
    address: str
    done: bool


def require_welcome(tx: Tx, to: str) -> None:
    """Nothing, unless that address was asked often enough lately. Raises AskedEnough."""
    if endpoints.asked_since(tx, to, tx.now - WITHIN, (WAITS, NEVER)) >= OFTEN:
        raise AskedEnough


async def ask(wire: Wire, id: str, client: Client) -> str:
    """Send the one mail that asks about an endpoint just made, and say what became of it."""

    def question() -> Question:
        with wire.store.read(wire.clock.now()) as tx:
            row = endpoints.by_id(tx, id)
            assert row is not None
            return Question(row.id, row.address, _title(tx, row), wire.clock.now())

    asked = await asyncio.to_thread(question)
    outcome = await mail.send_question(asked, parcels.means(wire, client))
    if outcome.kind is Result.DELIVERED:
        return "A mail was sent there that asks for it; until it is confirmed nothing else goes."
    return (
        f"The mail that asks for it could not be sent: {outcome.detail.rstrip('.')}. "
        "Take the endpoint out, and add it again when mail goes."
    )


def look(wire: Wire, token: str) -> Confirming | None:
    """What a token stands for; None if it is none of ours, or its endpoint is out."""
    with wire.store.read(wire.clock.now()) as tx:
        row = _row(wire, tx, token)
        return _described(wire, tx, row) if row else None


def confirm(wire: Wire, token: str) -> Confirming | None:
    """Let releases go there from now on; twice is as once. None as for ``look``."""
    with wire.store.write(wire.clock.now()) as tx:
        row = _row(wire, tx, token)
        if row is None:
            return None
        if row.state == UNCONFIRMED:
            endpoints.set_state(tx, row.key, "active", None)
            events.append(tx, "endpoint_confirmed", "wire", detail={"endpoint": row.id})
        said = _described(wire, tx, endpoints.by_keys(tx, [row.key])[row.key])
    wire.tell()
    return said


def _row(wire: Wire, tx: Tx, token: str) -> EndpointRow | None:
    id = tokens.confirmed(tokens.key_of(SigningKey.of(wire.key.ed25519)), token)
    row = endpoints.by_id(tx, id) if id else None
    return row if row and row.carrier == "mail" and row.state != "gone" else None


def _described(wire: Wire, tx: Tx, row: EndpointRow) -> Confirming:
    done = row.state != UNCONFIRMED
    return Confirming(wire.settings.name, _title(tx, row), address.hidden(row.address), done)


def _title(tx: Tx, row: EndpointRow) -> str:
    found = organisations.subscriber_by(tx, row.subscriber)
    return found.title if found else row.subscriber
