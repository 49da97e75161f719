from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.desk.checks.reading.characters import digits
from tests.desk.cases import NOW, around, quotes, release, said

CHECK = "weekday-against-date"


@pytest.mark.parametrize(
    ("text", "quote", "day"),
    [
        ("We meet on Tuesday, 27 May 2026.", "Tuesday, 27 May 2026", "Wednesday"),
        ("We meet on Tuesday, May 27, 2026.", "Tuesday, May 27, 2026", "Wednesday"),
        ("We meet on Tuesday the 27th of May 2026.", "Tuesday the 27th of May 2026", "Wednesday"),
        ("Next Tuesday (27 May 2026) we meet.", "Tuesday (27 May 2026", "Wednesday"),
        ("Until 27 May 2026 (Tuesday).", "27 May 2026 (Tuesday", "Wednesday"),
        ("On Tuesday 2026-05-27.", "Tuesday 2026-05-27", "Wednesday"),
        ("Si apre martedì 27 maggio 2026, alle 15.", "martedì 27 maggio 2026", "Wednesday"),
        ("Si apre martedi' 27 maggio 2026.", "martedi' 27 maggio 2026", "Wednesday"),
        ("MARTEDÌ 27 MAGGIO 2026", "MARTEDÌ 27 MAGGIO 2026", "Wednesday"),
        ("Si apre martedì 27/05/2026.", "martedì 27/05/2026", "Wednesday"),
        ("Am Dienstag, den 27. Mai 2026, ist Tag.", "Dienstag, den 27. Mai 2026", "Wednesday"),
        ("Am Sonnabend, 24. Mai 2026.", "Sonnabend, 24. Mai 2026", "Sunday"),
        ("Dienstag, 27.05.2026", "Dienstag, 27.05.2026", "Wednesday"),
        ("Le mardi 1er avril 2026.", "mardi 1er avril 2026", "Wednesday"),
        ("El martes, 27 de mayo de 2026.", "martes, 27 de mayo de 2026", "Wednesday"),
        ("Na terça-feira, 27 de maio de 2026.", "terça-feira, 27 de maio de 2026", "Wednesday"),
        ("Na sexta, 27 de maio de 2026.", "sexta, 27 de maio de 2026", "Wednesday"),
    ],
)
def test_a_wrong_weekday_is_found(text: str, quote: str, day: str) -> None:
    (finding,) = said(CHECK, release(text))
    assert finding.quote == quote
    assert finding.where == "body/0"
    assert finding.message.endswith(f"is a {day}; correct the weekday or the date.")


@pytest.mark.parametrize(
    "text",
    [
        "Tuesday, 26 May 2026",
        "Tuesday 05/26/2026 and Tuesday 26/05/2026",
        "Friday 3/4/2026",  # 3 April is one, 4 March is not
        "26 May 2026 (Tuesday)",
        # several days share the words
        "Saturday and Sunday, May 23 and 24, 2026",
        "Sunday, May 23-24",
        "from Saturday to Sunday, May 23 to 24",
        "sabato e domenica, 23 e 24 maggio 2026",
        "Monday to Wednesday, 27 May 2026",
        # not a weekday of that language, or no date at all
        "Friday 3 out of 5",
        "Monday 5 players may march",
        "Tuesday, 27 mai",
        "A Black Friday 40 % off",
        "Sunday Times, 27 May 2026",
        # calendars differed, or the year cannot be known
        "Saturday, 14 October 1066",
        "In 1969, on Monday 20 July, they landed.",
        "Tuesday, 29 February",
        "",
    ],
)
def test_no_false_alarm(text: str) -> None:
    assert said(CHECK, release(text or " ")) == []


def test_a_day_that_does_not_exist_is_found() -> None:
    (finding,) = said(CHECK, release("See you on Tuesday, 31 June 2026."))
    assert finding.message == (
        "“Tuesday, 31 June 2026” in block 1 of the text does not exist; correct the date."
    )


def test_without_a_year_it_is_the_release_days_and_says_so() -> None:
    (finding,) = said(CHECK, release("See you on Monday, 2 June.", release_time=NOW))
    assert finding.message == (
        "“Monday, 2 June” in block 1 of the text, taken as 2026, the year of the release day, is a "
        "Tuesday; correct the weekday or the date."
    )


def test_without_a_year_it_is_silent_when_another_year_is_nearer() -> None:
    december = around(now=datetime(2026, 12, 18, 9, tzinfo=UTC))
    assert said(CHECK, release("Friday 8 January"), december) == []  # a Friday in 2027
    assert quotes(CHECK, release("Friday 8 December"), december) == ["Friday 8 December"]


def test_the_headline_is_read_too() -> None:
    (finding,) = said(CHECK, release("x", headline="The dock opens on Monday, 26 May 2026"))
    assert finding.where == "headline"


LANGUAGES = st.sampled_from(["en", "en_GB", "it", "de", "fr", "es", "pt"])
DAYS = st.dates(date(1924, 1, 1), date(2199, 12, 31))


@given(day=DAYS, language=LANGUAGES)
def test_the_right_weekday_is_never_blamed(day: date, language: str) -> None:
    assert said(CHECK, release(format_date(day, "full", locale=language))) == []


@given(day=DAYS, language=LANGUAGES, off=st.integers(1, 6))
def test_every_wrong_weekday_is_found(day: date, language: str, off: int) -> None:
    right = format_date(day, "EEEE", locale=language)
    wrong = format_date(date.fromordinal(day.toordinal() + off), "EEEE", locale=language)
    text = format_date(day, "full", locale=language).replace(right, wrong)
    assert quotes(CHECK, release(f"({text})")) == [text]


@given(st.text(st.sampled_from("a1²३٣9 é—漢.\n"), max_size=40))
def test_digits_are_found_in_every_script(text: str) -> None:
    assert list(digits(text)) == [found.span() for found in re.finditer(r"\d+", text)]
