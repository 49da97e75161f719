"""Releases and revisions: what is found by what, in which order, and never before its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from dispaccio.store import listings, queue, releases
from dispaccio.store.releases import FIRST_ORDINAL, ReleaseRow, Rendering
from tests.store.rows import NOW, Rows

SECOND = timedelta(seconds=1)


def sealed(rows: Rows, id: str, at: timedelta) -> int:
    return rows.revision(rows.release(id), state="sealed", release_time=NOW + at)


def test_a_release_that_nobody_has_seen(rows: Rows) -> None:
    issuer, channel = rows.issuer("aurora"), rows.channel("press")
    key = rows.release("the-id", issuer_=issuer, channel_=channel)
    expected = ReleaseRow(key, "the-id", None, "aurora", "press", False, None, None, None, None)
    assert rows.read(releases.by_id, "the-id") == expected
    assert rows.read(releases.by_key, key) == expected
    assert rows.read(releases.by_id, "another") is None
    assert rows.read(releases.by_key, key + 1) is None
    assert rows.read(releases.by_ordinal, FIRST_ORDINAL) is None
    relayed = rows.read(releases.by_key, rows.release("relayed", relayed=True))
    assert relayed is not None
    assert relayed.relayed is True


def test_ids_and_versions_are_unique(rows: Rows) -> None:
    release = rows.release("the-id")
    with pytest.raises(IntegrityError):
        rows.release("the-id")
    rows.revision(release, version=1)
    rows.revision(release)
    rows.revision(release)
    with pytest.raises(IntegrityError):
        rows.revision(release, version=1)


def test_numbers_are_drawn_in_order_and_unique(rows: Rows) -> None:
    assert rows.read(releases.next_ordinal) == FIRST_ORDINAL
    first, second = rows.release("a"), rows.release("b")
    rows.write(releases.change, first, ordinal=FIRST_ORDINAL)
    assert rows.read(releases.next_ordinal) == FIRST_ORDINAL + 1
    with pytest.raises(IntegrityError):
        rows.write(releases.change, second, ordinal=FIRST_ORDINAL)
    found = rows.read(releases.by_ordinal, FIRST_ORDINAL)
    assert found is not None
    assert found.id == "a"


def test_a_revision_as_it_is_kept_and_changed(rows: Rows) -> None:
    release = rows.release("a")
    key = rows.revision(release, sealed=b"\x00cipher", release_time=NOW)
    found = rows.read(releases.revision_by_key, key)
    assert found is not None
    assert (found.release, found.kind, found.state, found.version) == (
        release,
        "original",
        "in_review",
        None,
    )
    assert (found.sealed, found.release_time, found.submitted) == (b"\x00cipher", NOW, NOW)
    rows.write(
        releases.change_revision, key, state="published", version=1, sealed=None, document=b"{}"
    )
    again = rows.read(releases.revision_by_key, key)
    assert again is not None
    assert (again.state, again.version, again.sealed, again.document) == (
        "published",
        1,
        None,
        b"{}",
    )
    assert rows.read(releases.revision_by_key, key + 1) is None


def test_open_newest_and_published_revisions(rows: Rows) -> None:
    release = rows.release("a")
    assert rows.read(releases.open_revision, release) is None
    assert rows.read(releases.newest_revision, release) is None
    keys = {
        state: rows.revision(release, state=state, version=version)
        for state, version in [
            ("published", 1),
            ("rejected", None),
            ("in_review", None),
            ("called_off", None),
        ]
    }
    second = rows.revision(release, state="published", version=2)
    opened = rows.read(releases.open_revision, release)
    newest = rows.read(releases.newest_revision, release)
    assert opened is not None
    assert newest is not None
    assert (opened.key, newest.key) == (keys["in_review"], second)
    public = rows.read(releases.published_revisions, release)
    assert [(row.key, row.version) for row in public] == [(keys["published"], 1), (second, 2)]
    one = rows.read(releases.published_revision, release, 1)
    assert one is not None
    assert one.key == keys["published"]
    assert rows.read(releases.published_revision, release, 3) is None


def test_what_waits_soonest_first(rows: Rows) -> None:
    release = rows.release("a")
    late = rows.revision(release, state="sealed", release_time=NOW + 9 * SECOND)
    none = rows.revision(release, state="parked")
    soon = rows.revision(release, state="approved", release_time=NOW)
    for state in ("published", "rejected", "called_off"):
        rows.revision(release, state=state)
    assert [row.key for row in rows.read(queue.waiting)] == [soon, late, none]
    assert [row.key for row in rows.read(queue.waiting, 1)] == [soon]
    assert rows.read(releases.count_by_state) == {
        "sealed": 1,
        "parked": 1,
        "approved": 1,
        "rejected": 1,
        "called_off": 1,
    }


def test_what_is_due_by_instant_then_by_id(rows: Rows) -> None:
    assert rows.read(releases.next_due) is None
    late = sealed(rows, "a", 2 * SECOND)
    second = sealed(rows, "c", SECOND)
    first = sealed(rows, "b", SECOND)
    rows.revision(rows.release("d"), state="approved", release_time=NOW)

    def due(until: timedelta) -> list[tuple[int, str]]:
        return [(row.key, id) for row, id in rows.read(releases.due, NOW + until)]

    assert due(SECOND - timedelta(microseconds=1)) == []
    assert due(SECOND) == [(first, "b"), (second, "c")]
    assert due(2 * SECOND) == [(first, "b"), (second, "c"), (late, "a")]
    assert [row.key for row, _ in rows.read(releases.due, NOW + 2 * SECOND, 1)] == [first]
    assert rows.read(releases.next_due) == NOW + SECOND
    assert rows.read(releases.next_due, {first, second}) == NOW + 2 * SECOND
    assert rows.read(releases.next_due, {first, second, late}) is None
    assert rows.read(releases.count_due, NOW + SECOND) == 2


def test_the_latest_by_channel_and_issuer_in_pages(rows: Rows) -> None:
    issuer, channel = rows.issuer("aurora"), rows.channel("press")
    made = []
    for number in range(4):
        mine = number % 2 == 0
        release = rows.release(
            f"r{number}",
            issuer_=issuer if mine else None,
            channel_=channel if number < 2 else None,
        )
        rows.publish(release, 1)
        made.append(release)
    rows.release("unpublished", issuer_=issuer, channel_=channel)

    def found(**more: object) -> list[str]:
        rows_ = rows.read(listings.latest, **({"limit": 9} | more))
        assert all(document == f"{row.key} v1".encode() for row, document in rows_)
        return [row.id for row, _ in rows_]

    assert found() == ["r3", "r2", "r1", "r0"]
    assert found(limit=2) == ["r3", "r2"]
    assert found(before=FIRST_ORDINAL + 2) == ["r1", "r0"]
    assert found(channel_="press") == ["r1", "r0"]
    assert found(issuer_="aurora") == ["r2", "r0"]
    assert found(issuer_="aurora", channel_="press", before=FIRST_ORDINAL + 9) == ["r0"]
    assert found(channel_="nothing") == found(issuer_="nobody") == []
    shown = rows.read(listings.shown_documents, [FIRST_ORDINAL + 3, FIRST_ORDINAL, 7])
    assert [(row.id, row.status) for row, _ in shown] == [("r3", "usable"), ("r0", "usable")]
    assert rows.read(listings.shown_documents, []) == []


def test_renderings(rows: Rows) -> None:
    key = rows.revision(rows.release("a"))
    made = [
        Rendering("text", "text/plain", b"text", "aa"),
        Rendering("html", "text/html", b"\x00<p>", "bb"),
    ]
    rows.write(releases.add_renderings, key, made)
    rows.write(releases.add_renderings, key, [])
    assert rows.read(releases.rendering_of, key, "html") == made[1]
    assert rows.read(releases.rendering_of, key, "nitf") is None
    rows.write(releases.drop_renderings, key)
    assert rows.read(releases.rendering_of, key, "html") is None
    rows.write(releases.add_renderings, key, made)
    with pytest.raises(IntegrityError):
        rows.write(releases.add_renderings, key, made[:1])


def test_the_last_changed_first(rows: Rows) -> None:
    channel = rows.channel("press")
    made: dict[int, str] = {}
    for number in range(3):
        release = rows.release(f"r{number}", channel_=channel if number else None)
        rows.publish(release, 1, formats=("thin", "entry") if number == 1 else ("thin",))
        rows.write(releases.change, release, changed=7 - number, ordinal=FIRST_ORDINAL + number)
        made[release] = f"{release} v1"
    rows.release("unpublished")
    first, second, third = made.values()

    def found(**more: object) -> list[tuple[int, bytes | None, bytes | None]]:
        given = {"entry": "entry", "limit": 9} | more
        return [
            (row.cursor, row.entry, row.document) for row in rows.read(listings.changed, **given)
        ]

    whole = [
        (7, None, first.encode()),
        (6, f"entry {second}".encode(), None),
        (5, None, third.encode()),
    ]
    assert found() == whole
    assert found(limit=1) == whole[:1]
    assert found(before=7) == found(channel_="press") == whole[1:]
    assert found(before=6, channel_="press") == whole[2:]
    assert found(channel_="none") == []
    [row, *_] = rows.read(listings.changed, entry="entry", limit=1)
    assert (row.ordinal, row.status, row.published) == (FIRST_ORDINAL, "usable", NOW)
