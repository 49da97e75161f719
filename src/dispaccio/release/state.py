"""The states of a revision, the moves between them, and the status of a release."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from dispaccio.errors import IllegalMove
from dispaccio.words import Sentence, in_a_row, say, term


class State(StrEnum):
    """Where a revision stands on its road."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    REJECTED = "rejected"
    PARKED = "parked"
    APPROVED = "approved"
    SEALED = "sealed"
    PUBLISHED = "published"
    CALLED_OFF = "called_off"


class Kind(StrEnum):
    """What a revision does to its release."""

    ORIGINAL = "original"
    ADDITION = "addition"
    CORRECTION = "correction"
    REFILE = "refile"
    WITHHOLD = "withhold"
    USABLE_AGAIN = "usable_again"
    WITHDRAWAL = "withdrawal"


class Status(StrEnum):
    """What the public may do with a release (IPTC Publishing Status NewsCodes)."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


TEXT_KINDS = frozenset({Kind.ORIGINAL, Kind.ADDITION, Kind.CORRECTION, Kind.REFILE})
"""The kinds that bring a text of their own; the others are notices about one."""

MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.CALLED_OFF}),
    State.SUBMITTED: frozenset({State.IN_REVIEW, State.CALLED_OFF}),
    State.IN_REVIEW: frozenset(
        {State.APPROVED, State.RETURNED, State.REJECTED, State.PARKED, State.CALLED_OFF}
    ),
    State.RETURNED: frozenset({State.SUBMITTED, State.CALLED_OFF}),
    State.REJECTED: frozenset(),
    State.PARKED: frozenset({State.IN_REVIEW, State.CALLED_OFF}),
    State.APPROVED: frozenset({State.SEALED, State.CALLED_OFF}),
    State.SEALED: frozenset({State.PUBLISHED, State.APPROVED, State.CALLED_OFF}),
    State.PUBLISHED: frozenset(),
    State.CALLED_OFF: frozenset(),
}


def move(now: State, to: State) -> State:
    """The new state, if the move is one of the table.

    Raises IllegalMove, which names both states and what is possible instead.
    """
    if to in MOVES[now]:
        return to
    ways = in_a_row(sorted(in_words(state) for state in MOVES[now]))
    raise IllegalMove(
        say(
            "A revision that is {now} cannot become {to}; from here it may become: {ways}.",
            now=in_words(now),
            to=in_words(to),
            ways=ways or say("nothing; it is final"),
        ),
        state=now.value,
        to=to.value,
    )


def status_after(kinds: Iterable[Kind]) -> Status:
    """The status of a release whose published revisions had these kinds, in their order."""
    status = Status.USABLE
    for kind in kinds:
        if kind is Kind.WITHDRAWAL:
            return Status.CANCELED
        if kind is Kind.WITHHOLD:
            status = Status.WITHHELD
        elif kind is Kind.USABLE_AGAIN:
            status = Status.USABLE
    return status


def may_follow(status: Status | None, kind: Kind) -> None:
    """Whether a revision of this kind may be published next.

    ``status`` is None before the first publication. Raises IllegalMove otherwise.
    """
    allowed: dict[Status | None, frozenset[Kind]] = {
        None: frozenset({Kind.ORIGINAL}),
        Status.USABLE: frozenset(Kind) - {Kind.ORIGINAL, Kind.USABLE_AGAIN},
        Status.WITHHELD: frozenset(Kind) - {Kind.ORIGINAL, Kind.WITHHOLD},
        Status.CANCELED: frozenset(),
    }
    if kind not in allowed[status]:
        said = {
            None: say("not published"),
            Status.USABLE: say("public"),
            Status.WITHHELD: say("withheld"),
            Status.CANCELED: say("withdrawn, which is final"),
        }[status]
        raise IllegalMove(
            say("It cannot be made usable again: the release is {said}.", said=said)
            if kind is Kind.USABLE_AGAIN
            else say(
                "No {kind} can follow: the release is {said}.", kind=in_words(kind), said=said
            ),
            kind=kind.value,
        )


def in_words(value: StrEnum) -> Sentence:
    """A state or a kind as sentences have it."""
    return term(value.value.replace("_", " "))
