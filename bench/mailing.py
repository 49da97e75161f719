"""DKIM-signed mails a core-second, beside smtplib with one OpenSSL RSA-2048 signature a message.

Both hand the same release to the same server, a process of its own, on kept connections. What is
counted is the processor time of the sending process.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import smtplib
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import uvloop
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bench import _texts
from bench._numbers import line, spread
from dispaccio.delivery.carriers.base import Means, Parcel, Result
from dispaccio.delivery.carriers.mail import mail
from dispaccio.delivery.mailing import dkim
from dispaccio.delivery.signature import SigningKey, new_key
from dispaccio.egress.client import Client
from dispaccio.egress.policy import Policy
from dispaccio.formats import native
from dispaccio.release.state import Kind
from dispaccio.settings import Settings

GOAL = 0.8
AT_ONCE = 64
PEM = dkim.new_key()


def main(*, rounds: int = 5, mails: int = 2000) -> None:
    with _server() as port:
        parcels = _parcels(mails)
        ours, peer, ratios = [], [], []
        uvloop.run(_send(port, parcels[:200]))
        for _ in range(rounds):
            ours.append(_speed(lambda: uvloop.run(_send(port, parcels)), mails))
            peer.append(_speed(lambda: _smtplib(port, parcels), mails))
            ratios.append(ours[-1] / peer[-1])
        line(f"{mails:,} mails of {len(parcels[0].body):,} bytes (JSON), a core-second", "")
        line("  the carrier mail, signed by DKIM", spread(ours, digits=0))
        line("  smtplib and one RSA-2048 signature", spread(peer, digits=0))
        line("  ratio", spread(ratios), f">= {GOAL}")


def _speed(work: Callable[[], None], mails: int) -> float:
    before = time.process_time()
    work()
    return mails / (time.process_time() - before)


def _parcels(count: int) -> list[Parcel]:
    said = replace(_texts.release(1), id=f"urn:uuid:{uuid.uuid4()}", number="T100000001", version=1)
    body = native.pack(said)
    return [
        Parcel(
            webhook_id="x.v1",
            number="T100000001",
            version=1,
            kind=Kind.ORIGINAL,
            endpoint=str(uuid.uuid4()),
            address=f"reader-{number}@gazette.example",
            body=body,
            media_type=native.MEDIA_TYPE,
            timestamp=datetime.now(UTC),
        )
        for number in range(count)
    ]


async def _send(port: int, parcels: list[Parcel]) -> None:
    settings = Settings(
        "Ponte",
        "https://ponte.example",
        test=True,
        smtp=f"smtp://127.0.0.1:{port}",
        mail_from="news@ponte.example",
        dkim_selector="s1",
    )
    slots = asyncio.Semaphore(AT_ONCE)
    async with Client(Policy(test=True)) as client:
        means = Means(client, settings, SigningKey(new_key()), lambda name: PEM)

        async def one(parcel: Parcel) -> None:
            async with slots:
                outcome = await mail.send(parcel, means)
                if outcome.kind is not Result.DELIVERED:
                    raise RuntimeError(outcome.detail)

        async with asyncio.TaskGroup() as group:
            for parcel in parcels:
                group.create_task(one(parcel))


def _smtplib(port: int, parcels: list[Parcel]) -> None:
    """The same bytes as our mail has, ready made; signed once a message, and handed in."""
    key = serialization.load_pem_private_key(PEM, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    data = _whole()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="ponte.example") as server:
        for parcel in parcels:
            key.sign(data[:2000], padding.PKCS1v15(), hashes.SHA256())
            server.sendmail("news@ponte.example", [parcel.address], data)


def _whole() -> bytes:
    """A mail of ours."""
    from dispaccio.delivery.mailing import letters
    from dispaccio.delivery.mailing.message import Recipient, Stencil

    house = letters.House("Ponte", "news@ponte.example")
    letter = letters.release(native.kept(_parcels(1)[0].body), letters.Style(), house)
    to = Recipient("", "reader@gazette.example", f"https://ponte.example/u/{'x' * 43}")
    signer = dkim.Signer(PEM, "ponte.example", "s1")
    return Stencil(letter).write(to, datetime.now(UTC), signer)


@contextmanager
def _server() -> Iterator[int]:
    """A mail server in a process of its own that takes everything."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


class _Sink(asyncio.Protocol):
    """As much of RFC 5321 as a sender needs."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._to, self._held, self._data = transport, b"", False
        self._to.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._held += data
        while True:
            if self._data:
                _, end, rest = self._held.partition(b"\r\n.\r\n")
                if not end:
                    return
                self._held, self._data = rest, False
                self._to.write(b"250 2.0.0 taken\r\n")
                continue
            command, end, rest = self._held.partition(b"\r\n")
            if not end:
                return
            self._held = rest
            self._answer(command[:4].upper())

    def _answer(self, verb: bytes) -> None:
        if verb == b"EHLO":
            self._to.write(b"250-sink\r\n250 PIPELINING\r\n")
        elif verb == b"DATA":
            self._data = True
            self._to.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._to.write(b"221 bye\r\n")
            self._to.close()
        else:
            self._to.write(b"250 2.1.0 OK\r\n")
