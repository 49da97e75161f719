"""The pulse: wakes everybody who waits for something to become public, all on one loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Pulse:
    """Beats with every change of the wire. Whoever waits costs a future, and no thread."""

    def __init__(self) -> None:
        self.beats = 0
        """How many there were; to be read before looking, so that none is missed."""
        self._ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Future[None]] = set()

    def ended(self) -> bool:
        """Whether the server stops."""
        return self._ended

    def beat(self) -> None:
        """Something changed. May be called from any thread."""
        self.beats += 1
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(self._wake)

    def end(self) -> None:
        """The server stops: nobody is to wait any more."""
        self._ended = True
        self.beat()

    async def wait(self, seen: int, seconds: float) -> bool:
        """Wait for a beat after those that were seen; whether there was one in that time."""
        self._loop = asyncio.get_running_loop()
        if self.beats != seen or self._ended:
            return True
        waiter = self._loop.create_future()
        self._waiting.add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(waiter)
        return True

    def _wake(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
