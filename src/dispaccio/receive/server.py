"""The receiver's HTTP server: small, bounded in size, time and connections."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httptools

from dispaccio.errors import PortTaken
from dispaccio.receive.receiver import Receiver, Reply

_WORDS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 405: "Method Not Allowed"}
_WORDS |= {408: "Request Timeout", 409: "Conflict", 413: "Content Too Large"}
_WORDS |= {422: "Unprocessable Content", 500: "Internal Server Error", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the world is let in: bytes of head and body, seconds, connections at once."""

    head: int = 16 * 1024
    body: int = 16 * 1024 * 1024
    seconds: float = 15.0
    """For a whole request to come in."""
    idle: float = 60.0
    """For the next request to begin."""
    connections: int = 64


@dataclass(slots=True)
class _Request:
    """What httptools finds in the bytes of one request."""

    limits: Limits
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    head: int = 0
    whole: bool = False
    more: bool = False

    def on_url(self, url: bytes) -> None:
        self.head += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.head += len(name) + len(value) + 4
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_begin(self) -> None:
        self.more = self.whole

    def on_message_complete(self) -> None:
        self.whole = True

    @property
    def too_large(self) -> bool:
        return self.head > self.limits.head or len(self.body) > self.limits.body


class Server:
    """Hands each POST to a receiver, one after the other, on whatever path it comes."""

    def __init__(self, receiver: Receiver, limits: Limits | None = None) -> None:
        self._receiver, self._limits = receiver, limits or Limits()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="receive")
        self._open = 0

    async def serve(
        self,
        host: str,
        port: int,
        ready: Callable[[int], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Listen until SIGINT or SIGTERM; what is being taken then is taken to its end.

        ``ready`` is called with the port. Raises PortTaken.
        """
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            listening = await asyncio.start_server(
                self._connected, host, port, limit=self._limits.head, ssl=tls
            )
        except OSError as error:
            raise PortTaken(f"Port {port} of {host} cannot be used: {error.strerror}.") from None
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        try:
            ready(listening.sockets[0].getsockname()[1])
            await stop.wait()
        finally:
            listening.close()
            await asyncio.to_thread(self._worker.shutdown)
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(name)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open > self._limits.connections:
                _answer(writer, Reply(503, "unavailable", "Too many connections."), keep=False)
            else:
                while await self._exchange(reader, writer):
                    pass
            await asyncio.wait_for(writer.drain(), self._limits.seconds)
        except (OSError, asyncio.CancelledError):
            return
        finally:
            self._open -= 1
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether another may follow."""
        request = _Request(self._limits)
        parser = httptools.HttpRequestParser(request)
        try:
            first = await asyncio.wait_for(reader.read(65536), self._limits.idle)
            if not first:
                return False
            async with asyncio.timeout(self._limits.seconds):
                await _read(parser, request, first, reader)
        except TimeoutError:
            if request.headers:
                _answer(writer, Reply(408, "timeout", "The request took too long."), keep=False)
            return False
        except httptools.HttpParserError:
            _answer(writer, Reply(400, "malformed", "That is not HTTP."), keep=False)
            return False
        if request.too_large:
            said = f"More than {self._limits.body:,} bytes are not taken."
            _answer(writer, Reply(413, "too-large", said), keep=False)
            return False
        if not request.whole:
            return False
        keep = parser.should_keep_alive() and not request.more
        reply = await self._reply(parser.get_method(), request)
        _answer(writer, reply, keep=keep)
        await writer.drain()
        return keep

    async def _reply(self, method: bytes, request: _Request) -> Reply:
        if method != b"POST":
            return Reply(405, "method-not-allowed", "Webhooks are sent by POST.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._worker, self._receiver.message, request.headers, bytes(request.body)
        )


async def _read(
    parser: httptools.HttpRequestParser,
    request: _Request,
    data: bytes,
    reader: asyncio.StreamReader,
) -> None:
    """Read on until the request is whole, too large, or broken off."""
    while data:
        parser.feed_data(data)
        if request.whole or request.too_large:
            return
        data = await reader.read(65536)


def _answer(writer: asyncio.StreamWriter, reply: Reply, *, keep: bool) -> None:
    body = json.dumps({"code": reply.code, "detail": reply.detail}).encode()
    head = (
        f"HTTP/1.1 {reply.status} {_WORDS.get(reply.status, 'Answer')}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    writer.write(head.encode() + body)
