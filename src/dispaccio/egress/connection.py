"""One HTTP/1.1 connection to a receiver (RFC 9112): one request at a time, bounded reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import httptools

from dispaccio.egress.policy import Target
from dispaccio.errors import AnswerTooLarge, ConnectionBroken, EgressFailed, MalformedAnswer

Origin = tuple[str, str, int]
"""Scheme, host and port: what two requests must share to use one connection."""

_OVERHEAD = 4
"""An answer with its framing may take this many times what is read of its head and body."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the wire waits (seconds) and how much of an answer it reads (bytes)."""

    resolve: float = 5.0
    connect: float = 5.0
    tls: float = 5.0
    total: float = 15.0
    head: int = 16 * 1024
    body: int = 16 * 1024


_LIMITS = Limits()


class Connection(asyncio.Protocol):
    """A connection to a checked address.

    When an exchange has ended, ``status``, ``headers``, ``body`` and ``cut`` (there was more body
    than is read) are the answer. ``received`` counts its bytes with their framing, and ``clean``
    says whether another request may follow. ``context`` belongs to whoever uses the connection.
    """

    def __init__(self, target: Target, address: str, lost: Callable[[Connection], None]) -> None:
        self.origin: Origin = (target.scheme, target.host, target.port)
        self.address = address
        self.context: Any = None
        self.rested = 0.0
        """Since when it is at rest, on the monotonic clock."""
        self._lost = lost
        self._parser = httptools.HttpResponseParser(self)
        self._ended: Ended | None = None
        self._limits = _LIMITS
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self._begin()

    def _begin(self) -> None:
        self.status = 0
        if self.headers:
            self.headers = {}
        if self.body:
            self.body = bytearray()
        self.cut = False
        self.clean = False
        self._done = False
        self._wrong: EgressFailed | None = None
        self.received = 0
        self._head_size = 0

    def start(self, request: bytes, limits: Limits, ended: Ended) -> None:
        """Send one request; ``ended`` is called once, when its answer is complete or has failed.

        It may be called before this returns. There is no deadline in here: whoever has waited
        long enough calls ``abort``, after which ``ended`` is not called any more.
        """
        self._begin()
        self._limits = limits
        self._ended = ended
        if self.transport.is_closing():
            self._settle(ConnectionBroken())
        else:
            self.transport.write(request)

    async def exchange(self, request: bytes, limits: Limits) -> None:
        """Send one request and wait until its answer is complete, or enough of it is read.

        There is no deadline in here: the caller cancels, which breaks the connection off.

        Raises:
            ConnectionBroken, MalformedAnswer, AnswerTooLarge
        """
        waiter = asyncio.get_running_loop().create_future()

        def ended(connection: Connection, failure: EgressFailed | None) -> None:
            if failure is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(failure)

        try:
            self.start(request, limits, ended)
            await waiter
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Break off at once; nothing more is sent or read, and nobody is told."""
        self._ended = None
        self.transport.abort()

    def _settle(self, failure: EgressFailed | None = None) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(self, failure)

    def _is_too_large(self) -> bool:
        limits = self._limits
        if self._done or self._head_size > limits.head:
            return self._head_size > limits.head
        allowed = _OVERHEAD * (limits.head + limits.body) if self.status else limits.head
        return self.received > allowed

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the connection stands."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on, until the answer is complete, enough, or wrong."""
        if self._ended is None:  # bytes that nobody asked for
            self.abort()
            return
        self.received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._wrong = MalformedAnswer("The receiver's answer changes to another protocol.")
        except httptools.HttpParserError as error:
            self.clean = False
            if not self._done:
                self._wrong = self._wrong or MalformedAnswer(
                    f"The receiver's answer is not HTTP: {error}."
                )
        if self._wrong is not None:
            self._settle(self._wrong)
        elif self._is_too_large():
            self._settle(AnswerTooLarge())
        elif self._done:
            ended, self._ended = self._ended, None
            ended(self, None)

    def eof_received(self) -> None:
        """Take the end of the connection for the end of an answer without a length."""
        self.clean = False
        # RFC 9112, section 6.3, rule 8.
        if self.status and not {"content-length", "transfer-encoding"} & self.headers.keys():
            self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """End: whoever still waits for an answer gets none."""
        del exc
        self.clean = False
        self._settle(ConnectionBroken())
        self._lost(self)

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Notice a second answer to one request."""
        if self._done:
            self.clean = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; what follows the body (a trailer) only counts."""
        self._head_size += len(name) + len(value) + 4
        if not self.status and self._head_size <= self._limits.head:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        """Take the status; interim answers (1xx) are passed over."""
        status = self._parser.get_status_code()
        if self._done:
            return
        if status < 200:
            self.headers.clear()
        elif status < 600:
            self.status = status
        else:
            self._wrong = MalformedAnswer(f"The receiver answered with the status {status}.")

    def on_body(self, data: bytes) -> None:
        """Keep as much of the body as is wanted."""
        if self._done:
            return
        self.body += data
        if len(self.body) > self._limits.body:
            del self.body[self._limits.body :]
            self.cut = self._done = True

    def on_message_complete(self) -> None:
        """See that the answer is whole."""
        if self.status and not self._done:
            self._done = True
            self.clean = self._parser.should_keep_alive()


Ended = Callable[[Connection, EgressFailed | None], None]
"""Called with the connection and, where there is no proper answer, with what went wrong."""
