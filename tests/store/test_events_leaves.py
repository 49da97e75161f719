"""The append-only tables: events and the log's leaves, numbered without a gap."""

from __future__ import annotations

import pytest

from dispaccio.store import events, leaves
from dispaccio.store.engine import Store
from dispaccio.store.leaves import Leaf
from tests.store.rows import NOW, Rows


def test_events(rows: Rows) -> None:
    release = rows.release("a")
    assert rows.read(events.after, 0) == []
    rows.write(events.append, "submitted", "anna", release=release, revision=7)
    rows.write(events.append, "channel_added", "olga", detail={"channel": "press", "n": 1})
    rows.write(events.append, "published", "wire", release=release)
    found = rows.read(events.after, 0)
    assert [(event.seq, event.kind, event.actor) for event in found] == [
        (1, "submitted", "anna"),
        (2, "channel_added", "olga"),
        (3, "published", "wire"),
    ]
    assert (found[0].at, found[0].release, found[0].revision, found[0].detail) == (
        NOW,
        release,
        7,
        {},
    )
    assert found[1].detail == {"channel": "press", "n": 1}
    assert [event.seq for event in rows.read(events.of_release, release)] == [1, 3]
    assert [event.seq for event in rows.read(events.after, 1, 1)] == [2]
    assert rows.read(events.after, 3) == []


def test_every_so_manieth_public_change_is_a_cut(rows: Rows) -> None:
    press = rows.release("a", channel_=rows.channel("press"))
    other = rows.release("b")
    for index in range(6):
        rows.write(events.append, "submitted", "anna", release=press)
        release = press if index % 2 else other
        rows.write(events.append, events.PUBLISHED, "wire", release=release)
    # published: 2 4 6 8 10 12, those of the channel: 4 8 12
    assert rows.read(events.cuts, 0, 2) == [4, 8, 12]
    assert rows.read(events.cuts, 4, 2) == [8, 12]
    assert rows.read(events.cuts, 0, 4) == [8]
    assert rows.read(events.cuts, 0, 2, "press") == [8]
    assert rows.read(events.cuts, 0, 1, "press") == [4, 8, 12]
    assert rows.read(events.cuts, 0, 1, "none") == []


def test_leaves(rows: Rows) -> None:
    revision = rows.revision(rows.release("a"))
    assert rows.read(leaves.size) == 0
    assert rows.write(leaves.append, b"one", b"h1") == 0
    assert rows.write(leaves.append, b"two", b"h2", revision=revision) == 1
    assert rows.write(leaves.append, b"three", b"h3", revision=revision) == 2
    assert rows.read(leaves.size) == 3
    assert rows.read(leaves.of_revision, revision) == [
        Leaf(1, NOW, revision, b"two", b"h2"),
        Leaf(2, NOW, revision, b"three", b"h3"),
    ]
    assert [leaf.index for leaf in rows.read(leaves.span, 0, 2)] == [0, 1]
    assert rows.read(leaves.span, 3, 9) == []


def test_what_was_undone_leaves_no_gap(store: Store, rows: Rows) -> None:
    rows.write(leaves.append, b"one", b"h1")

    def undone() -> None:
        with store.write(NOW) as tx:
            assert leaves.append(tx, b"lost", b"h") == 1
            assert events.append(tx, "lost", "test") == 1
            raise KeyError

    with pytest.raises(KeyError):
        undone()
    assert rows.write(leaves.append, b"two", b"h2") == 1
    assert rows.write(events.append, "kept", "test") == 1
