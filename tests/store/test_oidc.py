"""Accounts at a provider, and roles that groups gave."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from dispaccio.store import oidc, people
from tests.store.rows import Rows

ID = "oidc https://login.example sub-1"


def test_an_account_is_one_persons(rows: Rows) -> None:
    anna = rows.write(people.add, "id-1", "anna", None, [])
    bob = rows.write(people.add, "id-2", "bob", None, [])
    assert rows.read(oidc.holder, ID) is None
    rows.write(oidc.link, anna, ID, "Ponte")
    found = rows.read(oidc.holder, ID)
    assert found is not None and found.name == "anna"
    with pytest.raises(IntegrityError):
        rows.write(oidc.link, bob, ID, "Ponte")
    assert rows.read(oidc.is_linked, anna, "oidc https://login.example ")
    assert not rows.read(oidc.is_linked, anna, "oidc https://login.ex ")
    assert not rows.read(oidc.is_linked, bob, "oidc ")
    rows.write(people.remove, anna)
    assert rows.read(oidc.holder, ID) is None, "whoever left is known no more"
    rows.write(oidc.unlink, anna)
    rows.write(oidc.link, bob, ID, "Ponte")


def test_roles_of_groups_and_roles_given_by_hand(rows: Rows) -> None:
    anna = rows.write(people.add, "id-1", "anna", None, [("desk", None)])
    rows.write(oidc.set_group_roles, anna, [("author", "aurora"), ("author", "bruma")])
    assert rows.read(oidc.group_roles, anna) == {("author", "aurora"), ("author", "bruma")}
    rows.write(people.set_roles, anna, [("author", "aurora"), ("operator", None)])
    assert rows.read(oidc.group_roles, anna) == {("author", "aurora")}
    rows.write(oidc.set_group_roles, anna, [])
    assert rows.read(people.everybody)[0].roles == (("operator", None),)
    rows.write(oidc.mark_group_roles, anna)
    assert rows.read(oidc.group_roles, anna) == {("operator", None)}


def test_an_address_is_held_in_any_case_of_letters_and_by_those_who_left(rows: Rows) -> None:
    anna = rows.write(people.add, "id-1", "anna", "Anna@aurora.example", [])
    assert rows.read(oidc.address_held, "anna@AURORA.example")
    rows.write(people.remove, anna)
    assert rows.read(oidc.address_held, "anna@aurora.example")
    assert not rows.read(oidc.address_held, "bob@aurora.example")
