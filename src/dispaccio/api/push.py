"""Beside the API: the hub of the feeds at ``/hub``, the public stream at ``/stream``."""

from __future__ import annotations

import asyncio
from collections import Counter
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from dispaccio.api.catch_up import Catching, public_stream
from dispaccio.delivery.carriers.websub import HUB
from dispaccio.delivery.intent import deny, intended
from dispaccio.egress.client import Client
from dispaccio.errors import DispaccioError, HubBusy, HubRefused, StoreFailed
from dispaccio.wire import egress, hub
from dispaccio.wire.core import Wire
from dispaccio.wire.hub import SUBSCRIBE, Asked

STREAM = "/stream"
PATHS = frozenset({HUB, STREAM})
AT_ONCE, AT_ONCE_OF_HOST = 64, 4
"""How many callbacks are asked at the same time, in all and at one host."""
LONGEST_FORM = 8192
"""Bytes of a request to the hub."""
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 32


def create_push(catching: Catching) -> ASGIApp:
    """The application for ``PATHS``."""
    desk = Hub(catching.wire)

    async def stream(request: Request) -> Response:
        return public_stream(catching, request.headers.get("last-event-id"))

    return Starlette(
        routes=[
            Route(HUB, desk.answer, methods=["POST"]),
            Route(STREAM, stream, methods=["GET"]),
        ],
        exception_handlers={DispaccioError: _refused},
    )


class Hub:
    """Takes requests, and asks the callbacks behind the answer."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._asking: set[asyncio.Task[None]] = set()
        self._hosts: Counter[str] = Counter()

    async def answer(self, request: Request) -> Response:
        """Judge a request: 202, and the callback is asked; or why not (section 5.1)."""
        asked = await run_in_threadpool(hub.judge, self._wire, await _form(request))
        if len(self._asking) >= AT_ONCE or self._hosts[asked.host] >= AT_ONCE_OF_HOST:
            raise HubBusy
        self._hosts[asked.host] += 1
        try:
            policy = await run_in_threadpool(egress.policy, self._wire)
            async with Client(policy) as client:
                await client.addresses(asked.callback)
        except BaseException:
            self._done_with(asked.host)
            raise
        task = asyncio.create_task(self._ask(asked))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return PlainTextResponse("The callback is asked whether it wants that.\n", 202)

    async def _ask(self, asked: Asked) -> None:
        said = {"hub.mode": asked.mode, "hub.topic": asked.topic}
        if asked.mode == SUBSCRIBE:
            said["hub.lease_seconds"] = str(int(asked.lease.total_seconds()))
        try:
            async with Client(await run_in_threadpool(egress.policy, self._wire)) as client:
                if not await intended(client, asked.callback, said):
                    return
                try:
                    await run_in_threadpool(hub.confirm, self._wire, asked)
                except HubRefused as refusal:
                    await deny(client, asked.callback, asked.topic, refusal.message)
        except StoreFailed:
            return  # the subscriber asks again when nothing comes
        finally:
            self._done_with(asked.host)

    def _done_with(self, host: str) -> None:
        self._hosts[host] -= 1
        if self._hosts[host] <= 0:
            del self._hosts[host]


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, each once. Raises HubRefused."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HubRefused(f"The hub takes {_FORM}.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            raise HubRefused(f"A request to the hub has at most {LONGEST_FORM:,} bytes.")
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise HubRefused("The request is no form in UTF-8.") from None
    if len({name for name, _ in fields}) != len(fields):
        raise HubRefused("A field stands twice; each is given once.")
    if any("\x00" in value for _, value in fields):
        raise HubRefused("A field holds a NUL, which is not text.")
    return dict(fields)


async def _refused(request: Request, error: Exception) -> Response:
    """The reason, as text (section 5.1)."""
    assert isinstance(error, DispaccioError)
    headers = {"retry-after": "5"} if error.status == 503 else None
    return PlainTextResponse(f"{error.message}\n", error.status, headers)
