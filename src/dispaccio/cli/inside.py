"""An application called within this process, as if over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from httpx2 import AsyncBaseTransport, AsyncByteStream, Request, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message


class Inside(AsyncBaseTransport):
    """The way to an ASGI application. Unlike httpx2's own it hands on an answer as it comes.

    Whoever goes away before the end of it is gone for the application, too. With ``debug`` what
    the application raises is raised; else it is an answer with status 500, or one cut short.
    """

    def __init__(self, app: ASGIApp, *, debug: bool = False) -> None:
        self._app, self._debug = app, debug

    async def handle_async_request(self, request: Request) -> Response:
        """Answer one request."""
        call = _Call(await request.aread())
        task = asyncio.create_task(self._run(request, call))
        try:
            start = await call.next()
        except asyncio.CancelledError:
            task.cancel()
            raise
        if start is None:
            await task
            return Response(500, headers={}, content=b"")
        return Response(start["status"], headers=start["headers"], stream=_Body(call, task))

    async def _run(self, request: Request, call: _Call) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "root_path": "",
            "server": (request.url.host, request.url.port),
            "client": None,
        }
        try:
            await self._app(scope, call.receive, call.send)
        except Exception:
            if self._debug:
                raise
        finally:
            call.end()


class _Call:
    """What goes in and comes out while one request is answered."""

    def __init__(self, body: bytes) -> None:
        self._coming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        self._answer: asyncio.Queue[Message | None] = asyncio.Queue()
        self._ended = asyncio.Event()

    async def receive(self) -> Message:
        if self._coming:
            return self._coming.pop()
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self._answer.put(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.end()

    def end(self) -> None:
        """Nothing more will come."""
        if not self._ended.is_set():
            self._ended.set()
            self._answer.put_nowait(None)

    async def next(self) -> Message | None:
        """The next message of the answer; None at its end."""
        return await self._answer.get()


class _Body(AsyncByteStream):
    def __init__(self, call: _Call, task: asyncio.Task[None]) -> None:
        self._call, self._task = call, task

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (message := await self._call.next()) is not None:
            yield message.get("body", b"")
        await self._task

    async def aclose(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
