from __future__ import annotations

from datetime import timedelta

import pytest

from dispaccio.desk.checks.base import Severity
from tests.desk.cases import NOW, around, quotes, release, said

HOUR = timedelta(hours=1)


def test_a_release_time_ahead_is_good() -> None:
    assert said("release-time", release()) == []
    assert said("release-time", release(release_time=NOW + HOUR, embargo=NOW + HOUR)) == []


@pytest.mark.parametrize("past", [timedelta(0), HOUR, timedelta(days=56 * 365)])
def test_a_past_release_time_is_an_error(past: timedelta) -> None:
    (finding,) = said("release-time", release(release_time=NOW - past))
    assert (finding.severity, finding.where) == (Severity.ERROR, "release_time")
    assert "is past" in finding.message


def test_an_absurd_year_is_an_error() -> None:
    (finding,) = said("release-time", release(release_time=NOW.replace(year=9999)))
    assert finding.message == (
        "The release time 9999-05-26 08:00:00 UTC is more than five years away; check the year."
    )


def test_no_release_time_lies_before_the_end_of_an_embargo() -> None:
    early = release(release_time=NOW + HOUR, embargo=NOW + 2 * HOUR)
    (finding,) = said("release-time", early)
    assert "before the end of the embargo, 2026-05-26 10:00:00 UTC" in finding.message
    assert said("release-time", early, around(relayed=True)) == [finding]
    assert said("release-time", release(release_time=NOW + HOUR, embargo=NOW - HOUR)) == []


def test_another_wires_release_time_may_be_past() -> None:
    past = release(release_time=NOW - HOUR, embargo=NOW - HOUR)
    assert said("release-time", past, around(relayed=True)) == []


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("The doors open at 15:30.", "15:30"),
        ("The doors open at 3:30 pm in the hall.", "3:30 pm"),
        ("The doors open at 3 p.m. sharp.", "3 p.m."),
        ("Si apre alle 15.30.", "alle 15.30"),
        ("Inizio: ore 9", "ore 9"),
        ("Beginn ist um 15 Uhr.", "15 Uhr"),
        ("Beginn ist um 15.30 Uhr.", "15.30 Uhr"),
        ("Les portes ouvrent à 15h30.", "15h30"),
        ("Abre a las 9.", "a las 9"),
        ("Abre às 9h30.", "às 9h30"),
        ("At 10:00 CET, and again at 15:00.", "15:00"),
    ],
)
def test_a_time_without_a_zone_is_noted(text: str, time: str) -> None:
    (finding,) = said("time-without-zone", release(text))
    assert (finding.severity, finding.quote) == (Severity.NOTE, time)


@pytest.mark.parametrize(
    "text",
    [
        "At 15:30 CET, at 3 pm GMT, at 10:00 (UTC), at 3:30 p.m. EDT.",
        "At 15:30 local time, at 15:00 Rome time, at 15:00+02:00, at 15:00Z.",
        "Alle 15.30 ora locale; alle 15:00 (ora italiana).",
        "Um 15 Uhr MESZ, um 15:00 Uhr Ortszeit.",
        "À 15h30, heure de Paris; a las 9 (hora de Madrid); às 9h30 (hora local).",
        "It grew 15.30 per cent to 12:345, a ratio of 3:1 in 16:9, for 24 ore and 10:15.3 minutes.",
        "Um 15.30 Euro; 26.05.2026; 10:99",
        "DIN 18:24:00; tel. 555:12:34",
    ],
)
def test_other_figures_are_let_be(text: str) -> None:
    assert quotes("time-without-zone", release(text)) == []


def test_it_is_noted_once() -> None:
    twice = release("At 15:30 and at 16:30.", "At 17:30.", headline="Opens at 12:00")
    (finding,) = said("time-without-zone", twice)
    assert finding.where == "headline"
