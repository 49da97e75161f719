"""What counts once: answers to what pages asked, remembered until they are too old anyway."""

from __future__ import annotations

from datetime import timedelta

from dispaccio.wire.core import Wire

_MOST = 10_000


def first_time(wire: Wire, what: bytes, lasts: timedelta) -> bool:
    """Whether something comes for the first time; ``lasts`` is when nobody would take it again."""
    if what in wire.answered:
        return False
    now = wire.clock.monotonic()
    if len(wire.answered) >= _MOST:
        wire.answered = {one: end for one, end in wire.answered.items() if end > now}
    wire.answered[what] = now + lasts.total_seconds()
    return True
