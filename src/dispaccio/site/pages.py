"""Making pages: templates with the words, times and numbers of one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache, lru_cache, partial
from itertools import groupby
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request

from dispaccio.formats.html import (
    body_html,
    direction,
    head_meta,
    json_ld,
    paragraphs_html,
    title_of,
)
from dispaccio.formats.html.render import anchor
from dispaccio.formats.registry import formats
from dispaccio.release import subjects
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import Label
from dispaccio.release.state import TEXT_KINDS, Kind
from dispaccio.site import addresses, language, speech
from dispaccio.site.assets import assets
from dispaccio.wire.public import Public
from dispaccio.wire.shown import Shown

MAX_WORDS = 200
"""Characters of a query that are looked at."""
CORRECTING = frozenset({Kind.CORRECTION, Kind.REFILE, Kind.ADDITION})
"""The kinds that change a text after it was published."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for what: the path, the words and the place in a list, the language.

    ``subject`` is what a list is cut down to, as ``scheme:code``; ``key`` opens a private page.
    """

    path: str = "/"
    language: str = language.DEFAULT
    chosen: bool = False
    words: str = ""
    before: int | None = None
    subject: str | None = None
    key: str = ""

    @classmethod
    def of(cls, request: Request) -> Self:
        """What a request asks for. What is no number and no subject counts as none."""
        asked = request.query_params
        accepted = request.headers.get("accept-language", "").encode("latin-1", "replace")
        chosen = asked.get("lang", "") in language.LANGUAGES
        place = asked.get("before", "")
        subject = asked.get("subject", "")[:MAX_WORDS]
        return cls(
            path=request.url.path,
            language=asked["lang"] if chosen else language.preferred(accepted[:200]),
            chosen=chosen,
            words=" ".join(asked.get("q", "").split())[:MAX_WORDS],
            before=int(place) if re.fullmatch(r"[0-9]{1,16}", place) else None,
            subject=subject if subjects.parse(subject) else None,
            key=asked.get("key", "")[:MAX_WORDS],
        )

    def to(self, path: str, **query: object) -> str:
        """A link within the site that keeps a language asked for by name."""
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        if self.chosen:
            asked.setdefault("lang", self.language)
        return f"{path}?{urlencode(asked)}" if asked else path

    def here(self, **query: object) -> str:
        """The address of this page with other values in its query."""
        asked = {"q": self.words, "subject": self.subject, "before": self.before, "key": self.key}
        return self.to(self.path, **(asked | query))


def render(public: Public, reader: Reader, template: str, **values: Any) -> str:
    """A page in the reader's language."""
    return (
        environment(reader.language)
        .get_template(template)
        .render(wire=public, reader=reader, language=reader.language, **values)
    )


class Section(NamedTuple):
    """The releases of a list that have one heading: those of an hour, or those of a ``day``."""

    begins: datetime
    day: bool
    releases: list[Shown]


def by_time(listed: Iterable[Shown]) -> list[Section]:
    """Releases in the hours (UTC) in which they were first published, in the order given.

    Those of an archive stand by day, since many of them state no time.
    """
    return [Section(*begins, list(group)) for begins, group in groupby(listed, _begins)]


def _begins(shown: Shown) -> tuple[datetime, bool]:
    hour = first_created(shown).replace(minute=0, second=0, microsecond=0)
    by_day = shown.revision.archive
    return hour.replace(hour=0) if by_day else hour, by_day


def states_day(shown: Shown) -> bool:
    """Whether what came from an archive bears the instant that stands for a day without a time."""
    return shown.revision.archive and first_created(shown).time() == time()


def first_created(shown: Shown) -> datetime:
    """When a release was first published: what is public has that instant."""
    when = shown.revision.first_created
    assert when is not None
    return when.astimezone(UTC)


@cache
def environment(name: str, packages: tuple[str, ...] = ("dispaccio.site",)) -> Environment:
    """What makes pages in a language, from the templates of some packages, the first before all."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # by the extension
        language.translations(name), newstyle=True
    )
    environment.globals |= _GLOBALS
    locale = Locale.parse(language.LOCALES[name], sep="-")
    environment.filters |= {
        "date": kept(format_date, format="long", locale=locale),
        "day": kept(format_date, format="full", locale=locale),
        "time": kept(format_time, format="HH:mm", locale=locale),
        "moment": kept(format_datetime, format="d MMMM y, HH:mm", locale=locale),
        "zoned": partial(format_datetime, format="d MMM y, HH:mm z", locale=locale),
        "short": kept(format_datetime, format="d MMM, HH:mm", locale=locale),
        "second": partial(second, locale=locale),
        "distance": partial(distance, locale=locale),
        "number": kept(format_decimal, locale=locale),
        "size": partial(size, locale=locale),
        "language_name": partial(language_name, locale=locale),
        "said": partial(speech.marked, language=name),
        "explained": partial(speech.explained, language=name),
        "instant": write_instant,
        "digits": lambda text: re.sub(r"[^+0-9]", "", text),
    }
    return environment


def kept(write: Callable[..., str], **how: Any) -> Callable[[Any], str]:
    """What writes a value in one manner, and remembers how: a list says the same over and over."""

    @lru_cache(maxsize=4_096, typed=True)
    def written(value: Any, zone: object) -> str:
        return write(value, **how)

    # Instants that are equal are written differently in another zone.
    return lambda value: written(value, getattr(value, "tzinfo", None))


@lru_cache(maxsize=256)
def in_language(code: str | None) -> Markup:
    """The attributes ``lang`` and ``dir`` for a text that came from outside."""
    named = Markup('lang="{}" ').format(code) if code else Markup("")
    return named + Markup('dir="{}"').format(direction(code))


def bdi(text: str) -> Markup:
    """A name, a number or an address, set apart from the direction of the text around it."""
    return Markup(f"<bdi>{escape(text)}</bdi>")  # noqa: S704  # escaped


def distance(when: datetime, now: datetime, locale: Locale) -> str:
    """How far an instant is from now, in words: ``in 3 hr``, ``5 min ago``."""
    apart = when - now
    return format_timedelta(apart, format="short", add_direction=True, threshold=1, locale=locale)


def second(when: datetime, locale: Locale) -> str:
    """A day and a time to the tenth of a second that has begun: Babel would round 0.97 up to 10."""
    begun = when.replace(microsecond=when.microsecond // 100_000 * 100_000)
    return format_datetime(begun, format="d MMM y, HH:mm:ss.S", locale=locale)


def size(count: int, locale: Locale) -> str:
    """A number of bytes in words: ``340 kB``."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if count >= unit:
            return f"{format_decimal(round(count / unit, 1), locale=locale)} {name}"
    return f"{format_decimal(count, locale=locale)} B"


def label_language(label: Label, code: str | None) -> str | None:
    """The language that a label's words are in, for ``in_language``."""
    return language.label_language(label, code)


def language_name(code: str, locale: Locale) -> str:
    """The name of a language in the reader's; its code where that is unknown."""
    try:
        return Locale.parse(code, sep="-").get_display_name(locale) or code
    except (UnknownLocaleError, ValueError):
        return code


_GLOBALS: Mapping[str, Any] = {
    "address": addresses.page,
    "anchor": anchor,
    "assets": {name: asset.path for name, asset in assets().items()},
    "bdi": bdi,
    "body_html": body_html,
    "correcting": CORRECTING,
    "first_created": first_created,
    "formats": formats(),
    "head_meta": head_meta,
    "in_language": in_language,
    "is_instant": lambda when: isinstance(when, datetime),
    "json_ld": json_ld,
    "label_language": label_language,
    "languages": language.LANGUAGES,
    "locales": language.LOCALES,
    "paragraphs": paragraphs_html,
    "states_day": states_day,
    "text_kinds": TEXT_KINDS,
    "title_of": title_of,
}
"""What the templates may use, beside what each page hands them."""
