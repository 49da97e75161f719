"""The release time: ahead, not absurdly far, and not before the embargo ends."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.clock import FARTHEST
from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("release-time", "Release time")
def release_time(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors for a time that is past, more than five years away, or before the embargo's end.

    Another wire's release was published there already: only its embargo counts.
    """
    at, embargo = revision.release_time, revision.embargo
    if at is None:
        return
    if at <= context.now and not context.relayed:
        message = say(
            "The release time {time} is past (it is {now}); leave it out to publish at once, or "
            "name a later one.",
            time=at,
            now=context.now,
        )
        yield Finding(Severity.ERROR, message, "release_time")
    if at - context.now > FARTHEST:
        message = say(
            "The release time {time} is more than five years away; check the year.", time=at
        )
        yield Finding(Severity.ERROR, message, "release_time")
    if embargo and at < embargo and context.now < embargo:
        message = say(
            "The release time {time} lies before the end of the embargo, {embargo}; publish at its "
            "end or later.",
            time=at,
            embargo=embargo,
        )
        yield Finding(Severity.ERROR, message, "release_time")
