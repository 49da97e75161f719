"""Handing mail to a server (RFC 5321): kept connections, each spoken to in a thread.

The socket comes from the door, so it leads to a judged address. A message goes with its envelope
in one step where the server takes that (RFC 2920). What is sent has CRLF alone as its line end:
anything else could hide a second message in the first.
"""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from time import monotonic

from dispaccio.egress.client import Client
from dispaccio.errors import ConnectionBroken, MalformedHeader

LINES = 8
"""Connections to one server at once."""
IDLE = 60.0
"""Seconds after which a connection is not used again."""
MOST = 100
"""Messages on one connection."""
STEP = 10.0
"""Seconds for one answer of the server."""
TOTAL = 20.0
"""Seconds for a message in all."""
_SHOWN = 200


class Stage(StrEnum):
    """How far a message came."""

    SESSION = "session"
    """Not past greeting, encryption and login."""
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it is handed over: plain addresses, and the message in ASCII with CRLF."""

    sender: str
    recipient: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered last; its words are not to be trusted."""

    code: int
    text: str
    stage: Stage

    @property
    def taken(self) -> bool:
        """Whether the server has the message now."""
        return self.stage is Stage.MESSAGE and 200 <= self.code < 300


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in. ``wrapped``: TLS from the first byte, else STARTTLS.

    ``bare`` allows a connection without TLS: on this machine, and in a test home.
    """

    host: str
    port: int
    wrapped: bool = False
    bare: bool = False
    user: str = ""
    password: str = field(default="", repr=False)


class Relay:
    """Hands messages to one server. Belongs to one event loop; closed with its client.

    ``hello`` is the name that the wire greets with; ``tls`` replaces the system's certificates.
    """

    def __init__(
        self, client: Client, server: Server, hello: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._client, self._server, self._hello, self._tls = client, server, hello, tls
        self._threads = ThreadPoolExecutor(LINES, thread_name_prefix="mail")
        self._free = asyncio.Semaphore(LINES)
        self._idle: list[_Session] = []
        client.closing.append(self.close)

    async def send(self, make: Callable[[], Envelope]) -> Reply:
        """Hand in what ``make`` makes; it is called in a thread.

        Raises:
            EgressRefused, EgressFailed: there is no way to the server.
            ConnectionBroken: it hung up, or took more than 20 seconds.
            What ``make`` raises.
        """
        try:
            async with asyncio.timeout(TOTAL), self._free:
                kept = self._take()
                if kept is not None:
                    with suppress(_Stale):
                        return await self._work(kept, make)
                server = self._server
                sock = await self._client.connect("smtp", server.host, server.port)
                return await self._work(_Session(sock, server, self._hello, self._tls), make)
        except TimeoutError:
            raise ConnectionBroken("The mail server took too long to answer.") from None

    def close(self) -> None:
        """Close what is kept."""
        while self._idle:
            self._idle.pop().close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _take(self) -> _Session | None:
        while self._idle:
            found = self._idle.pop()
            if monotonic() - found.rested < IDLE and found.sent < MOST:
                return found
            found.close()
        return None

    async def _work(self, session: _Session, make: Callable[[], Envelope]) -> Reply:
        loop = asyncio.get_running_loop()
        try:
            reply = await loop.run_in_executor(self._threads, session.post, make)
        except BaseException:
            session.abort()
            raise
        if session.usable:
            session.rested = monotonic()
            self._idle.append(session)
        else:
            session.close()
        return reply


class _Stale(Exception):
    """A kept connection was closed by the server before it took anything."""


class _Session(smtplib.SMTP):
    """One connection, on a socket that is there already."""

    def __init__(
        self, sock: socket.socket, server: Server, hello: str, tls: ssl.SSLContext | None
    ) -> None:
        sock.settimeout(STEP)
        super().__init__(local_hostname=hello)
        self._ready, self._server, self._context = sock, server, tls
        self._host = server.host
        self.sent, self.rested, self.usable = 0, 0.0, False
        self._open = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """The socket that is there, in TLS where that begins at once."""
        if self._server.wrapped:
            context = self._context or _tls()
            self._ready = context.wrap_socket(self._ready, server_hostname=host)
        return self._ready

    def post(self, make: Callable[[], Envelope]) -> Reply:
        """Make a message and hand it over. Raises ConnectionBroken or _Stale."""
        envelope = make()
        _require_plain(envelope)
        self.usable, fresh = False, not self._open
        try:
            refusal = self._begin() if fresh else None
            reply = refusal or self._hand_over(envelope)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if not fresh and isinstance(error, smtplib.SMTPServerDisconnected):
                raise _Stale from None
            raise ConnectionBroken(
                f"The mail server {self._server.host} ended the connection: {_why(error)}."
            ) from None
        self.sent += 1
        self.usable = self._open and reply.code not in (421, 221)
        return reply

    def abort(self) -> None:
        """Break off, whatever a thread waits for."""
        for sock in (self._ready, self.sock):
            with suppress(OSError, AttributeError):
                sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]  # None if not open
        self.close()
        self._ready.close()

    def _begin(self) -> Reply | None:
        """Greeting, encryption, login; what was answered if it goes no further."""
        server = self._server
        code, text = self.connect(server.host, server.port)
        if code != 220:
            return _reply(code, text, Stage.SESSION)
        self.ehlo_or_helo_if_needed()
        if not (server.wrapped or self._is_here()):
            if self.has_extn("starttls"):
                self.starttls(context=self._context or _tls())
                self.ehlo()
            elif not server.bare:
                return Reply(0, "it offers no encryption (STARTTLS)", Stage.SESSION)
        if server.user:
            try:
                self.login(server.user, server.password)
            except smtplib.SMTPResponseException as error:
                return _reply(error.smtp_code, error.smtp_error, Stage.SESSION)
        self._open = True
        return None

    def _is_here(self) -> bool:
        address = str(self._ready.getpeername()[0])
        return ip_address(address.partition("%")[0]).is_loopback

    def _hand_over(self, envelope: Envelope) -> Reply:
        commands = (
            (Stage.SENDER, f"MAIL FROM:<{envelope.sender}>\r\n"),
            (Stage.RECIPIENT, f"RCPT TO:<{envelope.recipient}>\r\n"),
            (Stage.MESSAGE, "DATA\r\n"),
        )
        together = self.has_extn("pipelining")
        if together:
            self.send("".join(line for _, line in commands))
        refused: Reply | None = None
        for stage, line in commands:
            if not together:
                if refused:
                    break
                self.send(line)
            reply = _reply(*self.getreply(), stage)
            if stage is not Stage.MESSAGE and not 200 <= reply.code < 300:
                refused = refused or reply
        if refused or reply.code != 354:
            if reply.code == 354:  # nobody is left to get it, and it waits for a message
                self.send(b".\r\n")
                self.getreply()
            elif not together or reply.code != 421:
                self.send("RSET\r\n")
                self.getreply()
            return refused or reply
        self.send(envelope.data.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return _reply(*self.getreply(), Stage.MESSAGE)


@cache
def _tls() -> ssl.SSLContext:
    """The context of mail: the system's certificates, and no word of HTTP."""
    return ssl.create_default_context()


def _require_plain(envelope: Envelope) -> None:
    """Nothing, if a server can read this in one way only. Raises MalformedHeader."""
    data = envelope.data
    ends = data.count(b"\r\n")
    one_way = data.endswith(b"\r\n") and data.count(b"\n") == ends == data.count(b"\r")
    for address in (envelope.sender, envelope.recipient):
        one_way = one_way and address.isascii() and address.isprintable()
        one_way = one_way and not any(char in address for char in "<> ")
    if not one_way or data.startswith(b".") or b"\0" in data or not data.isascii():
        raise MalformedHeader("The mail cannot be sent as it is: it has a line end of its own.")


def _reply(code: int, text: bytes | str, stage: Stage) -> Reply:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    words = "".join(char if char.isprintable() else " " for char in said[: 4 * _SHOWN]).split()
    return Reply(code, " ".join(words)[:_SHOWN], stage)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_reply(0, error.smtp_error, Stage.SESSION).text}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return type(error).__name__
