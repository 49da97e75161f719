"""Handing mail to a server: encryption, login, kept connections, servers that misbehave."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509

from dispaccio.egress import smtp
from dispaccio.egress.client import Client
from dispaccio.egress.policy import Allow, Policy
from dispaccio.egress.smtp import Envelope, Relay, Reply, Server, Stage
from dispaccio.egress.smtp_session import Session
from dispaccio.errors import (
    AddressNotPublic,
    ConnectFailed,
    ConnectionBroken,
    EgressRefused,
    MalformedHeader,
    MetadataAddress,
    PortNotAllowed,
)
from tests.egress.test_tls import Authority
from tests.support.mailbox import mailbox

HOST = "mail.press.example"
DATA = b"Subject: x\r\n\r\n.dots\r\n..\r\n.\r\nend\r\n"


async def to_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def letter(to: str = "rita@gazette.example", data: bytes = DATA) -> Envelope:
    return Envelope("bounces@press.example", to, data)


def hand_in(
    server: Server, *envelopes: Envelope, tls: ssl.SSLContext | None = None, test: bool = True
) -> list[Reply]:
    """Hand in messages at once; the first error is raised."""

    async def main() -> list[Reply]:
        async with Client(Policy(test=test), resolver=to_loopback) as client:
            relay = Relay(client, server, "press.example", tls)
            return await asyncio.gather(*(relay.send(lambda e=e: e) for e in envelopes))

    return asyncio.run(asyncio.wait_for(main(), 40))


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the server were on another machine."""
    monkeypatch.setattr(Session, "_is_here", lambda self: False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_what_comes_is_what_was_sent() -> None:
    with mailbox() as box:
        [reply] = hand_in(Server("127.0.0.1", box.port), letter())
        assert reply == Reply(250, "2.0.0 taken", Stage.MESSAGE) and reply.taken
        assert box.came[0].data == DATA and box.came[0].sender == "bounces@press.example"


def test_connections_are_kept_and_few() -> None:
    with mailbox() as box:
        replies = hand_in(
            Server("127.0.0.1", box.port), *(letter(f"r{n}@g.example") for n in range(150))
        )
        assert all(reply.taken for reply in replies)
        assert len({mail.recipient for mail in box.came}) == 150
        assert 1 <= box.connections <= smtp.LINES


def test_a_refused_recipient_spoils_nobody_elses() -> None:
    with mailbox() as box:
        box.answers["bad@g.example"] = "550 5.1.1 nobody"
        replies = hand_in(
            Server("127.0.0.1", box.port),
            letter("one@g.example"),
            letter("bad@g.example"),
            letter("two@g.example"),
        )
        assert [reply.taken for reply in replies] == [True, False, True]
        assert replies[1] == Reply(550, "5.1.1 nobody", Stage.RECIPIENT)
        assert [mail.recipient for mail in box.came] == ["one@g.example", "two@g.example"]


def test_starttls_is_used_and_its_certificate_checked(
    elsewhere: None, authority: Authority
) -> None:
    context = authority.server(x509.DNSName(HOST))
    with mailbox(tls_context=context, require_starttls=True) as box:
        server = Server(HOST, box.port)
        assert hand_in(server, letter(), tls=authority.trusted())[0].taken
        with pytest.raises(ConnectionBroken, match=r"certificate|issuer"):
            hand_in(server, letter())
        with pytest.raises(ConnectionBroken, match="ostname mismatch"):
            hand_in(Server("other.example", box.port), letter(), tls=authority.trusted())
        assert len(box.came) == 1


def test_without_encryption_nothing_goes_to_another_machine(elsewhere: None) -> None:
    with mailbox() as box:
        [reply] = hand_in(Server(HOST, box.port), letter())
        assert not reply.taken and "STARTTLS" in reply.text
        assert hand_in(Server(HOST, box.port, bare=True), letter())[0].taken
        assert len(box.came) == 1


def test_tls_from_the_first_byte(authority: Authority) -> None:
    with mailbox(ssl_context=authority.server(x509.DNSName(HOST))) as box:
        server = Server(HOST, box.port, wrapped=True)
        assert hand_in(server, letter(), tls=authority.trusted())[0].taken


def test_logging_in() -> None:
    def judge(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = (data.login, data.password) == (b"press", b"secret")
        return AuthResult(success=known, handled=False)

    with mailbox(authenticator=judge, auth_require_tls=False) as box:
        right = Server("127.0.0.1", box.port, user="press", password="secret")
        wrong = Server("127.0.0.1", box.port, user="press", password="guess")
        assert hand_in(right, letter())[0].taken
        [reply] = hand_in(wrong, letter())
        assert not reply.taken and reply.stage is Stage.SESSION and reply.code == 535
        assert "secret" not in repr(right) and "guess" not in str(reply)


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: x\r\n\r\nfirst\n.\nMAIL FROM:<x@y>\r\n",
        b"Subject: x\r\n\r\nfirst\r.\r\r\n",
        b"Subject: x\r\n\r\nfirst\r\n.\r",
        b"Subject: x\r\n\r\n\xff\r\n",
        b"Subject: x\r\n\r\n\0\r\n",
        b".\r\n",
        b"Subject: x\r\n\r\nno end",
    ],
)
def test_what_two_servers_might_read_otherwise_is_not_sent(data: bytes) -> None:
    with mailbox() as box:
        with pytest.raises(MalformedHeader):
            hand_in(Server("127.0.0.1", box.port), letter(data=data))
        assert not box.came


@pytest.mark.parametrize(
    "address", ["a@b\r\nRCPT TO:<c@d>", "a@b>", "a b@c", "è@b", "a@b\0", "<a@b"]
)
def test_no_address_brings_a_command_with_it(address: str) -> None:
    with mailbox() as box, pytest.raises(MalformedHeader):
        hand_in(Server("127.0.0.1", box.port), letter(address))
    assert not box.came


def test_where_mail_may_go() -> None:
    policy = Policy()
    for port in (25, 465, 587):
        assert policy.service("smtp", "mail.example.org", port).port == port
    for host, port, error in (
        ("mail.example.org", 2525, PortNotAllowed),
        ("mail.example.org", 443, PortNotAllowed),
        ("10.1.2.3", 25, AddressNotPublic),
        ("127.0.0.1", 25, AddressNotPublic),
        ("169.254.169.254", 25, MetadataAddress),
    ):
        with pytest.raises(error):
            policy.service("smtp", host, port)
    allowed = Policy((Allow("10.1.2.3", 2525, "the smarthost"),))
    target = allowed.service("smtp", "10.1.2.3", 2525)
    assert allowed.admit(target, ["10.1.2.3"])
    inner = Policy((Allow("mail.inner.example", 25, "the smarthost"),))
    named = inner.service("smtp", "mail.inner.example", 25)
    assert inner.admit(named, ["10.9.9.9"])
    with pytest.raises(AddressNotPublic):
        policy.admit(policy.service("smtp", "mail.example.org", 25), ["10.9.9.9"])


def test_a_name_that_leads_inside_is_refused() -> None:
    with mailbox() as box, pytest.raises(EgressRefused):
        hand_in(Server("mail.example.org", 25), letter(), test=False)
    assert not box.connections


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectFailed):
        hand_in(Server("127.0.0.1", port), letter(), letter())


@contextmanager
def scripted(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection what a test says."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)

        def run() -> None:
            while True:
                try:
                    with listener.accept()[0] as sock:
                        sock.settimeout(20)
                        talk(sock)
                except OSError:
                    return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts
    thread.join(timeout=25)


@pytest.mark.parametrize(
    "greeting", [b"", b"not mail\r\n", b"421 busy\r\n", b"554 go away\r\n", b"2" * 100_000]
)
def test_servers_that_speak_something_else(greeting: bytes) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(greeting)

    with scripted(talk) as port:
        try:
            [reply] = hand_in(Server("127.0.0.1", port), letter())
        except ConnectionBroken:
            return
        assert not reply.taken and reply.stage is Stage.SESSION and len(reply.text) <= 200


def test_a_server_that_hangs_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TOTAL", 0.5)
    ended = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 hello\r\n")
        sock.recv(1000)
        assert sock.recv(1000) == b""  # we hang up
        ended.set()

    with scripted(talk) as port, pytest.raises(ConnectionBroken, match="too long"):
        hand_in(Server("127.0.0.1", port), letter(), letter("two@g.example"))
    assert ended.wait(10)


def test_a_kept_connection_that_the_server_closed_is_replaced() -> None:
    with mailbox() as box:

        async def main() -> None:
            async with Client(Policy(test=True)) as client:
                relay = Relay(client, Server("127.0.0.1", box.port), "press.example")
                assert (await relay.send(letter)).taken
                relay._idle[0].sock.shutdown(socket.SHUT_RDWR)
                assert (await relay.send(letter)).taken

        asyncio.run(main())
        assert box.connections == 2
