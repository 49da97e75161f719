"""Times that people write: with a zone or not at all, and never guessed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio import clock
from dispaccio.errors import (
    DispaccioError,
    InputError,
    MalformedTime,
    TimeAmbiguous,
    TimeInGap,
    TimeOutOfRange,
    TimeWithoutZone,
)

ROME = ZoneInfo("Europe/Rome")
DAY = datetime.fromisoformat
NOON = datetime(2026, 5, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-05-26T09:00+02:00", "2026-05-26T07:00:00+00:00"),
        ("2026-05-26T09:00+0200", "2026-05-26T07:00:00+00:00"),
        ("2026-12-01T09:00z", "2026-12-01T09:00:00+00:00"),
        ("2026-12-01t09:00:00.1234567890123Z", "2026-12-01T09:00:00.123456+00:00"),
        ("2026-12-01 09:00:00.1234567 Europe/Rome", "2026-12-01T08:00:00.123456+00:00"),
        ("2026-12-01 09:00 Zulu", "2026-12-01T09:00:00+00:00"),
        ("2026-05-26 09:00:30.5Z", "2026-05-26T09:00:30.500000+00:00"),
        ("  2026-05-26 09:00 Europe/Rome ", "2026-05-26T07:00:00+00:00"),
        ("2026-01-26 09:00 Europe/Rome", "2026-01-26T08:00:00+00:00"),
        ("2026-05-26 09:00 UTC", "2026-05-26T09:00:00+00:00"),
        ("2026-05-26 09:00 America/Argentina/Buenos_Aires", "2026-05-26T12:00:00+00:00"),
        ("2026-05-26T00:00+14:00", "2026-05-25T10:00:00+00:00"),
        ("2026-05-26T00:00-14:00", "2026-05-26T14:00:00+00:00"),
        ("2026-05-26T09:00+02:00 Europe/Rome", "2026-05-26T07:00:00+00:00"),
    ],
)
def test_a_written_time_is_one_instant(text: str, instant: str) -> None:
    assert clock.parse(text).isoformat() == instant


def test_a_zone_is_used_only_where_the_text_states_none() -> None:
    assert clock.parse("2026-05-26 09:00", ROME) == datetime(2026, 5, 26, 7, tzinfo=UTC)
    assert clock.parse("2026-05-26 09:00Z", ROME) == datetime(2026, 5, 26, 9, tzinfo=UTC)
    assert clock.parse("2026-05-26 09:00 Asia/Tokyo", ROME) == datetime(2026, 5, 26, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-05-26T09:00", "2026-05-26 09:00:00.5"])
def test_a_time_without_a_zone_is_an_error_that_shows_the_remedy(text: str) -> None:
    with pytest.raises(TimeWithoutZone) as error:
        clock.parse(text)
    assert f"({text}+02:00)" in error.value.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-05-26",
        "09:00+02:00",
        "26.05.2026 09:00 UTC",
        "2026-02-30T09:00Z",
        "2026-05-26T24:00Z",
        "2026-05-26T09:00zz",
        "2026-05-26T09:00:00.Z",
        "2026-05-26T09:00:001Z",
        "2026-05-26T09:001Z",
        "2026-05-26T09:61Z",
        "0000-05-26T09:00Z",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00",
        "2026-05-26T09:00+25:00",
        "2026-05-26T09:00+14:01",
        "2026-05-26T09:00+13:99",
        "2026-05-26T09:00-02:60",
        "2026-05-26T09:00 Middle/Earth",
        "2026-05-26T09:00 Europe",
        "2026-05-26T09:00 CEST",
        "2026-05-26T09:00 right/Europe/Rome",
        "2026-05-26T09:00 localtime",
        "2026-05-26T09:00 posixrules",
        "2026-05-26T09:00+02:00 America/New_York",
        "2026-05-26T09:00+02:00 Middle/Earth",
        "٢٠٢٦-05-26T09:00Z",
        "2026-05-26T09:00Z\nX: y",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(MalformedTime):
        clock.parse(text)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        (
            "2026-03-29 02:30 Europe/Rome",
            ("2026-03-29T03:30:00+02:00", "2026-03-29T01:30:00+01:00"),
        ),
        ("2026-03-08 02:00 America/New_York", ("T03:00:00-04:00", "T01:00:00-05:00")),
        ("2026-10-04 02:15 Australia/Lord_Howe", ("T02:45:00+11:00", "T01:45:00+10:30")),
    ],
)
def test_a_time_in_a_gap_shows_both_readings(text: str, readings: tuple[str, str]) -> None:
    with pytest.raises(TimeInGap) as error:
        clock.parse(text)
    assert all(reading in error.value.message for reading in readings)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        (
            "2026-10-25 02:30 Europe/Rome",
            ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"),
        ),
        ("2026-11-01 01:59:59 America/New_York", ("T01:59:59-04:00", "T01:59:59-05:00")),
    ],
)
def test_a_time_that_happens_twice_shows_both_readings(
    text: str, readings: tuple[str, str]
) -> None:
    with pytest.raises(TimeAmbiguous) as error:
        clock.parse(text)
    assert all(reading in error.value.message for reading in readings)
    for reading in error.value.message.rpartition("Write ")[2].rstrip(".").split(" or "):
        assert clock.parse(reading).tzinfo is UTC


@given(
    st.datetimes(DAY("1971-01-01"), DAY("2037-12-31")),
    st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_a_zones_time_is_read_as_its_only_reading(local: datetime, name: str) -> None:
    local = local.replace(microsecond=0)
    readings = {
        reading
        for fold in (0, 1)
        if (reading := local.replace(tzinfo=ZoneInfo(name), fold=fold).astimezone(UTC))
        .astimezone(ZoneInfo(name))
        .replace(tzinfo=None)
        == local
    }
    expected = {0: TimeInGap, 2: TimeAmbiguous}.get(len(readings))
    if expected:
        with pytest.raises(expected):
            clock.parse(f"{local.isoformat()} {name}")
    else:
        assert {clock.parse(f"{local.isoformat()} {name}")} == readings


@given(
    st.datetimes(DAY("0002-01-01"), DAY("9998-01-01")),
    st.integers(-14 * 60, 14 * 60),
)
def test_every_offset_there_is_is_read(local: datetime, minutes: int) -> None:
    written = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert clock.parse(written.isoformat(timespec="microseconds")) == written


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d[+ -]\w{0,12}"))
def test_nothing_that_is_written_breaks_the_reader(text: str) -> None:
    with suppress(InputError):
        assert clock.parse(text).tzinfo is UTC


def test_a_release_time_lies_ahead_and_not_absurdly_far() -> None:
    assert clock.check_ahead(NOON + timedelta(seconds=1), NOON) == NOON + timedelta(seconds=1)
    assert clock.check_ahead(NOON + clock.FARTHEST, NOON)
    for instant in (NOON, NOON - timedelta(microseconds=1), datetime(1970, 1, 1, tzinfo=UTC)):
        with pytest.raises(TimeOutOfRange, match="is past"):
            clock.check_ahead(instant, NOON)
    for instant in (NOON + clock.FARTHEST + timedelta(seconds=1), datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(TimeOutOfRange, match="five years"):
            clock.check_ahead(instant, NOON)


def test_an_instant_is_written_in_utc() -> None:
    assert clock.write(datetime(2026, 5, 26, 9, tzinfo=ROME)) == "2026-05-26 07:00:00 UTC"


def test_zones_have_names_of_the_data_base() -> None:
    assert clock.zone_named("Europe/Rome").key == "Europe/Rome"
    for name in ("", "Nowhere", "../../etc/passwd", "/etc/localtime", "right/UTC", "\0", "é"):
        with pytest.raises(DispaccioError, match="There is no time zone"):
            clock.zone_named(name)
