"""The courier's bookkeeping: one transaction settles what ended and claims what goes next.

It runs in a thread, one call at a time. What it reads again and again it remembers: endpoints
until they change, and what a revision is in each format.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

from dispaccio.clock import Clock
from dispaccio.delivery import plan, returned
from dispaccio.delivery.carriers.webhook import USER_AGENT, Webhook, webhook
from dispaccio.delivery.carriers.websub import websub
from dispaccio.delivery.letter import Letter
from dispaccio.delivery.retry import HOPELESS, Decision
from dispaccio.delivery.seats import Seat, Seats
from dispaccio.delivery.supplies import Packed, Supplies
from dispaccio.errors import InputError, StoreFailed
from dispaccio.store import endpoints, events, outbox
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import NotNow, Tx
from dispaccio.store.outbox import Claim, Due, Load, Said, Settlement

LEASE = timedelta(seconds=30)
"""Twice the longest attempt."""
_KEPT = 256
_FRESH = 600.0
"""Seconds after which an endpoint is read again, though no event told of a change,"""
_FRESH_UNTOLD = 30.0
"""and one of another kind than these, since of a press list's recipients no event tells singly."""
_TOLD = (webhook.name, websub.name)
_FORESEEN = 20_000
"""So many endpoints are read before anything is due there: as many routes are kept,"""
_AT_ONCE = 128
"""and so many at once, since what is due meanwhile waits for them."""
_LOOK = 0.1
"""Seconds in which nobody looks behind endpoints that take nothing, after it was of no use."""

Ended = tuple[Settlement, Decision]


class Job(NamedTuple):
    """One claimed delivery. ``letter`` is there where it goes the short way."""

    claim: Claim
    seat: Seat
    said: Said
    packed: Packed | None
    letter: Letter | None
    fault: Exception | None
    """Why it could not be packed."""

    @property
    def load(self) -> Load:
        """The same for carriers and for the wire."""
        return Load(self.claim, *self.said, self.seat.row)


class Turn(NamedTuple):
    """What one turn gave: the jobs, and when there is room again for what had to stay."""

    jobs: list[Job]
    held: float | None


class Books:
    """Settles and claims. ``turn`` is called in a thread, by nobody else at the same time."""

    def __init__(self, clock: Clock, supplies: Supplies, seats: Seats) -> None:
        self._clock, self._supplies, self._seats = clock, supplies, seats
        self._kept: OrderedDict[tuple[Any, ...], tuple[Packed | None, Letter | None]]
        self._kept = OrderedDict()
        self._seen: int | None = None
        self._look_at = float("-inf")
        """When it may be of use again to look behind endpoints that take nothing."""
        self._foreseen = 0
        """The last endpoint that was read before anything was due there, by its key."""
        self._foresee_at = float("-inf")

    def turn(
        self,
        tx: Tx,
        ended: Sequence[Ended],
        notes: Mapping[int, Mapping[str, Any]],
        most: int,
    ) -> Turn:
        """Settle what ended, write down what is to be known of endpoints, claim up to ``most``."""
        self._settle(tx, ended, notes)
        outbox.release_expired(tx)
        if most <= 0:
            return Turn([], None)
        return self._claim(tx, most)

    def leave(
        self,
        tx: Tx,
        ended: Sequence[Ended],
        notes: Mapping[int, Mapping[str, Any]],
        waiting: Sequence[Claim],
    ) -> None:
        """Settle what ended, and give back what was claimed and is not begun."""
        self._settle(tx, ended, notes)
        outbox.give_back(tx, waiting)

    def _settle(
        self, tx: Tx, ended: Sequence[Ended], notes: Mapping[int, Mapping[str, Any]]
    ) -> None:
        if ended:
            outbox.settle(tx, [settlement for settlement, _ in ended])
        for settlement, decision in ended:
            if decision.unsubscribe:
                _end(tx, settlement.claim.endpoint, decision.reason)
            if decision.bounce:
                returned.count(tx, settlement.claim.endpoint, decision.bounce, settlement.at)
        for key, values in notes.items():
            self._note(tx, key, values)

    def foresee(self, tx: Tx) -> bool:
        """Read some endpoints before anything is due there; whether it goes on with others.

        Row, route and keys of an endpoint take half as long as its first connection, and are
        ready then when something is.
        """
        now, seats = self._clock.monotonic(), self._seats
        if now < self._foresee_at:
            return False
        keys = endpoints.active(tx, _TOLD, after=self._foreseen, most=_AT_ONCE)
        self._seat(tx, set(keys), now, now - _FRESH / 2)
        for key in keys:
            with suppress(Exception):  # it is said when it is to be used
                self._supplies.keys(seats[key])
        more = len(keys) == _AT_ONCE and len(seats) < _FORESEEN
        self._foreseen = keys[-1] if more else 0
        if not more:
            self._foresee_at = now + _FRESH / 2
        return more

    def _claim(self, tx: Tx, most: int) -> Turn:
        now, seats = self._clock.monotonic(), self._seats
        self._seen, changed = endpoints.changed_since(tx, self._seen)
        seats.forget(changed)
        held, met, looks = False, False, now >= self._look_at
        taken: list[int] = []

        def choose(due: Sequence[Due], most: int) -> Sequence[Due]:
            nonlocal held, met
            met |= self._seat(tx, {item[3] for item in due}, now, now - _FRESH)
            chosen = plan.choose(due, most, seats.by_key, now)
            held = len(chosen) < min(most, len(due))
            taken.append(len(chosen))
            return chosen

        claims = outbox.claim(
            tx,
            most=most,
            lease=LEASE,
            token=secrets.randbits(62),
            choose=choose,
            shut=lambda: seats.full(now)[0] if looks else None,
        )
        if len(taken) > 1 and taken[0] == taken[1] and not met:
            self._look_at = now + _LOOK
        jobs = self._jobs(tx, claims) if claims else []
        if jobs or not held:
            return Turn(jobs, None)
        # Whoever was met for the first time may hide others, of whom some may take something.
        return Turn(jobs, now if met else seats.full(now)[1] if looks else self._look_at)

    def _seat(self, tx: Tx, keys: set[int], now: float, before: float) -> bool:
        """See that they have seats that were read since then; whether one is new."""
        wanted = self._seats.stale(keys, before)
        new = any(self._seats.get(key) is None for key in wanted)
        for row in endpoints.by_keys(tx, wanted).values() if wanted else ():
            told = row.carrier in _TOLD
            self._seats.put(row, self._host(row), now if told else now - _FRESH + _FRESH_UNTOLD)
        return new

    def _host(self, row: EndpointRow) -> str:
        try:
            return self._supplies.means.client.route(row.address).target.host
        except InputError:  # no address of the web, or one that the policy refuses
            return f"{row.carrier} {row.address}"

    def _jobs(self, tx: Tx, claims: Sequence[Claim]) -> list[Job]:
        said = outbox.revisions(tx, {(claim.release, claim.version) for claim in claims})
        jobs = []
        for claim in claims:
            seat, about = self._seats[claim.endpoint], said[claim.release, claim.version]
            try:
                packed, letter = self._packed(tx, claim, seat, about)
            except (NotNow, StoreFailed):
                raise  # nothing was claimed, then
            except Exception as fault:
                jobs.append(Job(claim, seat, about, None, None, fault))
            else:
                jobs.append(Job(claim, seat, about, packed, letter, None))
        return jobs

    def _packed(
        self, tx: Tx, claim: Claim, seat: Seat, said: Said
    ) -> tuple[Packed | None, Letter | None]:
        row = seat.row
        if not isinstance(self._supplies.carriers.get(row.carrier), Webhook):
            return self._supplies.pack(tx, Load(claim, *said, row)), None
        key = (said.revision, said.status, seat.wants)
        found = self._kept.get(key)
        if found is None:
            packed = self._supplies.pack(tx, Load(claim, *said, row))
            found = self._kept[key] = packed, self._letter(claim, said, packed)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _letter(self, claim: Claim, said: Said, packed: Packed | None) -> Letter | None:
        if packed is None:
            return None
        id = f"{said.release_id}.v{claim.version}"
        key = self._supplies.means.key
        try:
            return Letter(id, packed.body, packed.media_type, USER_AGENT, key)
        except InputError:  # the carrier says what is wrong with it
            return None

    def _note(self, tx: Tx, key: int, values: Mapping[str, Any]) -> None:
        """Write down how an endpoint does; one that only failed for days is switched off."""
        row = endpoints.by_keys(tx, [key]).get(key)
        if row is None:
            return
        since = row.failing_since
        if values.get("failing_since") and since is not None:
            values = {name: value for name, value in values.items() if name != "failing_since"}
            if tx.now - since >= HOPELESS and row.state == "active":
                _switch_off(tx, row)
        if values:
            endpoints.change(tx, key, **values)
        self._seats.forget([row.id])


def _end(tx: Tx, key: int, reason: str) -> None:
    endpoints.set_state(tx, key, "gone", reason)
    outbox.end(tx, key)
    events.append(tx, "endpoint_gone", "courier", detail={"endpoint": key})


def _switch_off(tx: Tx, row: EndpointRow) -> None:
    days = HOPELESS.days
    why = f"Nothing could be delivered for {days} days; switch it on again to catch up."
    endpoints.set_state(tx, row.key, "disabled", why)
    outbox.hold(tx, row.key)
    detail = {"endpoint": row.id, "why": why}
    events.append(tx, "endpoint_disabled", "courier", detail=detail)
