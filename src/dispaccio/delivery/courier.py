"""The courier: claims what is due, sends it, and writes down how it ended.

Everything durable is in the outbox; what is in memory here may be lost at any moment. Settlements
are committed together, at most a hundredth of a second after the first of them.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from dispaccio.clock import Clock
from dispaccio.delivery import profile as profiles
from dispaccio.delivery import returned
from dispaccio.delivery.carriers.base import Carrier, Means, Parcel
from dispaccio.delivery.retry import Decision, Outcome, Result, settle
from dispaccio.egress.policy import Policy
from dispaccio.errors import StoreFailed
from dispaccio.release.state import Kind
from dispaccio.store import endpoints, events, outbox
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Store
from dispaccio.store.outbox import Class, Load, Settlement

LEASE = timedelta(seconds=30)
"""Twice the longest attempt."""
SLOTS = 64
"""Attempts in flight at once."""
GATHER = 0.01
"""Seconds in which settlements gather for one commit."""
LONGEST_SLEEP = 2.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Packed:
    """A revision as one endpoint gets it. ``notes`` say what its profile changed or left out."""

    body: bytes
    media_type: str
    sha256: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supplies:
    """What the courier is given by the wire.

    ``unwrap`` gives an endpoint's secrets; ``number`` writes an ordinal; ``pack`` makes what a load
    carries, None where the wire has nothing in that format; ``rendering`` the same revision in
    another format, by name. The last two are called in a thread.
    """

    means: Means
    carriers: Mapping[str, Carrier]
    policy: Callable[[], Policy]
    unwrap: Callable[[EndpointRow], tuple[str, ...]]
    number: Callable[[int], str]
    pack: Callable[[Any, Load], Packed | None]
    rendering: Callable[[Load, str], bytes | None]


class Courier:
    """Sends what the outbox holds, until it is stopped. One a process."""

    def __init__(self, store: Store, clock: Clock, supplies: Supplies) -> None:
        self._store, self._clock, self._supplies = store, clock, supplies
        self._loop = asyncio.get_running_loop()
        self._wake, self._ended = asyncio.Event(), asyncio.Event()
        self._active: set[asyncio.Task[None]] = set()
        self._settled: list[tuple[Settlement, Decision]] = []
        self._policy = supplies.policy()
        self._rng = random.Random()  # noqa: S311 - jitter and order, no secret

    def wake(self) -> None:
        """Look at the outbox now. May be called from any thread."""
        self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Send what is due until cancelled; what is in flight then is left to its lease."""
        await self._write(partial(outbox.release_expired, everything=True))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_settling())
            while True:
                self._wake.clear()
                try:
                    await self._adopt_policy()
                    if not await self._send_some():
                        await self._rest()
                except StoreFailed as failure:
                    await self._after(failure)

    async def _send_some(self) -> int:
        free = SLOTS - len(self._active)
        if free <= 0:
            return 0
        loads = await self._write(partial(self._claim, most=free))
        self._rng.shuffle(loads)
        for load, packed in loads:
            task = asyncio.create_task(self._attempt(load, packed))
            self._active.add(task)
            task.add_done_callback(self._active.discard)
        return len(loads)

    def _claim(self, tx: Any, *, most: int) -> list[tuple[Load, Packed | None]]:
        outbox.release_expired(tx)
        claims = outbox.claim(tx, most=most, lease=LEASE, token=secrets.randbits(62))
        loads = outbox.loads(tx, claims) if claims else []
        return [(load, self._supplies.pack(tx, load)) for load in loads]

    async def _attempt(self, load: Load, packed: Packed | None) -> None:
        started = self._clock.now()
        outcome = await self._send(load, packed, started)
        ended = self._clock.now()
        withdrawal = load.claim.class_ is Class.WITHDRAWAL
        decision = settle(outcome, load.claim.attempt, ended, self._rng, withdrawal=withdrawal)
        settlement = Settlement(
            claim=load.claim,
            state=decision.state,
            due_at=decision.due_at,
            outcome=outcome.kind.value,
            status=outcome.status,
            detail=" ".join([outcome.detail, *(packed.notes if packed else ())]),
            at=started,
            took_ms=outcome.took_ms,
            sha256=packed.sha256 if packed else "",
        )
        self._settled.append((settlement, decision))
        self._ended.set()

    async def _send(self, load: Load, packed: Packed | None, now: datetime) -> Outcome:
        to, supplies = load.endpoint, self._supplies
        if packed is None:
            return Outcome(Result.REFUSED, f"The wire has no {to.format!r} of this release.", 0)
        try:
            parcel = Parcel(
                webhook_id=f"{load.release_id}.v{load.claim.version}",
                number=supplies.number(load.ordinal),
                version=load.claim.version,
                kind=Kind(load.kind),
                endpoint=to.id,
                address=to.address,
                body=packed.body,
                media_type=packed.media_type,
                timestamp=now,
                attempt=load.claim.attempt,
                secrets=supplies.unwrap(to),
                settings=json.loads(to.settings),
                profile=profiles.read(to.profile),
                rendering=partial(supplies.rendering, load),
            )
            return await supplies.carriers[to.carrier].send(parcel, supplies.means)
        except Exception as error:
            detail = f"The carrier {to.carrier} failed: {type(error).__name__}."
            return Outcome(Result.NETWORK, detail, took_ms=0)

    async def _keep_settling(self) -> None:
        while True:
            await self._ended.wait()
            await asyncio.sleep(GATHER)
            self._ended.clear()
            batch, self._settled = self._settled, []
            try:
                await self._write(partial(_settle, batch=batch))
            except StoreFailed as failure:
                self._settled = batch + self._settled
                await self._after(failure)
                self._ended.set()
            self._wake.set()

    async def _after(self, failure: StoreFailed) -> None:
        """A full disk may have room again; a broken one ends the process."""
        if self._store.failed is not None:
            raise failure
        await asyncio.sleep(1.0)

    async def _rest(self) -> None:
        """Sleep until something is due, something ended, or somebody wakes us."""
        due = await self._read(outbox.next_due)
        wait = LONGEST_SLEEP
        if due is not None:
            wait = min(wait, max(0.0, (due - self._clock.now()).total_seconds()))
        if len(self._active) >= SLOTS or (due is not None and wait == 0.0):
            wait = LONGEST_SLEEP if self._active or self._settled else 0.05
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _adopt_policy(self) -> None:
        policy = await asyncio.to_thread(self._supplies.policy)
        if policy != self._policy:
            self._policy = policy
            self._supplies.means.client.adopt(policy)

    async def _write(self, do: Callable[[Any], T]) -> T:
        def work() -> T:
            with self._store.write(self._clock.now()) as tx:
                return do(tx)

        return await asyncio.to_thread(work)

    async def _read(self, do: Callable[[Any], T]) -> T:
        def work() -> T:
            with self._store.read(self._clock.now()) as tx:
                return do(tx)

        return await asyncio.to_thread(work)


def _settle(tx: Any, batch: Sequence[tuple[Settlement, Decision]]) -> None:
    outbox.settle(tx, [settlement for settlement, _ in batch])
    for settlement, decision in batch:
        if decision.unsubscribe:
            endpoints.set_state(tx, settlement.claim.endpoint, "gone", decision.reason)
            outbox.end(tx, settlement.claim.endpoint)
            detail = {"endpoint": settlement.claim.endpoint}
            events.append(tx, "endpoint_gone", "courier", detail=detail)
        if decision.bounce:
            returned.count(tx, settlement.claim.endpoint, decision.bounce, settlement.at)
