"""The receiver's HTTP server against senders that mean no good, byte by byte."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from dispaccio.delivery.signature import new_secret, sign
from dispaccio.errors import PortTaken
from dispaccio.receive.fetch import Wire
from dispaccio.receive.memory import Memory
from dispaccio.receive.receiver import Keys, Receiver
from dispaccio.receive.server import Limits, Server
from tests.egress.test_tls import Authority
from tests.receive.test_receiver import Shelf

pytestmark = pytest.mark.long

SECRET = new_secret()
SMALL = Limits(head=2_000, body=5_000, seconds=0.5, idle=0.5, connections=3)
POST = b"POST / HTTP/1.1\r\n"
CHUNK = b"1000\r\n" + b"a" * 4096 + b"\r\n"
Talk = Callable[[int], Awaitable[Any]]


def served(tmp_path: Path, talk: Talk, shelf: Shelf | None = None, **more: Any) -> Any:
    """What ``talk`` says after talking to the server at a port; then the server has to end."""

    async def main() -> Any:
        memory = Memory(tmp_path / "memory")
        wire = Wire("https://wire.example")
        receiver = Receiver(memory, shelf or Shelf(), Keys([SECRET]), wire)
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        server = Server(receiver, SMALL)
        serving = asyncio.create_task(server.serve("127.0.0.1", 0, port.set_result, **more))
        try:
            return await talk(await port)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(serving, 10)
            memory.close()

    return asyncio.run(main())


def request(body: bytes = b"text", headers: Mapping[str, str] | None = None) -> bytes:
    """A signed message."""
    signed = sign("release.v1", datetime.now(UTC), body, secrets=[SECRET])
    said = {"host": "x", "content-length": str(len(body)), **signed, **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"POST /in HTTP/1.1\r\n{lines}\r\n".encode() + body


async def answers(port: int, *pieces: bytes, pause: float = 0.0) -> list[tuple[int, str]]:
    """What the server answers to some bytes, until it closes or says nothing more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = []
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(pause)
        while True:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 3)
            length = int(head.lower().partition(b"content-length: ")[2].split()[0])
            body = json.loads(await reader.readexactly(length))
            found.append((int(head.split()[1]), body["code"]))
            if b"connection: close" in head:
                return found
    except (asyncio.IncompleteReadError, OSError):
        return found
    finally:
        writer.close()


def test_a_message_is_taken_and_the_connection_kept(tmp_path: Path) -> None:
    shelf = Shelf()

    async def talk(port: int) -> Any:
        return await answers(port, request(), request(), pause=0.3)

    assert served(tmp_path, talk, shelf) == [(200, "taken"), (200, "known")]
    assert [item.document for item in shelf.taken] == [b"text"]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"], (405, "method-not-allowed")),
        ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], (400, "malformed")),
        (
            [b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx"],
            (400, "malformed"),
        ),
        ([b"POST / HTTP/1.1\r\nx: " + b"a" * 9_000 + b"\r\n\r\n"], (413, "too-large")),
        ([request(b"a" * 6_000)], (413, "too-large")),
        (
            [
                b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
                b"1000\r\n" + b"a" * 4096 + b"\r\n",
                b"1000\r\n" + b"a" * 4096 + b"\r\n",
            ],
            (413, "too-large"),
        ),
        ([b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nhalf"], (408, "timeout")),
        ([b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"], (403, "signature-missing")),
    ],
    ids=["get", "tls", "two lengths", "head", "body", "chunks", "half", "unsigned"],
)
def test_what_is_not_taken(tmp_path: Path, pieces: list[bytes], expected: tuple[int, str]) -> None:
    async def talk(port: int) -> Any:
        return await answers(port, *pieces)

    assert served(tmp_path, talk)[0] == expected


def test_a_byte_now_and_then_is_given_up(tmp_path: Path) -> None:
    async def talk(port: int) -> Any:
        pieces = [bytes([byte]) for byte in request()[:20]]
        return await answers(port, *pieces, pause=0.1)

    assert served(tmp_path, talk) in ([], [(408, "timeout")])


def test_more_connections_than_it_takes(tmp_path: Path) -> None:
    async def talk(port: int) -> Any:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        await asyncio.sleep(0.1)
        full = await answers(port, request())
        for _, writer in idle:
            writer.close()
        await asyncio.sleep(0.2)
        return full, await answers(port, request())

    assert served(tmp_path, talk) == ([(503, "unavailable")], [(200, "taken")])


def test_a_chunked_message_is_taken(tmp_path: Path) -> None:
    async def talk(port: int) -> Any:
        headers = sign("release.v1", datetime.now(UTC), b"text", secrets=[SECRET])
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n{lines}\r\n".encode()
        return await answers(port, head, b"2\r\nte\r\n", b"2\r\nxt\r\n0\r\n\r\n", pause=0.05)

    assert served(tmp_path, talk) == [(200, "taken")]


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    async def talk(port: int) -> Any:
        receiver = Receiver(Memory(tmp_path / "other"), Shelf(), Keys(), Wire("https://w.example"))
        with pytest.raises(PortTaken):
            await Server(receiver).serve("127.0.0.1", port, lambda _: None)

    served(tmp_path, talk)


def test_https_where_a_certificate_is_given(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    tls = authority.server(x509.IPAddress(ip_address("127.0.0.1")))

    async def talk(port: int) -> Any:
        trusted = authority.trusted()
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusted)
        writer.write(request())
        head = await reader.readuntil(b"\r\n")
        writer.close()
        return head

    assert served(tmp_path, talk, tls=tls) == b"HTTP/1.1 200 OK\r\n"
