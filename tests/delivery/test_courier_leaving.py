"""A courier that is to stop: what is on its way ends, and what is not begun goes on elsewhere."""

from __future__ import annotations

import asyncio

import pytest

from dispaccio.delivery import courier
from dispaccio.delivery.carriers.base import Outcome, Parcel
from dispaccio.delivery.courier import Courier
from dispaccio.delivery.leaving import whole
from tests.delivery.test_courier import TAKEN, Post

MANY = 40


@pytest.mark.parametrize(("seconds", "state"), [(0.3, "delivered"), (600, "leased")])
def test_what_is_on_its_way_may_end_for_a_moment(
    post: Post, monkeypatch: pytest.MonkeyPatch, seconds: float, state: str
) -> None:
    if state == "leased":
        monkeypatch.setattr(courier, "LEAVING", 0.2)
    begun = asyncio.Event()

    async def answer(parcel: Parcel) -> Outcome:
        begun.set()
        await asyncio.sleep(seconds)
        return TAKEN

    post.carrier.answer = answer
    post.rows.endpoint("slow")
    release = post.rows.release("r")
    post.publish(release, 1)

    async def work() -> None:
        async with post.courier():
            await begun.wait()

    asyncio.run(work())
    assert post.states(release) == [state]


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_is_not_begun_goes_on_at_once_elsewhere(
    post: Post, monkeypatch: pytest.MonkeyPatch, withdrawn: bool
) -> None:
    """One slot, and many that were claimed and wait for it; another courier takes them."""
    monkeypatch.setattr(courier, "SLOTS", 1)
    monkeypatch.setattr(courier, "PATIENCE", 3600)
    ends, leave = asyncio.Event(), Courier._leave

    async def leaves(self: Courier) -> None:
        ends.set()  # who waits for it goes on when nothing is in line any more
        await leave(self)

    monkeypatch.setattr(Courier, "_leave", leaves)

    async def answer(parcel: Parcel) -> Outcome:
        await ends.wait()
        return TAKEN

    post.carrier.answer = answer
    for number in range(MANY):
        post.rows.endpoint(f"e{number}")
    release = post.rows.release("r")
    post.publish(release, 1)

    async def work() -> None:
        async with post.courier(alone=False) as working:
            await working.until(lambda: post.states(release).count("leased") == MANY)
            if withdrawn:
                post.publish(release, 2, "withdrawal", status="canceled")

    asyncio.run(work())
    sent = len(post.carrier.parcels)
    assert sent == 1
    assert "leased" not in post.states(release)
    assert [row.attempt for row in post.deliveries(release) if row.version == 1].count(1) == sent
    post.run(lambda: set(post.states(release)) <= {"delivered", "superseded"})
    versions = [parcel.version for parcel in post.carrier.parcels]
    assert versions.count(1) == (sent if withdrawn else MANY)
    assert versions.count(2) == (MANY if withdrawn else 0)


def test_a_piece_of_work_comes_to_its_end_though_it_is_cancelled() -> None:
    done: list[str] = []

    async def piece() -> str:
        await asyncio.sleep(0.1)
        done.append("written")
        return "told"

    async def work() -> None:
        assert await whole(piece()) == "told"
        task = asyncio.create_task(whole(piece()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert done == ["written"] * 2
