"""The cache before the router: right answers, kept, bounded, and dropped at once."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispaccio.site.front import Front

Answer = tuple[int, dict[str, str], bytes]
PAGE = b"<p>A page of the wire.</p>" * 100


class App:
    """Answers every path with its name and a count; ``/private`` is not for keeping."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.before: Callable[[], Awaitable[Any]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls.append(f"{scope['method']} {scope['path']}")
        body = f"{scope['path']} {len(self.calls)} ".encode() + PAGE
        if self.before:
            await self.before()
        status = 404 if scope["path"].startswith("/no") else 200
        kept = b"private" if scope["path"] == "/private" else b"public, max-age=5"
        headers = [(b"cache-control", kept), (b"vary", b"accept-language"), (b"x-own", b"1")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:10], "more_body": True})
        await send({"type": "http.response.body", "body": body[10:]})


async def ask(
    front: ASGIApp, path: str, query: str = "", method: str = "GET", **headers: str
) -> Answer:
    """One request; header names have underscores for hyphens."""
    sent: list[Message] = []
    raw = [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    scope["query_string"] = query.encode()

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    await front(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def app() -> App:
    return App()


@pytest.mark.anyio
async def test_the_second_answer_is_the_first_and_asks_nobody(app: App) -> None:
    front = Front(app)
    first = await ask(front, "/a")
    assert await ask(front, "/a") == first
    assert app.calls == ["GET /a"]
    status, headers, body = first
    assert (status, headers["content-length"]) == (200, str(len(body)))
    assert headers["vary"] == "accept-encoding, accept-language"
    assert headers["x-own"] == "1"


@pytest.mark.anyio
async def test_an_etag_is_answered_by_304_without_a_body(app: App) -> None:
    front = Front(app)
    _, headers, _ = await ask(front, "/a")
    etag = headers["etag"]
    assert etag.startswith('"')
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        status, said, body = await ask(front, "/a", if_none_match=known)
        assert (status, body) == (304, b"")
        assert said == {k: headers[k] for k in ("etag", "cache-control", "vary")}
    assert (await ask(front, "/a", if_none_match='"other"'))[0] == 200


@pytest.mark.anyio
async def test_gzip_is_another_answer_with_its_own_etag(app: App) -> None:
    front = Front(app)
    _, plain, body = await ask(front, "/a")
    _, zipped, packed = await ask(front, "/a", accept_encoding="br, gzip")
    assert zipped["content-encoding"] == "gzip"
    assert gzip.decompress(packed).endswith(PAGE)
    assert zipped["etag"] != plain["etag"]
    for refused in ("gzip;q=0", "br", "identity"):
        assert (await ask(front, "/a", accept_encoding=refused))[2] == body


@pytest.mark.anyio
async def test_head_has_the_headers_of_get_and_no_body(app: App) -> None:
    front = Front(app)
    _, head, body = await ask(front, "/a", method="HEAD")
    assert body == b""
    assert (await ask(front, "/a"))[1] == head
    assert app.calls == ["GET /a"]


@pytest.mark.anyio
async def test_languages_are_kept_apart_and_unknown_ones_together(app: App) -> None:
    front = Front(app)
    english, italian = await ask(front, "/a"), await ask(front, "/a", accept_language="it-IT")
    assert english != italian
    assert await ask(front, "/a", accept_language="it;q=0.5, xx") == italian
    assert await ask(front, "/a", accept_language="de") == english


@pytest.mark.anyio
async def test_a_change_is_seen_at_once(app: App) -> None:
    front = Front(app)
    first = await ask(front, "/a")
    front.invalidate()
    assert await ask(front, "/a") != first


@pytest.mark.anyio
async def test_an_answer_begun_before_a_change_is_not_kept(app: App) -> None:
    front = Front(app)

    async def change() -> None:
        app.before = None
        front.invalidate()

    app.before = change
    old = await ask(front, "/a")
    new = await ask(front, "/a")
    assert (old[2][:5], new[2][:5]) == (b"/a 1 ", b"/a 2 ")
    assert await ask(front, "/a") == new


@pytest.mark.anyio
async def test_many_who_ask_at_once_are_answered_by_one_question(app: App) -> None:
    front, gate = Front(app), asyncio.Event()
    app.before = gate.wait
    asking = [asyncio.create_task(ask(front, "/a")) for _ in range(50)]
    await asyncio.sleep(0)
    gate.set()
    answers = await asyncio.gather(*asking)
    assert len({answer[2] for answer in answers}) == 1
    assert app.calls == ["GET /a"]


@pytest.mark.anyio
async def test_who_waits_is_not_hurt_by_a_failure(app: App) -> None:
    front, gate = Front(app), asyncio.Event()

    async def fail_once() -> None:
        await gate.wait()
        app.before = None
        raise RuntimeError

    app.before = fail_once
    first = asyncio.create_task(ask(front, "/a"))
    await asyncio.sleep(0)
    second = asyncio.create_task(ask(front, "/a"))
    await asyncio.sleep(0)
    gate.set()
    with pytest.raises(RuntimeError):
        await first
    assert (await second)[0] == 200


@pytest.mark.anyio
async def test_only_public_successes_to_get_are_kept(app: App) -> None:
    front = Front(app)
    for path, method in (("/no", "GET"), ("/private", "GET"), ("/a", "POST")):
        for _ in range(2):
            await ask(front, path, method=method)
    assert len(app.calls) == 6
    assert "etag" not in (await ask(front, "/private"))[1]


@pytest.mark.anyio
async def test_what_is_kept_is_bounded_and_the_least_used_goes_first(app: App) -> None:
    front = Front(app, limit=8 * (len(PAGE) + 2000))
    for index in range(50):
        await ask(front, "/hot")
        await ask(front, f"/{index}")
    assert app.calls.count("GET /hot") == 1
    before = len(app.calls)
    await ask(front, "/0")
    assert len(app.calls) == before + 1


@pytest.mark.anyio
async def test_made_up_queries_do_not_push_out_pages(app: App) -> None:
    front = Front(app, limit=16 * (len(PAGE) + 2000))
    await ask(front, "/a")
    for index in range(100):
        await ask(front, "/search", f"q={index}")
    await ask(front, "/a")
    assert app.calls.count("GET /a") == 1


@pytest.mark.anyio
async def test_an_answer_may_be_altered_by_who_wraps_the_front(app: App) -> None:
    """What is handed out is the receiver's own: the kept answer stays as it is."""
    front = Front(app)
    first = await ask(front, "/a")

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        async def altered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-more", b"1")]
            message["status"] = 201
            await send(message)

        await front(scope, receive, altered)

    assert (await ask(wrapper, "/a"))[1]["x-more"] == "1"
    assert await ask(front, "/a") == first
