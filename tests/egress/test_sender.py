"""The way without tasks meets the same receivers as ``Client.post``, and ends as it does."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from dispaccio.egress.client import Client, Limits, Pool, Route
from dispaccio.egress.connection import Connection
from dispaccio.egress.policy import Policy
from dispaccio.egress.sender import Sender
from dispaccio.errors import (
    AnswerTimedOut,
    ConnectFailed,
    ConnectionBroken,
    EgressFailed,
    HostUnresolvable,
)
from tests.egress.receivers import OK, Caller, always, hang, receiving, until
from tests.egress.test_client import FAILURES, SHORT

Run = Callable[[Coroutine[Any, Any, None]], None]
TEST = Policy(test=True)
BODY = b"Content-Length: 7\r\n\r\nrelease"


@dataclass(eq=False)
class Sent:
    """An exchange that notes what becomes of it."""

    route: Route
    request: bytes
    said: list[object] = field(default_factory=list)
    """Each answer's status or failure: there is one of them, ever."""
    lingered: int = 0

    def answered(self, answer: Connection) -> None:
        self.said.append(answer.status)

    def failed(self, error: Exception) -> None:
        self.said.append(error)

    def lingers(self) -> None:
        self.lingered += 1


async def send(client: Client, sender: Sender, url: str) -> Sent:
    """Send one, and wait for its end."""
    route = client.route(url)
    sent = Sent(route, route.post + BODY)
    sender.post(sent)
    await until(lambda: bool(sent.said))
    await asyncio.sleep(0.01)
    assert len(sent.said) == 1
    return sent


def test_a_kept_connection_is_used_again(run: Run) -> None:
    async def main() -> None:
        async with receiving(always(OK)) as receiver, Client(TEST) as client:
            sender = Sender(client)
            for _ in range(3):
                assert (await send(client, sender, receiver.url())).said == [200]
            assert receiver.connections == 1
            assert len(receiver.requests) == 3
            assert len(sender) == 0

    run(main())


@pytest.mark.parametrize("name", FAILURES)
def test_failures_have_the_same_names(run: Run, name: str) -> None:
    behaviour, error = FAILURES[name]

    async def main() -> None:
        limits = SHORT if error is AnswerTimedOut else Limits()
        async with receiving(behaviour) as receiver, Client(TEST) as client:
            sender = Sender(client, limits)
            [failure] = (await send(client, sender, receiver.url())).said
            assert type(failure) is error, failure
            await until(lambda: receiver.gone == 1)
            assert len(sender) == 0

    run(main())


def test_one_without_an_answer_lingers_and_then_ends(run: Run) -> None:
    async def main() -> None:
        async with receiving(hang) as receiver, Client(TEST) as client:
            sender = Sender(client, Limits(total=0.4), patience=0.1)
            sent = await send(client, sender, receiver.url())
            assert sent.lingered == 1
            assert isinstance(sent.said[0], AnswerTimedOut)

    run(main())


def test_one_that_hangs_before_accepting_ends_and_leaves_nothing(run: Run) -> None:
    async def main() -> None:
        async def connect(address: str, port: int) -> socket.socket:
            await asyncio.sleep(3600)
            raise AssertionError

        async with Client(TEST, connector=connect) as client:
            sender = Sender(client, Limits(connect=0.2))
            [failure] = (await send(client, sender, "http://127.0.0.1:9/")).said
            assert isinstance(failure, ConnectFailed)
            assert len(sender) == 0

    run(main())


def test_what_is_dialled_when_the_time_is_up_was_not_sent(run: Run) -> None:
    async def main() -> None:
        async def connect(address: str, port: int) -> socket.socket:
            await asyncio.sleep(3600)
            raise AssertionError

        async with Client(TEST, connector=connect) as client:
            sender = Sender(client, Limits(total=0.2), patience=0.1)
            [failure] = (await send(client, sender, "http://127.0.0.1:9/")).said
            assert isinstance(failure, ConnectFailed)
            assert "offered no connection within 0.2 s" in str(failure)

    run(main())


@pytest.mark.parametrize("limits", [Limits(), Limits(total=0.3)])
def test_what_was_written_on_a_stale_connection_may_have_been_heard(
    run: Run, limits: Limits
) -> None:
    calls: list[int] = []

    async def connect(address: str, port: int) -> socket.socket:
        calls.append(port)
        if len(calls) > 1:
            if limits.total < 1:
                await asyncio.sleep(3600)
            raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")
        sock = socket.socket()
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
        return sock

    async def behaviour(caller: Caller) -> None:
        await caller.request()
        await caller.send(OK)
        await caller.request()

    async def main() -> None:
        async with receiving(behaviour) as receiver, Client(TEST, connector=connect) as client:
            sender = Sender(client, limits, patience=0.1)
            assert (await send(client, sender, receiver.url())).said == [200]
            [failure] = (await send(client, sender, receiver.url())).said
            assert isinstance(failure, AnswerTimedOut if limits.total < 1 else ConnectionBroken)
            assert len(calls) == 2
            assert len(sender) == 0

    run(main())


def test_a_name_that_leads_nowhere_and_a_resolver_that_stalls(run: Run) -> None:
    async def main() -> None:
        async def none(host: str, port: int) -> Sequence[str]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        async def stalls(host: str, port: int) -> Sequence[str]:
            await asyncio.sleep(3600)
            return []

        for resolver in (none, stalls):
            async with Client(TEST, resolver=resolver) as client:
                sender = Sender(client, Limits(resolve=0.1))
                [failure] = (await send(client, sender, "https://gone.example/")).said
                assert isinstance(failure, HostUnresolvable)

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
            sender = Sender(client)
            for _ in range(2):
                assert (await send(client, sender, receiver.url())).said == [200]
            assert receiver.connections == 2

    run(main())


def test_a_redirect_inside_is_an_answer(run: Run) -> None:
    async def main() -> None:
        head = (
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
        )
        async with receiving(always(head)) as receiver, Client(TEST) as client:
            assert (await send(client, Sender(client), receiver.url())).said == [302]

    run(main())


def test_a_leave_withdrawn_meanwhile_keeps_no_connection(run: Run) -> None:
    async def main() -> None:
        pool = Pool()
        async with receiving(always(OK, pause=0.1)) as receiver, Client(TEST, pool=pool) as client:
            route = client.route(receiver.url())
            sent = Sent(route, route.post + BODY)
            Sender(client).post(sent)
            await until(lambda: receiver.connections == 1)
            client.adopt(Policy())
            await until(lambda: bool(sent.said))
            await asyncio.sleep(0.01)
            assert len(pool) == 0

    run(main())


def test_what_is_broken_off_tells_nobody(run: Run) -> None:
    async def main() -> None:
        async with receiving(hang) as receiver, Client(TEST) as client:
            route, sender = client.route(receiver.url()), Sender(client)
            sent = Sent(route, route.post + BODY)
            sender.post(sent)
            await until(lambda: receiver.connections == 1)
            sender.close()
            await until(lambda: receiver.gone == 1)
            assert sent.said == []
            assert len(sender) == 0

    run(main())


def test_without_file_descriptors_kept_connections_make_room(run: Run) -> None:
    async def main() -> None:
        pool = Pool()

        async def connect(address: str, port: int) -> socket.socket:
            if len(pool) >= 3:
                raise OSError(errno.EMFILE, "Too many open files")
            sock = socket.socket()
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
            return sock

        async with (
            receiving(always(OK)) as receiver,
            Client(TEST, connector=connect, pool=pool) as client,
        ):
            sender = Sender(client)
            for number in range(1, 9):
                url = receiver.url(f"127.0.0.{number}")
                assert (await send(client, sender, url)).said == [200]

    run(main())


def test_no_descriptor_at_all_is_a_failure_that_passes(run: Run) -> None:
    async def main() -> None:
        async def none(address: str, port: int) -> socket.socket:
            raise OSError(errno.EMFILE, "Too many open files")

        async with Client(TEST, connector=none) as client:
            [failure] = (await send(client, Sender(client), "http://127.0.0.1:9/")).said
            assert isinstance(failure, EgressFailed)
            assert "many open files" in str(failure)

    run(main())
