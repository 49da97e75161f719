"""The dateline: the wire writes it, so the text brings the place and no dateline of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.desk.checks.reading.dates import date_at, release_day, weekdays
from dispaccio.release.body import BlockKind
from dispaccio.release.model import Revision
from dispaccio.release.state import Kind
from dispaccio.words import say

_LONGEST = 100
_OPENING = re.compile(r"[,(]?\s{0,2}(?:(?:le|lì|den|il|el)\s)?")
_WEEKDAY = re.compile(r"([^\W\d_]{4,14}(?:-feira)?),?\s", re.IGNORECASE)
_TAIL = re.compile(r"[).]?\s{0,2}(?:[(/][^\n()/]{1,40}[)/])?\s{0,2}[-–—]{1,2}(?=\s|$)")
_SMALL = re.compile(r"am?|an|d|d[aeiou]|de[ilr]|em?|i|in|les?|la|of|on|sur|the")


@check("dateline-day", "Dateline and release day")
def dateline_day(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns when there is no place, a dateline inside the text, or a day other than the release's.

    Another wire's release keeps the dateline that it came with, and a correction that of its first
    revision; neither is judged by today's date.
    """
    if context.relayed:
        return
    if not revision.place:
        message = say("The release names no place; state one, since the dateline begins with it.")
        yield Finding(Severity.WARNING, message, "place")
    today = release_day(revision, context) if revision.kind in {None, Kind.ORIGINAL} else None
    for index, block in enumerate(revision.body):
        if block.kind is BlockKind.PARAGRAPH:
            yield from _in_text(block.text[:_LONGEST], f"body/{index}", revision.place, today)
            break
    stated = revision.dateline.day if revision.dateline else None
    if stated and today and stated != today:
        message = say(
            "The dateline says {stated}, but the release day is {today}; change the release time, "
            "or let the wire write the day.",
            stated=stated,
            today=today,
        )
        yield Finding(Severity.WARNING, message, "dateline")


def _in_text(text: str, where: str, place: str | None, today: date | None) -> Iterator[Finding]:
    end, day = _dateline(text, place, today.year if today else 0)
    if not end:
        return
    dateline = shown(text[:end])
    if today and day and day != today:
        message = say(
            "The text begins with a dateline of its own, {dateline}; take it out, since the wire "
            "writes place, day and its name itself, and its day is not the release day, {today}.",
            dateline=dateline,
            today=today,
        )
    else:
        message = say(
            "The text begins with a dateline of its own, {dateline}; take it out, since the wire "
            "writes place, day and its name itself.",
            dateline=dateline,
        )
    yield Finding(Severity.WARNING, message, where, text[:end])


def _dateline(text: str, place: str | None, year: int) -> tuple[int, date | None]:
    """Where the dateline at the head of a text ends (0: there is none), and the day it states."""
    start = 1 if text.startswith("(") else 0
    ends = [start, *(found.start() for found in re.finditer(r"[,(]", text[:60]))]
    for head_end in ends:
        opening = _OPENING.match(text, head_end)
        if not opening or not _is_place(text[start:head_end]):
            continue
        weekday = _WEEKDAY.match(text, opening.end())
        on_weekday = weekday and weekday[1].casefold() in weekdays()
        written = date_at(text, (weekday if weekday and on_weekday else opening).end())
        tail = _TAIL.match(text, written.end) if written else None
        if written and tail:
            days = written.days(written.year or year) if written.year or year else []
            return tail.end(), days[0] if len(days) == 1 else None
    if place and text[start:].casefold().startswith(place.casefold()):
        tail = _TAIL.match(text, start + len(place))
        if tail and not tail[0].startswith("-"):
            return tail.end(), None
    return 0, None


def _is_place(head: str) -> bool:
    """Whether words can be a place's: nothing, or up to six that begin with a capital."""
    words = re.findall(r"[^\W\d_]+", head)
    return len(words) <= 6 and all(
        (word[0].isupper() or _SMALL.fullmatch(word)) and word.casefold() not in weekdays()
        for word in words
    )
