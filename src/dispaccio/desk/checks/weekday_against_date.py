"""A weekday that does not fit its date: one of the two is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.desk.checks.reading.dates import (
    WrittenDate,
    dates_with_weekday,
    names_a_weekday,
    release_day,
)
from dispaccio.desk.checks.reading.passages import inside, passages
from dispaccio.release.model import Revision
from dispaccio.words import Sentence, in_a_row, say

FIRST_YEAR = 1924
"""From this year on the calendar is the same everywhere; before it, we cannot tell."""

_NAMES = (
    *(say("a Monday"), say("a Tuesday"), say("a Wednesday"), say("a Thursday")),
    *(say("a Friday"), say("a Saturday"), say("a Sunday")),
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b", re.ASCII)


@check("weekday-against-date", "Weekdays against their dates")
def weekday_against_date(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns of "Tuesday, 27 May 2026", which is a Wednesday, in six languages."""
    read = passages(revision)
    if not names_a_weekday("\n".join(passage.text for passage in read)):
        return
    today = release_day(revision, context)
    for passage in read:
        found = list(dates_with_weekday(passage.text))
        other_years = found and set(_YEAR.findall(passage.text)) - {str(today.year)}
        for written in found:
            year = written.year or (None if other_years else _year_near(written, today))
            quote = passage.text[written.start : written.end]
            told = in_a_row((shown(quote), inside(passage.where)), " ")
            message = _wrong(written, told, year) if year and year >= FIRST_YEAR else None
            if message:
                yield Finding(Severity.WARNING, message, passage.where, quote)


def _year_near(written: WrittenDate, today: date) -> int | None:
    """The release day's year, if no other year's such day is nearer to the release day."""
    days = [day for year in (-1, 0, 1) for day in written.days(today.year + year)]
    nearest = min(days, key=lambda day: abs(day - today), default=None)
    return today.year if nearest and nearest.year == today.year else None


def _wrong(written: WrittenDate, date: Sentence, year: int) -> Sentence | None:
    """What is wrong with a date, or None if the weekday fits."""
    days = written.days(year)
    if not days:
        return say("{date} does not exist; correct the date.", date=date)
    if written.weekday in {day.weekday() for day in days}:
        return None
    first, *more = (_NAMES[day.weekday()] for day in days)
    name = say("{first} or {second}", first=first, second=more[0]) if more else first
    if written.year:
        return say("{date} is {day}; correct the weekday or the date.", date=date, day=name)
    return say(
        "{date}, taken as {year}, the year of the release day, is {day}; correct the weekday or "
        "the date.",
        date=date,
        year=str(year),
        day=name,
    )
