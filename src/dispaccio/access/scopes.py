"""What an API key may be used for, if not for all that its person may do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import MATRIX
from dispaccio.access.roles import Action
from dispaccio.errors import UnknownScope
from dispaccio.words import in_a_row, say


class Scope(StrEnum):
    """A part of what a person may do."""

    READ = "read"
    SUBMIT = "submit"
    DESK = "desk"
    MANAGE = "manage"


_SEE = frozenset({Action.READ_PUBLISHED, Action.READ_UNRELEASED, Action.LIST_UNRELEASED})
ALLOWS: dict[Scope, frozenset[Action]] = {
    Scope.READ: _SEE
    | {
        Action.READ_ADVANCE,
        Action.RECEIVE,
        Action.READ_DELIVERIES,
        Action.READ_STATUS,
    },
    Scope.SUBMIT: _SEE | {Action.SUBMIT, Action.EDIT_DRAFT, Action.CORRECT, Action.OFFER},
    Scope.DESK: _SEE
    | {
        Action.APPROVE_WIRE,
        Action.PUBLISH,
        Action.CORRECT,
        Action.WITHHOLD,
        Action.WITHDRAW,
        Action.TAKE,
        Action.OFFER,
        Action.VET,
        Action.SEAL_ADVANCE,
        Action.TELL_OF_WITHDRAWALS,
    },
    Scope.MANAGE: frozenset(
        {
            Action.MANAGE_ENDPOINTS,
            Action.MANAGE_RECIPIENTS,
            Action.MANAGE_MAIL,
            Action.MANAGE_PEOPLE,
            Action.MANAGE_ISSUERS,
            Action.MANAGE_SUBSCRIBERS,
            Action.MANAGE_CHANNELS,
            Action.MANAGE_EGRESS,
            Action.IMPORT_ARCHIVE,
            Action.ACCEPT_CLOCK,
            Action.READ_PUBLISHED,
            Action.READ_STATUS,
        }
    ),
}
"""The actions of each scope. What stands in none of a key's scopes is denied, whoever holds it."""


def allowed(scopes: Iterable[str]) -> frozenset[Action] | None:
    """The actions of some scopes together; None, which limits nothing, where there is no scope.

    A name that is no scope allows nothing.
    """
    named = list(scopes)
    if not named:
        return None
    known = [ALLOWS[Scope(name)] for name in named if name in list(Scope)]
    return frozenset().union(*known)


def named(scopes: Iterable[str]) -> tuple[Scope, ...]:
    """Scopes by their names, each once, in the order of ``Scope``. Raises UnknownScope."""
    said = set(scopes)
    for name in sorted(said):
        if name not in list(Scope):
            raise UnknownScope(
                say(
                    "There is no scope {name}; there are: {known}.",
                    name=repr(name[:40]),
                    known=in_a_row(Scope),
                )
            )
    return tuple(scope for scope in Scope if scope in said)


def useful(actor: Actor) -> tuple[Scope, ...]:
    """The scopes that add to what the public may do, for a key of this person."""
    may = {action for action, roles in MATRIX.items() if actor.roles & roles.keys()}
    may.discard(Action.READ_PUBLISHED)
    return tuple(scope for scope in Scope if ALLOWS[scope] & may)
