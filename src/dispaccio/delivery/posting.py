"""The post: mails about accounts, from the store to the wire's mail server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

from dispaccio.clock import Clock
from dispaccio.delivery.carriers.base import Means
from dispaccio.delivery.carriers.mail import mail
from dispaccio.delivery.mailing.notes import Note
from dispaccio.delivery.retry import Outcome, Result
from dispaccio.delivery.rounds import rounds
from dispaccio.errors import SealBroken
from dispaccio.store import events, post
from dispaccio.store.engine import Store, Tx
from dispaccio.store.post import Item

EVERY = 1.0
"""Seconds between two looks at what is due; somebody sits before a page and waits."""
MOST = 50
"""Mails of one look."""
STEPS = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 120, 300, 900, 3600))
"""How long to wait after the first, second … failed attempt; then the last one again."""
_HOPELESS = frozenset({Result.BOUNCED, Result.REFUSED})


class Posting:
    """Sends what is due, until it is stopped. One a process.

    ``unwrap`` opens what a row holds, by its owner. ``look_up`` makes mails of the addresses that
    somebody named at the log-in; it is called in a thread.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        means: Means,
        unwrap: Callable[[bytes, str], bytes],
        look_up: Callable[[], None],
    ) -> None:
        self._store, self._clock, self._means = store, clock, means
        self._unwrap, self._look_up = unwrap, look_up

    async def run(self) -> None:
        """Look again and again, until cancelled; without a mail server there is nothing to do."""
        if not self._means.settings.smtp:
            await asyncio.Event().wait()
        await rounds(self._store, EVERY, self.send_due)

    async def send_due(self) -> int:
        """Send what is due now; how many mails were taken."""
        await asyncio.to_thread(self._look_up)
        items = await asyncio.to_thread(self._due)
        outcomes = await asyncio.gather(*map(self._send, items))
        for item, outcome in zip(items, outcomes, strict=True):
            await asyncio.to_thread(self._settle, item, outcome)
        return sum(outcome.kind is Result.DELIVERED for outcome in outcomes)

    async def _send(self, item: Item) -> Outcome:
        try:
            note = opened(item, self._unwrap)
            return await mail.send_note(note, self._clock.now(), self._means)
        except SealBroken as error:
            return Outcome(Result.REFUSED, error.message, 0)
        except Exception as error:
            return Outcome(Result.NETWORK, f"The mail failed: {type(error).__name__}.", 0)

    def _due(self) -> list[Item]:
        with self._store.read(self._clock.now()) as tx:
            return post.due(tx, MOST)

    def _settle(self, item: Item, outcome: Outcome) -> None:
        with self._store.write(self._clock.now()) as tx:
            _note(tx, item, outcome)


def _note(tx: Tx, item: Item, outcome: Outcome) -> None:
    """Write down what became of a mail. What it said is kept no longer than it has to be."""
    post.forget_old(tx)
    if outcome.kind is Result.DELIVERED:
        post.taken(tx, item.key)
    elif outcome.kind in _HOPELESS:
        post.put_off(tx, item.key, None, outcome.detail)
    else:
        wait = STEPS[min(item.attempts, len(STEPS) - 1)]
        post.put_off(tx, item.key, tx.now + wait, outcome.detail)
        return
    detail = {"person": item.holder, "mail": item.kind, "outcome": outcome.kind.value}
    events.append(tx, "account_mailed", "courier", detail=detail)


def owner(id: str) -> str:
    """Under which name the vault keeps a mail."""
    return f"post/{id}"


def opened(item: Item, unwrap: Callable[[bytes, str], bytes]) -> Note:
    """The mail of a row. Raises SealBroken."""
    said = json.loads(unwrap(item.sealed, owner(item.id)))
    return Note(id=item.id, holder=item.holder, kind=item.kind, **said)
