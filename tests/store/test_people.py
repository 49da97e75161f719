"""Persons, roles and keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from dispaccio.store import people
from tests.store.rows import NOW, Rows

MINUTE = timedelta(minutes=1)


def test_a_person_with_roles(rows: Rows) -> None:
    roles = [("desk", None), ("author", "aurora")]
    key = rows.write(people.add, "id-1", "anna", "anna@aurora.example", roles)
    found = rows.read(people.named, "anna")
    assert found == people.Person(
        key, "id-1", "anna", "anna@aurora.example", NOW, (("desk", None), ("author", "aurora"))
    )
    assert rows.read(people.everybody) == [found]
    assert rows.read(people.named, "bob") is None


def test_roles_are_set_anew(rows: Rows) -> None:
    key = rows.write(people.add, "id-1", "anna", None, [("desk", None)])
    rows.write(people.set_roles, key, [("operator", None)])
    assert rows.read(people.everybody)[0].roles == (("operator", None),)
    rows.write(people.set_roles, key, [])
    assert rows.read(people.everybody)[0].roles == ()


def test_everybody_in_the_order_they_came(rows: Rows) -> None:
    for name in ("zoe", "anna", "mia"):
        rows.write(people.add, f"id-{name}", name, None, [])
    assert [person.name for person in rows.read(people.everybody)] == ["zoe", "anna", "mia"]


@pytest.mark.parametrize(("id", "name"), [("id-1", "bob"), ("id-2", "anna")])
def test_ids_and_names_are_unique(rows: Rows, id: str, name: str) -> None:
    rows.write(people.add, "id-1", "anna", None, [])
    with pytest.raises(IntegrityError):
        rows.write(people.add, id, name, None, [])


def test_a_key_finds_its_person(rows: Rows) -> None:
    roles = [("desk", None), ("author", "aurora")]
    anna = rows.write(people.add, "id-1", "anna", None, roles)
    rows.write(people.add_key, anna, "dsp_abc", b"hash-1")
    rows.write(people.add_key, anna, "dsp_def", b"hash-2", ["read", "submit"])
    for digest in (b"hash-1", b"hash-2"):
        found = rows.read(people.by_key, digest)
        assert found is not None
        assert (found[0].name, found[0].roles) == ("anna", tuple(roles))
    assert rows.read(people.by_key, b"hash") is None
    assert rows.read(people.keys_of, anna) == [
        people.KeyRow("dsp_abc", NOW, None, ()),
        people.KeyRow("dsp_def", NOW, None, ("read", "submit")),
    ]


def test_a_revoked_key_finds_nobody(rows: Rows) -> None:
    anna = rows.write(people.add, "id-1", "anna", None, [])
    bob = rows.write(people.add, "id-2", "bob", None, [])
    rows.write(people.add_key, anna, "dsp_abc", b"hash-1")
    assert not rows.write(people.revoke_key, bob, "dsp_abc")
    assert rows.write(people.revoke_key, anna, "dsp_abc")
    assert not rows.write(people.revoke_key, anna, "dsp_abc")
    assert rows.read(people.by_key, b"hash-1") is None
    assert rows.read(people.keys_of, anna) == []


def test_who_left_can_do_nothing_and_stays_in_the_record(rows: Rows) -> None:
    anna = rows.write(people.add, "id-1", "anna", None, [("desk", None)])
    rows.write(people.add_key, anna, "dsp_abc", b"hash-1")
    rows.write(people.remove, anna)
    assert rows.read(people.everybody) == []
    assert rows.read(people.named, "anna") is None
    assert rows.read(people.by_key, b"hash-1") is None
    assert rows.read(people.taken, "anna")
    assert not rows.read(people.taken, "bob")


def test_the_last_use_is_kept_to_the_minute(rows: Rows) -> None:
    anna = rows.write(people.add, "id-1", "anna", None, [])
    rows.write(people.add_key, anna, "dsp_abc", b"hash-1")

    def last() -> object:
        return rows.read(people.keys_of, anna)[0].last_used

    def rests() -> bool:
        found = rows.read(people.by_key, b"hash-1")
        assert found is not None
        assert found[0].roles == ()
        return people.rested(found[1], rows.now)

    assert rests()
    rows.write(people.mark_used, b"hash-1")
    assert last() == NOW
    rows.now = NOW + 0.9 * MINUTE
    assert not rests()
    rows.write(people.mark_used, b"hash-1")
    assert last() == NOW
    rows.now = NOW + 1.1 * MINUTE
    assert rests()
    rows.write(people.mark_used, b"hash-1")
    assert last() == rows.now
