"""The table of the security page, written out a second time by hand."""

from __future__ import annotations

import re

import pytest

from dispaccio.access.actor import PUBLIC, Actor
from dispaccio.access.matrix import MATRIX, may, require
from dispaccio.access.roles import ISSUER_ROLES, SUBSCRIBER_ROLES, Action, Role
from dispaccio.errors import Forbidden, KeyNeeded, MalformedName, NotAllowed
from dispaccio.wire.people import slug
from dispaccio.words import say

# The roles in the order of the columns; "own" is one's own organisation, "yes" any.
ROLES = [
    Role.SUBSCRIBER,
    Role.VETTED_READER,
    Role.AUTHOR,
    Role.APPROVER,
    Role.DESK,
    Role.OPERATOR,
]
TABLE = """
    READ_PUBLISHED      yes  yes  yes  yes  yes  yes
    READ_UNRELEASED     -    -    own  own  yes  yes
    LIST_UNRELEASED     -    -    own  own  yes  yes
    SUBMIT              -    -    own  own  yes  -
    EDIT_DRAFT          -    -    own  own  yes  -
    APPROVE_WIRE        -    -    -    -    yes  -
    PUBLISH             -    -    -    -    yes  -
    CORRECT             -    -    own  own  yes  yes
    WITHHOLD            -    -    own  own  yes  -
    WITHDRAW            -    -    own  own  yes  yes
    TAKE                -    -    -    -    yes  yes
    IMPORT_ARCHIVE      -    -    -    -    -    yes
    OFFER               -    -    own  own  yes  -
    READ_ADVANCE        -    own  -    -    -    -
    VET                 -    -    -    -    yes  yes
    SEAL_ADVANCE        -    -    -    -    yes  yes
    READ_DELIVERIES     -    -    own  own  yes  yes
    RECEIVE             own  own  -    -    -    yes
    MANAGE_ENDPOINTS    own  own  -    -    -    yes
    MANAGE_RECIPIENTS   -    -    own  own  -    yes
    MANAGE_MAIL         -    -    -    -    -    yes
    MANAGE_PEOPLE       -    -    -    -    -    yes
    MANAGE_ISSUERS      -    -    -    -    -    yes
    MANAGE_SUBSCRIBERS  -    -    -    -    -    yes
    MANAGE_CHANNELS     -    -    -    -    -    yes
    MANAGE_EGRESS       -    -    -    -    -    yes
    ACCEPT_CLOCK        -    -    -    -    -    yes
    TELL_OF_WITHDRAWALS -    -    -    -    yes  yes
    READ_STATUS         -    -    -    -    yes  yes
"""
CELLS = [
    (Action[row[0]], role, cell)
    for row in map(str.split, TABLE.strip().splitlines())
    for role, cell in zip(ROLES, row[1:], strict=True)
]


def holder(*roles: Role) -> Actor:
    """A person with roles, in the issuer ``arvello`` and the subscriber ``gazzetta``."""
    return Actor(
        "7",
        "ada",
        frozenset(roles),
        issuers=frozenset({"arvello"}),
        subscribers=frozenset({"gazzetta"}),
    )


def test_the_table_knows_every_action_and_every_role() -> None:
    assert {(action, role) for action, role, _ in CELLS} == {
        (action, role) for action in Action for role in Role
    }
    assert set(MATRIX) == set(Action)


@pytest.mark.parametrize(("action", "role", "cell"), CELLS)
def test_a_role_may_what_the_table_says(action: Action, role: Role, cell: str) -> None:
    actor = holder(role)
    own = {"issuer": "arvello"} if role in ISSUER_ROLES else {"subscriber": "gazzetta"}
    assert may(actor, action, **own) is (cell != "-")
    # Nothing of others, and nothing that belongs to nobody, unless the table says "yes".
    for other in ({}, {"issuer": "bruma"}, {"subscriber": "corriere"}, {"issuer": ""}):
        assert may(actor, action, **other) is (cell == "yes")
    # An organisation counts on its own side only.
    crossed = {"subscriber": "arvello"} if role in ISSUER_ROLES else {"issuer": "gazzetta"}
    assert may(actor, action, **crossed) is (cell == "yes")


@pytest.mark.parametrize("action", Action)
def test_the_public_may_read_what_is_published_and_nothing_else(action: Action) -> None:
    stranger = Actor("8", "bo", issuers=frozenset({"arvello"}), subscribers=frozenset({"gazzetta"}))
    if action is Action.READ_PUBLISHED:
        require(PUBLIC, action)
        require(stranger, action)
        return
    where = {"issuer": "arvello", "subscriber": "gazzetta"}
    with pytest.raises(KeyNeeded):
        require(PUBLIC, action, **where)
    with pytest.raises(NotAllowed):
        require(stranger, action, **where)


@pytest.mark.parametrize("action", Action)
def test_roles_add_up(action: Action) -> None:
    everything = holder(*Role)
    cells = {cell for row, _, cell in CELLS if row is action}
    assert may(everything, action, issuer="arvello", subscriber="gazzetta")
    assert may(everything, action, issuer="bruma", subscriber="corriere") is ("yes" in cells)


def test_organisations_need_not_be_told_apart_by_role() -> None:
    # Actor keeps one set of issuers for authors and approvers, and one of subscribers. That is
    # right only as long as the roles of a side may the same; whoever changes it must split the set.
    for side in (ISSUER_ROLES, SUBSCRIBER_ROLES):
        for action, rights in MATRIX.items():
            if action is Action.READ_ADVANCE:
                continue  # an offer names its reader: no organisation of theirs is asked about
            assert len({rights.get(role) for role in side}) == 1


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(Forbidden) as refused:
        require(holder(Role.SUBSCRIBER), Action.CORRECT, issuer="bruma")
    assert refused.value.message == (
        "ada may not correct this release; that is up to the issuer's authors, the issuer's "
        "approvers, the desk or the operator."
    )
    with pytest.raises(Forbidden, match=r"ada may not publish; that is up to the desk\."):
        require(holder(Role.AUTHOR), Action.PUBLISH, issuer="arvello")


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.READ_PUBLISHED}))
def test_a_refusal_names_no_organisation(action: Action) -> None:
    with pytest.raises(NotAllowed) as refused:
        require(Actor("8", "bo"), action, issuer="bruma", subscriber="corriere")
    assert not re.search("bruma|corriere", refused.value.message)


def test_nobody_can_be_named_like_the_public() -> None:
    with pytest.raises(MalformedName, match="cannot be the name of a person"):
        slug(say("a person"), PUBLIC.name)
