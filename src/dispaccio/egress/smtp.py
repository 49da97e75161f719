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
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from time import monotonic

from dispaccio.egress.client import Client
from dispaccio.errors import ConnectionBroken, DispaccioError, MalformedHeader

LINES = 8
"""Connections to one server at once."""
IDLE = 60.0
"""Seconds after which a connection is not used again."""
MOST = 500
"""Messages on one connection."""
QUICK = 0.005
"""Seconds for a message of a server with which one connection is enough."""
TOGETHER = 16
"""Messages handed over in a row to such a server."""
PATIENCE = 0.02
"""Seconds after which a message that waits may have a connection more."""
STEP = 10.0
"""Seconds for one answer of the server."""
TOTAL = 12.0
"""Seconds for a message in all; it may wait as long again for the one before it."""
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


@dataclass(eq=False, slots=True)
class _Job:
    """A message that waits for its turn, or is being handed over by a session."""

    make: Callable[[], Envelope]
    answer: asyncio.Future[Reply]


class Relay:
    """Hands messages to one server. Belongs to one event loop; closed with its client.

    A connection takes several messages one after the other without asking the loop in between,
    and another connection is opened only where messages wait: threads that a fast server keeps
    busy stand in each other's way. ``hello`` is the name that the wire greets with; ``tls``
    replaces the system's certificates.
    """

    def __init__(
        self, client: Client, server: Server, hello: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._client, self._server, self._hello, self._tls = client, server, hello, tls
        self._threads = ThreadPoolExecutor(LINES, thread_name_prefix="mail")
        self._idle: list[_Session] = []
        self._queue: deque[_Job] = deque()
        self._working = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.TimerHandle | None = None
        self._pace = STEP
        """Seconds that a message took lately."""
        client.closing.append(self.close)

    async def send(self, make: Callable[[], Envelope]) -> Reply:
        """Hand in what ``make`` makes; it is called in a thread.

        Raises:
            EgressRefused, EgressFailed: there is no way to the server.
            ConnectionBroken: it hung up, or took more than 12 seconds.
            What ``make`` raises.
        """
        job = _Job(make, asyncio.get_running_loop().create_future())
        self._queue.append(job)
        if not self._working:
            self._begin()
        elif self._looking is None:
            self._look_later()
        return await job.answer

    def close(self) -> None:
        """Close what is kept."""
        for task in self._tasks:
            task.cancel()
        while self._idle:
            self._idle.pop().close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> None:
        self._working += 1
        task = asyncio.get_running_loop().create_task(self._work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(PATIENCE, self._look)

    def _look(self) -> None:
        """Open one connection more where messages still wait."""
        self._looking = None
        if self._queue and self._working < LINES and self._pace >= QUICK:
            self._begin()
        if self._queue:
            self._look_later()

    async def _work(self) -> None:
        """Hand over what waits, on one connection after the other.

        Where there is no way to the server, nothing waits for it: all of it is tried again later.
        """
        try:
            while self._queue:
                async with asyncio.timeout(TOTAL):
                    session = self._take() or await self._open()
                    await self._hand_over(session)
                if self._pace < QUICK and self._working > 1:
                    return  # the others are enough
        except TimeoutError:
            self._give_up(ConnectionBroken("The mail server took too long to answer."))
        except DispaccioError as error:
            self._give_up(error)
        except Exception as error:
            self._give_up(ConnectionBroken(f"Mail could not be sent: {type(error).__name__}."))
        finally:
            self._working -= 1

    async def _hand_over(self, session: _Session) -> None:
        together = TOGETHER if self._pace < QUICK else 1
        jobs = [self._queue.popleft() for _ in range(min(together, len(self._queue)))]
        if not jobs:
            session.abort()  # others were quicker than its connection
            return
        started = monotonic()
        loop = asyncio.get_running_loop()
        try:
            done = await loop.run_in_executor(self._threads, _post_each, session, jobs)
        except BaseException:
            session.abort()
            self._queue.extendleft(reversed(jobs))
            raise
        if done:
            self._pace = (monotonic() - started) / len(done)
        for job, result in zip(jobs, done, strict=False):
            _settle(job, result)
        self._queue.extendleft(reversed(jobs[len(done) :]))
        self._rest(session)

    def _give_up(self, error: DispaccioError) -> None:
        while self._queue:
            _settle(self._queue.popleft(), error)

    async def _open(self) -> _Session:
        server = self._server
        sock = await self._client.connect("smtp", server.host, server.port)
        return _Session(sock, server, self._hello, self._tls)

    def _take(self) -> _Session | None:
        while self._idle:
            found = self._idle.pop()
            if monotonic() - found.rested < IDLE and found.sent < MOST:
                return found
            found.close()
        return None

    def _rest(self, session: _Session) -> None:
        if session.usable:
            session.rested = monotonic()
            self._idle.append(session)
        else:
            session.abort()


def _post_each(session: _Session, jobs: list[_Job]) -> list[Reply | Exception]:
    """Post messages until the session is of no more use; those left out are not begun."""
    done: list[Reply | Exception] = []
    for job in jobs:
        try:
            done.append(session.post(job.make))
        except _Stale:
            break
        except Exception as error:
            done.append(error)
        if not session.usable:
            break
    return done


def _settle(job: _Job, result: Reply | Exception) -> None:
    if job.answer.done():
        return
    if isinstance(result, Exception):
        job.answer.set_exception(result)
    else:
        job.answer.set_result(result)


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
        self.usable, fresh = self._open, not self._open
        envelope = make()
        _require_plain(envelope)
        self.usable = False
        try:
            refusal = self._begin() if fresh else None
            reply = refusal or self._hand_over(envelope)
            if not fresh and reply.code == 421 and reply.stage is Stage.SENDER:
                raise _Stale
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
            refusal = self._log_in()
            if refusal:
                return refusal
        self._open = True
        return None

    def _log_in(self) -> Reply | None:
        """By one mechanism only: a server that counts failures counts one."""
        self.user, self.password = self._server.user, self._server.password
        offered = self.esmtp_features.get("auth", "").upper().split()
        ways = {"PLAIN": self.auth_plain, "LOGIN": self.auth_login}
        way = next((name for name in ways if name in offered), None)
        if way is None:
            return Reply(0, "it offers no login by PLAIN or LOGIN", Stage.SESSION)
        try:
            self.auth(way, ways[way])
        except smtplib.SMTPResponseException as error:
            return _reply(error.smtp_code, error.smtp_error, Stage.SESSION)
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
    rest = data.replace(b"\r\n", b"")
    one_way = data.endswith(b"\r\n") and b"\n" not in rest and b"\r" not in rest
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
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it hung up"
    return type(error).__name__
