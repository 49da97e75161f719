"""The demo's thousand subscribers: one small server that counts who was told, and when."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import cast

import httptools

_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(slots=True)
class Crowd:
    """Listens on loopback; ``came`` has when each path was first told (seconds, Unix)."""

    came: dict[str, float] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def start(self) -> str:
        """Begin to listen; the address of the crowd."""
        port: Future[int] = Future()
        threading.Thread(target=self._run, args=(port,), daemon=True).start()
        return f"http://127.0.0.1:{port.result(10)}"

    def wait_for(self, count: int, seconds: float) -> dict[str, float]:
        """Who was told when, once that many were or time is up."""
        end = time.monotonic() + seconds
        while len(self.came) < count and time.monotonic() < end:
            time.sleep(0.01)
        return dict(self.came)

    def stop(self) -> None:
        """Listen no more."""
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, port: Future[int]) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: _One(self.came), "127.0.0.1", 0, backlog=1024)
        )
        port.set_result(server.sockets[0].getsockname()[1])
        self._loop.run_forever()
        server.close()


class _One(asyncio.Protocol):
    """One connection of the wire's."""

    def __init__(self, came: dict[str, float]) -> None:
        self._came = came

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path = url.decode()

    def on_message_complete(self) -> None:
        self._came.setdefault(self._path, time.time())
        self._transport.write(_ANSWER)
