"""What uploads that broke off left behind, and files that nobody knows of: removed every hour."""

from __future__ import annotations

import asyncio

from dispaccio.errors import StoreFailed
from dispaccio.wire import files
from dispaccio.wire.core import Wire

BETWEEN = 3600.0
"""Seconds between two looks."""


async def keep_sweeping(wire: Wire) -> None:
    """Sweep, until cancelled."""
    while True:
        try:
            await asyncio.to_thread(files.sweep, wire)
        except StoreFailed:
            if wire.store.failed is not None:
                raise
        await asyncio.sleep(BETWEEN)
