"""Sentences in the language of a page: as text, and as HTML with every value set apart.

A value in a sentence need not be of the language of the page: each stands in ``<bdi>``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from dispaccio.errors import DispaccioError
from dispaccio.site import language as languages
from dispaccio.words import Sentence, Value, told


class Speech:
    """A language as plain text: its words are those of the catalogue."""

    def __init__(self, language: str) -> None:
        self._words = languages.translations(language)
        self._locale = Locale.parse(languages.LOCALES[language], sep="-")

    def form(self, text: str, many: str | None, count: int) -> str:
        """The words for a text; those that the catalogue lacks as they are."""
        if not text:
            return ""
        return self._words.ngettext(text, many, count) if many else self._words.gettext(text)

    def value(self, value: Value) -> str:
        """A number, a day or an instant as the language writes it; instants are in UTC."""
        if isinstance(value, datetime):
            form = "d MMMM y, HH:mm:ss 'UTC'" if value.second else "d MMMM y, HH:mm 'UTC'"
            return format_datetime(value.astimezone(UTC), form, locale=self._locale)
        if isinstance(value, date):
            return format_date(value, "long", locale=self._locale)
        if isinstance(value, int):
            return format_decimal(value, locale=self._locale)
        return str(value)


class _Marked(Speech):
    """The same as HTML."""

    def form(self, text: str, many: str | None, count: int) -> str:
        return str(escape(super().form(text, many, count)))

    def value(self, value: Value) -> str:
        said = super().value(value)
        return str(Markup("<bdi>{}</bdi>").format(said)) if isinstance(value, str) else said


def spoken(said: str, language: str) -> str:
    """A sentence as plain text; a text that is none as it is, or as the catalogue has it."""
    if isinstance(said, Sentence):
        return told(said, _plain(language))
    return _plain(language).form(said, None, 0)


def marked(said: str, language: str) -> Markup:
    """A sentence as HTML; what the catalogue lacks says that it is English."""
    if isinstance(said, Sentence):
        return Markup(told(said, _as_html(language)))  # noqa: S704 - it escapes what it says
    words = spoken(said, language)
    if language == languages.DEFAULT or words != said:
        return escape(words)
    return Markup('<span lang="en" dir="ltr">{}</span>').format(said)


def explained(error: DispaccioError, language: str) -> Markup:
    """What an error says. Behind words that are English only stands what is always said of it."""
    said, usual = error.message, error.default()
    if isinstance(said, Sentence) or said == usual or language == languages.DEFAULT:
        return marked(said, language)
    if spoken(said, language) != said:
        return marked(said, language)
    return Markup('{}<br><small lang="en" dir="ltr">{}</small>').format(
        spoken(usual, language), said
    )


@cache
def _plain(language: str) -> Speech:
    return Speech(language)


@cache
def _as_html(language: str) -> _Marked:
    return _Marked(language)
