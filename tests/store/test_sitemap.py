"""What a sitemap lists: usable releases, in ranges that stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispaccio.store import events, releases, sitemap
from tests.store.rows import NOW, Rows


def publish(rows: Rows, name: str, status: str = "usable") -> int:
    key = rows.release(name)
    rows.publish(key, 1, status=status)
    seq = rows.write(events.append, "published", "wire", release=key)
    rows.write(releases.change, key, changed=seq)
    row = rows.read(releases.by_key, key)
    assert row
    assert row.ordinal
    rows.now += timedelta(seconds=1)
    return row.ordinal


def test_only_what_is_usable(rows: Rows) -> None:
    rows.release("unpublished")
    first = publish(rows, "a")
    for status in ("withheld", "canceled"):
        publish(rows, status, status)
    assert rows.read(sitemap.page, 0) == [(first, NOW)]
    assert rows.read(sitemap.pages) == [(0, NOW + timedelta(seconds=2))]
    assert rows.read(sitemap.page, 1) == rows.read(sitemap.page, 99_999_999) == []


def test_pages_of_numbers(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(rows, "a")
    key = rows.release("b")
    rows.publish(key, 1)
    seq = rows.write(events.append, "published", "wire", release=key)
    far = first + 3 * sitemap.SIZE
    rows.write(releases.change, key, changed=seq, ordinal=far)
    assert [page for page, _ in rows.read(sitemap.pages)] == [0, 3]
    assert [number for number, _ in rows.read(sitemap.page, 3)] == [far]


def test_nothing_published_is_no_page(rows: Rows) -> None:
    assert rows.read(sitemap.pages) == []
    publish(rows, "a", "withheld")
    assert rows.read(sitemap.pages) == []


def test_what_came_from_an_archive_is_listed_since_it_came(rows: Rows) -> None:
    key = rows.release("old")
    rows.publish(key, 1)
    row = rows.read(releases.by_key, key)
    assert row
    assert rows.read(sitemap.page, 0) == [(row.ordinal, NOW)]
    assert rows.read(sitemap.pages) == [(0, NOW)]
    publish(rows, "new")
    assert rows.read(sitemap.pages)[0][0] == 0
    assert len(rows.read(sitemap.page, 0)) == 2
