"""The leases of those who subscribed to feeds: looked at every minute while the wire serves."""

from __future__ import annotations

import asyncio

from dispaccio.errors import StoreFailed
from dispaccio.wire import hub
from dispaccio.wire.core import Wire

BETWEEN = 60.0
"""Seconds between two looks."""


async def keep_leases(wire: Wire) -> None:
    """End what is over, until cancelled."""
    while True:
        try:
            await asyncio.to_thread(hub.end_leases, wire)
        except StoreFailed:
            if wire.store.failed is not None:
                raise
        await asyncio.sleep(BETWEEN)
