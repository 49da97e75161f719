"""Ten thousand endpoints at one host and port: few connections, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from dispaccio.delivery.carriers.registry import carriers
from dispaccio.delivery.seats import PER_HOST
from dispaccio.store.delivery_tables import endpoint, subscription
from tests.delivery.test_courier import Post

OTHERS = 50
LONG = [pytest.mark.long, pytest.mark.timeout(400)]
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class Host:
    """A receiver at every address of this machine; at 127.0.0.1 it may answer nothing."""

    def __init__(self, *, hangs: bool = False) -> None:
        self.hangs = hangs
        self.came: Counter[bytes] = Counter()
        self.open = self.most_open = self.connections = 0
        self.lines: set[asyncio.Transport] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Until the end of the block; the port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Line(self), "0.0.0.0", 0, backlog=1024)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for line in tuple(self.lines):
                line.abort()
            await asyncio.sleep(0.01)  # lets the transports close


class _Line(asyncio.Protocol):
    def __init__(self, host: Host) -> None:
        self._host, self._crowd = host, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._host.lines.add(self._transport)
        self._crowd = transport.get_extra_info("sockname")[0] == "127.0.0.1"
        if self._crowd:
            self._host.connections += 1
            self._host.open += 1
            self._host.most_open = max(self._host.most_open, self._host.open)

    def connection_lost(self, exc: Exception | None) -> None:
        self._host.open -= self._crowd
        self._host.lines.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._host.came[b"/crowd" if self._crowd else b"/other"] += data.count(b"POST /")
        if not (self._crowd and self._host.hangs):
            self._transport.write(TAKEN)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    made = Post(tmp_path / "wire.db")
    made.carriers = dict(carriers())
    yield made
    made.store.close()


def subscribe(post: Post, port: int, crowd: int) -> None:
    """So many at one host, and a few at hosts of their own, who were the last to come."""
    post.rows.endpoint("c0", address=f"http://127.0.0.1:{port}/crowd/0")
    with post.store.write(post.clock.now()) as tx:
        first = dict(tx.run(select(endpoint)).mappings().one())
        addresses = [f"http://127.0.0.1:{port}/crowd/{number}" for number in range(1, crowd)]
        addresses += [f"http://127.0.1.{1 + number}:{port}/other" for number in range(OTHERS)]
        rows = [
            first | {"key": first["key"] + at, "id": f"c{at}", "address": address}
            for at, address in enumerate(addresses, 1)
        ]
        tx.run(endpoint.insert(), rows)
        keys = [{"endpoint": row["key"], "channel": None} for row in rows]
        tx.run(subscription.insert(), keys)


@pytest.mark.parametrize("hangs", [False, True])
@pytest.mark.parametrize("crowd", [500, pytest.param(10_000, marks=LONG)])
def test_a_crowd_at_one_host(post: Post, crowd: int, hangs: bool) -> None:
    host, files = Host(hangs=hangs), set()
    release, again = post.rows.release("r"), post.rows.release("again")

    async def came(kind: bytes, wanted: int) -> None:
        async with asyncio.timeout(300):
            while host.came[kind] < wanted:
                files.add(len(os.listdir("/proc/self/fd")))  # noqa: PTH208 - only their number
                await asyncio.sleep(0.01)

    async def work() -> None:
        async with host.listening() as port:
            subscribe(post, port, crowd)
            post.publish(release, 1)
            async with post.courier() as courier:
                await came(b"/other", OTHERS)
                assert host.came[b"/crowd"] < crowd / 2, "others waited for them"
                if hangs:
                    post.publish(again, 1)
                    courier.courier.wake()
                    await came(b"/other", 2 * OTHERS)
                else:
                    await came(b"/crowd", crowd)
                    await courier.until(lambda: set(post.states(release)) == {"delivered"})

    asyncio.run(work())
    assert host.most_open <= PER_HOST
    assert host.connections <= PER_HOST
    assert max(files) - min(files) <= 2 * (PER_HOST + 4 * OTHERS) + 40, "both ends are counted"
    if hangs:
        assert host.came == {b"/other": 2 * OTHERS, b"/crowd": PER_HOST}
    else:
        assert host.came == {b"/other": OTHERS, b"/crowd": crowd}
