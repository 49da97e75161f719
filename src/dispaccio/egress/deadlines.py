"""Time limits for many tasks by one timer: one of its own for each costs as much as connecting."""

from __future__ import annotations

import asyncio
from time import monotonic
from types import TracebackType
from typing import Self

_TICK = 0.05
"""How often, in seconds, it is looked for what is over; a limit ends so much late at most."""


class Deadlines:
    """Limits of whatever length for tasks of one event loop."""

    def __init__(self) -> None:
        self._running: set[Limit] = set()
        self._ticking = False

    def within(self, seconds: float) -> Limit:
        """A block that ends with TimeoutError when it took so long, as ``asyncio.timeout``."""
        return Limit(self, monotonic() + seconds)

    def _add(self, limit: Limit) -> None:
        self._running.add(limit)
        if not self._ticking:
            self._ticking = True
            asyncio.get_running_loop().call_later(_TICK, self._tick)

    def _tick(self) -> None:
        now = monotonic()
        for limit in [limit for limit in self._running if limit.until <= now]:
            limit.end()
        self._ticking = bool(self._running)
        if self._ticking:
            asyncio.get_running_loop().call_later(_TICK, self._tick)


class Limit:
    """One block of one task, until an instant of the monotonic clock."""

    __slots__ = ("_asked", "_deadlines", "_over", "_task", "until")
    _task: asyncio.Task[object]

    def __init__(self, deadlines: Deadlines, until: float) -> None:
        self._deadlines, self.until, self._over = deadlines, until, False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._asked = task, task.cancelling()
        self._deadlines._add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._deadlines._running.discard(self)
        # Who else wants the task to end gets their way, and a block that just came through too.
        if self._over and self._task.uncancel() <= self._asked and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def end(self) -> None:
        """Break the block off."""
        if not self._over:
            self._over = True
            self._task.cancel()
