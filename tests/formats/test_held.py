"""What waits for its release time is under embargo to every other reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispaccio.formats import convert
from dispaccio.formats.base import Options
from dispaccio.formats.registry import by_name, read
from dispaccio.release.model import Reading, Revision
from dispaccio.release.notice import as_held
from dispaccio.testing import releases

UNTIL = datetime(2027, 3, 1, 8, tzinfo=UTC)
HELD = replace(releases.english(), release_time=UNTIL, embargo=None, version_created=None)
LOSSLESS = ("markdown", "ninjs", "ninjs-1", "ninjs-2", "newsml-g2", "nitf", "dispaccio")


@pytest.mark.parametrize("name", ["html", "text", "rss", "atom", "json-feed"])
def test_the_release_time_is_the_embargo_of_formats_without_one(name: str) -> None:
    (found,) = by_name(name).read(by_name(name).write(HELD), Options())
    assert found.revision.embargo == UNTIL


@pytest.mark.parametrize("name", LOSSLESS)
def test_a_lossless_format_still_gives_the_release_time_back(name: str) -> None:
    (found,) = read(by_name(name).write(HELD))
    assert found.revision.release_time == UNTIL
    assert found.revision.embargo is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ninjs", b'"embargoedUntil":"2027-03-01T08:00:00Z"'),
        ("ninjs-1", b'"embargoed":"2027-03-01T08:00:00Z"'),
        ("newsml-g2", b"<embargoed>2027-03-01T08:00:00Z</embargoed>"),
        ("nitf", b'<date.release norm="20270301T080000Z"/>'),
        ("nitf", b'management-status="embargoed"'),
        ("markdown", b"Under embargo until"),
    ],
)
def test_the_public_fields_say_so(name: str, said: bytes) -> None:
    assert said in by_name(name).write(HELD)


@pytest.mark.parametrize(
    ("embargo", "made", "until"),
    [
        (None, None, UNTIL),
        (UNTIL + timedelta(days=1), None, UNTIL + timedelta(days=1)),
        (UNTIL - timedelta(days=1), None, UNTIL),
        (None, UNTIL - timedelta(seconds=1), UNTIL),
        (None, UNTIL, None),
    ],
)
def test_until_when_a_revision_is_held(
    embargo: datetime | None, made: datetime | None, until: datetime | None
) -> None:
    assert as_held(replace(HELD, embargo=embargo, version_created=made)).embargo == until


def test_a_number_takes_no_embargo_off_a_text() -> None:
    numbered = replace(HELD, number="100000007")
    for name in ("text", "markdown"):
        assert b"Under embargo until" in by_name(name).write(numbered)


@pytest.mark.parametrize("to", ["ninjs", "html", "text", "rss", "dispaccio"])
@pytest.mark.parametrize(
    "document",
    [
        b"EMBARGO UNTIL 1 March 2027, 09:00\n\nA mill closes\n\nThe mill is old and it closes.\n",
        (
            b"From: press@foo.example\nSubject: A mill closes\nX-Embargo: tomorrow noon\n"
            b"Content-Type: text/plain\n\nThe mill is old and it closes.\n"
        ),
        (
            b'<nitf><head><docdata><date.release norm="2027-03-01T09:00+25:00"/></docdata></head>'
            b"<body><body.head><hedline><hl1>A</hl1></hedline></body.head>"
            b"<body.content><p>B.</p></body.content></body></nitf>"
        ),
    ],
)
def test_a_hold_until_nobody_knows_when_is_not_written(document: bytes, to: str) -> None:
    made = convert.convert(read(document), by_name(to))
    assert made.written == ()
    (why,) = made.left_out
    assert "under embargo" in why
    assert "--zone" in why


def test_a_release_time_settles_a_hold() -> None:
    unclear = Reading("text", HELD, warnings=("Line 1: Under embargo, but its end is not clear.",))
    to = by_name("text")
    assert convert.convert([unclear], to).written
    open_ = replace(unclear, revision=Revision(headline="A"))
    assert convert.convert([open_], to).written == ()
