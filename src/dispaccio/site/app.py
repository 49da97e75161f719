"""The site as one ASGI application: which address is answered by which page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from dispaccio.errors import DispaccioError
from dispaccio.site import (
    answers,
    channel,
    confirm,
    embed,
    feed,
    files,
    home,
    leave,
    own,
    rehearsal,
    release,
    report,
    schema,
    search,
    sitemap,
    well_known,
)
from dispaccio.site.assets import Asset, assets
from dispaccio.site.language import LANGUAGES
from dispaccio.site.pages import Reader, render
from dispaccio.wire.private import Private
from dispaccio.wire.public import Public

Page: TypeAlias = Callable[[Public, Request], Response | None]
"""A page: the wire and a request in, the answer out, or None for what is not there."""
Fixed: TypeAlias = Callable[[Request], Response]
"""An answer that depends on the reader's language alone."""

PAGES: dict[str, Page] = {
    "/": home.home,
    "/atom.xml": feed.everything,
    "/rss.xml": feed.everything,
    "/feed.json": feed.everything,
    "/atom/{rest:path}": feed.archive,
    "/search": search.search,
    "/embed/{rest:path}": embed.embed,
    **dict.fromkeys(own.PATHS, own.page),
    "/archive": home.archive,
    "/c/{rest:path}": channel.channel,
    "/r/{rest:path}": release.release,
    files.PATH: files.file,
    rehearsal.PATH: rehearsal.document,
    "/robots.txt": well_known.robots,
    "/llms.txt": well_known.llms,
    "/.well-known/trust.txt": well_known.trust,
    "/.well-known/tdmrep.json": well_known.tdm,
    "/sitemap.xml": sitemap.index,
    "/sitemap/{rest:path}": sitemap.page,
    "/news-sitemap.xml": sitemap.news,
    schema.PATH: schema.schema,
}


def create_site(public: Public, private: Private | None = None) -> ASGIApp:
    """The public pages, feeds and twins; to be put behind ``dispaccio.site.front.Front``.

    With ``private`` there are the private pages, too, for whoever holds a link to one.
    What is not there gets one and the same 404 in the reader's language, whatever was asked and
    for whatever reason; but an old address that is known leads to its release.
    """
    nothing = _constant(public, "nothing.html", 404)
    pages: dict[str, Page] = dict(PAGES)
    if private is not None:
        pages = {"/r/{number}/report": partial(report.report, private), **PAGES}
    routes = [Route(path, _endpoint(public, page, nothing)) for path, page in pages.items()]
    leaving = _endpoint(public, leave.leave, nothing)
    routes.append(Route("/u/{token}", leaving, methods=["GET", "HEAD", "POST"]))
    confirming = _endpoint(public, confirm.confirm, nothing)
    routes.append(Route("/confirm/{token}", confirming, methods=["GET", "HEAD", "POST"]))
    fixed = {asset.path: partial(_asset, asset) for asset in assets().values()}
    fixed |= {served.path: partial(own.file, served) for served in own.files(public.looks)}
    routes += [Route(path, _always(answer)) for path, answer in fixed.items()]
    handlers = {
        404: _moved(public, nothing),
        405: _always(lambda _: answers.answer(b"", None, {"allow": "GET, HEAD"}, 405)),
        DispaccioError: _always(_constant(public, "trouble.html", 503)),
        500: _always(_constant(public, "trouble.html", 500)),
    }
    site = Starlette(routes=routes, exception_handlers=handlers)
    site.router.redirect_slashes = False
    return site


def _endpoint(
    public: Public, page: Page, nothing: Fixed
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await anyio.to_thread.run_sync(page, public, request) or nothing(request)

    return endpoint


def _moved(public: Public, nothing: Fixed) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, *_: object) -> Response:
        if request.method not in ("GET", "HEAD"):
            return nothing(request)
        return await anyio.to_thread.run_sync(release.moved, public, request) or nothing(request)

    return endpoint


def _always(answer: Fixed) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, *_: object) -> Response:
        return answer(request)

    return endpoint


def _asset(asset: Asset, _: Request) -> Response:
    return answers.fixed(asset.body, asset.media_type)


def _constant(public: Public, template: str, status: int) -> Fixed:
    """A page that was made beforehand, once for each language and way of asking for it."""
    headers = {"vary": "accept-language"}
    if status >= 500:
        headers["cache-control"] = "no-store"
    made = {
        (code, chosen): render(public, Reader(language=code, chosen=chosen), template).encode()
        for code in LANGUAGES
        for chosen in (False, True)
    }

    def answer(request: Request) -> Response:
        reader = Reader.of(request)
        body = made[reader.language, reader.chosen]
        return answers.answer(body, "text/html; charset=utf-8", headers, status)

    return answer
