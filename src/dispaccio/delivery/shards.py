"""Several couriers on one outbox: each sends to the endpoints of its own shards.

They agree without talking: each looks who lives and who holds what, gives back what is more than
its share, and takes what nobody holds. Order does not rest on it, since the outbox's gates and
leases hold for all; it keeps the breaker, the rate and the connections of an endpoint in one place.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from dispaccio.clock import Clock
from dispaccio.errors import StoreFailed
from dispaccio.store.shards import SHARDS, SILENT, Locks

BEAT = 1.0
"""How often, in seconds, a courier says that it lives and looks at the others."""
POLL = 0.25
"""How often it looks for what is due, if nobody hints at anything."""
UNSURE = SILENT / 3
"""Seconds after its last look in which a courier takes its shards for its own."""
EMPTYING = 30.0
"""Seconds after which a shard is given back though something is on its way there: the lease's."""


class Plan(NamedTuple):
    """What to do next: shards to send to no more, and shards to take."""

    leave: list[int]
    take: list[int]


def plan(alive: int, ours: Collection[int], others: Collection[int], first: int = 0) -> Plan:
    """Share out evenly: at most ⌈SHARDS / alive⌉ each. Pure.

    Args:
        alive: how many couriers there are, with us.
        ours: the shards that we hold and mean to keep.
        others: those that cannot be had now.
        first: where to begin to look for free ones; best not where everybody does.
    """
    share = -(-SHARDS // max(1, alive))
    if len(ours) > share:
        return Plan(sorted(ours)[share:], [])
    order = [(first + step) % SHARDS for step in range(SHARDS)]
    free = [shard for shard in order if shard not in ours and shard not in others]
    return Plan([], free[: share - len(ours)])


class Shards:
    """The shards of one courier, kept by ``keep``. Its ``clock`` has the database server's time.

    So leases end at one time for all couriers, whatever the clocks of their machines say.
    """

    def __init__(self, locks: Locks, clock: Clock) -> None:
        self._locks, self._machine = locks, clock
        self._ours: tuple[int, ...] = ()
        self._looked = float("-inf")
        self._leaving: dict[int, float] = {}
        """Shards that are given back once nothing is on its way there, or at a moment."""
        self._first = random.randrange(SHARDS)  # noqa: S311 - no secret
        self._ahead = timedelta()
        self._fault: Exception | None = None
        self.clock = Clock(self._now, clock.monotonic)

    def owned(self) -> Sequence[int]:
        """The shards to send to now: none, if we were held up and may have lost them.

        Raises what ended ``keep``, if something did.
        """
        if self._fault is not None:
            raise self._fault
        return self._ours if self._machine.monotonic() - self._looked < UNSURE else ()

    async def keep(self, changed: Callable[[], None], busy: Callable[[], Collection[int]]) -> None:
        """Hold our share until cancelled.

        Args:
            changed: is called when something may be due for us.
            busy: the endpoints that something is on its way to.
        """
        try:
            while True:
                try:
                    if await self._beat(busy):
                        changed()
                    await self._listen(changed)
                except StoreFailed:
                    self._ours, self._leaving = (), {}
                    await asyncio.sleep(BEAT)
        except Exception as fault:
            self._fault = fault
        finally:
            self._ours = ()
            await asyncio.shield(asyncio.to_thread(self._locks.close))

    async def _beat(self, busy: Callable[[], Collection[int]]) -> bool:
        """Look, give back, take; whether shards were taken."""
        before, looked = self._machine.now(), self._machine.monotonic()
        held = await asyncio.to_thread(self._locks.look)
        self._set_clock(held.now, before, self._machine.now())
        leaving = {shard: self._leaving[shard] for shard in held.ours if shard in self._leaving}
        full = {key % SHARDS for key in busy()}
        empty = [shard for shard, at in leaving.items() if shard not in full or looked > at]
        if empty:
            await asyncio.to_thread(self._locks.give, empty)
        kept = held.ours - leaving.keys()
        todo = plan(held.alive, kept, held.others | leaving.keys(), self._first)
        self._leaving = {shard: how for shard, how in leaving.items() if shard not in empty}
        self._leaving |= dict.fromkeys(todo.leave, looked + EMPTYING)
        self._ours = tuple(sorted(kept - set(todo.leave)))
        self._looked = looked
        if not todo.take:
            return False
        taken = await asyncio.to_thread(self._locks.take, todo.take)
        self._ours = tuple(sorted(kept | set(taken)))
        return bool(taken)

    async def _listen(self, hinted: Callable[[], None]) -> None:
        """Wait for hints until the next beat."""
        end = self._machine.monotonic() + BEAT
        while (left := end - self._machine.monotonic()) > 0:
            if await asyncio.to_thread(self._locks.wait, min(POLL, left)):
                hinted()

    def _now(self) -> datetime:
        return self._machine.now() + self._ahead

    def _set_clock(self, theirs: datetime, before: datetime, after: datetime) -> None:
        """Go by the server's clock, where it differs by more than the look took."""
        ahead = theirs.astimezone(UTC) - (before + (after - before) / 2)
        if abs(ahead - self._ahead) > after - before:
            self._ahead = ahead
