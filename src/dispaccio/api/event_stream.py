"""Server-Sent Events (HTML Living Standard, section 9.2): one answer that goes on.

Nothing is queued for a client: what it has not read yet waits in the store, and one that does not
read is cut. It comes back with ``Last-Event-ID``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dispaccio.errors import TooManyStreams

MEDIA_TYPE = "text/event-stream"
HEARTBEAT = 15.0
"""Seconds after which a comment shows that the connection lives."""
PATIENCE = 20.0
"""Seconds that a client may take to read what was sent."""
MOST = 10_000
"""How many streams are open at once."""
BEGINNING = b"retry: 1000\n\n"
COMMENT = b":\n\n"

_open = 0


class EventStream(Response):
    """Sends what its source gives until that ends, the client leaves, or does not read."""

    media_type = MEDIA_TYPE

    def __init__(self, source: AsyncGenerator[bytes, None]) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(None, 200, headers | {"access-control-allow-origin": "*"}, MEDIA_TYPE)
        del self.headers["content-length"]
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until it ends (ASGI 3)."""
        global _open  # noqa: PLW0603 - of the process, as its file descriptors are
        _open += 1
        task = asyncio.ensure_future(self._send_all(send))
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            await asyncio.wait([task, gone], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
        finally:
            _open -= 1
            for waiting in (task, gone):
                waiting.cancel()
            await asyncio.gather(task, gone, return_exceptions=True)
            await self._source.aclose()

    async def _send_all(self, send: Send) -> None:
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        with suppress(TimeoutError):
            async for piece in self._source:
                async with asyncio.timeout(PATIENCE):
                    body = {"type": "http.response.body", "body": piece, "more_body": True}
                    await send(body)
            await send({"type": "http.response.body", "body": b""})


def require_room() -> None:
    """Nothing, while another stream may be opened. Raises TooManyStreams."""
    if _open >= MOST:
        raise TooManyStreams


def event(id: str, type: str, data: bytes) -> bytes:
    """One event; ``data`` is one line."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (id.encode(), type.encode(), data)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
