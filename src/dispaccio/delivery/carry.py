"""One attempt by a carrier of any kind, and what every attempt needs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from dispaccio.delivery import profile as profiles
from dispaccio.delivery.attempt import Attempt
from dispaccio.delivery.books import LEASE
from dispaccio.delivery.carriers.base import Parcel
from dispaccio.delivery.retry import Outcome, Result
from dispaccio.delivery.supplies import Packed, Supplies
from dispaccio.release.state import Kind
from dispaccio.store import outbox

Write: TypeAlias = Callable[[Callable[[Any], bool]], Awaitable[bool]]
LONGEST = LEASE.total_seconds() - 2.0
"""A carrier that has not ended after so many seconds is broken off, since its lease ends."""


async def send(attempt: Attempt, supplies: Supplies, write: Write) -> Outcome:
    """Let an endpoint's carrier send. A fault of ours is an outcome, too.

    A carrier that gets on may ask for more time: then its lease is made longer by ``write``, which
    does something in a transaction of its own.
    """
    job = attempt.job
    if job.fault is not None:
        return attempt.broken(job.fault, Result.UNSENT)
    if job.packed is None:
        detail = f"The wire has no {job.seat.row.format!r} of this release."
        return Outcome(Result.REFUSED, detail, 0)
    try:
        async with asyncio.timeout(LONGEST) as limit:

            async def prolong() -> bool:
                held = await write(partial(outbox.prolong, claim=job.claim, lease=LEASE))
                if held:
                    limit.reschedule(asyncio.get_running_loop().time() + LONGEST)
                return held

            parcel = replace(_parcel(attempt, job.packed, supplies), prolong=prolong)
            return await supplies.carriers[job.seat.row.carrier].send(parcel, supplies.means)
    except Exception as error:
        return attempt.broken(error)


def _parcel(attempt: Attempt, packed: Packed, supplies: Supplies) -> Parcel:
    load = attempt.job.load
    to = load.endpoint
    return Parcel(
        webhook_id=f"{load.release_id}.v{load.claim.version}",
        number=supplies.number(load.ordinal),
        version=load.claim.version,
        kind=Kind(load.kind),
        endpoint=to.id,
        address=to.address,
        body=packed.body,
        media_type=packed.media_type,
        timestamp=attempt.at,
        attempt=load.claim.attempt,
        secrets=supplies.unwrap(to),
        settings=json.loads(to.settings),
        profile=profiles.read(to.profile),
        rendering=partial(supplies.rendering, load),
        files=partial(supplies.files, load),
    )
