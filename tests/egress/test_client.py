from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from dispaccio.egress.client import Client, Limits, Pool
from dispaccio.egress.policy import Allow, Policy
from dispaccio.errors import (
    AddressNotPublic,
    AnswerTimedOut,
    AnswerTooLarge,
    ConnectFailed,
    ConnectionBroken,
    EgressFailed,
    HostUnresolvable,
    MalformedAnswer,
    MalformedHeader,
    SchemeNotAllowed,
)
from tests.egress.receivers import (
    OK,
    Behaviour,
    Caller,
    Receiver,
    always,
    hang,
    once,
    receiving,
    until,
)

Run = Callable[[Coroutine[Any, Any, None]], None]

TEST = Policy(test=True)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
SHORT = Limits(resolve=0.1, connect=0.1, tls=0.1, total=0.25)


def resolving(*answers: Sequence[str]) -> Callable[[str, int], Coroutine[Any, Any, Sequence[str]]]:
    """A resolver that gives these answers in turn, and fails when asked once more."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0)

    return resolve


class Doors:
    """A connector that notes where it was sent, and goes to loopback whatever the address."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    async def __call__(self, address: str, port: int) -> socket.socket:
        self.opened.append(address)
        sock = socket.socket()
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        except OSError:
            sock.close()
            raise
        return sock


async def posted(behaviour: Behaviour, limits: Limits | None = None) -> tuple[Receiver, Any]:
    """What one POST to such a receiver brings: the answer, or the failure."""
    async with receiving(behaviour) as receiver, Client(TEST) as client:
        try:
            return receiver, await client.post(receiver.url(), {}, b"release", limits or Limits())
        except EgressFailed as failure:
            return receiver, failure


def test_a_request_and_its_answer(run: Run) -> None:
    async def main() -> None:
        async with receiving(always(OK)) as receiver, Client(TEST) as client:
            url = receiver.url("localhost", "/in?a=1")
            answer = await client.post(url, {"Webhook-Id": "x.v1"}, b"release")
            assert (answer.status, answer.body, answer.cut) == (200, b"ok", False)
            assert answer.headers == {"content-length": "2"}
            assert answer.address == "127.0.0.1"
            assert 0 < answer.timings.connect < answer.timings.total
            await client.get(url, {})
        first, second = receiver.requests
        assert first.decode().split("\r\n") == [
            "POST /in?a=1 HTTP/1.1",
            f"Host: localhost:{receiver.port}",
            "Accept-Encoding: identity",
            "Webhook-Id: x.v1",
            "Content-Length: 7",
            "",
            "release",
        ]
        assert second.startswith(b"GET /in?a=1 HTTP/1.1\r\n")
        assert receiver.connections == 1

    run(main())


COMPLETE = {
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "chunks": (
        CHUNKED + b"1;a=b\r\no\r\n1\r\nk\r\n0\r\nX: y\r\n\r\n",
        200,
        b"ok",
    ),
    "until the end": (b"HTTP/1.1 503 Busy\r\n\r\nlater", 503, b"later"),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nok", 200, b"ok"),
    "interim answers": (
        b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Go\r\n\r\n" + OK,
        200,
        b"ok",
    ),
    "bare status": (b"HTTP/1.1 202\r\nContent-Length: 0\r\n\r\n", 202, b""),
    "redirect": (
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        302,
        b"",
    ),
}


@pytest.mark.parametrize("name", COMPLETE)
def test_complete_answers(run: Run, name: str) -> None:
    sent, status, body = COMPLETE[name]

    async def main() -> None:
        for pieces in ([sent], [sent[i : i + 1] for i in range(len(sent))]):
            receiver, answer = await posted(once(*pieces))
            assert (answer.status, answer.body) == (status, body)
            assert "link" not in answer.headers
            assert "x" not in answer.headers
            assert receiver.connections == 1

    run(main())


async def endless_chunks(caller: Caller) -> None:
    await caller.request()
    await caller.send(CHUNKED)
    while True:
        await caller.send(b"400\r\n" + b"a" * 1024 + b"\r\n")


async def long_body(caller: Caller) -> None:
    await caller.request()
    await caller.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a" * 1_000_000)
    await caller.request()


async def endless_extension(caller: Caller) -> None:
    await caller.request()
    await caller.send(CHUNKED + b"1;")
    while True:
        await caller.send(b"a" * 1024)


async def endless_headers(caller: Caller) -> None:
    await caller.request()
    await caller.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await caller.send(b"X: " + b"a" * 1024 + b"\r\n")


async def endless_interim(caller: Caller) -> None:
    await caller.request()
    while True:
        await caller.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


async def reset_at_once(caller: Caller) -> None:
    await caller.request()
    caller.reset()


async def reset_midway(caller: Caller) -> None:
    await caller.request()
    await caller.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    caller.reset()


@pytest.mark.parametrize("behaviour", [endless_chunks, long_body])
def test_reading_ends_where_there_is_enough(run: Run, behaviour: Behaviour) -> None:
    async def main() -> None:
        async with receiving(behaviour) as receiver, Client(TEST) as client:
            answer = await client.post(receiver.url(), {}, b"")
            assert (answer.status, answer.cut, len(answer.body)) == (200, True, 16 * 1024)
            await until(lambda: receiver.gone == 1)

    run(main())


def test_nothing_is_decompressed(run: Run) -> None:
    bomb = gzip.compress(bytes(8_000_000))
    assert len(bomb) < 16 * 1024

    async def main() -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(
            bomb
        )
        _, answer = await posted(always(head + bomb))
        assert answer.body == bomb

    run(main())


FAILURES: dict[str, tuple[Behaviour, type[EgressFailed]]] = {
    "hang after accept": (hang, AnswerTimedOut),
    "hang in the head": (always(b"HTTP/1.1 200 OK\r\nContent-"), AnswerTimedOut),
    "hang after the head": (
        always(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
        AnswerTimedOut,
    ),
    "a byte now and then": (
        once(*[bytes([byte]) for byte in OK + b" " * 60], pause=0.05),
        AnswerTimedOut,
    ),
    "drip in the body": (
        once(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n", *[b"a"] * 60, pause=0.05),
        AnswerTimedOut,
    ),
    "reset at once": (reset_at_once, ConnectionBroken),
    "reset midway": (reset_midway, ConnectionBroken),
    "closed at once": (once(), ConnectionBroken),
    "closed in the head": (once(b"HTTP/1.1 200 OK\r\nContent-"), ConnectionBroken),
    "closed in the body": (
        once(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
        ConnectionBroken,
    ),
    "closed in a chunk": (
        once(CHUNKED + b"9\r\nabc"),
        ConnectionBroken,
    ),
    "another protocol": (once(b"SSH-2.0-OpenSSH_9.2\r\n"), MalformedAnswer),
    "HTTP/2": (once(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"), MalformedAnswer),
    "a TLS alert": (once(b"\x15\x03\x01\x00\x02\x02\x46"), MalformedAnswer),
    "status 99": (once(b"HTTP/1.1 99 Low\r\n\r\n"), MalformedAnswer),
    "status 600": (once(b"HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n"), MalformedAnswer),
    "status abc": (once(b"HTTP/1.1 abc\r\n\r\n"), MalformedAnswer),
    "an upgrade": (
        once(b"HTTP/1.1 101 Yes\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        MalformedAnswer,
    ),
    "two lengths": (
        once(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
        MalformedAnswer,
    ),
    "a bad chunk": (
        once(CHUNKED + b"xyz\r\n"),
        MalformedAnswer,
    ),
    "endless headers": (endless_headers, AnswerTooLarge),
    "one long header": (once(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000), AnswerTooLarge),
    "a large head": (
        once(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + b"X: y\r\n" * 5000 + b"\r\n"),
        AnswerTooLarge,
    ),
    "endless chunk extension": (endless_extension, AnswerTooLarge),
    "endless interim answers": (endless_interim, AnswerTooLarge),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures_have_a_name(run: Run, name: str) -> None:
    behaviour, error = FAILURES[name]

    async def main() -> None:
        _, failure = await posted(behaviour, SHORT if error is AnswerTimedOut else None)
        assert type(failure) is error, failure
        assert failure.message.endswith(".")

    run(main())


def test_a_host_that_takes_no_connection(run: Run) -> None:
    async def main() -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            async with Client(TEST) as client:
                with pytest.raises(ConnectFailed, match="refused"):
                    await client.post(f"http://127.0.0.1:{port}/", {}, b"")

    run(main())


def test_a_host_that_hangs_before_accepting(run: Run) -> None:
    async def main() -> None:
        with ExitStack() as stack:
            full = stack.enter_context(socket.socket())
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for _ in range(4):  # fills the queue of the kernel, which then answers nobody
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(full.getsockname())
            async with Client(TEST) as client:
                with pytest.raises(ConnectFailed, match="no answer in time"):
                    await client.post(f"http://127.0.0.1:{full.getsockname()[1]}/", {}, b"", SHORT)

    run(main())


def test_the_next_address_is_tried(run: Run) -> None:
    async def main() -> None:
        resolver = resolving(["127.0.0.2", "127.0.0.1"])
        async with receiving(always(OK)) as receiver, Client(TEST, resolver=resolver) as client:
            answer = await client.post(receiver.url("cms.example"), {}, b"")
            assert answer.address == "127.0.0.1"

    run(main())


def test_a_kept_connection_is_used_again(run: Run) -> None:
    async def main() -> None:
        async with receiving(always(OK)) as receiver, Client(TEST) as client:
            for path in ("/a", "/b", "/c"):
                answer = await client.post(receiver.url(path=path), {}, b"")
            assert receiver.connections == 1
            assert answer.timings.connect == 0

    run(main())


UNCLEAN = {
    "connection: close": CLOSING,
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "another answer behind": OK + OK,
    "rubbish behind": OK + b"rubbish",
    "the head of another answer behind": OK + b"HTTP/1.1 200",
    "rubbish behind a close": CLOSING + b"..",
}


@pytest.mark.parametrize("name", UNCLEAN)
def test_an_unclean_connection_is_not_used_again(run: Run, name: str) -> None:
    async def main() -> None:
        async with receiving(always(UNCLEAN[name])) as receiver, Client(TEST) as client:
            for _ in range(2):
                answer = await client.post(receiver.url(), {}, b"")
                assert (answer.status, answer.body) == (200, b"ok")
            assert receiver.connections == 2

    run(main())


def test_bytes_that_nobody_asked_for_end_a_kept_connection(run: Run) -> None:
    async def behaviour(caller: Caller) -> None:
        await caller.request()
        await caller.send(OK)
        if caller.number == 0:
            await asyncio.sleep(0.05)
            await caller.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
        await caller.request()
        await caller.send(OK)

    async def main() -> None:
        pool = Pool()
        async with receiving(behaviour) as receiver, Client(TEST, pool=pool) as client:
            await client.post(receiver.url(), {}, b"")
            await until(lambda: len(pool) == 0)
            answer = await client.post(receiver.url(), {}, b"")
            assert answer.body == b"ok"
            assert receiver.connections == 2

    run(main())


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_a_connection_closed_exactly_on_reuse_is_tried_once_more(run: Run, ending: str) -> None:
    async def behaviour(caller: Caller) -> None:
        await caller.request()
        await caller.send(OK)
        await caller.request()
        if caller.number == 0:
            if ending == "reset":
                caller.reset()
            return
        await caller.send(OK)

    async def main() -> None:
        async with receiving(behaviour) as receiver, Client(TEST) as client:
            for body in (b"1", b"2"):
                answer = await client.post(receiver.url(), {}, body)
                assert answer.status == 200
            assert receiver.connections == 2
            assert [request[-1:] for request in receiver.requests] == [b"1", b"2", b"2"]

    run(main())


def test_a_fresh_connection_is_not_tried_again(run: Run) -> None:
    async def main() -> None:
        receiver, failure = await posted(once())
        assert isinstance(failure, ConnectionBroken)
        assert receiver.connections == 1

    run(main())


def test_a_kept_connection_that_breaks_within_an_answer_is_not_tried_again(run: Run) -> None:
    async def behaviour(caller: Caller) -> None:
        await caller.request()
        await caller.send(OK)
        await caller.request()
        await caller.send(b"HTTP/1.1 200 OK\r\n")

    async def main() -> None:
        async with receiving(behaviour) as receiver, Client(TEST) as client:
            await client.post(receiver.url(), {}, b"")
            with pytest.raises(ConnectionBroken):
                await client.post(receiver.url(), {}, b"")
            assert receiver.connections == 1

    run(main())


def test_kept_connections_are_few_and_not_old(run: Run) -> None:
    async def busy(caller: Caller) -> None:
        while True:
            await caller.request()
            await asyncio.sleep(0.05)
            await caller.send(OK)

    async def main() -> None:
        pool = Pool(total=3, each=2, seconds=30)
        async with (
            receiving(busy) as first,
            receiving(busy) as second,
            Client(TEST, pool=pool) as client,
        ):
            await asyncio.gather(*[client.post(first.url(), {}, b"") for _ in range(4)])
            assert len(pool) == 2
            await asyncio.gather(*[client.post(second.url(), {}, b"") for _ in range(4)])
            assert len(pool) == 3
            pool.seconds = 0
            await client.post(first.url(), {}, b"")
            assert first.connections == 5, "what rested too long is not used again"
            assert len(pool) == 1
            client.adopt(TEST)
            assert len(pool) == 0

    run(main())


def test_a_caller_that_gives_up_leaves_nothing_behind(run: Run) -> None:
    async def main() -> None:
        pool = Pool()
        async with receiving(hang) as receiver, Client(TEST, pool=pool) as client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.post(receiver.url(), {}, b""), 0.1)
            assert len(pool) == 0
            await until(lambda: receiver.gone == 1)

    run(main())


def test_rebinding_the_address_that_was_judged_is_the_one_connected_to(run: Run) -> None:
    """Bad input 33: the name leads elsewhere the second time it is asked."""

    async def main() -> None:
        doors = Doors()
        resolver = resolving(["8.8.8.8"], ["8.8.8.8"], ["10.0.0.1"], ["8.8.4.4", "127.0.0.1"])
        policy = Policy((Allow("other.example", 1, "not this one"),))
        async with Client(policy, resolver=resolver, connector=doors) as client:
            url = "https://cms.example:8443/"
            assert [str(address) for address in await client.addresses(url)] == ["8.8.8.8"]
            with pytest.raises(EgressFailed):
                await client.post(url, {}, b"", SHORT)
            assert doors.opened == ["8.8.8.8"], "resolved once, connected to what was judged"
            for _ in range(2):
                with pytest.raises(AddressNotPublic):
                    await client.post(url, {}, b"", SHORT)
            assert doors.opened == ["8.8.8.8"], "no socket was opened"

    run(main())


def test_what_a_leave_opened_is_shut_with_it(run: Run) -> None:
    async def main() -> None:
        async with receiving(always(OK)) as receiver:
            leave = Policy((Allow("127.0.0.1", receiver.port, "our own CMS"),))
            async with Client(leave) as client:
                assert (await client.post(receiver.url(), {}, b"")).status == 200
                client.adopt(Policy())
                with pytest.raises(AddressNotPublic):
                    await client.post(receiver.url(), {}, b"")

    run(main())


def test_a_way_that_was_found_before_a_leave_was_shut_is_judged_again(run: Run) -> None:
    async def main() -> None:
        async with receiving(always(OK)) as receiver, Client(TEST) as client:
            route = client.route(receiver.url())
            (await client.dial(route)).abort()
            client.adopt(Policy())
            with pytest.raises(AddressNotPublic):
                await client.dial(route)
            client.adopt(TEST)
            (await client.dial(route)).abort()

    run(main())


def test_a_leave_withdrawn_during_an_exchange_keeps_no_connection(run: Run) -> None:
    async def slow(caller: Caller) -> None:
        await caller.request()
        await asyncio.sleep(0.1)
        await caller.send(OK)
        await caller.request()

    async def main() -> None:
        pool = Pool()
        async with receiving(slow) as receiver, Client(TEST, pool=pool) as client:
            sending = asyncio.create_task(client.post(receiver.url(), {}, b""))
            await asyncio.sleep(0.03)
            client.adopt(Policy())
            assert (await sending).status == 200
            assert len(pool) == 0

    run(main())


def test_names_that_lead_nowhere(run: Run) -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def main() -> None:
        for resolver in (never, unknown, resolving([])):
            async with Client(Policy(), resolver=resolver) as client:
                with pytest.raises(HostUnresolvable, match=r"cms\.example"):
                    await client.post("https://cms.example/", {}, b"", SHORT)

    run(main())


def test_the_policy_is_asked_before_anything_is_opened(run: Run) -> None:
    async def main() -> None:
        async with Client(Policy(), resolver=resolving(), connector=Doors()) as client:
            with pytest.raises(SchemeNotAllowed):
                await client.post("http://cms.example/", {}, b"")

    run(main())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X", "a\r\nHost: evil"),
        ("X", "a\nb"),
        ("X", "a\x00b"),
        ("X", "a\n"),
        ("X", "Grüße €"),
        ("X\r\nY", "a"),
        ("X Y", "a"),
        ("", "a"),
        ("host", "evil.example"),
        ("Content-Length", "3"),
        ("Transfer-Encoding", "chunked"),
    ],
)
def test_headers_that_would_say_something_else(run: Run, name: str, value: str) -> None:
    async def main() -> None:
        async with Client(TEST, connector=Doors()) as client:
            with pytest.raises(MalformedHeader):
                await client.post("http://127.0.0.1:9/", {name: value}, b"")

    run(main())
