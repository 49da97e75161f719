"""The way from a command to the API of a home: through its server, or opened in this process."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dispaccio.errors import (
    DispaccioError,
    HomeInUse,
    HomeUnreadable,
    InternalError,
    MalformedRequest,
    NotFound,
    ServerSilent,
)

if TYPE_CHECKING:
    from httpx2 import AsyncBaseTransport, AsyncClient, Response
    from starlette.types import ASGIApp, Receive, Scope, Send

SOCKET = "control.sock"
PATIENCE = 100
"""How often a command looks whether another one has finished, a tenth of a second apart."""
TIMEOUT = 120.0
"""Seconds after which a server that says nothing is given up."""


@dataclass(frozen=True, slots=True)
class Door:
    """A way to the API of a home; ``serving`` is True when a server answers there."""

    base: str
    transport: Callable[[], AsyncBaseTransport]
    serving: bool


def open_door(home: Path, stack: ExitStack) -> Door:
    """The way to a home's API, kept open by ``stack``. One process at a time has a home open.

    Raises NoHome, HomeUnreadable, HomeInUse where neither a server answers nor another command
    finishes in ten seconds, and what opening a home raises.
    """
    from dispaccio.wire.lock import hold

    try:
        for patience in reversed(range(PATIENCE)):
            try:
                stack.enter_context(hold(home))
            except HomeInUse:
                if door := _server_of(home, stack):
                    return door
                if not patience:
                    raise
                time.sleep(0.1)
            else:
                break
        return _opened(home, stack)
    except OSError as error:
        raise HomeUnreadable(
            f"The home {home} cannot be used by you ({error.strerror}): look at the owner and the "
            f"permissions of {error.filename or home}."
        ) from None


def ask(
    door: Door,
    method: str,
    path: tuple[str, ...],
    *,
    absent: str | None = None,
    query: dict[str, object] | None = None,
    body: object = None,
    data: bytes | None = None,
    headers: dict[str, str | None] | None = None,
) -> Any:
    """One call of the API: its answer as JSON, or its bytes if it is none; None if it is empty.

    ``query`` and ``headers`` may hold None for what was not said. An error of the API is raised
    as its class; ``absent`` is the sentence for what is not there.
    """
    import asyncio

    if any(segment in ("", ".", "..") for segment in path):
        raise NotFound(absent)
    given = {**given_by(query or {}, headers or {}), "json": body, "content": data}
    try:
        url = "/".join(quote(segment, safe="") for segment in path)
        answer = asyncio.run(_send(door, method, url, given))
    except UnicodeEncodeError:
        raise MalformedRequest("What was typed holds bytes that are not UTF-8.") from None
    if answer.is_success:
        if not answer.headers.get("content-type", "json").endswith("json"):
            return answer.content
        return answer.json() if answer.content else None
    raise error_of(answer, absent)


def given_by(query: dict[str, object], headers: dict[str, str | None]) -> dict[str, Any]:
    """What a request is given of a query and of headers; None is what was not said."""
    return {
        "params": {name: _text(item) for name, item in query.items() if item is not None},
        "headers": {name: item for name, item in headers.items() if item is not None},
    }


def client_of(door: Door, timeout: float | None) -> AsyncClient:
    """A client that calls through a door; without ``timeout`` it waits for ever."""
    import httpx2

    return httpx2.AsyncClient(
        transport=door.transport(), base_url=door.base, timeout=timeout, trust_env=False
    )


async def _send(door: Door, method: str, url: str, given: dict[str, Any]) -> Response:
    async with client_of(door, TIMEOUT) as client, answering():
        return await client.request(method, url, **given)


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """A call of the API. Raises ServerSilent where the server does not answer it to the end."""
    import httpx2

    try:
        yield
    except httpx2.TransportError as error:
        raise ServerSilent(
            "The server of this home does not answer "
            f"({type(error).__name__}); look at what it printed, or stop it and try again."
        ) from None


def error_of(answer: Response, absent: str | None = None) -> DispaccioError:
    """The error that an answer is; ``absent`` is the sentence for what is not there."""
    try:
        problem = answer.json()
        code, said = problem["code"], problem["detail"]
    except (ValueError, LookupError, TypeError):
        return InternalError(f"The wire answered with status {answer.status_code} and no reason.")
    return error_named(code, absent if absent and code == NotFound.code() else said)


def error_named(code: str, said: str) -> DispaccioError:
    """The error of that code, as its class."""
    return _by_code().get(code, InternalError)(said)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, type[DispaccioError]]:
    """Every error by its code: an error crosses the API as its code and comes back as its class."""
    found, new = dict[str, type[DispaccioError]](), [DispaccioError]
    while new:
        kind = new.pop()
        found[kind.code()] = kind
        new += kind.__subclasses__()
    return found


def _server_of(home: Path, stack: ExitStack) -> Door | None:
    """The server's control socket, if one answers.

    It is reached through its opened folder, since a socket's path may have 107 bytes only.
    """
    import socket

    folder = os.open(home / "run", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    path = f"/proc/self/fd/{folder}/{SOCKET}"
    with socket.socket(socket.AF_UNIX) as probe, suppress(FileNotFoundError, ConnectionError):
        probe.connect(path)
        stack.callback(os.close, folder)
        from httpx2 import AsyncHTTPTransport

        return Door("http://home/api/v1", lambda: AsyncHTTPTransport(uds=path), serving=True)
    os.close(folder)
    return None


def _opened(home: Path, stack: ExitStack) -> Door:
    """The API of a home, opened in this process."""
    from dispaccio.api.app import create_api
    from dispaccio.cli.inside import Inside
    from dispaccio.clock import Clock
    from dispaccio.wire.home import open_home
    from dispaccio.wire.public import Public

    wire = open_home(home, Clock())
    stack.callback(wire.store.close)
    api = _trusted(create_api(wire, Public(wire)))
    debug = bool(os.environ.get("DISPACCIO_DEBUG"))
    return Door("http://home", lambda: Inside(api, debug=debug), serving=False)


def _trusted(api: ASGIApp) -> ASGIApp:
    """The API for those who can open the home itself."""
    from dispaccio.api.caller import LOCAL

    async def local(scope: Scope, receive: Receive, send: Send) -> None:
        await api({**scope, LOCAL: True}, receive, send)

    return local


def _text(item: object) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)
