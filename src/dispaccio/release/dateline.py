"""The dateline: composed by the wire from place, day and its own name; never a signed part."""

from __future__ import annotations

from datetime import date

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date

from dispaccio.release.model import Dateline

_PATTERN = "{place}, {day} /{wire}/ -"
_WITHOUT_PLACE = "{day} /{wire}/ -"


def compose(place: str | None, day: date, wire: str, language: str | None) -> Dateline:
    """The dateline in the release's language: ``BERGAMO, 23 novembre 2026 /Ponte/ -``.

    The place is written in capitals where its script has them.
    """
    pattern = _PATTERN if place else _WITHOUT_PLACE
    text = pattern.format(place=(place or "").upper(), day=write_day(day, language), wire=wire)
    return Dateline(place=place, day=day, wire=wire, text=text)


def write_day(day: date, language: str | None) -> str:
    """A day in words, in the manner of a language (CLDR "long"); English where it is unknown."""
    try:
        locale = Locale.parse((language or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return format_date(day, format="long", locale=locale)
