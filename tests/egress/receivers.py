"""Receivers on loopback that answer byte by byte as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Caller:
    """One connection, from the receiver's side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    """Which connection this is, from 0."""
    requests: list[bytes]

    async def request(self) -> bytes:
        """Read one request whole; raises IncompleteReadError when the caller has gone."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?im)^content-length: ([0-9]+)\r$", head)
        body = await self.reader.readexactly(int(length[1])) if length else b""
        self.requests.append(head + body)
        return head + body

    async def send(self, *pieces: bytes, pause: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            if pause:
                await asyncio.sleep(pause)

    def reset(self) -> None:
        """Break off with RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Caller], Awaitable[None]]


@dataclass
class Receiver:
    port: int
    scheme: str
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    gone: int = 0
    """How many connections have ended."""

    def url(self, host: str = "127.0.0.1", path: str = "/in") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def receiving(
    behaviour: Behaviour, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Start a receiver; ``behaviour`` serves one connection, which then ends."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        caller = Caller(reader, writer, receiver.connections, receiver.requests)
        receiver.connections += 1
        try:
            with contextlib.suppress(
                ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
            ):
                await behaviour(caller)
        finally:
            tasks.discard(task)
            receiver.gone += 1
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    receiver = Receiver(server.sockets[0].getsockname()[1], "https" if tls else "http")
    try:
        yield receiver
    finally:
        server.close()
        waiting = tuple(tasks)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.sleep(0.01)  # lets the transports close


def always(*pieces: bytes, pause: float = 0.0) -> Behaviour:
    """Answer every request of a connection with these bytes."""

    async def behaviour(caller: Caller) -> None:
        while True:
            await caller.request()
            await caller.send(*pieces, pause=pause)

    return behaviour


def once(*pieces: bytes, pause: float = 0.0) -> Behaviour:
    """Answer the first request of a connection and close."""

    async def behaviour(caller: Caller) -> None:
        await caller.request()
        await caller.send(*pieces, pause=pause)

    return behaviour


async def hang(caller: Caller) -> None:
    """Take everything and say nothing, as long as the caller stays."""
    while await caller.reader.read(65536):
        pass


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what happens on the other side; a test that waits in vain runs into its limit."""
    while not condition():  # noqa: ASYNC110 - the other side knows no event of ours
        await asyncio.sleep(0.005)
