"""Drafts as they are kept, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispaccio.store import drafts, people
from tests.store.rows import Rows


@pytest.fixture
def made(rows: Rows) -> dict[str, int]:
    return {
        "issuer": rows.issuer(),
        "author": rows.write(people.add, "id-anna", "anna", None, []),
        "release": rows.release("id-release"),
    }


def add(rows: Rows, made: dict[str, int], id: str, **more: Any) -> int:
    given = {
        "id": id,
        "issuer": made["issuer"],
        "author": made["author"],
        "behalf": False,
        "saved_by": "anna",
        "wrapped": b"key",
        "sealed": b"text",
    }
    return rows.write(drafts.add, given | more)


def test_only_the_state_that_was_read_is_saved_over(rows: Rows, made: dict[str, int]) -> None:
    key = add(rows, made, "a")
    assert rows.write(drafts.save, key, 1, b"second", "max")
    assert not rows.write(drafts.save, key, 1, b"lost", "anna")
    row = rows.read(drafts.by_id, "a")
    assert row is not None
    assert (row.issuer, row.author) == ("aurora", "anna")
    assert (row.saved, row.saved_by, row.sealed) == (2, "max", b"second")


def test_a_draft_ends_once_and_its_key_goes(rows: Rows, made: dict[str, int]) -> None:
    key = add(rows, made, "a")
    assert not rows.write(drafts.end, key, 2)
    assert rows.write(drafts.end, key, 1, release_=made["release"])
    assert not rows.write(drafts.end, key)
    assert not rows.write(drafts.save, key, 1, b"late", "anna")
    row = rows.read(drafts.by_id, "a")
    assert row is not None
    assert (row.wrapped, row.sealed, row.release) == (None, None, "id-release")


def test_those_under_way_are_listed_the_last_one_saved_first(
    rows: Rows, made: dict[str, int]
) -> None:
    for id in ("a", "b", "c"):
        add(rows, made, id)
        rows.now += timedelta(seconds=1)
    first = rows.read(drafts.by_id, "a")
    assert first is not None
    rows.write(drafts.save, first.key, 1, b"again", "anna")
    gone = rows.read(drafts.by_id, "b")
    assert gone is not None
    rows.write(drafts.end, gone.key)
    for issuers, author in ((("aurora",), ""), ((), "id-anna")):
        listed = rows.read(drafts.open_ones, issuers, author)
        assert [row.id for row in listed] == ["a", "c"]
    assert rows.read(drafts.open_ones, (), "somebody") == []


def test_what_revises_a_release_and_who_belongs_to_whom(rows: Rows, made: dict[str, int]) -> None:
    one = add(rows, made, "a", family="f")
    add(rows, made, "b", revises=made["release"], family="f")
    found = rows.read(drafts.revising, made["release"])
    assert found is not None
    assert (found.id, found.revises) == ("b", "id-release")
    rows.write(drafts.end, one, release_=made["release"])
    assert rows.read(drafts.families, ["id-release", "none"]) == {"id-release": "f"}
    assert [row.id for row in rows.read(drafts.relatives, ["f"])] == ["a", "b"]
    rows.write(drafts.end, found.key)
    assert [row.id for row in rows.read(drafts.relatives, ["f"])] == ["a"]
    assert rows.read(drafts.relatives, []) == []


def test_one_beginning_a_language_is_remembered(rows: Rows, made: dict[str, int]) -> None:
    for language, text in (("en", b"1"), ("it", b"2"), ("en", b"3")):
        rows.write(drafts.remember, made["issuer"], language, b"key", text)
        rows.now += timedelta(seconds=1)
    found = rows.read(drafts.remembered_of, made["issuer"])
    assert list(found.items()) == [("en", (b"key", b"3")), ("it", (b"key", b"2"))]
