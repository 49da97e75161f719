"""The post under embargo: mails to vetted readers, from the vault to the wire's mail server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from dispaccio.clock import Clock
from dispaccio.delivery.carriers.base import Means
from dispaccio.delivery.carriers.mail import mail
from dispaccio.delivery.mailing.embargo import EmbargoNote
from dispaccio.delivery.retry import Outcome, Result
from dispaccio.delivery.rounds import rounds
from dispaccio.errors import OfferEnded
from dispaccio.store.advance_mail import Item
from dispaccio.store.engine import Store

EVERY = 2.0
"""Seconds between two looks at what is owed."""
STEPS = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 120, 300, 900))
"""How long to wait after the first, second … failed attempt; then the last one again."""


class EmbargoPosting:
    """Sends what is due, until it is stopped. One a process.

    ``due`` gives what is to be sent, ``note`` makes the mail of it, in the moment in which a
    connection is there, or None where it may be sent no more; ``settled`` writes down what became
    of it. All are called in threads.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        means: Means,
        due: Callable[[], list[Item]],
        note: Callable[[Item], EmbargoNote | None],
        settled: Callable[[Item, Outcome], None],
    ) -> None:
        self._store, self._clock, self._means = store, clock, means
        self._due, self._note, self._settled = due, note, settled

    async def run(self) -> None:
        """Look again and again, until cancelled; without a mail server there is nothing to do."""
        if not self._means.settings.smtp:
            await asyncio.Event().wait()
        await rounds(self._store, EVERY, self.send_due)

    async def send_due(self) -> int:
        """Send what is due now; how many mails were taken."""
        items = await asyncio.to_thread(self._due)
        return sum(await asyncio.gather(*map(self._send, items)))

    async def _send(self, item: Item) -> bool:
        """Send one mail, and whether it was taken; one that may be sent no more is left alone."""
        ended = False

        def make() -> EmbargoNote:
            nonlocal ended
            note = self._note(item)
            if note is None:
                ended = True
                raise OfferEnded
            return note

        try:
            outcome = await mail.send_embargoed(make, self._clock.now(), self._means)
        except Exception as error:
            outcome = Outcome(Result.NETWORK, f"The mail failed: {type(error).__name__}.", 0)
        if not ended:
            await asyncio.to_thread(self._settled, item, outcome)
        return outcome.kind is Result.DELIVERED
