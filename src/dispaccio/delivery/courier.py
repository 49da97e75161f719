"""The courier: claims what is due, sends it, and writes down how it ended.

Everything durable is in the outbox; what is in memory here may be lost at any moment. A claim and
the settlements before it are one transaction in a thread, while what was claimed before is sent.
Settlements are committed within a hundredth of a second, and in a crowd within a tenth: what a
transaction costs, it costs once for many.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from dispaccio.clock import Clock
from dispaccio.delivery import carry, plan
from dispaccio.delivery.attempt import Attempt
from dispaccio.delivery.books import LEASE, Books, Ended, Job, Turn
from dispaccio.delivery.carriers.webhook import outcome_without
from dispaccio.delivery.carriers.websub import websub
from dispaccio.delivery.leaving import whole
from dispaccio.delivery.predial import keep_predialling
from dispaccio.delivery.retry import Decision, Outcome, Result, settle
from dispaccio.delivery.seats import SLOW, Seats
from dispaccio.delivery.shards import POLL, Shards
from dispaccio.delivery.supplies import Packed, Supplies
from dispaccio.egress.sender import Sender
from dispaccio.errors import EgressRefused, StoreFailed
from dispaccio.store import endpoints, outbox
from dispaccio.store.engine import Store
from dispaccio.store.outbox import Class

__all__ = ["LEASE", "Courier", "Packed", "Supplies"]

SLOTS = 512
"""Attempts that are worked on at once; one without an answer gives its slot back."""
PATIENCE = 0.25
"""Seconds after which it does."""
MOST_OPEN = 4096
"""Attempts on their way at once, with and without a slot."""
HUSHED = 16
"""Slots while many publications are made: nobody should wait for the last of them."""
_HUSH = 0.05
AHEAD = 2560
"""How many may be claimed before there is a slot for them."""
GATHER = 0.01
"""Seconds in which settlements gather for one commit,"""
GATHER_IN_CROWD = 0.1
"""and where half of ``MANY`` are on their way: a commit of many costs less for each."""
MANY = 2048
"""So many of them do not wait for more, and so much room is worth a claim."""
LONGEST_SLEEP = 2.0
"""Seconds; among several couriers it is ``shards.POLL``."""
LEAVING = 2.0
"""Seconds in which what is on its way may end when the courier is to stop."""
AGAIN = 1.0
"""Seconds until a store that failed for a moment is tried again."""
_BURST = 64
"""How many are sent before whatever else the loop has to do gets its turn."""
_LATEST = LEASE.total_seconds() / 2
"""What was claimed so long ago is not begun any more: its lease could end before the attempt."""
_POLICY = 1.0  # seconds after which it is read again, though nobody woke us
_WITHDRAWAL = int(Class.WITHDRAWAL)
_TAKEN = Decision("delivered", "It was taken.")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)

T = TypeVar("T")


class Courier:
    """Sends what the outbox holds, until it is stopped. Made in the loop that it runs in.

    ``alone`` says that no other courier works on this store: then what was leased when it starts
    is what the one before it left. With ``shards`` it is one of several, and goes by their clock.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        supplies: Supplies,
        *,
        alone: bool = True,
        shards: Shards | None = None,
    ) -> None:
        clock = shards.clock if shards else clock
        self._store, self._clock, self._supplies = store, clock, supplies
        self._alone, self._shards = alone and shards is None, shards
        self._longest = LONGEST_SLEEP if shards is None else POLL
        self._loop = asyncio.get_running_loop()
        self._client = supplies.means.client
        self._sender = Sender(self._client, patience=PATIENCE)
        self._seats = Seats()
        self._books = Books(clock, supplies, self._seats)
        self._stir = asyncio.Event()
        self._urgent = False
        self._queue: deque[Attempt] = deque()
        self._active = self._open = self._last = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: list[Ended] = []
        self._notes: dict[int, dict[str, Any]] = {}
        self._pumping = self._begun = self._waits = self._rising = False
        self._policy = supplies.policy()
        self._adopted = float("-inf")
        self._rng = random.Random()  # noqa: S311 - jitter, no secret

    def wake(self) -> None:
        """Look at the outbox now. May be called from any thread."""
        self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        self._urgent = True
        self._stir.set()

    async def run(self) -> None:
        """Send what is due until cancelled; then let what is in flight end, for a moment."""
        dialling = keep_predialling(self._clock, self._client, self._to_predial)
        self._tasks.add(self._loop.create_task(dialling))
        if self._shards is not None:
            keeping = self._shards.keep(self.wake, self._seats.busy)
            self._tasks.add(self._loop.create_task(keeping))
        try:
            while True:
                try:
                    if not self._begun:
                        await self._write(partial(outbox.release_expired, everything=self._alone))
                        self._begun = True
                    await self._adopt_policy()
                    turn = await whole(self._turn())
                    self._goes_on()
                    await self._rest(turn)
                except StoreFailed as failure:
                    await self._after(failure)
        except asyncio.CancelledError:
            await self._leave()
            raise
        finally:
            self._sender.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _turn(self) -> Turn:
        """Settle what ended, claim what there is room for, and begin with it."""
        self._urgent = False
        self._stir.clear()
        ended, self._ended = self._ended, []
        notes, self._notes = self._notes, {}
        room = self._room()
        most = plan.how_many(room, self._last)
        asked = self._clock.monotonic()
        try:
            turn = await self._write(partial(self._books.turn, ended=ended, notes=notes, most=most))
        except BaseException:
            self._ended = ended + self._ended
            self._notes = notes | self._notes
            raise
        self._last = len(turn.jobs)
        self._rising = self._last == most < room  # more seems to be due, and claims grow
        self._line_up(turn.jobs, asked)
        self._pump()
        return turn

    async def _leave(self) -> None:
        """Settle what ends soon, and leave what was not begun to whoever comes next, at once.

        What has not ended by then is left to its lease.
        """
        waiting = [attempt.job.claim for attempt in self._queue]
        self._queue.clear()
        until = self._clock.monotonic() + LEAVING
        while self._open and self._clock.monotonic() < until:
            self._stir.clear()
            await self._pause(GATHER)
        if self._ended or waiting:
            ended, notes = self._ended, self._notes
            leave = partial(self._books.leave, ended=ended, notes=notes, waiting=waiting)
            with contextlib.suppress(StoreFailed):
                await self._write(leave)

    def _line_up(self, jobs: list[Job], asked: float) -> None:
        """Put what was claimed, from then on, behind what was before, but for withdrawals."""
        now, first = self._clock.monotonic(), []
        for job in jobs:
            attempt = Attempt(self, job, self._seats.begin(job.seat, now), asked)
            if job.claim.class_ == _WITHDRAWAL:
                first.append(attempt)
            else:
                self._queue.append(attempt)
        self._queue.extendleft(reversed(first))

    def _room(self) -> int:
        on_hand = self._active + len(self._queue)
        if self._supplies.hushed():
            return HUSHED - on_hand
        return min(SLOTS + AHEAD - on_hand, MOST_OPEN - self._open - len(self._queue))

    async def _rest(self, turn: Turn) -> None:
        """Sleep until something is due, something ended, or somebody wakes us."""
        if self._supplies.hushed():
            await asyncio.sleep(_HUSH)
        elif turn.jobs:
            await self._pause(0.0 if self._rising or self._room() >= MANY else self._longest)
        elif not self._ended:
            while not self._stir.is_set() and await self._read(self._books.foresee):
                pass
            await self._pause(await self._until_due(turn.held))
        if self._ended and not (self._urgent or self._rising) and len(self._ended) < MANY:
            self._stir.clear()
            crowd = self._active + len(self._queue) >= MANY // 2
            await self._pause(GATHER_IN_CROWD if crowd else GATHER)

    async def _until_due(self, held: float | None) -> float:
        """Seconds until the first one is due; where some are and may not go, until they may."""
        wait = self._longest
        if held is not None:
            wait = min(wait, max(GATHER, held - self._clock.monotonic()))
        due = await self._read(outbox.next_due)
        if due is None:
            return wait
        left = (due - self._clock.now()).total_seconds()
        if left > 0:
            return min(wait, left)
        return wait if held is not None or self._open or self._queue else GATHER

    async def _pause(self, seconds: float) -> None:
        if seconds <= 0 or self._stir.is_set():
            await asyncio.sleep(0)
            return
        timer = self._loop.call_later(seconds, self._stir.set)
        await self._stir.wait()
        timer.cancel()

    def _pump(self) -> None:
        """Begin with what was claimed, as far as there are slots."""
        self._pumping = False
        if not self._queue:
            return
        at = self._clock.now()
        second = (at - _EPOCH) // _SECOND
        left = min(_BURST, SLOTS - self._active)
        while self._queue and left > 0:
            left -= 1
            attempt, now = self._queue.popleft(), self._clock.monotonic()
            if now - attempt.claimed > _LATEST:  # the process was held up, and may be again
                self._seats.drop(attempt.seat, attempt.host)
            else:
                attempt.started, attempt.at = now, at
                self._begin(attempt, second)
        if self._queue and self._active < SLOTS:
            self._pump_soon()

    def _pump_soon(self) -> None:
        if not self._pumping:
            self._pumping = True
            self._loop.call_soon(self._pump)

    def _begin(self, attempt: Attempt, second: int) -> None:
        self._active += 1
        self._open += 1
        job = attempt.job
        try:
            if job.letter is None:
                self._carry(attempt)
                return
            attempt.route = self._client.route(job.seat.row.address)
            keys = self._supplies.keys(job.seat)
            attempt.request = job.letter.request(attempt.route.post, keys, second)
            self._sender.post(attempt)
        except EgressRefused as refusal:
            self.finish(attempt, outcome_without(refusal, 0))
        except Exception as error:
            self.finish(attempt, attempt.broken(error, Result.UNSENT))

    def _carry(self, attempt: Attempt) -> None:
        """Send by a carrier of another kind, in a task of its own."""

        async def work() -> None:
            self.finish(attempt, await carry.send(attempt, self._supplies, self._write))

        task = self._loop.create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._loop.call_later(PATIENCE, attempt.lingers)

    def linger(self, attempt: Attempt) -> None:
        """An attempt without an answer gives its slot back."""
        self._active -= 1
        if self._queue:
            self._pump_soon()
        elif self._room() == MANY:
            self._stir.set()

    def took_ms(self, attempt: Attempt) -> int:
        """How long an attempt has been under way."""
        return int((self._clock.monotonic() - attempt.started) * 1000)

    def taken(self, attempt: Attempt, status: int, detail: str) -> None:
        """Take in that a receiver took it."""
        now = self._clock.monotonic()
        took = int((now - attempt.started) * 1000)
        settlement = attempt.delivered(status, detail, took)
        self._end(attempt, (settlement, _TAKEN), good=True, took=took, now=now)

    def finish(self, attempt: Attempt, outcome: Outcome) -> None:
        """Take in how an attempt ended."""
        if outcome.kind is Result.DELIVERED and outcome.status is not None:
            self.taken(attempt, outcome.status, outcome.detail)
            return
        now, good = self._clock.monotonic(), outcome.kind is Result.DELIVERED
        claim = attempt.job.claim
        # Behind a callback of the hub there is nobody whom a person could tell.
        known = attempt.job.seat.row.carrier != websub.name
        withdrawal = known and claim.class_ == Class.WITHDRAWAL
        at = self._clock.now()
        decision = settle(outcome, claim.attempt, at, self._rng, withdrawal=withdrawal)
        ended = attempt.settlement(decision, outcome), decision
        self._end(attempt, ended, good=good, took=outcome.took_ms, now=now)

    def _end(self, attempt: Attempt, ended: Ended, *, good: bool, took: int, now: float) -> None:
        if not attempt.lingered:
            self._active -= 1
        self._open -= 1
        attempt.over = True
        seat = attempt.seat
        self._seats.end(seat, attempt.host, good, took, now)
        if not good or seat.failing or (seat.slow > SLOW) != (seat.row.slow_ms > SLOW):
            self._remember(attempt, good, now)
        self._ended.append(ended)
        if self._queue and not self._pumping:
            self._pump_soon()
        if len(self._ended) in (1, MANY):
            self._stir.set()

    def _remember(self, attempt: Attempt, good: bool, now: float) -> None:
        """Note what the store should know of the endpoint."""
        seat = attempt.seat
        if good == seat.failing or not good:
            seat.failing = not good
            since = None if good else attempt.at
            self._notes.setdefault(seat.row.key, {})["failing_since"] = since
        slow = seat.to_write(now)
        if slow is not None:
            self._notes.setdefault(seat.row.key, {})["slow_ms"] = slow

    async def _to_predial(self) -> list[str]:
        try:
            return await self._read(partial(endpoints.to_predial, carrier="webhook"))
        except StoreFailed:
            return []

    async def _after(self, failure: StoreFailed) -> None:
        """A full disk may have room again; a broken one ends the process."""
        if self._store.failed is not None:
            raise failure
        if not self._waits:
            self._waits = True
            self._supplies.say(
                f"Deliveries wait, and the store is tried again every second. {failure.message}"
            )
        await asyncio.sleep(AGAIN)

    def _goes_on(self) -> None:
        if self._waits:
            self._waits = False
            self._supplies.say("The store works again, and deliveries go on.")

    async def _adopt_policy(self) -> None:
        """Send by the policy of now: whoever changes it wakes us."""
        now = self._clock.monotonic()
        if not self._urgent and now - self._adopted < _POLICY:
            return
        self._adopted = now
        policy = await asyncio.to_thread(self._supplies.policy)
        if policy != self._policy:
            self._policy = policy
            self._client.adopt(policy)

    def _owned(self) -> Sequence[int] | None:
        return None if self._shards is None else self._shards.owned()

    async def _write(self, do: Callable[[Any], T]) -> T:
        def work() -> T:
            with self._store.write(self._clock.now(), shards=self._owned()) as tx:
                return do(tx)

        return await asyncio.to_thread(work)

    async def _read(self, do: Callable[[Any], T]) -> T:
        def work() -> T:
            with self._store.read(self._clock.now(), shards=self._owned()) as tx:
                return do(tx)

        return await asyncio.to_thread(work)
