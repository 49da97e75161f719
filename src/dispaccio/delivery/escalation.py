"""Escalation: a withdrawal that no carrier brought there goes by mail to the subscriber's people.

It stays in the human queue all the same: a mail that was taken is not read.
"""

from __future__ import annotations

import asyncio

from dispaccio.clock import Clock
from dispaccio.delivery.carriers.base import Parcel
from dispaccio.delivery.carriers.mail import mail
from dispaccio.delivery.courier import Supplies
from dispaccio.delivery.retry import Outcome, Result
from dispaccio.delivery.rounds import rounds
from dispaccio.formats import native
from dispaccio.release.state import Kind
from dispaccio.store import escalations, events
from dispaccio.store.engine import Store, Tx
from dispaccio.store.escalations import ESCALATED, Unreached

EVERY = 60.0
"""Seconds between two looks at whom to write to."""
MOST = 50
"""Mails of one look."""
_ENDED = frozenset({Result.DELIVERED, Result.BOUNCED, Result.REFUSED})
"""What is not tried again with the next look."""


class Escalation:
    """Writes to the people of subscribers, until it is stopped. One a process."""

    def __init__(self, store: Store, clock: Clock, supplies: Supplies) -> None:
        self._store, self._clock, self._supplies = store, clock, supplies

    async def run(self) -> None:
        """Look again and again, until cancelled; without a mail server there is nothing to do."""
        if not self._supplies.means.settings.smtp:
            await asyncio.Event().wait()
        await rounds(self._store, EVERY, self.send_due)

    async def send_due(self) -> int:
        """Write to everybody who is still to be written to; how many mails were taken."""
        taken = 0
        for item in await asyncio.to_thread(self._unreached):
            outcome = await self._send(item)
            taken += outcome.kind is Result.DELIVERED
            if outcome.kind in _ENDED:
                await asyncio.to_thread(self._write_down, item, outcome)
        return taken

    async def _send(self, item: Unreached) -> Outcome:
        supplies = self._supplies
        parcel = Parcel(
            webhook_id=f"{item.release_id}.v{item.version}",
            number=supplies.number(item.ordinal),
            version=item.version,
            kind=Kind(item.kind),
            endpoint=item.person,
            address=item.email,
            body=item.document,
            media_type=native.MEDIA_TYPE,
            timestamp=self._clock.now(),
            settings={"name": item.name},
        )
        try:
            return await mail.send(parcel, supplies.means)
        except Exception as error:
            return Outcome(Result.NETWORK, f"The mail failed: {type(error).__name__}.", 0)

    def _unreached(self) -> list[Unreached]:
        with self._store.read(self._clock.now()) as tx:
            return escalations.unreached(tx, MOST)

    def _write_down(self, item: Unreached, outcome: Outcome) -> None:
        with self._store.write(self._clock.now()) as tx:
            _note(tx, item, outcome)


def _note(tx: Tx, item: Unreached, outcome: Outcome) -> None:
    detail = {
        "version": item.version,
        "endpoint": item.endpoint,
        "person": item.person,
        "outcome": outcome.kind.value,
    }
    events.append(tx, ESCALATED, "courier", release=item.release, detail=detail)
