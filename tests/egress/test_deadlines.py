"""Time limits for many tasks by one timer, beside those of asyncio."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest

from dispaccio.egress.deadlines import Deadlines


def test_a_block_that_takes_too_long_ends() -> None:
    async def work() -> float:
        deadlines, began = Deadlines(), monotonic()
        with pytest.raises(TimeoutError), deadlines.within(0.2):
            await asyncio.sleep(30)
        task = asyncio.current_task()
        assert task is not None
        assert not task.cancelling()
        return monotonic() - began

    assert 0.2 <= asyncio.run(work()) < 10


def test_a_block_in_time_gives_what_it_gives_and_leaves_no_timer() -> None:
    async def work() -> None:
        deadlines = Deadlines()
        with deadlines.within(0.05):
            await asyncio.sleep(0)
        await asyncio.sleep(0.2)  # nobody is ended for what is over
        with pytest.raises(KeyError), deadlines.within(30):
            raise KeyError
        await asyncio.sleep(0.2)
        assert not deadlines._ticking

    asyncio.run(work())


def test_each_of_many_has_its_own_limit_and_the_inner_one_ends_first() -> None:
    async def work() -> None:
        deadlines = Deadlines()

        async def one(seconds: float) -> str:
            try:
                with deadlines.within(seconds):
                    await asyncio.sleep(0.6)
            except TimeoutError:
                return "late"
            return "in time"

        said = await asyncio.gather(*(one(0.1 if at % 2 else 30) for at in range(500)))
        assert said == ["in time", "late"] * 250
        with deadlines.within(30), pytest.raises(TimeoutError), deadlines.within(0.1):
            await asyncio.sleep(30)

    asyncio.run(work())


@pytest.mark.parametrize("both", [False, True])
def test_who_cancels_a_task_has_their_way(both: bool) -> None:
    async def work() -> None:
        deadlines = Deadlines()

        async def held() -> None:
            with deadlines.within(0.1 if both else 30):
                await asyncio.sleep(30)

        task = asyncio.create_task(held())
        await asyncio.sleep(0)
        if both:  # by the timer and from outside, before the task goes on
            (limit,) = deadlines._running
            limit.end()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
