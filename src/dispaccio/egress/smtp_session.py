"""One connection to a mail server (RFC 5321), on a socket that is there already."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from ipaddress import ip_address

from dispaccio.errors import ConnectionBroken, MalformedHeader

STEP = 10.0
"""Seconds for one answer of the server."""
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


class Stale(Exception):
    """A kept connection was closed by the server before it took anything."""


class Session(smtplib.SMTP):
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
        """Make a message and hand it over. Raises ConnectionBroken or Stale."""
        self.usable, fresh = self._open, not self._open
        envelope = make()
        _require_plain(envelope)
        self.usable = False
        try:
            refusal = self._begin() if fresh else None
            reply = refusal or self._hand_over(envelope)
            if not fresh and reply.code == 421 and reply.stage is Stage.SENDER:
                raise Stale
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if not fresh and isinstance(error, smtplib.SMTPServerDisconnected):
                raise Stale from None
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
