"""The lists of subjects: newest first, by channel, and gone when they are dropped."""

from __future__ import annotations

from dispaccio.store import listings, releases, subjects
from tests.store.rows import Rows

ECONOMY, HEALTH, SPORT = "medtop:04000000", "medtop:07000000", "medtop:15000000"


def filled(rows: Rows) -> list[int]:
    """Six releases, the even ones in a channel; their numbers."""
    channel = rows.channel("press")
    numbers = []
    for n in range(6):
        key = rows.release(f"r{n}", channel_=channel if n % 2 == 0 else None)
        rows.publish(key, 1)
        row = rows.read(releases.by_key, key)
        assert row
        assert row.ordinal
        numbers.append(row.ordinal)
        listed = [ECONOMY] if n < 4 else [ECONOMY, HEALTH, "house:x"]
        rows.write(subjects.put, row.ordinal, listed, "press" if n % 2 == 0 else None)
    return numbers


def listed(rows: Rows, subject: str, **more: object) -> list[int | None]:
    found = rows.read(listings.latest, **({"limit": 9, "subject_": subject} | more))
    return [row.ordinal for row, _ in found]


def test_newest_first_in_pages(rows: Rows) -> None:
    n = filled(rows)
    assert listed(rows, ECONOMY) == n[::-1]
    assert listed(rows, ECONOMY, limit=2) == [n[5], n[4]]
    assert listed(rows, ECONOMY, limit=2, before=n[4]) == [n[3], n[2]]
    assert listed(rows, HEALTH) == [n[5], n[4]]
    assert listed(rows, SPORT) == listed(rows, "nothing") == []


def test_within_a_channel_and_of_an_issuer(rows: Rows) -> None:
    n = filled(rows)
    assert listed(rows, ECONOMY, channel_="press") == [n[4], n[2], n[0]]
    assert listed(rows, ECONOMY, channel_="none") == []
    assert listed(rows, ECONOMY, issuer_="aurora") == []


def test_which_subjects_have_releases(rows: Rows) -> None:
    n = filled(rows)
    assert rows.read(subjects.listed, "medtop") == [ECONOMY, HEALTH]
    assert rows.read(subjects.listed, "house") == ["house:x"]
    assert rows.read(subjects.listed, "med") == []
    rows.write(subjects.drop, n[4])
    assert rows.read(subjects.listed, "medtop", "press") == [ECONOMY]
    assert rows.read(subjects.listed, "medtop", "none") == []
    rows.write(subjects.drop, n[5])
    assert rows.read(subjects.listed, "medtop") == [ECONOMY]


def test_later_subjects_take_the_place_of_the_earlier(rows: Rows) -> None:
    n = filled(rows)
    rows.write(subjects.put, n[0], [SPORT], None)
    assert n[0] not in listed(rows, ECONOMY)
    assert listed(rows, SPORT) == [n[0]]
    assert listed(rows, SPORT, channel_="press") == []
    rows.write(subjects.put, n[0], [], None)
    assert listed(rows, SPORT) == []
