"""Mails to vetted readers: who is owed one, what it may hold, and what became of it.

A text in a mailbox has left the house. So by itself a mail holds a link; it holds the text only
where the wire's operator, the issuer and the reader each said so. Nothing waits that could be sent
by mistake: what is owed follows from the offers that hold, and is looked at again as it is sent.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dispaccio.access.actor import Actor
from dispaccio.delivery.carriers.base import Means, Outcome, Result
from dispaccio.delivery.embargoed import STEPS, EmbargoPosting
from dispaccio.delivery.mailing.embargo import EmbargoNote, Told
from dispaccio.errors import InputError, KeyNeeded, TextByMailOff
from dispaccio.release.state import State
from dispaccio.store import advance, events, releases
from dispaccio.store import advance_mail as mails
from dispaccio.store.advance_mail import FAILED, LINK, NONE, SENT, TEXT, WAITING, Mailed, Offered
from dispaccio.store.engine import Tx
from dispaccio.wire import people
from dispaccio.wire.advance import BY_LINK, BY_MAIL, terms, text_of
from dispaccio.wire.core import Wire
from dispaccio.words import say

FORMS = (NONE, LINK, TEXT)
"""What a reader may want by mail."""
KEEPS_TELLING = timedelta(days=7)
"""So long is it tried to tell somebody that what they have was taken back."""
MOST = 50
"""Mails of one look."""


@dataclass(slots=True)
class Plan:
    """What is to be written: mails that are owed, with the id of the one before, and ended ones."""

    owed: list[tuple[Offered | Mailed, Told, str | None]] = field(default_factory=list)
    ended: list[Mailed] = field(default_factory=list)


def choice(wire: Wire, actor: Actor) -> str:
    """What a reader wants by mail: ``none``, ``link`` or ``text``. Raises KeyNeeded."""
    if not actor.person_id:
        raise KeyNeeded
    with wire.store.read(wire.clock.now()) as tx:
        return mails.choice_of(tx, people.named(tx, actor.name).key)


def choose(wire: Wire, actor: Actor, form: str) -> None:
    """Say what one wants by mail. Raises KeyNeeded, TextByMailOff, InputError."""
    if not actor.person_id:
        raise KeyNeeded
    if form not in FORMS:
        raise InputError(
            say(
                "There is no mail of the form {form}; say one of none, link, text.",
                form=repr(form[:40]),
            )
        )
    if form == TEXT and not wire.settings.embargo_mail:
        raise TextByMailOff
    with wire.store.write(wire.clock.now()) as tx:
        mails.choose(tx, people.named(tx, actor.name).key, form)
        events.append(tx, "embargo_mail_chosen", actor.name, detail={"form": form})


def posting(wire: Wire, means: Means) -> EmbargoPosting:
    """What sends these mails."""

    def due() -> list[mails.Item]:
        return look(wire)

    def note(item: mails.Item) -> EmbargoNote | None:
        return opened(wire, item)

    def settled(item: mails.Item, outcome: Outcome) -> None:
        settle(wire, item, outcome)

    return EmbargoPosting(wire.store, wire.clock, means, due, note, settled)


def look(wire: Wire) -> list[mails.Item]:
    """Write down what is owed by now, and give what is due to be sent."""
    with wire.store.read(wire.clock.now()) as tx:
        plan = _plan(wire, tx)
    if plan.owed or plan.ended:
        with wire.store.write(wire.clock.now()) as tx:
            plan = _plan(wire, tx)
            for item in plan.ended:
                mails.close(tx, item)
            for of, told, before in plan.owed:
                mails.add(tx, str(uuid.uuid4()), of, told, before)
    with wire.store.read(wire.clock.now()) as tx:
        sendable = (Told.TAKEN_BACK,) if advance.is_sealed(tx) else tuple(Told)
        return mails.due(tx, MOST, sendable)


def decide(
    offered: Iterable[Offered], standing: Iterable[Mailed], now: datetime, *, sealed: bool
) -> Plan:
    """What follows from the offers that hold and the mails that are not closed. Pure.

    ``sealed``: while the one switch is on, nothing is offered by mail.
    """
    holds = {(one.release, one.person): one for one in offered}
    plan = Plan()
    for item in standing:
        offer = holds.pop((item.release, item.person), None)
        if item.revision_state == State.PUBLISHED:
            plan.ended.append(item)
        elif item.told == Told.TAKEN_BACK:
            _of_taken_back(plan, item, offer, now, sealed=sealed)
        elif offer is None:
            if not _is_about_to_be_public(item, now):
                _end(plan, item)
        elif not sealed:
            _of_offered(plan, item, offer)
    if not sealed:
        plan.owed += [(one, Told.OFFER, None) for one in holds.values() if _wanted(one)]
    return plan


def opened(wire: Wire, item: mails.Item) -> EmbargoNote | None:
    """The mail to be handed over now, made of what holds now; None where none may be sent.

    That it is sent is written down as a reading before anybody has it.
    """
    with wire.store.write(wire.clock.now()) as tx:
        kept = mails.by_key(tx, item.key)
        to = mails.reader_of(tx, kept.person) if kept and kept.state == WAITING else None
        if kept is None or to is None or kept.revision_state == State.PUBLISHED:
            return None
        note = EmbargoNote(
            id=kept.id,
            holder=to.id,
            told=Told(kept.told),
            person=to.name,
            name=to.full_name or "",
            address=to.email,
            until=kept.until,
            zone=wire.settings.zone_info,
            url=f"{wire.settings.url.rstrip('/')}/",
            language=to.language or wire.settings.language,
            follows=kept.follows,
        )
        if note.told is Told.TAKEN_BACK:
            return note
        return _offering(wire, tx, kept, note)


def settle(wire: Wire, item: mails.Item, outcome: Outcome) -> None:
    """Write down what became of a mail."""
    with wire.store.write(wire.clock.now()) as tx:
        kept = mails.by_key(tx, item.key)
        if kept is None or kept.state != WAITING:
            return
        if outcome.kind is Result.DELIVERED:
            done = mails.CLOSED if kept.told == Told.TAKEN_BACK else SENT
            mails.settle(tx, item.key, done)
        elif outcome.kind in (Result.BOUNCED, Result.REFUSED):
            mails.settle(tx, item.key, FAILED, answer=outcome.detail)
        else:
            wait = STEPS[min(item.attempts, len(STEPS) - 1)]
            mails.settle(tx, item.key, WAITING, due=tx.now + wait, answer=outcome.detail)


def _plan(wire: Wire, tx: Tx) -> Plan:
    offered = mails.offered(tx, terms(wire)[1])
    return decide(offered, mails.standing(tx), tx.now, sealed=advance.is_sealed(tx))


def _of_taken_back(
    plan: Plan, item: Mailed, offer: Offered | None, now: datetime, *, sealed: bool
) -> None:
    if offer is not None and item.state == WAITING:
        if not sealed:
            plan.ended.append(item)
            plan.owed.append((offer, Told.AGAIN, item.follows))
    elif now - item.created > KEEPS_TELLING:
        plan.ended.append(item)


def _of_offered(plan: Plan, item: Mailed, offer: Offered) -> None:
    changed = (item.revision, item.until) != (offer.revision, offer.until)
    if item.state == SENT and changed:
        plan.ended.append(item)
        plan.owed.append((offer, Told.AGAIN, item.id))
    elif item.state == FAILED and changed:
        plan.ended.append(item)
        plan.owed.append((offer, Told(item.told), item.follows))
    elif item.state == WAITING and item.told == Told.OFFER and not _wanted(offer):
        plan.ended.append(item)


def _end(plan: Plan, item: Mailed) -> None:
    """An offer ended before its time: whoever has a mail about it is told."""
    plan.ended.append(item)
    if item.state == SENT:
        plan.owed.append((item, Told.TAKEN_BACK, item.id))
    elif item.told == Told.AGAIN:
        plan.owed.append((item, Told.TAKEN_BACK, item.follows))


def _is_about_to_be_public(item: Mailed, now: datetime) -> bool:
    at = item.release_time
    return item.revision_state == State.SEALED and at is not None and at <= now


def _wanted(offer: Offered) -> bool:
    return offer.accepted and offer.choice != NONE


def _offering(wire: Wire, tx: Tx, kept: Mailed, note: EmbargoNote) -> EmbargoNote | None:
    """A mail with an offer, if that still holds."""
    found = mails.offered(tx, terms(wire)[1], release_=kept.release, person_=kept.person)
    if not found or advance.is_sealed(tx):
        return None
    [offer] = found
    if note.told is Told.OFFER and not _wanted(offer):
        return None
    row = releases.by_key(tx, kept.release)
    assert row is not None
    in_full = offer.in_full and offer.accepted and offer.choice == TEXT
    form = TEXT if in_full and wire.settings.embargo_mail else LINK
    if kept.form != form:
        surface = BY_MAIL if form == TEXT else BY_LINK
        advance.note_read(tx, offer.release, offer.revision, offer.person, surface)
    mails.begin(tx, kept.key, offer, form)
    text = text_of(wire, tx, offer.release, offer.revision).revision if form == TEXT else None
    url = f"{note.url}reading/{row.id}"
    return replace(note, until=offer.until, url=url, text=text)
