"""A load generator that costs little itself: keep-alive connections, one request each in flight."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import httptools
import uvloop

HOST = "127.0.0.1"


def request(
    path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """An HTTP/1.1 request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(slots=True)
class Answer:
    """What a server answered, and the seconds that it took."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    took: float = 0.0
    size: int = 0


class _Repeating(asyncio.Protocol):
    """Sends the same request again and again; counts bytes, since every answer is as long."""

    def __init__(self, wanted: bytes, size: int, until: list[float], count: list[int]) -> None:
        self._wanted, self._size, self._until, self._count = wanted, size, until, count
        self._got = 0
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._wanted)

    def data_received(self, data: bytes) -> None:
        self._got += len(data)
        if self._got < self._size:
            return
        if self._got > self._size:
            self.ended.set_exception(RuntimeError("an answer was longer than the first one"))
            self._transport.close()
            return
        self._got = 0
        self._count[0] += 1
        if time.monotonic() < self._until[0]:
            self._transport.write(self._wanted)
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class _Asking(asyncio.Protocol):
    """Sends one request after the other, reads each answer properly and keeps it."""

    def __init__(self, requests: Iterator[bytes], keep: Callable[[Answer], None]) -> None:
        self._requests, self._keep = requests, keep
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def _next(self) -> None:
        wanted = next(self._requests, None)
        if wanted is None:
            self._transport.close()
            return
        self._parser = httptools.HttpResponseParser(self)
        self._answer = Answer()
        self._begun = time.perf_counter()
        self._transport.write(wanted)

    def data_received(self, data: bytes) -> None:
        self._answer.size += len(data)
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._answer.headers.append((name, value))

    def on_body(self, data: bytes) -> None:
        self._answer.body += data

    def on_message_complete(self) -> None:
        self._answer.took = time.perf_counter() - self._begun
        self._answer.status = self._parser.get_status_code()
        self._keep(self._answer)
        asyncio.get_running_loop().call_soon(self._next)


def ask(port: int, requests: list[bytes], connections: int = 1) -> list[Answer]:
    """Send requests over so many connections, each as soon as one is free."""
    answers: list[Answer] = []
    todo = iter(requests)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_connection(lambda: _Asking(todo, answers.append), HOST, port)
            for _ in range(connections)
        ]
        await asyncio.gather(*(protocol.ended for _, protocol in made))

    uvloop.run(run())
    if len(answers) != len(requests):
        raise RuntimeError(f"{len(requests)} requests got {len(answers)} answers")
    return answers


def repeat(port: int, wanted: bytes, *, seconds: float, connections: int, status: int) -> int:
    """How often a request was answered in that time. Every answer must be as long as the first."""
    first = ask(port, [wanted])[0]
    if first.status != status:
        raise RuntimeError(f"the answer has status {first.status}, not {status}")
    count = [0]

    async def run() -> None:
        loop = asyncio.get_running_loop()
        until = [time.monotonic() + seconds]
        made = [
            await loop.create_connection(
                lambda: _Repeating(wanted, first.size, until, count), HOST, port
            )
            for _ in range(connections)
        ]
        await asyncio.gather(*(protocol.ended for _, protocol in made))

    uvloop.run(run())
    return count[0]
