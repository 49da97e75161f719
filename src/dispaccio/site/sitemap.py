"""The sitemaps: of everything that is usable, and of the last two days' unpaid releases.

By https://www.sitemaps.org/protocol.html and the news schema that news crawlers read beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.release.canonical import write_instant
from dispaccio.release.state import Status
from dispaccio.site import answers
from dispaccio.site.pages import first_created
from dispaccio.wire.public import Public
from dispaccio.wire.shown import Shown

NEWS = timedelta(hours=48)
MOST_NEWS = 1_000
"""How many releases of the last two days are looked at; a news sitemap may list no more."""
_NOT_KEPT = {"cache-control": "max-age=5"}
"""It changes with the hours, also where nothing is published, so the front must not keep it."""
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS_SCHEMA = "http://www.google.com/schemas/sitemap-news/0.9"
_REST = re.compile(r"([1-9][0-9]{0,8})\.xml", re.ASCII)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def index(public: Public, request: Request) -> Response:
    """``/sitemap.xml``: the pages of the sitemap, and when each changed last."""
    entries = (
        f"<sitemap><loc>{_text(public.url)}/sitemap/{page + 1}.xml</loc>"
        f"<lastmod>{_second(at)}</lastmod></sitemap>\n"
        for page, at in public.sitemap_pages()
    )
    return _answer("sitemapindex", "", entries)


def page(public: Public, request: Request) -> Response | None:
    """``/sitemap/<n>.xml``: the addresses of the usable releases in one range of numbers."""
    asked = _REST.fullmatch(request.path_params["rest"])
    listed = public.sitemap(int(asked[1]) - 1) if asked else []
    if not listed:
        return None
    start = f"<url><loc>{_text(public.url)}/r/"
    entries = (
        f"{start}{number}</loc><lastmod>{_second(at)}</lastmod></url>\n" for number, at in listed
    )
    return _answer("urlset", "", entries)


def news(public: Public, request: Request) -> Response:
    """``/news-sitemap.xml``: what nobody paid for and was published in the last 48 hours.

    A text whose label is missing or not known may be paid for, so it is left out.
    """
    since = public.now() - NEWS
    entries = (_news(public, shown) for shown in _since(public, since) if _unpaid(shown))
    answer = _answer("urlset", f' xmlns:news="{_NEWS_SCHEMA}"', entries)
    answer.headers.update(_NOT_KEPT)
    return answer


def _since(public: Public, since: datetime) -> Iterator[Shown]:
    before: int | None = None
    left = MOST_NEWS
    while left > 0:
        some = public.latest(min(left, 200), before, whole=False)
        for shown in some:
            if first_created(shown) < since:
                return
            yield shown
        if not some:
            return
        left, before = left - len(some), some[-1].ordinal


def _unpaid(shown: Shown) -> bool:
    label = shown.revision.label
    known = label is not None and label.kind is not None and not label.paid
    return known and shown.status is Status.USABLE and bool(shown.revision.headline)


def _news(public: Public, shown: Shown) -> str:
    said = shown.revision
    language = (said.language or "en").partition("-")[0]
    return (
        f"<url><loc>{_text(public.url)}/r/{shown.number}</loc><news:news><news:publication>"
        f"<news:name>{_text(public.name)}</news:name>"
        f"<news:language>{_text(language)}</news:language></news:publication>"
        f"<news:publication_date>{_second(first_created(shown))}</news:publication_date>"
        f"<news:title>{_text(said.headline)}</news:title></news:news></url>\n"
    )


def _answer(root: str, more: str, entries: Iterable[str]) -> Response:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SCHEMA}"{more}>\n'
    body = f"{head}{''.join(entries)}</{root}>\n"
    return answers.document(body.encode(errors="replace"), "application/xml")


def _second(at: datetime) -> str:
    return write_instant(at.astimezone(UTC).replace(microsecond=0))


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))
