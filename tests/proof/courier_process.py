"""A courier as a process of its own, to be killed and stopped.

Leases are short here, so that what a killed one held is soon given back. On PostgreSQL it is one of
several, each with shards of its own, and what keeps them apart is as short.
"""

from __future__ import annotations

import asyncio
import resource
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from dispaccio.clock import Clock
from dispaccio.delivery import books, courier, shards
from dispaccio.delivery.carriers.base import Means
from dispaccio.delivery.carriers.registry import carriers
from dispaccio.delivery.signature import SigningKey, new_key
from dispaccio.delivery.supplies import Packed, Supplies
from dispaccio.egress.client import Client, Limits
from dispaccio.egress.policy import Policy
from dispaccio.egress.sender import Sender
from dispaccio.settings import Settings
from dispaccio.store import engine, releases
from dispaccio.store import shards as locks
from dispaccio.store.engine import Store, Tx
from dispaccio.store.outbox import Load

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LEASE = 2.0


def _packed(tx: Tx, load: Load) -> Packed | None:
    kept = releases.rendering_of(tx, load.revision, "thin")
    return Packed(kept.body, kept.media_type, kept.sha256) if kept else None


async def _work(store: Store, ready: Connection, *, alone: bool, several: bool) -> None:
    settings = Settings("The Test Wire", "https://wire.example", test=True)
    async with Client(Policy(test=True)) as client:
        supplies = Supplies(
            means=Means(client, settings, SigningKey(new_key()), secret=lambda name: b""),
            carriers=dict(carriers()),
            policy=lambda: Policy(test=True),
            unwrap=lambda row: (SECRET,),
            number=str,
            pack=_packed,
            rendering=lambda load, name: None,
        )
        mine = shards.Shards(locks.Locks(store), Clock()) if several else None
        made = courier.Courier(store, Clock(), supplies, alone=alone, shards=mine)
        made._sender = Sender(client, Limits(total=LEASE / 2), patience=0.1)
        ready.send(True)
        await made.run()


def main(where: str, ready: Connection, alone: bool, files: int | None = None) -> None:
    """Deliver what the database holds until killed; ``ready`` is told when it begins.

    ``files`` limits its file descriptors.
    """
    if files is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    books.LEASE = timedelta(seconds=LEASE)
    courier._LATEST = LEASE / 2
    courier.LONGEST_SLEEP = 0.1
    locks.SILENT, shards.UNSURE, shards.BEAT = LEASE * 0.6, LEASE * 0.3, 0.1
    engine.HELD_UP = LEASE / 2
    several = where.startswith("postgresql")
    store = Store(where if several else Path(where), beside=several)
    asyncio.run(_work(store, ready, alone=alone, several=several))
