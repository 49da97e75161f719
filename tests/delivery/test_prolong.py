"""A carrier that gets on may ask for more time: its delivery stays its own meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dispaccio.delivery import carry
from dispaccio.delivery.carriers.base import Outcome, Parcel
from dispaccio.store import outbox
from tests.delivery.test_courier import TAKEN, Post

RELEASE = 1


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    made = Post(tmp_path / "wire.db")
    made.rows.endpoint("a")
    assert made.rows.release("the-id") == RELEASE
    made.publish(RELEASE, 1)
    yield made
    made.store.close()


def outcome_of(post: Post) -> tuple[str | None, int]:
    [row] = post.deliveries(RELEASE)
    return row.state, row.attempt


def test_a_long_attempt_that_asks_ends_well(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "LONGEST", 0.6)
    answers: list[bool] = []

    async def slowly(parcel: Parcel) -> Outcome:
        for _ in range(4):
            await asyncio.sleep(0.3)
            answers.append(await parcel.prolong())
        return TAKEN

    post.carrier.answer = slowly
    post.run(lambda: outcome_of(post)[0] == "delivered")
    assert outcome_of(post) == ("delivered", 1) and answers == [True] * 4


def test_one_that_does_not_ask_is_broken_off(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "LONGEST", 0.3)

    async def slowly(parcel: Parcel) -> Outcome:
        await asyncio.sleep(20)
        return TAKEN

    post.carrier.answer = slowly
    post.run(lambda: any(row.outcome for row in post.deliveries(RELEASE)))
    assert outcome_of(post)[0] == "due"


def test_only_who_holds_it_makes_its_time_longer(post: Post) -> None:
    now, lease = post.clock.now(), timedelta(seconds=30)
    with post.store.write(now) as tx:
        [claim] = outbox.claim(tx, most=1, lease=lease, token=7)
    later = now + timedelta(seconds=20)
    with post.store.write(later) as tx:
        assert outbox.prolong(tx, claim, lease)
        assert not outbox.prolong(tx, claim._replace(token=8), lease)
    with post.store.write(now + timedelta(seconds=40)) as tx:
        assert outbox.release_expired(tx) == 0, "it was made longer"
    with post.store.write(now + timedelta(seconds=51)) as tx:
        assert outbox.release_expired(tx) == 1
        assert not outbox.prolong(tx, claim, lease)


def test_no_longer_once_the_release_is_taken_back(post: Post) -> None:
    """The notice waits until this ends, so it must not go on for a quarter of an hour."""
    now, lease = post.clock.now(), timedelta(seconds=30)
    with post.store.write(now) as tx:
        [claim] = outbox.claim(tx, most=1, lease=lease, token=7)
        assert outbox.prolong(tx, claim, lease)
    post.publish(RELEASE, 2, "withhold", status="withheld")
    with post.store.write(now) as tx:
        assert not outbox.prolong(tx, claim, lease)
