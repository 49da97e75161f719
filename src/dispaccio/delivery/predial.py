"""Connections made before every full quarter of an hour, whether or not anything is due then.

Most releases are for a full quarter. Whoever asked for it has a connection by then, and since it
is made every time, being dialled tells nobody that anything comes. Nothing is sent on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from dispaccio.clock import Clock
from dispaccio.egress.client import Client
from dispaccio.errors import EgressFailed, EgressRefused

EVERY = timedelta(minutes=15)
AHEAD = timedelta(seconds=20)
"""So long before the quarter it begins: less than a kept connection is kept."""
TOGETHER = 64
"""How many are dialled at once."""
_LONGEST_SLEEP = 5.0


def next_dialling(now: datetime) -> datetime:
    """When the next dialling begins, after now. Pure."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    quarters = (now + AHEAD - midnight) // EVERY + 1
    return midnight + quarters * EVERY - AHEAD


async def keep_predialling(
    clock: Clock, client: Client, addresses: Callable[[], Awaitable[Sequence[str]]]
) -> None:
    """Dial before every quarter, for ever. ``addresses`` gives those that asked for it."""
    coming = next_dialling(clock.now())
    while True:
        left = (coming - clock.now()).total_seconds()
        if left > 0:
            await asyncio.sleep(min(left, _LONGEST_SLEEP))
            continue
        coming = next_dialling(clock.now())
        await dial(client, await addresses())


async def dial(client: Client, addresses: Sequence[str]) -> int:
    """Dial in an order drawn anew, as many as the client keeps; how many connections were made."""
    by_origin = {}
    for address in addresses:
        with contextlib.suppress(EgressRefused):  # a delivery will say what is wrong
            by_origin[client.route(address).origin] = address
    some = list(by_origin.values())
    random.shuffle(some)
    left = iter(some[: client.keeps])
    made = 0

    async def one_by_one() -> None:
        nonlocal made
        for address in left:
            with contextlib.suppress(EgressFailed, EgressRefused):
                made += await client.predial(address)

    await asyncio.gather(*(one_by_one() for _ in range(min(TOGETHER, len(some)))))
    return made
