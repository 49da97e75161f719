"""A receiver of webhooks in a thread: it answers 204, and notes when each request began to come."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import httptools
import uvloop

_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(slots=True)
class Sink:
    """What arrived so far, as (wall clock in seconds, path, webhook-id), in its order."""

    port: int = 0
    arrived: list[tuple[float, str, str]] = field(default_factory=list)


class _Receiver(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._begun = self._begun or time.time()
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path = url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"webhook-id":
            self._id = value.decode()

    def on_message_complete(self) -> None:
        self._sink.arrived.append((self._begun, self._path, self._id))
        self._begun = 0.0
        self._transport.write(_ANSWER)


@contextmanager
def receiving() -> Iterator[Sink]:
    """A sink on a free port of 127.0.0.1."""
    sink, ready = Sink(), threading.Event()
    loop = uvloop.new_event_loop()

    async def listen() -> None:
        server = await loop.create_server(lambda: _Receiver(sink), "127.0.0.1", 0, backlog=2048)
        sink.port = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(listen())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
