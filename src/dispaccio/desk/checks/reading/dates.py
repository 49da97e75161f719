"""Dates as people write them in English, Italian, German, French, Spanish and Portuguese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from babel.core import Locale

from dispaccio.desk.checks.base import Context
from dispaccio.release.model import Revision

LANGUAGES = ("en", "it", "de", "fr", "es", "pt")
_LOCALES = (*LANGUAGES, "en_GB", "de_AT")
_SONNABEND = 5

_DAY = r"(?P<day>\d{1,2})(?!\d)(?:st|nd|rd|th|er|º|°|ª|\.)?"
_WORD = r"(?P<month>[^\W\d_]{3,10})\b(?:\.(?=,?\s{1,2}(?:del?\s)?\d))?"
_YEAR = r"(?:,?\s{1,2}(?:del?\s|do\s)?(?P<year>\d{4})(?![\d:]))?"
_DAY_FIRST = re.compile(rf"{_DAY}\s{{0,2}}(?:(?:of|del?|di)\s)?{_WORD}{_YEAR}")
_MONTH_FIRST = re.compile(rf"{_WORD}\s{{1,2}}{_DAY}{_YEAR}")
_DIGITS = re.compile(r"(?P<day>\d{1,2})(?P<by>[./])(?P<month>\d{1,2})(?P=by)(?P<year>\d{4})(?!\d)")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)")
_TOKEN = re.compile(r"\b[^\W\d_]{4,14}(?:-feira)?\b", re.IGNORECASE)
_LETTERS_ONLY = bytes(at if chr(at).isalpha() else 0x20 for at in range(256))
_BETWEEN = re.compile(
    r"['’]?(?:\s?\(|\.?,?\s{1,3})(?:(?:the|den|dem|il|el|le|dia)\s)?", re.IGNORECASE
)
_AND = r"(?:,|&|/|-|–|—|and|or|to|through|und|oder|bis|ed?|o|al?|et|ou|au|y|até)"
_AFTER_ANOTHER = re.compile(rf"([^\W\d_]+(?:-feira)?)['’]?\s{{0,2}}{_AND}\s{{0,2}}$", re.IGNORECASE)
_MORE_DAYS = re.compile(
    rf"\s{{0,2}}{_AND}\s{{0,2}}\d{{1,2}}(?!\d|[:.]\d|\s?[ap]\.?m)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in a text: its offsets, the ways to read day and month, and what else it states.

    ``readings`` are (month, day) pairs: more than one where 4/5/2026 may be April or May.
    ``weekday`` counts from Monday, 0.
    """

    start: int
    end: int
    readings: tuple[tuple[int, int], ...]
    year: int | None = None
    weekday: int | None = None

    def days(self, year: int) -> list[date]:
        """The days that it can be in a year; those that do not exist are left out."""
        found = []
        for month, day in self.readings:
            try:
                found.append(date(year, month, day))
            except ValueError:
                continue
        return found


def release_day(revision: Revision, context: Context) -> date:
    """The day on which the revision will be public, in the wire's zone."""
    at = revision.release_time or revision.embargo or context.now
    try:
        return at.astimezone(context.zone).date()
    except OverflowError:  # the last hours of the year 9999, east of Greenwich
        return at.date()


def dates_with_weekday(text: str) -> Iterator[WrittenDate]:
    """Every "Tuesday, 26 May 2026" or "26 May 2026 (Tuesday)" whose words are of one language.

    A weekday that stands for several days ("Saturday and Sunday, May 23 and 24") is left out.
    """
    if not names_a_weekday(text):
        return
    for token in _TOKEN.finditer(text):
        numbers = weekdays().get(token[0].casefold())
        if numbers is None:
            continue
        another = _AFTER_ANOTHER.search(text, max(0, token.start() - 24), token.start())
        if another and another[1].casefold() in weekdays():
            continue
        languages, weekday = frozenset(numbers), next(iter(numbers.values()))
        between = _BETWEEN.match(text, token.end())
        if between and (found := date_at(text, between.end(), languages)):
            yield replace(found, start=token.start(), weekday=weekday)
        elif before := _date_before(text, token.start(), languages):
            yield replace(before, end=token.end(), weekday=weekday)


def date_at(text: str, at: int, languages: frozenset[str] | None = None) -> WrittenDate | None:
    """The date that begins at an offset, if there is one in these languages (None: in any)."""
    return _in_words(text, at, languages or frozenset(LANGUAGES)) or _in_digits(
        text, at, english=languages is None or "en" in languages
    )


def _in_words(text: str, at: int, languages: frozenset[str]) -> WrittenDate | None:
    for form in (_DAY_FIRST, _MONTH_FIRST):
        found = form.match(text, at)
        if not found:
            continue
        known = months().get(found["month"].casefold(), {})
        meant = set(known) & languages
        if form is _MONTH_FIRST:
            meant &= {"en"}
        if not found["month"][0].isupper():
            meant -= {"en"}
        several = form is _MONTH_FIRST and not found["year"] and _MORE_DAYS.match(text, found.end())
        if meant and not several:
            year = int(found["year"]) if found["year"] else None
            reading = (known[min(meant)], int(found["day"]))
            return WrittenDate(at, found.end(), (reading,), year)
    return None


def _in_digits(text: str, at: int, *, english: bool) -> WrittenDate | None:
    found = _ISO.match(text, at) or _DIGITS.match(text, at)
    if not found:
        return None
    readings = [(int(found["month"]), int(found["day"]))]
    if english and "/" in found[0]:
        readings.append((int(found["day"]), int(found["month"])))
    return WrittenDate(at, found.end(), tuple(readings), int(found["year"]))


def _date_before(text: str, at: int, languages: frozenset[str]) -> WrittenDate | None:
    """The date that a weekday in parentheses, at this offset, stands behind."""
    opened = text[at - 2 : at].strip() == "("
    for begin in range(max(0, at - 26), at - 1) if opened else ():
        if begin and text[begin - 1].isalnum():
            continue
        found = date_at(text, begin, languages)
        if found and text[found.end : at].strip() == "(":
            return found
    return None


def names_a_weekday(text: str) -> bool:
    """Whether the name of a weekday stands in a text: a quick look, which spares most texts more.

    All of the names have letters of Latin-1 only, so that the words can be cut as bytes.
    """
    words = text.casefold().encode("latin-1", "replace").translate(_LETTERS_ONLY).split()
    return not _weekdays_as_bytes().isdisjoint(words)


@lru_cache(maxsize=1)
def _weekdays_as_bytes() -> frozenset[bytes]:
    return frozenset(name.encode("latin-1") for name in weekdays())


@lru_cache(maxsize=1)
def months() -> dict[str, dict[str, int]]:
    """The names of months and their short forms, with or without accents, as CLDR has them.

    From a word in lower case to its number, 1 to 12, in each language that has it.
    """
    return _by_word(
        (locale, number, name)
        for locale in map(Locale.parse, _LOCALES)
        for width in ("wide", "abbreviated")
        for number, name in locale.months["format"][width].items()
    )


@lru_cache(maxsize=1)
def weekdays() -> dict[str, dict[str, int]]:
    """The names of weekdays, like ``months``; Monday is 0."""
    names = [
        (locale, number, name)
        for locale in map(Locale.parse, _LOCALES)
        for number, full in locale.days["format"]["wide"].items()
        for name in {full, full.removesuffix("-feira")}
    ]
    return _by_word([*names, (Locale.parse("de"), _SONNABEND, "Sonnabend")])


def _by_word(names: Iterable[tuple[Locale, int, str]]) -> dict[str, dict[str, int]]:
    words: dict[str, dict[str, int]] = {}
    for locale, number, name in names:
        word = name.casefold().rstrip(".")
        bare = "".join(
            c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)
        )
        for form in (word, bare):
            words.setdefault(form, {})[locale.language] = number
    return words
