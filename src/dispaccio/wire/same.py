"""The same address twice: a subscriber would get everything there two times, and not know why."""

from __future__ import annotations

import json
import re

from dispaccio.delivery.mailing import address as addresses
from dispaccio.errors import EndpointExists
from dispaccio.store import endpoints
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.words import say

_PLACE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)((?:[^/?#@]*@)?)([^/?#]*)")


def spelled(carrier: str, address: str) -> str:
    """An address in one spelling: scheme and host in small letters. Raises MalformedMailAddress."""
    if carrier == "mail":
        return addresses.parse(address)
    return _PLACE.sub(lambda m: m[1].lower() + m[2] + m[3].lower(), address, count=1)


def require_only(tx: Tx, row: EndpointRow) -> None:
    """Nothing, unless the subscriber has another endpoint that gets the same at that address.

    The same are carrier, address, format, payload, channels, filter and a feed's topic; what is
    out does not count. Raises EndpointExists.
    """
    if row.address == "-":
        return
    wanted = _what(tx, row)
    for other in endpoints.at_same_address(tx, row):
        if _what(tx, other) == wanted:
            todo = "enable" if other.state == "disabled" else "change"
            raise EndpointExists(
                say(
                    "{subscriber} has an endpoint at this address that gets the same; see "
                    "`dispaccio endpoint {todo} {id}`. A second one needs another format, "
                    "channel or filter.",
                    subscriber=row.subscriber,
                    todo=todo,
                    id=other.id,
                ),
                endpoint=other.id,
            )


def _what(tx: Tx, row: EndpointRow) -> tuple[object, ...]:
    """What an endpoint gets, and in which form."""
    channels = sorted(name or "" for name in endpoints.channels_of(tx, row.key))
    topic = json.loads(row.settings).get("topic")
    return row.format, row.payload, channels, endpoints.filter_of(tx, row.key), topic
