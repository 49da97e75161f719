"""A courier as a process of its own, to be killed and stopped.

Leases are short here, so that what a killed one held is soon given back.
"""

from __future__ import annotations

import asyncio
import resource
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from dispaccio.clock import Clock
from dispaccio.delivery import books, courier
from dispaccio.delivery.carriers.base import Means
from dispaccio.delivery.carriers.registry import carriers
from dispaccio.delivery.signature import SigningKey, new_key
from dispaccio.delivery.supplies import Packed, Supplies
from dispaccio.egress.client import Client, Limits
from dispaccio.egress.policy import Policy
from dispaccio.egress.sender import Sender
from dispaccio.settings import Settings
from dispaccio.store import releases
from dispaccio.store.engine import Store, Tx
from dispaccio.store.outbox import Load

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LEASE = 2.0


def _packed(tx: Tx, load: Load) -> Packed | None:
    kept = releases.rendering_of(tx, load.revision, "thin")
    return Packed(kept.body, kept.media_type, kept.sha256) if kept else None


async def _work(store: Store, ready: Connection, *, alone: bool) -> None:
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
        made = courier.Courier(store, Clock(), supplies, alone=alone)
        made._sender = Sender(client, Limits(total=LEASE / 2), patience=0.1)
        ready.send(True)
        await made.run()


def main(path: str, ready: Connection, alone: bool, files: int | None = None) -> None:
    """Deliver what the database holds until killed; ``ready`` is told when it begins.

    ``files`` limits its file descriptors.
    """
    if files is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    books.LEASE = timedelta(seconds=LEASE)
    courier._LATEST = LEASE / 2
    courier.LONGEST_SLEEP = 0.1
    asyncio.run(_work(Store(Path(path)), ready, alone=alone))
