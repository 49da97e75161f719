"""When a digest is due."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dispaccio.clock import zone_named
from dispaccio.errors import MalformedEndpoint
from dispaccio.words import say

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def check(settings: Mapping[str, Any]) -> None:
    """Nothing, if ``digest`` and ``zone`` say when. Raises MalformedEndpoint or MalformedTime."""
    at, zone = settings.get("digest"), settings.get("zone", "UTC")
    if at is not None and not (isinstance(at, str) and _TIME.fullmatch(at)):
        raise MalformedEndpoint(
            say("digest: write the time of day like 07:00, not {at}.", at=repr(at))
        )
    if not isinstance(zone, str):
        raise MalformedEndpoint(
            say("zone: write it like Europe/Rome, not {zone}.", zone=repr(zone))
        )
    zone_named(zone)


def last(settings: Mapping[str, Any], now: datetime) -> datetime:
    """The last time at which the digest of these settings was due, in UTC; never after ``now``."""
    hour, minute = map(int, settings["digest"].split(":"))
    zone = zone_named(settings.get("zone", "UTC"))
    day = now.astimezone(zone).date()
    for back in range(3):
        earlier = day - timedelta(days=back)
        at = datetime(earlier.year, earlier.month, earlier.day, hour, minute, tzinfo=zone)
        if at.astimezone(UTC) <= now:
            return at.astimezone(UTC)
    raise AssertionError("a day before yesterday is over")
