from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dispaccio.egress.client import Client, Limits, system_tls
from dispaccio.egress.policy import Policy
from dispaccio.egress.sender import Sender
from dispaccio.errors import TlsFailed
from tests.egress.receivers import OK, Caller, always, hang, receiving
from tests.egress.test_sender import send

Run = Callable[[Coroutine[Any, Any, None]], None]

TEST = Policy(test=True)
HOST = "cms.newsroom.example"
DAY = dt.timedelta(days=1)


class Authority:
    """An authority of this test's own, and what it certifies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        self.certificate = self._sign(self.key, self.name, [], DAY, authority=True)

    def _sign(
        self,
        key: ec.EllipticCurvePrivateKey,
        subject: x509.Name,
        names: Sequence[x509.GeneralName],
        until: dt.timedelta,
        *,
        authority: bool = False,
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        own = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * DAY)
            .not_valid_after(now + until)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    not authority, False, False, False, False, authority, authority, False, False
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), False
            )
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def trusted(self) -> ssl.SSLContext:
        """What a client has that trusts this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(
            cadata=self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        )
        return context

    def server(self, *names: x509.GeneralName, until: dt.timedelta = DAY) -> ssl.SSLContext:
        """What a server has whose certificate holds these names."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A receiver of a test")])
        chain = self.folder / "server.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + self._sign(key, subject, names, until).public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def to_loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def test_the_name_is_sent_and_checked(run: Run, authority: Authority) -> None:
    asked: list[str | None] = []
    server = authority.server(x509.DNSName(HOST))
    server.sni_callback = lambda _socket, name, _context: asked.append(name)

    async def main() -> None:
        async with (
            receiving(always(OK), server) as receiver,
            Client(TEST, resolver=to_loopback, tls=authority.trusted()) as client,
        ):
            for _ in range(2):
                answer = await client.post(receiver.url(HOST), {}, b"release")
                assert (answer.status, answer.body) == (200, b"ok")
            assert receiver.connections == 1
            assert f"Host: {HOST}:{receiver.port}\r\n".encode() in receiver.requests[0]
        assert asked == [HOST]

    run(main())


def test_an_address_is_checked_like_a_name(run: Run, authority: Authority) -> None:
    async def main() -> None:
        server = authority.server(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        async with (
            receiving(always(OK), server) as receiver,
            Client(TEST, tls=authority.trusted()) as client,
        ):
            assert (await client.post(receiver.url(), {}, b"")).status == 200
            with pytest.raises(TlsFailed, match="localhost"):
                await client.post(receiver.url("localhost"), {}, b"")

    run(main())


@pytest.mark.parametrize(
    "fault", ["another name", "expired", "unknown authority", "system's trust"]
)
def test_a_certificate_that_proves_nothing(
    run: Run, authority: Authority, tmp_path: Path, fault: str
) -> None:
    name = "www.another.example" if fault == "another name" else HOST
    server = authority.server(x509.DNSName(name), until=-DAY if fault == "expired" else DAY)
    trust = {
        "unknown authority": Authority(tmp_path).trusted(),
        "system's trust": system_tls(),
    }.get(fault, authority.trusted())

    async def main() -> None:
        async with (
            receiving(always(OK), server) as receiver,
            Client(TEST, resolver=to_loopback, tls=trust) as client,
        ):
            with pytest.raises(TlsFailed, match=HOST) as caught:
                await client.post(receiver.url(HOST), {}, b"a release")
            assert receiver.requests == []
            if fault == "expired":
                assert "expired" in caught.value.message

    run(main())


@pytest.mark.parametrize("fault", ["expired", "another name"])
def test_the_courier_sends_nothing_to_it_either(run: Run, authority: Authority, fault: str) -> None:
    name = "www.another.example" if fault == "another name" else HOST
    server = authority.server(x509.DNSName(name), until=-DAY if fault == "expired" else DAY)

    async def main() -> None:
        async with (
            receiving(always(OK), server) as receiver,
            Client(TEST, resolver=to_loopback, tls=authority.trusted()) as client,
        ):
            sent = await send(client, Sender(client), receiver.url(HOST))
            assert [type(failure) for failure in sent.said] == [TlsFailed]
            assert receiver.requests == []

    run(main())


def test_a_handshake_that_never_ends(run: Run, authority: Authority) -> None:
    async def main() -> None:
        async with receiving(hang) as receiver, Client(TEST, tls=authority.trusted()) as client:
            url = receiver.url().replace("http:", "https:")
            with pytest.raises(TlsFailed, match="in time"):
                await client.post(url, {}, b"", Limits(tls=0.2))

    run(main())


def test_a_receiver_that_speaks_no_tls(run: Run, authority: Authority) -> None:
    async def behaviour(caller: Caller) -> None:
        await caller.reader.read(100)
        await caller.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async def main() -> None:
        async with (
            receiving(behaviour) as receiver,
            Client(TEST, tls=authority.trusted()) as client,
        ):
            with pytest.raises(TlsFailed):
                await client.post(receiver.url().replace("http:", "https:"), {}, b"")

    run(main())


def test_one_context_for_the_process() -> None:
    assert system_tls() is system_tls()
    assert system_tls().verify_mode is ssl.CERT_REQUIRED
    assert system_tls().check_hostname
