"""Couriers: the server's own, and those that are processes beside it, on PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from dispaccio.clock import Clock
from dispaccio.delivery.courier import Courier
from dispaccio.delivery.shards import Shards
from dispaccio.delivery.supplies import Supplies
from dispaccio.egress.client import Client, Pool
from dispaccio.errors import SharedStoreNeeded, StoreFailed
from dispaccio.server.parts import (
    fault,
    kept_connections,
    raise_file_limit,
    spare_the_collector,
    supplies,
)
from dispaccio.store.engine import Store
from dispaccio.store.shards import Locks
from dispaccio.wire import egress
from dispaccio.wire.core import Wire
from dispaccio.wire.home import open_home, shared_store


@contextmanager
def courier_store(wire: Wire, *, needed: bool) -> Iterator[Store | None]:
    """The store that a courier among several writes to; None where there is one courier only.

    Raises SharedStoreNeeded if there has to be one.
    """
    store = shared_store(wire)
    if store is None and needed:
        raise SharedStoreNeeded
    try:
        yield store
    finally:
        if store is not None:
            store.close()


def make_courier(wire: Wire, store: Store | None, given: Supplies) -> Courier:
    """The courier of this process, one of several if it has a store of its own."""
    if store is None:
        return Courier(wire.store, wire.clock, given)
    return Courier(store, wire.clock, given, shards=Shards(Locks(store), wire.clock))


def deliver(home: Path, clock: Clock, ready: Callable[[], None]) -> None:
    """Deliver what a wire publishes until SIGINT or SIGTERM, beside its server.

    Raises SharedStoreNeeded, StoreFailed, and what opening a home raises.
    """
    raise_file_limit()
    wire = open_home(home, clock)
    try:
        with (
            courier_store(wire, needed=True) as store,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            runner.run(_run(wire, store, ready))
    finally:
        wire.store.close()


async def _run(wire: Wire, store: Store | None, ready: Callable[[], None]) -> None:
    async with Client(egress.policy(wire), pool=Pool(total=kept_connections())) as client:
        courier = make_courier(wire, store, supplies(wire, client))
        work = asyncio.create_task(courier.run())
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, work.cancel)
        spare_the_collector()
        ready()
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await work
            except Exception as error:
                raise StoreFailed(f"The courier stopped: {fault(error)}") from error
