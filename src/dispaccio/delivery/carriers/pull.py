"""Pull and stream: nothing is sent there; the receiver comes for it, with a cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispaccio.delivery.carriers.base import (
    PROTOCOL_VERSION,
    Carrier,
    Means,
    Outcome,
    Parcel,
    Result,
)
from dispaccio.delivery.carriers.settings import only
from dispaccio.egress.policy import Policy
from dispaccio.errors import MalformedEndpoint
from dispaccio.words import say

NOWHERE = "-"
"""What stands for the address of an endpoint that comes by itself."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A way of receiving that the receiver begins; what is due waits until it comes."""

    name: str
    call: str
    version: int = PROTOCOL_VERSION
    receipt_words: str = "the receiver's server took it: it came back with a later cursor"

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        """See that there is no address, written ``-``, and no setting."""
        only(self.name, settings, ())
        if address != NOWHERE:
            raise MalformedEndpoint(
                say(
                    "Nothing is sent to a {name}, which asks {call}: write {nowhere} for its "
                    "address, not {address}.",
                    name=self.name,
                    call=self.call,
                    nowhere=NOWHERE,
                    address=repr(address[:80]),
                )
            )

    async def send(self, parcel: Parcel, means: Means) -> Outcome:
        """Send nothing: the courier does not claim what waits to be fetched."""
        return Outcome(Result.REFUSED, f"What is for a {self.name} waits to be fetched.", 0)


pull: Carrier = Fetched("pull", "GET /api/v1/deliveries")
stream: Carrier = Fetched("stream", "GET /api/v1/stream")
