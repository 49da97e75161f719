"""A mail server on loopback (aiosmtpd): takes mail, or answers what a test tells it to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the server took it."""

    sender: str
    recipient: str
    data: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=policy.default)

    def body(self, kind: str = "plain") -> str:
        part = self.message.get_body((kind,))
        assert part is not None, kind
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class Mailbox:
    """What came, and what is answered: by the recipient's address, or ``*`` to every message."""

    port: int = 0
    came: list[Mail] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    connections: int = 0

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if "*" in self.answers:
            return self.answers["*"]
        [recipient] = envelope.rcpt_tos
        self.came.append(Mail(envelope.mail_from, recipient, envelope.content))
        return "250 2.0.0 taken"

    def to(self, address: str) -> list[Mail]:
        return [mail for mail in self.came if mail.recipient == address]

    def clear(self) -> None:
        self.came.clear()
        self.answers.clear()
        self.connections = 0


@contextmanager
def mailbox(**options: Any) -> Iterator[Mailbox]:
    """A server while it is entered."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler = Mailbox(free.getsockname()[1])
    # Without a name of its own the server would ask the name service for one, which takes seconds.
    options.setdefault("server_hostname", "mail.gazette.example")
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, **options)
    controller.start()
    try:
        yield handler
    finally:
        # Who hung up last is seen to have done so: a loop that ends before leaves a socket open.
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1), controller.loop).result(10)
        controller.stop()
