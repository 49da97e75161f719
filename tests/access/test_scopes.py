"""What a key is for, beside what its person may."""

from __future__ import annotations

import pytest

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action, Role
from dispaccio.access.scopes import ALLOWS, Scope, allowed, named, useful
from dispaccio.errors import NotAllowed, UnknownScope


def holder(*roles: Role, scopes: tuple[str, ...] = ()) -> Actor:
    return Actor(
        "7",
        "ada",
        frozenset(roles),
        issuers=frozenset({"arvello"}),
        subscribers=frozenset({"gazzetta"}),
        allowed=allowed(scopes),
    )


def test_every_action_stands_in_a_scope() -> None:
    assert set(ALLOWS) == set(Scope)
    assert frozenset().union(*ALLOWS.values()) == set(Action)


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.READ_PUBLISHED}))
@pytest.mark.parametrize("scope", Scope)
def test_a_scope_takes_away_and_gives_nothing(scope: Scope, action: Action) -> None:
    where = {"issuer": "arvello", "subscriber": "gazzetta"}
    for role in Role:
        whole, part = holder(role), holder(role, scopes=(scope,))
        assert may(part, action, **where) is (
            may(whole, action, **where) and action in ALLOWS[scope]
        )


def test_scopes_add_up() -> None:
    both = holder(*Role, scopes=("read", "manage"))
    assert may(both, Action.READ_UNRELEASED) and may(both, Action.MANAGE_PEOPLE)
    assert not may(both, Action.PUBLISH)


def test_the_refusal_says_that_it_is_the_keys_scope() -> None:
    with pytest.raises(NotAllowed) as refused:
        require(holder(Role.DESK, scopes=("read",)), Action.PUBLISH)
    assert "This key is not made to publish" in refused.value.message


def test_a_scope_that_is_not_known_any_more_allows_nothing() -> None:
    assert allowed(["of a later version"]) == frozenset()
    assert allowed([]) is None


def test_names_are_scopes_once_and_in_order() -> None:
    assert named(["submit", "read", "read"]) == (Scope.READ, Scope.SUBMIT)
    with pytest.raises(UnknownScope):
        named(["read", "everything"])


def test_people_are_offered_what_they_can_use() -> None:
    assert useful(holder()) == ()
    assert useful(holder(Role.AUTHOR)) == (Scope.READ, Scope.SUBMIT, Scope.DESK, Scope.MANAGE)
    assert useful(holder(Role.SUBSCRIBER)) == (Scope.READ, Scope.MANAGE)
