"""What the vault keeps: wrapped keys, originals, likeness, replies, and the parts once public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from dispaccio.release.canonical import Part
from dispaccio.store import releases, secrets
from tests.store.rows import NOW, Rows


def test_a_key_until_it_is_destroyed(rows: Rows) -> None:
    one, other = rows.release("a"), rows.release("b")
    rows.write(secrets.add_vault_key, one, b"wrapped-a")
    rows.write(secrets.add_vault_key, other, b"wrapped-b")
    assert rows.read(secrets.wrapped_key, one) == b"wrapped-a"
    rows.write(secrets.destroy_key, one)
    assert rows.read(secrets.wrapped_key, one) is None
    assert rows.read(secrets.wrapped_key, other) == b"wrapped-b"


def test_originals(rows: Rows) -> None:
    revision = rows.revision(rows.release("a"))
    assert rows.read(secrets.original_of, revision) is None
    rows.write(secrets.add_originals, [(revision, "text/plain", b"\x00cipher\xff")])
    assert rows.read(secrets.original_of, revision) == ("text/plain", b"\x00cipher\xff")


def test_likeness(rows: Rows) -> None:
    own, relayed = rows.release("own"), rows.release("relayed", relayed=True)
    rows.write(secrets.add_likeness, own, [b"body", b"other"])
    rows.write(secrets.add_likeness, relayed, [b"id", b"body"])
    rows.write(secrets.add_likeness, relayed, [b"id"])
    rows.write(secrets.add_likeness, relayed, [])
    assert rows.read(secrets.like, [b"body"]) == ["own", "relayed"]
    assert rows.read(secrets.like, [b"body", b"id"], relayed=True) == ["relayed"]
    assert rows.read(secrets.like, [b"body"], relayed=False) == ["own"]
    assert rows.read(secrets.like, [b"nothing"]) == []


def test_what_is_public_with_the_same_text(rows: Rows) -> None:
    one, two = rows.release("one"), rows.release("two")
    for release in (one, two):
        rows.write(secrets.add_likeness, release, [b"body", b"mark"])
    assert rows.read(secrets.published_like, [b"body"], None) is None
    rows.write(releases.change, two, ordinal=100_000_001, status="usable")
    rows.write(releases.change, one, ordinal=100_000_002, status="withheld")
    first, second = (100_000_001, "usable"), (100_000_002, "withheld")
    assert rows.read(secrets.published_like, [b"body", b"mark"], None) == first
    assert rows.read(secrets.published_like, [b"body"], "two") == second
    rows.write(releases.change, two, status="canceled")
    assert rows.read(secrets.published_like, [b"mark", b"body"], None) == second
    assert rows.read(secrets.published_like, [b"body"], "one") == (100_000_001, "canceled")
    assert rows.read(secrets.published_like, [b"nothing"], None) is None
    assert rows.read(secrets.published_like, [], None) is None


def test_replies_are_kept_for_a_week(rows: Rows) -> None:
    release = rows.release("a")
    rows.write(secrets.add_reply, b"mac-1", b"body", release, b"sealed")
    assert rows.read(secrets.reply_to, b"mac-1") == (b"body", release, b"sealed")
    assert rows.read(secrets.reply_to, b"mac-2") is None
    with pytest.raises(IntegrityError):
        rows.write(secrets.add_reply, b"mac-1", b"body", release, b"sealed")
    rows.now = NOW + secrets.KEPT
    rows.write(secrets.add_reply, b"mac-2", b"body", release, b"sealed")
    assert rows.read(secrets.reply_to, b"mac-1") is not None
    rows.now += timedelta(microseconds=1)
    rows.write(secrets.add_reply, b"mac-3", b"body", release, b"sealed")
    assert rows.read(secrets.reply_to, b"mac-1") is None
    assert rows.read(secrets.reply_to, b"mac-2") is not None


def test_parts_in_their_order(rows: Rows) -> None:
    revision = rows.revision(rows.release("a"))
    parts = [
        Part("headline", "Éclair «1»\n😀", b"\x01" * 32),
        Part("body/0", "text", b"\x02" * 32),
        Part("body/10", "ten", b"\x03" * 32),
        Part("form", [{"kind": "paragraph", "marks": [[0, 1, "em"]]}], b"\x04" * 32),
    ]
    rows.write(secrets.add_parts, [(revision, parts)])
    rows.write(secrets.add_parts, [(revision, [])])
    found = rows.read(secrets.parts_of, revision)
    assert found == parts
    assert [part.digest for part in found] == [part.digest for part in parts]
    assert rows.read(secrets.parts_of, revision + 1) == []
