"""Unsubscribing from mail by the token that every mail bears: no account, no key, one click."""

from __future__ import annotations

from dataclasses import dataclass

from dispaccio.delivery.mailing import address, tokens
from dispaccio.delivery.signature import SigningKey
from dispaccio.store import endpoints, events, organisations, outbox
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.wire.core import Wire
from dispaccio.wire.endpoints import LEFT
from dispaccio.wire.press import UNSUBSCRIBED


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody may leave: whose mail it is, the address with most of it hidden."""

    sender: str
    address: str
    left: bool


def look(wire: Wire, token: str) -> Leaving | None:
    """What a token stands for; None if it is none of ours, or what it stood for was erased."""
    with wire.store.read(wire.clock.now()) as tx:
        row = _row(wire, tx, token)
        return _described(wire, tx, row) if row else None


def leave(wire: Wire, token: str) -> Leaving | None:
    """Send nothing more there, at once and for good; twice is as once. None as for ``look``."""
    with wire.store.write(wire.clock.now()) as tx:
        row = _row(wire, tx, token)
        if row is None:
            return None
        if row.why not in LEFT:
            endpoints.set_state(tx, row.key, "gone", UNSUBSCRIBED)
            outbox.end(tx, row.key)
            events.append(tx, "endpoint_left", "wire", detail={"endpoint": row.id})
        row = endpoints.by_keys(tx, [row.key])[row.key]
        return _described(wire, tx, row)


def _row(wire: Wire, tx: Tx, token: str) -> EndpointRow | None:
    id = tokens.left(tokens.key_of(SigningKey.of(wire.key.ed25519)), token)
    row = endpoints.by_id(tx, id) if id else None
    return row if row and row.carrier == "mail" and row.why != "erased" else None


def _described(wire: Wire, tx: Tx, row: EndpointRow) -> Leaving:
    sender = wire.settings.name
    if "/" in row.subscriber:
        found = organisations.subscriber_by(tx, row.subscriber)
        sender = found.title if found else sender
    return Leaving(sender, address.hidden(row.address), row.why == UNSUBSCRIBED)
