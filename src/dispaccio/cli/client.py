"""The way from a command to the API of a home: through its server, or opened in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
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
    from httpx2 import AsyncBaseTransport, Response
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
    """One call of the API: its answer as JSON, None where it says nothing.

    ``query`` and ``headers`` may hold None for what was not said. An error of the API is raised
    as its class; ``absent`` is the sentence for what is not there.
    """
    import asyncio

    if any(segment in ("", ".", "..") for segment in path):
        raise NotFound(absent)
    given: dict[str, Any] = {
        "params": {name: _text(item) for name, item in (query or {}).items() if item is not None},
        "headers": {name: item for name, item in (headers or {}).items() if item is not None},
        "json": body,
        "content": data,
    }
    try:
        url = "/".join(quote(segment, safe="") for segment in path)
        answer = asyncio.run(_send(door, method, url, given))
    except UnicodeEncodeError:
        raise MalformedRequest("What was typed holds bytes that are not UTF-8.") from None
    if answer.is_success:
        return answer.json() if answer.content else None
    raise _error(answer, absent)


async def _send(door: Door, method: str, url: str, given: dict[str, Any]) -> Response:
    import httpx2

    async with httpx2.AsyncClient(
        transport=door.transport(), base_url=door.base, timeout=TIMEOUT, trust_env=False
    ) as client:
        try:
            return await client.request(method, url, **given)
        except httpx2.TransportError as error:
            raise ServerSilent(
                "The server of this home does not answer "
                f"({type(error).__name__}); look at what it printed, or stop it and try again."
            ) from None


def _error(answer: Response, absent: str | None) -> DispaccioError:
    try:
        problem = answer.json()
        kind, said = _by_code()[problem["code"]], problem["detail"]
    except (ValueError, LookupError, TypeError):
        return InternalError(f"The wire answered with status {answer.status_code} and no reason.")
    return kind(absent or said if kind is NotFound else said)


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
    from httpx2 import ASGITransport

    from dispaccio.api.app import create_api
    from dispaccio.clock import Clock
    from dispaccio.wire.home import open_home
    from dispaccio.wire.public import Public

    wire = open_home(home, Clock())
    stack.callback(wire.store.close)
    api = _trusted(create_api(wire, Public(wire)))
    debug = bool(os.environ.get("DISPACCIO_DEBUG"))
    return Door(
        "http://home", lambda: ASGITransport(api, raise_app_exceptions=debug), serving=False
    )


def _trusted(api: ASGIApp) -> ASGIApp:
    """The API for those who can open the home itself."""
    from dispaccio.api.caller import LOCAL

    async def local(scope: Scope, receive: Receive, send: Send) -> None:
        await api({**scope, LOCAL: True}, receive, send)

    return local


def _text(item: object) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)
