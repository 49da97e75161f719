"""The way from a command to the API of a home: through its server, or opened in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
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
    import asyncio

    from httpx2 import AsyncBaseTransport, AsyncClient, Response
    from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")
AT_ONCE = 8
"""How many documents are under way at once, where many are posted."""
MOST_AT_ONCE = 32 * 1024 * 1024
"""Bytes under way beyond which no further document is begun."""
SOCKET = "control.sock"
_JSON = "application/json"
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
        if answer.headers.get("content-type", _JSON) != _JSON:
            return answer.content
        return answer.json() if answer.content else None
    raise _error(answer, absent)


def post_each(
    door: Door,
    url: str,
    documents: Iterable[tuple[T, bytes]],
    query: dict[str, object],
    headers: dict[str, str | None],
) -> Iterator[tuple[T, Any | DispaccioError]]:
    """Post many documents to one call, some at once; each answer, or its error, as it comes.

    So that what comes together shares a transaction. An answer bears the name of its document.
    """
    import asyncio

    import uvloop

    given = {
        "params": {name: _text(item) for name, item in query.items() if item is not None},
        "headers": {name: item for name, item in headers.items() if item is not None},
    }
    coming, size = iter(documents), 0
    running: dict[asyncio.Task[Response], tuple[T, int]] = {}
    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        closing(_Line(door, runner)) as line,
    ):
        while True:
            while len(running) < AT_ONCE and size < MOST_AT_ONCE:
                name, data = next(coming, (None, b""))
                if name is None:
                    break
                asked = _request(line.client, "POST", url, {**given, "content": data})
                running[runner.get_loop().create_task(asked)] = name, len(data)
                size += len(data)
            if not running:
                return
            done = runner.run(_first_of(running))
            for task in done:
                name, length = running.pop(task)
                size -= length
                yield name, _answered(task.result())


class _Line:
    """A client that stays open for many calls."""

    def __init__(self, door: Door, runner: asyncio.Runner) -> None:
        self.client, self._runner = _client(door, None), runner

    def close(self) -> None:
        self._runner.run(self.client.aclose())


async def _first_of(running: Iterable[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    import asyncio

    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    return done


def _answered(answer: Response) -> Any | DispaccioError:
    return answer.json() if answer.is_success else _error(answer, None)


def _client(door: Door, timeout: float | None) -> AsyncClient:
    import httpx2

    return httpx2.AsyncClient(
        transport=door.transport(), base_url=door.base, timeout=timeout, trust_env=False
    )


async def _send(door: Door, method: str, url: str, given: dict[str, Any]) -> Response:
    async with _client(door, TIMEOUT) as client:
        return await _request(client, method, url, given)


async def _request(client: AsyncClient, method: str, url: str, given: dict[str, Any]) -> Response:
    import httpx2

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
