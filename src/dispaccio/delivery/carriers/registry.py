"""Finding carriers: every installed one, built-in and third-party ones alike."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import entry_points

from dispaccio.delivery.carriers.base import PROTOCOL_VERSION, Carrier

GROUP = "dispaccio.carriers"


@lru_cache(maxsize=1)
def carriers() -> dict[str, Carrier]:
    """The installed carriers by their names."""
    found: list[Carrier] = [point.load() for point in entry_points(group=GROUP)]
    return {carrier.name: carrier for carrier in found if carrier.version == PROTOCOL_VERSION}
