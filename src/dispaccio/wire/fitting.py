"""Whether the parts of an endpoint go together: carrier, address, payload and format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dispaccio.delivery.carriers.registry import carriers
from dispaccio.errors import MalformedEndpoint, UnknownCarrier, UnknownFormat
from dispaccio.formats.registry import formats
from dispaccio.wire import egress
from dispaccio.wire.core import Wire
from dispaccio.words import in_a_row, say

PAYLOADS = ("thin", "full")
OWN_FORM = frozenset({"mail"})
"""Carriers that write what they send themselves, from the whole document."""


def check_payload(payload: str | None, format: str | None) -> None:
    """Nothing, if the wire writes that. Raises UnknownFormat."""
    written = sorted(name for name, known in formats().items() if known.about.writes)
    if (payload is not None and payload not in PAYLOADS) or (
        format is not None and format not in written
    ):
        raise UnknownFormat(
            say(
                "An endpoint gets a thin or a full payload in one of {written}; not "
                "{payload} in {format}.",
                written=in_a_row(written),
                payload=repr(payload or "full"),
                format=repr(format or "dispaccio"),
            )
        )


def check_form(carrier: str, payload: str | None, format: str | None) -> None:
    """Nothing, if the carrier sends that form. Raises MalformedEndpoint."""
    if carrier in OWN_FORM and (payload not in {None, "full"} or format not in {None, "dispaccio"}):
        raise MalformedEndpoint(
            say("The carrier {carrier} has its own form; name no format.", carrier=carrier)
        )


def check_address(wire: Wire, carrier: str, address: str, settings: Mapping[str, Any]) -> None:
    """Nothing, if the carrier can send there. Raises UnknownCarrier and what it raises."""
    known = carriers().get(carrier)
    if known is None:
        there = in_a_row(sorted(carriers()))
        raise UnknownCarrier(
            say(
                "There is no carrier {carrier}; there are {known}.",
                carrier=repr(carrier),
                known=there,
            )
        )
    known.check(address, settings, egress.policy(wire))
