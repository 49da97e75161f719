"""What carriers share in judging the settings of an endpoint."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dispaccio.errors import MalformedEndpoint
from dispaccio.words import in_a_row, say


def only(carrier: str, settings: Mapping[str, Any], known: Collection[str]) -> None:
    """Nothing, if every setting is one that the carrier knows. Raises MalformedEndpoint."""
    for name in settings:
        if name not in known:
            there = say("it has {known}", known=in_a_row(sorted(known)))
            raise MalformedEndpoint(
                say(
                    "The carrier {carrier} has no setting {name}; {there}.",
                    carrier=carrier,
                    name=repr(name),
                    there=there if known else say("it has none"),
                )
            )
