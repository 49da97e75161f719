"""Coming for what is due: the catch-up pull, the stream of an endpoint, the stream of everybody."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from dispaccio.api.caller import Caller, TheWire, actor_of
from dispaccio.api.event_stream import (
    BEGINNING,
    COMMENT,
    HEARTBEAT,
    EventStream,
    event,
    require_room,
)
from dispaccio.api.strict import StrictRoute
from dispaccio.delivery.pulse import Pulse
from dispaccio.errors import DispaccioError, MalformedCursor
from dispaccio.store.endpoints import EndpointRow
from dispaccio.wire import catch_up
from dispaccio.wire.catch_up import CatchUp, Given, Page
from dispaccio.wire.core import Wire

LONGEST_WAIT = 60
STREAMED = 100
"""How many events are read from the store at once for a stream."""
LOOK = 5.0
"""Seconds after which a stream looks whether its key still counts."""
PAGES = 64
"""How many pages of what is public are kept for those who stand elsewhere."""
SETTLE = 300.0
"""Seconds after which a stream ends that has sent something: coming back is the receipt."""

Cursor = Annotated[str | None, Query(max_length=80)]

router = APIRouter(route_class=StrictRoute)


class Catching:
    """What the calls of this module share: who answers, who wakes them, what changed last."""

    def __init__(self, wire: Wire, pulse: Pulse) -> None:
        self.wire, self.pulse, self.catch_up = wire, pulse, CatchUp(wire)
        self._last = (-1, 0)
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._as_of = 0
        self._looking, self._reading = asyncio.Lock(), asyncio.Lock()

    async def news(self, seq: int) -> bool:
        """Whether something became public after that; asked of the store once for all."""
        if self._last[0] != self.pulse.beats:
            async with self._looking:
                beats = self.pulse.beats
                if self._last[0] != beats:
                    self._last = beats, await run_in_threadpool(self.catch_up.last)
        return self._last[1] > seq

    async def public(self, seq: int) -> Page:
        """A page of what is public, read once for all who stand at the same place."""
        async with self._reading:
            beats = self.pulse.beats
            if beats != self._as_of:
                self._pages, self._as_of = OrderedDict(), beats
            if seq not in self._pages:
                page = await run_in_threadpool(self.catch_up.public, seq, STREAMED)
                self._pages[seq] = page
                if len(self._pages) > PAGES:
                    self._pages.popitem(last=False)
            return self._pages[seq]


def _catching(request: Request) -> Catching:
    found: Catching = request.app.state.catching
    return found


@router.get("/deliveries")
async def get_deliveries(
    request: Request,
    wire: TheWire,
    actor: Caller,
    endpoint: Annotated[str | None, Query(max_length=80)] = None,
    after: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=catch_up.MOST)] = 100,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> dict[str, Any]:
    """What was due to an endpoint, oldest first, after a cursor; ``wait`` seconds for something."""
    catching = _catching(request)
    until = wire.clock.monotonic() + wait
    row = await run_in_threadpool(catching.catch_up.endpoint, actor, endpoint)
    while True:
        seen = catching.pulse.beats
        page = await run_in_threadpool(catching.catch_up.page, row, after, limit)
        left = until - wire.clock.monotonic()
        if page.given or page.more or left <= 0 or catching.pulse.ended():
            break
        while left > 0 and not catching.pulse.ended() and not await catching.news(page.seq):
            await catching.pulse.wait(seen, left)
            seen, left = catching.pulse.beats, until - wire.clock.monotonic()
    return {
        "endpoint": row.id,
        "deliveries": [given.flat() for given in page.given],
        "next": page.next,
        "more": page.more,
    }


@router.get("/stream")
async def get_stream(
    request: Request,
    wire: TheWire,
    actor: Caller,
    endpoint: Annotated[str | None, Query(max_length=80)] = None,
    after: Cursor = None,
    last_event_id: Annotated[str | None, Header(max_length=80)] = None,
) -> Response:
    """What is due to an endpoint, as Server-Sent Events; ``Last-Event-ID`` or ``after`` resumes."""
    require_room()
    catching = _catching(request)
    since = after or last_event_id or None
    row = await run_in_threadpool(catching.catch_up.endpoint, actor, endpoint, streams=True)
    first = await run_in_threadpool(catching.catch_up.page, row, since, STREAMED)

    async def still() -> bool:
        try:
            caller = await actor_of(request)
            await run_in_threadpool(catching.catch_up.endpoint, caller, row.id)
        except DispaccioError:
            return False
        return True

    return EventStream(_endpoint_events(catching, row, first, still))


def public_stream(catching: Catching, last_event_id: str | None) -> Response:
    """What becomes public from now on, or since an event, for anybody.

    Raises TooManyStreams, MalformedCursor.
    """
    require_room()
    if last_event_id and not (last_event_id.isascii() and last_event_id.isdigit()):
        raise MalformedCursor("The header Last-Event-ID is no event of this stream.")
    since = int(last_event_id[:18]) if last_event_id else None
    return EventStream(_public_events(catching, since))


async def _endpoint_events(
    catching: Catching, row: EndpointRow, page: Page, still: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[bytes, None]:
    """The events of an endpoint; ends when its key does, or so that the client comes back.

    Only a client that comes back says what it has; so a stream that sent something ends after a
    while, and at once after a withdrawal.
    """
    clock, callers = catching.wire.clock, catching.wire.callers
    yield BEGINNING
    sent_since: float | None = None
    while True:
        for given in page.given:
            yield _written(given)
        if page.given:
            sent_since = clock.monotonic() if sent_since is None else sent_since
            if any(given.last_word for given in page.given):
                return
        quiet, seen = 0.0, catching.pulse.beats
        while not page.more and not await catching.news(page.seq):
            if not await catching.pulse.wait(seen, LOOK):
                quiet += LOOK
            seen = catching.pulse.beats
            over = sent_since is not None and clock.monotonic() - sent_since > SETTLE
            if over or catching.pulse.ended():
                return
            if catching.wire.callers is not callers:
                callers = catching.wire.callers
                if not await still():
                    return
            if quiet >= HEARTBEAT:
                quiet = 0.0
                yield COMMENT
        page = await run_in_threadpool(catching.catch_up.further, row, page.seq, STREAMED)


async def _public_events(catching: Catching, since: int | None) -> AsyncGenerator[bytes, None]:
    yield BEGINNING
    seq = await run_in_threadpool(catching.catch_up.last) if since is None else since
    more = True
    while True:
        seen = catching.pulse.beats
        while not more and not await catching.news(seq):
            if not await catching.pulse.wait(seen, HEARTBEAT):
                yield COMMENT
            seen = catching.pulse.beats
            if catching.pulse.ended():
                return
        page = await catching.public(seq)
        for given in page.given:
            yield _written(given)
        seq, more = page.seq, page.more


def _written(given: Given) -> bytes:
    data = json.dumps(given.payload, ensure_ascii=False, separators=(",", ":"))
    return event(given.cursor, given.payload["type"], data.encode())
