"""What is looked after now and then while a wire serves: again and again, whatever one look met."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from dispaccio.errors import StoreFailed
from dispaccio.store.engine import Store


async def rounds(store: Store, every: float, look: Callable[[], Awaitable[object]]) -> None:
    """Look, wait ``every`` seconds, look again, until cancelled.

    A look that the store could not serve is taken up with the next. Raises StoreFailed once the
    store has closed for good.
    """
    while True:
        try:
            await look()
        except StoreFailed:
            if store.failed is not None:
                raise
        await asyncio.sleep(every)
