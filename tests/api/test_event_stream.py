"""One stream by itself: what ends it, and what it holds while nobody reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Message

from dispaccio.api import event_stream
from dispaccio.api.event_stream import EventStream, event, require_room
from dispaccio.delivery.pulse import Pulse
from dispaccio.errors import TooManyStreams


async def endless(made: list[int]) -> AsyncGenerator[bytes, None]:
    """Events without end; ``made`` counts them, and gets a 0 where it was closed."""
    try:
        while True:
            made.append(len(made) + 1)
            yield event(str(len(made)), "a", b"{}")
            await asyncio.sleep(0)
    finally:
        made.append(0)


async def _never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def test_an_event_is_four_lines() -> None:
    assert event("7", "release.published", b"{}") == (
        b"id: 7\nevent: release.published\ndata: {}\n\n"
    )


def test_who_does_not_read_is_cut_and_nothing_piles_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "PATIENCE", 0.05)
    made: list[int] = []
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) > 3:
            await asyncio.Event().wait()

    asyncio.run(EventStream(endless(made))({}, _never, send))
    assert made == [1, 2, 3, 0]
    assert all(message.get("more_body", True) for message in sent)  # cut, not ended


def test_whoever_leaves_is_not_sent_to_any_more() -> None:
    made: list[int] = []
    left = asyncio.Event()

    async def receive() -> Message:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if len(made) == 5:
            left.set()
        await asyncio.sleep(0)

    asyncio.run(EventStream(endless(made))({}, receive, send))
    assert made[-1] == 0
    assert len(made) < 20


def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    require_room()
    monkeypatch.setattr(event_stream, "MOST", 0)
    with pytest.raises(TooManyStreams):
        require_room()


def test_a_pulse_wakes_who_waits_and_misses_none() -> None:
    async def work() -> None:
        pulse = Pulse()
        seen = pulse.beats
        assert not await pulse.wait(seen, 0.01)
        waiting = [asyncio.create_task(pulse.wait(seen, 30)) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.to_thread(pulse.beat)
        assert await asyncio.gather(*waiting) == [True] * 3
        assert await pulse.wait(seen, 30)  # it was before this was asked
        assert not pulse.ended()
        pulse.end()
        assert pulse.ended()
        assert await pulse.wait(pulse.beats, 30)

    asyncio.run(work())
