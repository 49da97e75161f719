"""The front: finished answers, kept in memory before the router.

An answer is kept if it is a 200 that the application marks ``Cache-Control: public``. A hit costs
one look-up and the ASGI messages; no thread, router or template runs. What is kept is bounded by
bytes; addresses with a query share an eighth of the room, so that made-up ones cannot push out the
pages. After every public change, ``invalidate`` drops all of it at once.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispaccio.site.language import preferred

LIMIT = 64 * 1024 * 1024
LARGEST = 1024 * 1024
"""Bytes of the largest answer that is kept; a larger one is made each time."""
WORTH_COMPRESSING = 512
PASSED_ON = "/f/"
"""Pictures and files are read in pieces, each reader's own: they pass through untouched."""

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
Key: TypeAlias = tuple[str, bytes, bool, str]
"""Path, query, whether gzip is taken, language."""
_IN_NOT_MODIFIED = frozenset({b"cache-control", b"etag", b"expires", b"vary"})  # RFC 9110, 15.4.5


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished 200: its headers, those of its 304, its bytes and their ETag."""

    headers: Headers
    not_modified: Headers
    etag: bytes
    body: bytes


class Shelf:
    """Answers by key, the least recently used dropped first; ``limit`` in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, key: Key) -> Answer | None:
        """The answer for a key, if it is here."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer; drop the ones longest unused until there is room."""
        if key in self._answers:
            return
        self._answers[key] = answer
        self._size += _weight(key, answer)
        while self._size > self._limit:
            self._size -= _weight(*self._answers.popitem(last=False))


class _Kept:
    """All that is kept between two public changes, and what is being made."""

    def __init__(self, limit: int) -> None:
        self.pages = Shelf(limit - limit // 8)
        self.queries = Shelf(limit // 8)
        self.coming: dict[Key, asyncio.Event] = {}


class Front:
    """An ASGI application that answers from memory what ``app`` has answered before.

    It also gives every such answer its strong ETag, its 304, its answer to HEAD and its gzip form,
    kept or not; whatever else ``app`` answers passes through untouched.
    """

    def __init__(self, app: ASGIApp, *, limit: int = LIMIT) -> None:
        self._app = app
        self._limit = limit
        self._kept = _Kept(limit)

    def invalidate(self) -> None:
        """Forget everything: something public changed. May be called from any thread.

        An answer that was begun before the change is put where nobody looks any more.
        """
        self._kept = _Kept(self._limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        asked = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if not asked or scope["path"].startswith(PASSED_ON):
            await self._app(scope, receive, send)
            return
        zipped, language, known = False, b"", b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                zipped = _takes_gzip(value[:200])
            elif name == b"accept-language":
                language = value
            elif name == b"if-none-match":
                known = value
        query = scope["query_string"]
        key = (scope["path"], query, zipped, preferred(language[:200]))
        kept = self._kept
        answer = (kept.queries if query else kept.pages).get(key)
        if answer is None:
            answer = await self._make(kept, key, scope, receive, send)
        if answer is not None:
            await _send(answer, known, scope["method"] == "HEAD", send)

    async def _make(
        self, kept: _Kept, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> Answer | None:
        """The answer of the application; None if it was passed on as it came.

        Of several requests for the same thing, the first makes it and the others wait.
        """
        shelf = kept.queries if key[1] else kept.pages
        if waiting := kept.coming.get(key):
            await waiting.wait()
            if found := shelf.get(key):
                return found
        done = kept.coming[key] = asyncio.Event()
        try:
            answer = await _ask(self._app, scope, receive, send, zipped=key[2])
            if answer is not None and len(answer.body) <= LARGEST:
                shelf.put(key, answer)
            return answer
        finally:
            if kept.coming.get(key) is done:
                del kept.coming[key]
            done.set()


async def _ask(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, zipped: bool
) -> Answer | None:
    start: Message | None = None
    pieces: list[bytes] = []

    async def collect(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start" and _is_public(message):
            start = message
        elif start is None:
            await send(message)
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    await app({**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, receive, collect)
    if start is None:
        return None
    return await anyio.to_thread.run_sync(_finish, start["headers"], b"".join(pieces), zipped)


def _is_public(start: Message) -> bool:
    return start["status"] == 200 and any(
        name == b"cache-control" and value.startswith(b"public")
        for name, value in start.get("headers", ())
    )


def _finish(headers: Iterable[tuple[bytes, bytes]], body: bytes, zipped: bool) -> Answer:
    own = {b"content-length", b"etag", b"vary"}
    kept = [(name, value) for name, value in headers if name not in own]
    varies = [value for name, value in headers if name == b"vary"]
    if zipped and len(body) >= WORTH_COMPRESSING:
        body = gzip.compress(body, 6, mtime=0)
        kept.append((b"content-encoding", b"gzip"))
    etag = b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
    kept += [
        (b"content-length", str(len(body)).encode()),
        (b"etag", etag),
        (b"vary", b", ".join([b"accept-encoding", *varies])),
    ]
    not_modified = tuple((name, value) for name, value in kept if name in _IN_NOT_MODIFIED)
    return Answer(tuple(kept), not_modified, etag, body)


async def _send(answer: Answer, known: bytes, head: bool, send: Send) -> None:
    if known and _matches(known, answer.etag):
        await send({"type": "http.response.start", "status": 304, "headers": answer.not_modified})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})


def _matches(known: bytes, etag: bytes) -> bool:
    """If-None-Match, by weak comparison (RFC 9110 section 13.1.2)."""
    if known == etag:
        return True
    named = (item.strip().removeprefix(b"W/") for item in known.split(b","))
    return any(item in (etag, b"*") for item in named)


@lru_cache(maxsize=256)
def _takes_gzip(accept: bytes) -> bool:
    """Whether an Accept-Encoding header admits gzip (RFC 9110 section 12.5.3)."""
    for item in accept.lower().split(b","):
        coding, _, weight = item.partition(b";")
        if coding.strip() in (b"gzip", b"*"):
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _weight(key: Key, answer: Answer) -> int:
    return len(answer.body) + len(key[0]) + len(key[1]) + 1500  # headers, key, node: about that
