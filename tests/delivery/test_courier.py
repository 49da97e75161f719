"""The courier at work on a real outbox, with carriers that do what a test asks of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dispaccio.clock import Clock
from dispaccio.delivery.carriers.base import (
    PROTOCOL_VERSION,
    Carrier,
    Means,
    Outcome,
    Parcel,
    Result,
)
from dispaccio.delivery.carriers.registry import carriers
from dispaccio.delivery.courier import LEASE, Courier, Packed, Supplies
from dispaccio.delivery.signature import SigningKey, new_key
from dispaccio.egress.client import Client
from dispaccio.egress.policy import Policy
from dispaccio.errors import SealBroken, StoreFailed
from dispaccio.settings import Settings
from dispaccio.store import endpoints, events, outbox, receipts, releases, schema
from dispaccio.store.delivery_tables import attempt
from dispaccio.store.engine import Store, Tx
from dispaccio.store.outbox import Load
from dispaccio.store.receipts import DeliveryRow
from dispaccio.testing.receiver import Receiver
from tests.store.rows import Rows

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TAKEN = Outcome(Result.DELIVERED, "taken", 5, 204)
LATER = Outcome(Result.ANSWERED, "busy", 5, 503)
GONE = Outcome(Result.ANSWERED, "gone", 5, 410)
SECOND = timedelta(seconds=1)
SETTINGS = Settings("The Test Wire", "https://wire.example", test=True)


def _packed(tx: Tx, load: Load) -> Packed | None:
    """The rendering that is kept, as the store has it."""
    to = load.endpoint
    name = to.format if to.payload == "full" else "thin"
    kept = releases.rendering_of(tx, load.revision, name)
    return Packed(kept.body, kept.media_type, kept.sha256) if kept else None


class Scripted:
    """A carrier that answers what it is told to, and notes what it was given."""

    name = "webhook"
    version = PROTOCOL_VERSION
    receipt_words = "a test took it"

    def __init__(self) -> None:
        self.answer: Callable[[Parcel], Awaitable[Outcome]] = self._take
        self.parcels: list[Parcel] = []

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        return

    async def send(self, parcel: Parcel, means: Means) -> Outcome:
        self.parcels.append(parcel)
        return await self.answer(parcel)

    def say(self, *outcomes: Outcome) -> None:
        """Answer these, one after the other; then that it was taken."""
        left = list(outcomes)

        async def next_(parcel: Parcel) -> Outcome:
            return left.pop(0) if left else TAKEN

        self.answer = next_

    async def _take(self, parcel: Parcel) -> Outcome:
        return TAKEN

    @property
    def ids(self) -> list[str]:
        return [parcel.webhook_id for parcel in self.parcels]


class Post:
    """An outbox with endpoints, and a clock that a test moves ahead."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        schema.upgrade(self.store)
        self.rows = Rows(self.store)
        self.rows.now = datetime.now(UTC)
        self.ahead = timedelta()
        self.carrier = Scripted()
        self.carriers: dict[str, Carrier] = {"webhook": self.carrier}
        self.unwrap: Callable[[Any], tuple[str, ...]] = lambda row: (SECRET,)
        self.said: list[str] = []
        """What the operator was told."""

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: datetime.now(UTC) + self.ahead)

    def publish(self, release: int, version: int, kind: str = "original", **more: Any) -> None:
        self.rows.now = self.clock.now()
        self.rows.publish(release, version, kind, **more)

    def deliveries(self, release: int) -> list[DeliveryRow]:
        return self.rows.read(receipts.of_release, release)

    def states(self, release: int) -> list[str]:
        return [row.state for row in self.deliveries(release)]

    def run(self, until: Callable[[], object], then: Callable[[], object] | None = None) -> None:
        """Run a courier until something holds; then do something and go on until it ends."""
        asyncio.run(self._run([until], [then] if then else []))

    def run_steps(self, *steps: Callable[[], object]) -> None:
        """Alternately wait until something holds, and do something."""
        asyncio.run(self._run(list(steps[::2]), list(steps[1::2])))

    async def _run(
        self, waits: list[Callable[[], object]], acts: list[Callable[[], object]]
    ) -> None:
        async with self.courier() as courier:
            for wait, act in zip(waits, [*acts, None], strict=False):
                await courier.until(wait)
                if act is not None:
                    act()
                    courier.courier.wake()

    @asynccontextmanager
    async def courier(self, carrier: Scripted | None = None, **more: Any) -> AsyncIterator[Working]:
        """A courier that works until the end of the block."""
        async with Client(Policy(test=True)) as client:
            supplies = Supplies(
                means=Means(client, SETTINGS, SigningKey(new_key()), secret=lambda name: b""),
                carriers={"webhook": carrier} if carrier else self.carriers,
                policy=lambda: Policy(test=True),
                unwrap=self.unwrap,
                number=str,
                pack=_packed,
                rendering=lambda load, name: None,
                say=self.said.append,
            )
            courier = Courier(self.store, self.clock, supplies, **more)
            work = asyncio.create_task(courier.run())
            try:
                yield Working(courier, work)
            finally:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)


@dataclass
class Working:
    """A courier and its task."""

    courier: Courier
    work: asyncio.Task[None]

    async def until(self, holds: Callable[[], object]) -> None:
        await _until(holds, self.work)


async def _until(holds: Callable[[], object], work: asyncio.Task[None]) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(holds):
            if work.done():
                await work
            await asyncio.sleep(0.01)


def test_what_is_due_is_sent_and_receipted(post: Post) -> None:
    for name in "abc":
        post.rows.endpoint(name)
    release = post.rows.release("the-id")
    post.publish(release, 1)
    post.run(lambda: post.states(release) == ["delivered"] * 3)
    assert set(post.carrier.ids) == {"the-id.v1"}
    assert sorted(p.address for p in post.carrier.parcels) == [
        f"https://{n}.example/in" for n in "abc"
    ]
    [row, *_] = post.deliveries(release)
    assert (row.outcome, row.status, row.detail, row.attempt) == ("delivered", 204, "taken", 1)
    assert row.sha256


def test_it_is_woken_by_a_publication(post: Post) -> None:
    post.rows.endpoint("a")
    release = post.rows.release("r")
    post.run(lambda: True, lambda: post.publish(release, 1))
    post.run_steps(
        lambda: True,
        lambda: post.publish(post.rows.release("s"), 1),
        lambda: "s.v1" in post.carrier.ids,
    )


@pytest.mark.parametrize(
    ("failures", "least", "most"), [(1, 4.0, 6.0), (2, 12.0, 18.0), (3, 48.0, 72.0)]
)
def test_what_was_not_taken_is_due_again_by_the_table(
    post: Post, failures: int, least: float, most: float
) -> None:
    post.rows.endpoint("a")
    release = post.rows.release("r")
    post.carrier.say(*[LATER] * failures)
    post.publish(release, 1)

    def attempts(count: int) -> bool:
        [row] = post.deliveries(release)
        return row.attempt >= count and row.state == "due"

    def on() -> None:
        post.ahead += timedelta(seconds=100)

    steps: list[Callable[[], object]] = [lambda: attempts(1)]
    for count in range(2, failures + 1):
        steps += [on, lambda count=count: attempts(count)]
    post.run_steps(*steps)
    [row] = post.deliveries(release)
    assert (row.outcome, row.status) == ("answered", 503)
    assert row.due_at is not None
    wait = (row.due_at - post.clock.now()).total_seconds()
    assert least - 5 < wait < most + 0.5
    on()
    post.run(lambda: post.states(release) == ["delivered"])
    assert len(post.carrier.parcels) == failures + 1


def test_a_correction_waits_for_the_retry_before_it(post: Post) -> None:
    post.rows.endpoint("a")
    release = post.rows.release("r")
    post.carrier.say(LATER)
    post.publish(release, 1)

    def later() -> None:
        post.publish(release, 2, "correction")
        post.ahead += 10 * SECOND

    post.run_steps(
        lambda: post.deliveries(release)[0].outcome,
        later,
        lambda: post.states(release) == ["delivered", "delivered"],
    )
    assert post.carrier.ids == ["r.v1", "r.v1", "r.v2"]


def test_an_address_that_is_gone_gets_nothing_more(post: Post) -> None:
    endpoint = post.rows.endpoint("a")
    first, second = post.rows.release("r1"), post.rows.release("r2")
    post.carrier.say(GONE)
    post.publish(first, 1)
    post.publish(second, 1)
    post.run(lambda: post.states(first) == post.states(second) == ["gone"])
    assert len(post.carrier.parcels) == 1
    found = post.rows.read(endpoints.by_keys, [endpoint])[endpoint]
    assert found.state == "gone"
    assert [event.kind for event in post.rows.read(events.after, 0)] == ["endpoint_gone"]


def test_a_carrier_that_breaks_is_an_attempt_that_failed(post: Post) -> None:
    post.rows.endpoint("a")
    release = post.rows.release("r")

    async def broken(parcel: Parcel) -> Outcome:
        raise RuntimeError(parcel.body)

    post.carrier.answer = broken
    post.publish(release, 1)
    post.run(lambda: post.deliveries(release)[0].outcome)
    [row] = post.deliveries(release)
    assert (row.state, row.outcome) == ("due", "network")
    assert row.detail == "The carrier webhook failed: RuntimeError."


@pytest.mark.parametrize("why", ["secret", "carrier", "rendering"])
def test_what_cannot_be_sent_is_tried_and_given_up_like_anything_else(post: Post, why: str) -> None:
    """A secret that cannot be opened, a carrier or a format that is not installed any more."""
    post.rows.endpoint("bad", payload="full" if why == "rendering" else "thin", format="nitf")
    release = post.rows.release("r")
    if why == "secret":

        def unwrap(row: Any) -> tuple[str, ...]:
            raise SealBroken

        post.unwrap = unwrap
    if why == "carrier":
        post.carriers = {}
    post.publish(release, 1)
    post.run(lambda: post.deliveries(release)[0].outcome)
    [row] = post.deliveries(release)
    assert (row.state, row.attempt) == ("due", 1)
    post.ahead += 3600 * SECOND
    post.run(lambda: post.deliveries(release)[0].attempt > 1)
    assert post.carrier.parcels == []


def test_one_that_hangs_holds_up_no_other(post: Post) -> None:
    post.rows.endpoint("slow")
    post.rows.endpoint("quick")
    release = post.rows.release("r")

    async def answer(parcel: Parcel) -> Outcome:
        if "slow" in parcel.address:
            await asyncio.sleep(3600)
        return TAKEN

    post.carrier.answer = answer
    post.publish(release, 1)
    post.run(lambda: "delivered" in post.states(release))
    assert sorted(post.states(release)) == ["delivered", "leased"]


def test_of_two_couriers_the_one_past_its_lease_changes_nothing(post: Post) -> None:
    """The lease of the first ended, the second has sent it, and then the first one answers."""
    post.rows.endpoint("a")
    release = post.rows.release("r")
    second, gate, begun = Scripted(), asyncio.Event(), asyncio.Event()

    async def late(parcel: Parcel) -> Outcome:
        begun.set()
        await gate.wait()
        return replace(LATER, status=404)

    post.carrier.answer = late
    post.publish(release, 1)

    async def both() -> None:
        async with post.courier() as one:
            await one.until(begun.is_set)
            post.ahead += LEASE + SECOND
            async with post.courier(second, alone=False) as two:
                await two.until(lambda: post.states(release) == ["delivered"])
            gate.set()
            await one.until(lambda: len(_attempts(post)) == 2)

    asyncio.run(both())
    assert _attempts(post) == ["delivered", "answered"]
    assert post.states(release) == ["delivered"]
    assert (post.carrier.ids, second.ids) == (["r.v1"], ["r.v1"])


def _attempts(post: Post) -> list[str]:
    with post.store.read(post.clock.now()) as tx:
        return list(tx.run(select(attempt.c.outcome).order_by(attempt.c.key)).scalars())


def test_what_was_in_flight_at_the_end_is_sent_again(post: Post) -> None:
    post.rows.endpoint("a")
    release = post.rows.release("r")
    hang = True

    async def answer(parcel: Parcel) -> Outcome:
        if hang:
            await asyncio.sleep(3600)
        return TAKEN

    post.carrier.answer = answer
    post.publish(release, 1)
    post.run(lambda: post.carrier.parcels)
    assert post.states(release) == ["leased"]
    hang = False
    post.run(lambda: post.states(release) == ["delivered"])
    assert post.carrier.ids == ["r.v1", "r.v1"]
    assert post.deliveries(release)[0].attempt == 2


def test_a_settlement_that_could_not_be_kept_is_kept_later(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.rows.endpoint("a")
    release = post.rows.release("r")
    settle, tries = outbox.settle, []

    def full(*args: Any) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise StoreFailed("database or disk is full")
        return settle(*args)

    monkeypatch.setattr(outbox, "settle", full)
    post.publish(release, 1)
    post.run(lambda: post.states(release) == ["delivered"])
    assert len(tries) == 2
    assert post.carrier.ids == ["r.v1"]


@pytest.mark.parametrize("what", ["claim", "next_due"])
def test_a_store_that_fails_for_a_moment_ends_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    post.rows.endpoint("a")
    release = post.rows.release("r")
    real, tries = getattr(outbox, what), []

    def fail(*args: Any, **named: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise StoreFailed("not now")
        return real(*args, **named)

    monkeypatch.setattr(outbox, what, fail)
    post.publish(release, 1)
    post.run(lambda: len(tries) > 1 and post.states(release) == ["delivered"])


def test_real_webhooks_with_signatures(post: Post) -> None:
    post.carriers = dict(carriers())
    with Receiver() as receiver:
        receiver.secrets = {"/good": SECRET, "/bad": SECRET}
        receiver.answers = {"/bad": 500}
        for name in ("good", "bad"):
            post.rows.endpoint(name, address=receiver.url(f"/{name}"))
        release = post.rows.release("the-id")
        post.publish(release, 1)
        post.run(lambda: sorted(post.states(release)) == ["delivered", "due"])
        came = receiver.wait_for(2)
    assert {(item.path, item.id, item.error) for item in came} == {
        ("/good", "the-id.v1", None),
        ("/bad", "the-id.v1", None),
    }
    assert {item.body for item in came} == {b"thin %d v1" % release}


def test_what_is_packed_for_one_endpoint_is_not_sent_to_another(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carrier of another kind may want each endpoint's own, such as the feed that it follows."""
    for name in "ab":
        post.rows.endpoint(name)
    release = post.rows.release("r")

    def own(tx: Tx, load: Load) -> Packed:
        return Packed(load.endpoint.id.encode(), "text/plain", "")

    monkeypatch.setattr("tests.delivery.test_courier._packed", own)
    post.publish(release, 1)
    post.run(lambda: post.states(release) == ["delivered"] * 2)
    assert {p.endpoint: p.body for p in post.carrier.parcels} == {"a": b"a", "b": b"b"}
