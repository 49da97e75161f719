"""The private pages as one ASGI application: every door, and what is asked before it opens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from dispaccio.errors import DispaccioError, NotAllowed, ProofNeeded
from dispaccio.office import (
    account,
    desk,
    entering,
    files,
    me,
    offering,
    operator,
    organisations,
    people,
    person,
    proof,
    provider,
    reading,
    releases,
    reports,
    sheet,
    sign,
    submit,
    taking_back,
    uploads,
    vetting,
)
from dispaccio.office.asked import MOST_BYTES, Asked, require_own
from dispaccio.office.doors import Door
from dispaccio.office.pages import HEADERS, Office
from dispaccio.site.answers import answer
from dispaccio.wire import accounts
from dispaccio.wire.accounts import LoggedIn
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public
from dispaccio.words import say

DOORS: tuple[Door, ...] = tuple(
    door
    for pages in (
        entering,
        provider,
        releases,
        offering,
        reports,
        submit,
        files,
        sign,
        desk,
        sheet,
        taking_back,
        reading,
        vetting,
        me,
        operator,
        account,
        proof,
        people,
        person,
        organisations,
    )
    for door in pages.DOORS
)
"""Every private page."""


_SECRET = frozenset({"password", "now", proof.PASSWORD, proof.PASSKEY})
"""The fields that no page gives back."""


def create_office(wire: Wire, public: Public, doors: tuple[Door, ...] = DOORS) -> ASGIApp:
    """The private pages of a wire."""
    office = Office(wire, public, doors)
    methods: dict[str, dict[str, Door]] = {}
    for door in doors:
        methods.setdefault(door.path, {})[door.method] = door
    routes = [
        Route(path, _endpoint(office, behind), methods=list(behind))
        for path, behind in methods.items()
    ]
    app = Starlette(
        routes=routes, exception_handlers={404: _nothing(office), 405: _nothing(office)}
    )
    app.router.redirect_slashes = False
    return app


def _endpoint(office: Office, doors: dict[str, Door]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        if doors[method].takes_file is not None:
            return await _with_file(office, doors[method], request)
        body = await _body(request) if method == "POST" else b""
        return await anyio.to_thread.run_sync(_answer, office, doors[method], request, body)

    return endpoint


async def _with_file(office: Office, door: Door, request: Request) -> Response:
    """The answer to a form with a large file, which is taken only from whoever may send it."""
    asked = await anyio.to_thread.run_sync(lambda: Asked.of(request, b"", _who(office, request)))
    try:
        require_own(request.headers, office.wire.settings.url)
        if not door.opens_for(asked.actor):
            return _turned_away(office, asked, request)
        assert door.takes_file is not None
        await anyio.to_thread.run_sync(door.takes_file, office, asked)
        asked = replace(asked, sent=await uploads.receive(request, office.wire))
        return await anyio.to_thread.run_sync(door.answer, office, asked)
    except DispaccioError as error:
        return await anyio.to_thread.run_sync(refused, office, asked, error)


async def _body(request: Request) -> bytes:
    """The form, read only as far as it is taken; one byte more tells that it is too large."""
    pieces, size = [], 0
    async for piece in request.stream():
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            break
    return b"".join(pieces)


def _answer(office: Office, door: Door, request: Request, body: bytes) -> Response:
    who = _who(office, request)
    try:
        if door.method == "POST":
            require_own(request.headers, office.wire.settings.url)
        asked = Asked.of(request, body, who)
    except DispaccioError as error:
        return refused(office, Asked.of(request, b"", who), error)
    if not door.opens_for(asked.actor):
        return _turned_away(office, asked, request)
    try:
        taken = proof.taken(office, asked)
        return taken if isinstance(taken, Response) else door.answer(office, taken)
    except ProofNeeded:
        return proof.page(office, asked)
    except DispaccioError as error:
        return refused(office, asked, error)


def _who(office: Office, request: Request) -> LoggedIn | None:
    token = request.cookies.get(office.cookie)
    return accounts.by_session(office.wire, token) if token else None


def _turned_away(office: Office, asked: Asked, request: Request) -> Response:
    if asked.who is None and request.method in ("GET", "HEAD"):
        return answer(
            b"", None, {"location": f"/login?next={quote(request.url.path)}", **HEADERS}, 303
        )
    if asked.who is None:
        return _again(office, asked, request.url.path)
    return refused(
        office, asked, NotAllowed(say("{name} has no part in this page.", name=asked.actor.name))
    )


def _again(office: Office, asked: Asked, path: str) -> Response:
    """The page that keeps what a form held whose sender is not logged in any more."""
    return office.render(
        asked,
        "again.html",
        status=401,
        action=asked.reader.to(path),
        onward="/" + path.split("/")[1],
        fields={name: values for name, values in asked.form.items() if name not in _SECRET},
    )


def refused(office: Office, asked: Asked, error: DispaccioError) -> Response:
    """The page that says why something was not done."""
    status = error.status
    return office.render(asked, "refused.html", status=status, error=error)


def _nothing(office: Office) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def endpoint(request: Request, error: Exception) -> Response:
        asked = await anyio.to_thread.run_sync(
            lambda: Asked.of(request, b"", _who(office, request))
        )
        return office.nothing(asked)

    return endpoint
