"""What carriers share in judging the settings of an endpoint."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dispaccio.errors import MalformedEndpoint


def only(carrier: str, settings: Mapping[str, Any], known: Collection[str]) -> None:
    """Nothing, if every setting is one that the carrier knows. Raises MalformedEndpoint."""
    for name in settings:
        if name not in known:
            there = f"it has {', '.join(sorted(known))}" if known else "it has none"
            raise MalformedEndpoint(f"The carrier {carrier} has no setting {name!r}; {there}.")
