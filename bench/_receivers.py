"""Receivers of webhooks as a process: ``python -m bench._receivers [CERTIFICATE]``.

They listen at every address of this machine (127.0.0.0/8 are many hosts). ``/hang…`` is never
answered; anything else gets 204, and over TLS whoever sent it is told to close. ``POST /_begin``
forgets what came and takes as JSON the secrets by path and how many are checked (every so manieth);
``GET /_seen`` says what came since.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from datetime import UTC, datetime
from typing import Any, cast

import httptools
import uvloop

from dispaccio.delivery.signature import verify
from dispaccio.errors import DispaccioError

_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
_LAST = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Seen:
    """What came so far. ``order`` are the first arrivals of each path and id."""

    def __init__(self) -> None:
        self.begin({})

    def begin(self, asked: dict[str, Any]) -> None:
        self.secrets: dict[str, str] = asked.get("secrets", {})
        self.every: int = asked.get("every", 0)
        self.total = self.checked = self.bad = self.hung = self.overtaken = 0
        self.first: dict[bytes, float] = {}
        self.newest: dict[bytes, int] = {}

    def checks_next(self) -> bool:
        """Whether the signature of the next one is checked."""
        return self.every > 0 and (self.total + 1) % self.every == 0

    def note(self, key: bytes, at: float) -> None:
        """One came: its path and id, and when it began to come."""
        self.total += 1
        if key not in self.first:
            self.first[key] = at
            lane, _, version = key.rpartition(b".v")
            number = int(version)
            if self.newest.get(lane, 0) > number:
                self.overtaken += 1
            else:
                self.newest[lane] = number

    def take(self, path: str, headers: dict[str, str], body: bytes, at: float) -> None:
        """One came that is looked at closely."""
        if self.checks_next():
            self.checked += 1
            try:
                verify(headers, body, datetime.now(UTC), secrets=[self.secrets[path]])
            except (DispaccioError, KeyError):
                self.bad += 1
        self.note((path + headers["webhook-id"]).encode(), at)

    def said(self) -> dict[str, Any]:
        at = sorted(self.first.values())
        names = ("total", "checked", "bad", "hung", "overtaken")
        return {name: getattr(self, name) for name in names} | {
            "distinct": len(at),
            "first": at[0] if at else 0.0,
            "median": at[len(at) // 2] if at else 0.0,
            "p99": at[len(at) * 99 // 100] if at else 0.0,
            "last": at[-1] if at else 0.0,
        }


class _Receiver(asyncio.Protocol):
    def __init__(self, seen: Seen, *, closes: bool = False) -> None:
        self._seen, self._closes = seen, closes
        self._begun = 0.0
        self._amid = False
        self._body: list[bytes] = []
        self._headers: dict[str, str] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._begun = self._begun or time.time()
        if not self._amid and self._taken_at_once(data):
            self._begun = 0.0
            self._answer(_TAKEN)
            return
        self._amid = True
        self._parser.feed_data(data)

    def _taken_at_once(self, data: bytes) -> bool:
        """Take a webhook that came in one piece without parsing all of it, to cost little."""
        seen = self._seen
        end = data.find(b"\r\n\r\n")
        if not data.startswith(b"POST /hook/") or end < 0 or seen.checks_next():
            return False
        at = data.find(b"\r\nContent-Length: ")
        if at < 0 or len(data) != end + 4 + int(data[at + 18 : data.index(b"\r\n", at + 18)]):
            return False
        at = data.index(b"\r\nwebhook-id: ") + 14
        id = data[at : data.index(b"\r\n", at)]
        seen.note(data[5 : data.index(b" ", 5)] + id, self._begun)
        return True

    def on_url(self, url: bytes) -> None:
        self._path = url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode()] = value.decode()

    def on_body(self, data: bytes) -> None:
        self._body.append(data)

    def on_message_complete(self) -> None:
        seen, body = self._seen, b"".join(self._body)
        answer = _TAKEN
        if self._path == "/_begin":
            seen.begin(json.loads(body))
        elif self._path == "/_seen":
            said = json.dumps(seen.said()).encode()
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(said), said)
        elif self._path.startswith("/hang"):
            seen.hung += 1
            answer = b""
        else:
            headers = {name.lower(): value for name, value in self._headers.items()}
            seen.take(self._path, headers, body, self._begun)
        self._body, self._headers, self._begun, self._amid = [], {}, 0.0, False
        if answer:
            self._answer(answer)

    def _answer(self, answer: bytes) -> None:
        self._transport.write(_LAST if self._closes else answer)


async def _serve(tls: ssl.SSLContext | None) -> None:
    seen = Seen()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Receiver(seen, closes=tls is not None),
        "0.0.0.0",
        0,
        backlog=8192,
        ssl=tls,
    )
    plain = server
    if tls is not None:
        plain = await loop.create_server(lambda: _Receiver(seen), "127.0.0.1", 0)
    ports = [each.sockets[0].getsockname()[1] for each in (server, plain)]
    print("ready", *ports, flush=True)
    await asyncio.Event().wait()


def main(arguments: list[str]) -> None:
    tls = None
    if arguments:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(arguments[0])
        tls.num_tickets = 0
    uvloop.run(_serve(tls))


if __name__ == "__main__":
    main(sys.argv[1:])
