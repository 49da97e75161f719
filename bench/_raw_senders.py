"""The raw limits of sending: ``python -m bench._raw_senders KIND PORT COUNT CONNECTIONS [CA]``.

KIND is ``asyncio`` (a protocol of httptools that does nothing but send and read), ``aiohttp``, or
``cold`` (the protocol with a new connection each time, over TLS if a CA is given), each on the loop
of asyncio itself; with ``-uvloop`` behind it, on that. It prints the seconds of processor time for
COUNT requests. Nothing is signed, nothing is kept.
"""

from __future__ import annotations

import asyncio
import gc
import json
import ssl
import sys
import time
import uuid
from typing import cast

import httptools
import uvloop

HOSTS = 64
"""At so many addresses are those that are connected to anew for each request."""
BODY = b'{"type":"release.published","data":"' + b"x" * 560 + b'"}'
HEADERS = {
    "accept-encoding": "identity",
    "webhook-id": f"{uuid.uuid4()}.v1",
    "content-type": "application/json",
    "user-agent": "raw/1",
    "webhook-timestamp": "1780000000",
    "webhook-signature": "v1," + "a" * 44 + " v1a," + "b" * 88,
}


def host(number: int) -> str:
    """The address of a receiver on this machine: 127.1.0.1 and on."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def request(number: int, port: int) -> bytes:
    lines = [f"POST /hook/{number} HTTP/1.1", f"Host: {host(number)}:{port}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(BODY)}", "", ""]).encode() + BODY


class Raw(asyncio.Protocol):
    """Sends the next request when the answer to the one before is whole."""

    def __init__(self, wanted: bytes, left: list[int]) -> None:
        self._wanted, self._left = wanted, left
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpResponseParser(self)
        self.next()

    def next(self) -> None:
        if self._left[0] <= 0:
            self._transport.close()
            return
        self._left[0] -= 1
        self._transport.write(self._wanted)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() != 204:
            raise RuntimeError("that was not taken")
        self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class RawOnce(Raw):
    """Sends one request, reads its answer, and ends."""

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() != 204:
            raise RuntimeError("that was not taken")
        self._transport.abort()


async def keeping(port: int, count: int, connections: int) -> None:
    loop, left, made = asyncio.get_running_loop(), [count], []
    for number in range(connections):
        wanted = request(number, port)
        _, protocol = await loop.create_connection(
            lambda wanted=wanted: Raw(wanted, left), host(number), port
        )
        made.append(protocol)
    await asyncio.gather(*(protocol.ended for protocol in made))


async def cold(port: int, count: int, connections: int, tls: ssl.SSLContext | None) -> None:
    loop, numbers = asyncio.get_running_loop(), iter(range(count))

    async def one_by_one() -> None:
        for number in numbers:
            wanted, name = request(number, port), host(number % HOSTS)
            _, protocol = await loop.create_connection(
                lambda wanted=wanted: RawOnce(wanted, [1]),
                name,
                port,
                ssl=tls,
                server_hostname=name if tls else None,
            )
            await protocol.ended

    await asyncio.gather(*(one_by_one() for _ in range(connections)))


async def _by_aiohttp(port: int, count: int, connections: int) -> None:
    import aiohttp

    numbers = iter(range(count))
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one_by_one(own: int) -> None:
            url = f"http://{host(own)}:{port}/hook/{own}"
            for _ in numbers:
                async with session.post(url, data=BODY, headers=HEADERS) as answer:
                    await answer.read()
                    if answer.status != 204:
                        raise RuntimeError("that was not taken")

        await asyncio.gather(*(one_by_one(own) for own in range(connections)))


def main(kind: str, port: int, count: int, connections: int, ca: str | None = None) -> None:
    tls = ssl.create_default_context(cafile=ca) if ca else None
    kind, _, loop = kind.partition("-")
    work = {
        "asyncio": lambda: keeping(port, count, connections),
        "cold": lambda: cold(port, count, connections, tls),
        "aiohttp": lambda: _by_aiohttp(port, count, connections),
    }[kind]
    gc.freeze()
    before, begun = time.process_time(), time.monotonic()
    (uvloop if loop else asyncio).run(work())
    cpu, seconds = time.process_time() - before, time.monotonic() - begun
    print(json.dumps({"cpu": cpu, "seconds": seconds, "count": count}), flush=True)


if __name__ == "__main__":
    kind, port, count, connections, *ca = sys.argv[1:]
    main(kind, int(port), int(count), int(connections), *ca)
