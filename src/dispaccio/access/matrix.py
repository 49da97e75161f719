"""The table role × action, and the one question asked of it. What is not in the table is denied."""

from __future__ import annotations

from enum import Enum

from dispaccio.access.actor import Actor
from dispaccio.access.roles import ISSUER_ROLES, SUBSCRIBER_ROLES, Action, Role
from dispaccio.errors import KeyNeeded, NotAllowed
from dispaccio.words import in_a_row, say, term


class Reach(Enum):
    """How far a role's right goes."""

    OWN = "own organisation"
    ALL = "all"


_OWN, _ALL = Reach
MATRIX: dict[Action, dict[Role, Reach]] = {
    Action.READ_PUBLISHED: dict.fromkeys(Role, _ALL),
    Action.READ_UNRELEASED: {
        Role.AUTHOR: _OWN,
        Role.APPROVER: _OWN,
        Role.DESK: _ALL,
        Role.OPERATOR: _ALL,
    },
    Action.LIST_UNRELEASED: {
        Role.AUTHOR: _OWN,
        Role.APPROVER: _OWN,
        Role.DESK: _ALL,
        Role.OPERATOR: _ALL,
    },
    Action.SUBMIT: {Role.AUTHOR: _OWN, Role.APPROVER: _OWN, Role.DESK: _ALL},
    Action.EDIT_DRAFT: {Role.AUTHOR: _OWN, Role.APPROVER: _OWN, Role.DESK: _ALL},
    Action.APPROVE_WIRE: {Role.DESK: _ALL},
    Action.PUBLISH: {Role.DESK: _ALL},
    Action.CORRECT: {Role.AUTHOR: _OWN, Role.APPROVER: _OWN, Role.DESK: _ALL, Role.OPERATOR: _ALL},
    Action.WITHHOLD: {Role.AUTHOR: _OWN, Role.APPROVER: _OWN, Role.DESK: _ALL},
    Action.WITHDRAW: {
        Role.AUTHOR: _OWN,
        Role.APPROVER: _OWN,
        Role.DESK: _ALL,
        Role.OPERATOR: _ALL,
    },
    Action.TAKE: {Role.DESK: _ALL, Role.OPERATOR: _ALL},
    Action.IMPORT_ARCHIVE: {Role.OPERATOR: _ALL},
    Action.OFFER: {Role.AUTHOR: _OWN, Role.APPROVER: _OWN, Role.DESK: _ALL},
    Action.READ_ADVANCE: {Role.VETTED_READER: _OWN},
    Action.VET: {Role.DESK: _ALL, Role.OPERATOR: _ALL},
    Action.SEAL_ADVANCE: {Role.DESK: _ALL, Role.OPERATOR: _ALL},
    Action.READ_DELIVERIES: {
        Role.AUTHOR: _OWN,
        Role.APPROVER: _OWN,
        Role.DESK: _ALL,
        Role.OPERATOR: _ALL,
    },
    Action.RECEIVE: {
        Role.SUBSCRIBER: _OWN,
        Role.VETTED_READER: _OWN,
        Role.OPERATOR: _ALL,
    },
    Action.MANAGE_ENDPOINTS: {
        Role.SUBSCRIBER: _OWN,
        Role.VETTED_READER: _OWN,
        Role.OPERATOR: _ALL,
    },
    Action.MANAGE_RECIPIENTS: {Role.AUTHOR: _OWN, Role.APPROVER: _OWN, Role.OPERATOR: _ALL},
    Action.MANAGE_MAIL: {Role.OPERATOR: _ALL},
    Action.MANAGE_PEOPLE: {Role.OPERATOR: _ALL},
    Action.MANAGE_ISSUERS: {Role.OPERATOR: _ALL},
    Action.MANAGE_SUBSCRIBERS: {Role.OPERATOR: _ALL},
    Action.MANAGE_CHANNELS: {Role.OPERATOR: _ALL},
    Action.MANAGE_EGRESS: {Role.OPERATOR: _ALL},
    Action.ACCEPT_CLOCK: {Role.OPERATOR: _ALL},
    Action.TELL_OF_WITHDRAWALS: {Role.DESK: _ALL, Role.OPERATOR: _ALL},
    Action.READ_STATUS: {Role.DESK: _ALL, Role.OPERATOR: _ALL},
}

_WHO = {
    Role.SUBSCRIBER: say("the subscriber's own people"),
    Role.VETTED_READER: say("its vetted readers"),
    Role.AUTHOR: say("the issuer's authors"),
    Role.APPROVER: say("the issuer's approvers"),
    Role.DESK: say("the desk"),
    Role.OPERATOR: say("the operator"),
}


def may(
    actor: Actor, action: Action, *, issuer: str | None = None, subscriber: str | None = None
) -> bool:
    """Whether the actor may do that to something of this issuer or subscriber organisation."""
    if action is Action.READ_PUBLISHED:
        return True
    if actor.allowed is not None and action not in actor.allowed:
        return False
    for role, reach in MATRIX[action].items():
        if role not in actor.roles:
            continue
        if reach is Reach.ALL:
            return True
        if role in ISSUER_ROLES and issuer is not None and issuer in actor.issuers:
            return True
        if role in SUBSCRIBER_ROLES and subscriber is not None and subscriber in actor.subscribers:
            return True
    return False


def require(
    actor: Actor, action: Action, *, issuer: str | None = None, subscriber: str | None = None
) -> None:
    """Nothing, if the actor may. Raises KeyNeeded for the public, else NotAllowed."""
    if may(actor, action, issuer=issuer, subscriber=subscriber):
        return
    if not actor.person_id:
        raise KeyNeeded
    if actor.allowed is not None and action not in actor.allowed:
        raise NotAllowed(
            say("This key is not made to {act}: its scopes leave that out.", act=term(action.value))
        )
    *most, last = (_WHO[role] for role in MATRIX[action])
    who = say("{others} or {last}", others=in_a_row(most), last=last) if most else last
    raise NotAllowed(
        say(
            "{name} may not {act}; that is up to {who}.",
            name=actor.name,
            act=term(action.value),
            who=who,
        )
    )
