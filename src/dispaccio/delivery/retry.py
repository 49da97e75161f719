"""What follows from an attempt: delivered, tried again, or given to somebody. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from random import Random
from typing import Literal

STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
)
"""How long to wait after the first, second … failed attempt."""
JITTER = 0.2
"""Each step is made longer or shorter by up to this part of itself."""
REFUSALS = 3
"""How many attempts may be refused before it is not tried again."""
HOPELESS = timedelta(days=5)
"""After so long without anything that was taken an endpoint is switched off."""

_LONGEST_FAVOUR = timedelta(hours=1)
_PASSING = frozenset({408, 425, 429})
_GONE = 410


class Result(StrEnum):
    """What an attempt came to."""

    DELIVERED = "delivered"
    """The receiver took it."""
    ANSWERED = "answered"
    """The receiver answered something else; the status says what."""
    NETWORK = "network"
    """There was no answer that says whether the receiver has it: no time, no sense, no end."""
    UNSENT = "unsent"
    """It cannot have it: no name, no connection, or a server that did not take the message."""
    REFUSED = "refused"
    """The wire itself does not send there."""
    BOUNCED = "bounced"
    """A server says that it will never take anything for this address."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt, as the carrier saw it."""

    kind: Result
    detail: str
    """One line for people; what is quoted from the receiver in it is not to be trusted."""
    took_ms: int
    status: int | None = None
    """The HTTP status, where there is one."""
    retry_after: str | None = None
    """The header of that name (RFC 9110, section 10.2.3), as it came."""
    bounce: str | None = None
    """Of what bounced, the status (RFC 3463), such as 5.1.1."""


State = Literal["delivered", "due", "parked", "exhausted", "gone", "to_human"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of the delivery. ``due_at`` is there exactly when ``state`` is ``due``."""

    state: State
    reason: str
    due_at: datetime | None = None
    unsubscribe: bool = False
    """Whether nothing more goes to this endpoint."""
    bounce: str | None = None
    """The status with which a mail bounced: it counts against the address."""


def settle(
    outcome: Outcome, attempt: int, now: datetime, rng: Random, *, withdrawal: bool = False
) -> Decision:
    """Decide what follows from an attempt.

    A status 408, 425, 429 or 5xx, and no answer at all, is tried again along ``STEPS``; after the
    last one the delivery is exhausted. What bounced is not tried again. Every other status,
    redirects among them since none is followed, and a refusal by the wire itself is tried again
    three times and then parked; 410 unsubscribes the endpoint. A withdrawal is never given up:
    where another delivery would end without having been taken, it goes to a human.

    Args:
        outcome: what the attempt came to.
        attempt: which one it was, from 1.
        now: when it ended, with a zone.
        rng: where the jitter comes from.
        withdrawal: whether the release is being taken back.
    """
    if outcome.kind is Result.DELIVERED:
        return Decision("delivered", "It was taken.")
    if outcome.status == _GONE:
        return _give_up(
            "gone", "The receiver says that its address is gone (410).", withdrawal=withdrawal
        )
    if outcome.kind is Result.BOUNCED:
        ended = _give_up("parked", "The mail bounced.", withdrawal=withdrawal)
        return replace(ended, bounce=outcome.bounce or "5.0.0")
    passing = _is_passing(outcome)
    if attempt > (len(STEPS) if passing else REFUSALS):
        if passing:
            return _give_up("exhausted", "The last attempt failed, too.", withdrawal=withdrawal)
        return _give_up("parked", "It was refused again and again.", withdrawal=withdrawal)
    wait = _wait(STEPS[attempt - 1], _retry_after(outcome.retry_after, now), rng)
    return Decision("due", "It was not taken, and is sent again.", due_at=now + wait)


def _give_up(state: State, reason: str, *, withdrawal: bool) -> Decision:
    unsubscribe = state == "gone"
    if withdrawal:
        reason += " A person has to tell the subscriber that the release is withdrawn."
        return Decision("to_human", reason, unsubscribe=unsubscribe)
    return Decision(state, reason, unsubscribe=unsubscribe)


def _is_passing(outcome: Outcome) -> bool:
    """Whether the reason for a failure may pass by itself."""
    if outcome.status is None:
        return outcome.kind is not Result.REFUSED
    return outcome.status in _PASSING or outcome.status >= 500


def _wait(step: timedelta, asked: timedelta | None, rng: Random) -> timedelta:
    """Keep between the step and the larger of its double and an hour, as the receiver asks."""
    least = step * rng.uniform(1 - JITTER, 1 + JITTER)
    return least if asked is None else max(least, min(asked, max(2 * step, _LONGEST_FAVOUR)))


def _retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Read what the receiver asks for: seconds or an HTTP date; what is neither is not heard."""
    if text is None:
        return None
    text = text.strip(" \t")
    if re.fullmatch(r"[0-9]{1,9}", text):
        return timedelta(seconds=int(text))
    try:
        until = parsedate_to_datetime(text)
        return (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None
