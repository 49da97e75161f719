"""Work that is to end and comes to an end of its own first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def whole(work: Coroutine[Any, Any, T]) -> T:
    """Do a piece of work to its end, even when cancelled in the middle, and be cancelled then.

    A thread that writes cannot be stopped; who does not wait for it knows less than the store.
    """
    task = asyncio.get_running_loop().create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
