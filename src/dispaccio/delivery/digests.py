"""Digests: what was gathered for an endpoint goes in one mail, at the time that it chose.

Like the courier's, all that lasts is in the outbox: a digest is due when its time has passed and
something had come before it, so that one that was missed is sent late and none is sent twice.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from dispaccio.clock import Clock
from dispaccio.delivery import returned
from dispaccio.delivery.carriers.mail import Digest, mail
from dispaccio.delivery.courier import LEASE, Packed, Supplies
from dispaccio.delivery.mailing import days
from dispaccio.delivery.retry import Decision, Outcome, Result, settle
from dispaccio.delivery.rounds import rounds
from dispaccio.formats import native
from dispaccio.release.notice import is_notice
from dispaccio.store import digests, outbox
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Store, Tx
from dispaccio.store.outbox import Claim, Load, Settlement

EVERY = 20.0
"""Seconds between two looks at what is due."""
AT_ONCE = 8
MOST = 500
"""Releases in one digest; more go with the next look."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gathered:
    """A digest on its way, with the deliveries that it settles."""

    digest: Digest
    packed: tuple[tuple[Load, Packed], ...]


class Digests:
    """Sends digests that are due, until it is stopped. One a process."""

    def __init__(self, store: Store, clock: Clock, supplies: Supplies) -> None:
        self._store, self._clock, self._supplies = store, clock, supplies
        self._rng = random.Random()  # noqa: S311 - jitter, no secret

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        await rounds(self._store, EVERY, self.send_due)

    async def send_due(self) -> int:
        """Send every digest that is due now; how many there were."""
        waiting = await asyncio.to_thread(self._write, digests.waiting)
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(endpoint: EndpointRow) -> bool:
            async with slots:
                return await self._send_to(endpoint)

        return sum(await asyncio.gather(*(one(endpoint) for endpoint in waiting)))

    async def _send_to(self, endpoint: EndpointRow) -> bool:
        """Send one endpoint its digest, taken just before so that the lease lasts."""
        item = await asyncio.to_thread(self._write, partial(self._collect, endpoint=endpoint))
        if item is None:
            return False
        started = self._clock.now()
        outcome = await self._send(item.digest)
        settle_it = partial(self._settle, item=item, outcome=outcome, started=started)
        await asyncio.to_thread(self._write, settle_it)
        return True

    async def _send(self, digest: Digest) -> Outcome:
        try:
            return await mail.send_digest(digest, self._supplies.means)
        except Exception as error:
            return Outcome(Result.NETWORK, f"The digest failed: {type(error).__name__}.", 0)

    def _collect(self, tx: Tx, *, endpoint: EndpointRow) -> Gathered | None:
        due = days.last(json.loads(endpoint.settings), tx.now)
        claims = digests.gathered(tx, endpoint.key, due, secrets.randbits(62))
        packed = self._packed(tx, _newest(tx, claims)[:MOST]) if claims else []
        if not packed:
            return None
        digests.lease(tx, [load.claim for load, _ in packed], LEASE)
        digest = Digest(
            endpoint=endpoint.id,
            address=endpoint.address,
            revisions=[native.kept(document.body) for _, document in packed],
            timestamp=self._clock.now(),
        )
        return Gathered(digest, tuple(packed))

    def _packed(self, tx: Tx, claims: Sequence[Claim]) -> list[tuple[Load, Packed]]:
        """What is said of each; a notice about what the endpoint never got is left out."""
        found = []
        for load in outbox.loads(tx, claims):
            document = self._supplies.pack(tx, load)
            claim = load.claim
            said = native.kept(document.body) if document and _is_native(document) else None
            sent = digests.was_sent(tx, claim.release, claim.endpoint)
            if document is None or said is None or (is_notice(said) and not sent):
                digests.drop(tx, [claim])
            else:
                found.append((load, document))
        return found

    def _settle(self, tx: Tx, item: Gathered, outcome: Outcome, started: datetime) -> None:
        ended = self._clock.now()
        settlements = []
        decisions: dict[int, Decision] = {}  # so that what was tried as often goes together again
        for load, packed in item.packed:
            tried = load.claim.attempt
            if tried not in decisions:
                decisions[tried] = settle(outcome, tried, ended, self._rng)
            decision = decisions[tried]
            settlements.append(
                Settlement(
                    claim=load.claim,
                    state=decision.state,
                    due_at=decision.due_at,
                    outcome=outcome.kind.value,
                    status=outcome.status,
                    detail=outcome.detail,
                    at=started,
                    took_ms=outcome.took_ms,
                    sha256=packed.sha256,
                )
            )
        outbox.settle(tx, settlements)
        if outcome.bounce:
            returned.count(tx, item.packed[0][0].claim.endpoint, outcome.bounce, started)

    def _write(self, do: Callable[[Tx], T]) -> T:
        with self._store.write(self._clock.now()) as tx:
            return do(tx)


def _is_native(document: Packed) -> bool:
    return document.media_type == native.MEDIA_TYPE


def _newest(tx: Tx, claims: Sequence[Claim]) -> list[Claim]:
    """The newest revision of each release; those before it are settled as superseded."""
    newest: dict[int, Claim] = {}
    older = []
    for item in claims:
        if item.release in newest:
            older.append(newest[item.release])
        newest[item.release] = item
    digests.drop(tx, older)
    return list(newest.values())
