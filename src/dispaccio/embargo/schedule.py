"""When a sealed revision is prepared and when it may go: decided without doing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PREPARE = timedelta(seconds=60)
"""From this long before T everything is rendered and signed, in memory."""
LATE = timedelta(seconds=1)
"""A commit that begins later than this after T bears its own second."""
CROWD = timedelta(seconds=5)
"""One that waited only for others of the same instant is on time for so long."""
LONGEST_SLEEP = timedelta(seconds=1)
"""The scheduler looks at the clock at least this often, so that a step of it is seen."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the scheduler does next: publish what is due, prepare what comes, then sleep."""

    publish: bool
    prepare_until: datetime
    sleep: timedelta


def next_step(now: datetime, next_due: datetime | None, *, trusted: bool) -> Step:
    """The next step, given the clock, the earliest release time, and whether the clock is trusted.

    Publishing is a condition on the clock, not a timer's event: what is overdue goes at once,
    and a sleep that returned early is simply followed by another.
    """
    if next_due is None:
        return Step(False, now + PREPARE, LONGEST_SLEEP)
    if next_due <= now:
        return Step(trusted, now + PREPARE, timedelta(0) if trusted else LONGEST_SLEEP)
    return Step(False, now + PREPARE, min(next_due - now, LONGEST_SLEEP))


def published_at(release_time: datetime, now: datetime) -> datetime:
    """The instant that is printed: T when on time, else the transaction's own second."""
    return release_time if now - release_time <= LATE else now.replace(microsecond=0)


def in_a_crowd(release_time: datetime, began: datetime, now: datetime) -> datetime:
    """The instant that is printed by a run of publications that began then.

    Where it began on time, all that it publishes within ``CROWD`` is on time: to write and sign
    each again, for the second that it waited for others, would make all behind it later still.
    """
    return published_at(release_time, began if now - release_time <= CROWD else now)


def to_millisecond(now: datetime) -> datetime:
    """The instant that is printed where a person says "now": never later than it was said."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
