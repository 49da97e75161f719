"""Becoming a vetted reader: an application that anybody may make, and the desk's decision."""

from __future__ import annotations

import re
import unicodedata
import uuid
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action, Role
from dispaccio.errors import (
    AddressTaken,
    ApplicationsFull,
    MalformedApplication,
    NoSuchApplication,
    UnknownSubscriber,
)
from dispaccio.release.body import clean
from dispaccio.store import advance, events, organisations
from dispaccio.store import people as store_people
from dispaccio.store.advance import Application
from dispaccio.store.engine import Tx
from dispaccio.wire import accounts, people
from dispaccio.wire.core import Wire
from dispaccio.words import say

MOST = 200
"""Undecided applications that are kept; a flood of them pushes out nobody."""
LONGEST = {"email": 254, "full_name": 200, "outlet": 200, "proof": 2_000}
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[A-Za-z0-9.-]{1,189}")


def apply(wire: Wire, *, language: str, **said: str) -> None:
    """Ask to be vetted: ``email``, ``full_name``, ``outlet``, ``proof`` (how that can be seen).

    The answer is the same for an address that is known here. Raises MalformedApplication,
    ApplicationsFull.
    """
    values = {name: clean(said[name]).strip() for name in LONGEST}
    for name, value in values.items():
        if not value or len(value) > LONGEST[name]:
            raise MalformedApplication(
                say("Fill in all four fields, each with no more than it has room for."), field=name
            )
    if not _EMAIL.fullmatch(values["email"]):
        raise MalformedApplication(say("The e-mail address is none; write it like a@b.example."))
    with wire.store.write(wire.clock.now()) as tx:
        if advance.count_undecided(tx) >= MOST:
            raise ApplicationsFull
        advance.apply(tx, {**values, "id": str(uuid.uuid4()), "language": language})


def applications(wire: Wire, actor: Actor) -> list[Application]:
    """The applications that nobody decided yet, the oldest first."""
    require(actor, Action.VET)
    with wire.store.read(wire.clock.now()) as tx:
        return advance.undecided(tx)


def vet(wire: Wire, actor: Actor, id: str, subscriber: str) -> dict[str, Any]:
    """Take somebody as a vetted reader of a subscriber, who is invited by mail or by the answer.

    Raises NoSuchApplication, UnknownSubscriber, AddressTaken.
    """
    require(actor, Action.VET)
    with wire.store.write(wire.clock.now()) as tx:
        found = _undecided(tx, id)
        if organisations.subscriber_by(tx, subscriber) is None:
            raise UnknownSubscriber(
                say("There is no subscriber {subscriber}.", subscriber=repr(subscriber[:80]))
            )
        if store_people.by_email(tx, found.email) is not None:
            raise AddressTaken(
                say("Somebody with the address {email} is here already.", email=found.email)
            )
        role = f"{Role.VETTED_READER}:{subscriber}"
        person = people.join(tx, actor, _name_for(tx, found), found.email, [role])
        store_people.change(tx, person.key, full_name=found.full_name, language=found.language)
        said = accounts.welcome(wire, tx, actor, people.named(tx, person.name))
        advance.decide(tx, found.key, actor.name, person.name)
        events.append(tx, "reader_vetted", actor.name, detail={"person": person.name})
    wire.callers = {}
    return said


def refuse(wire: Wire, actor: Actor, id: str) -> None:
    """Refuse an application; what its maker wrote of themselves is forgotten."""
    require(actor, Action.VET)
    with wire.store.write(wire.clock.now()) as tx:
        advance.decide(tx, _undecided(tx, id).key, actor.name, None)
        events.append(tx, "reader_refused", actor.name)


def _undecided(tx: Tx, id: str) -> Application:
    found = advance.undecided_by(tx, id)
    if found is None:
        raise NoSuchApplication
    return found


def _name_for(tx: Tx, found: Application) -> str:
    """A short name that nobody bears or bore, made of the address."""
    local = unicodedata.normalize("NFKD", found.email.partition("@")[0]).encode("ascii", "ignore")
    plain = re.sub(r"[^a-z0-9._-]", "", local.decode().lower()).strip("._-")[:40] or "reader"
    name, count = plain, 1
    while store_people.taken(tx, name) or name in people.NOBODY:
        count += 1
        name = f"{plain}-{count}"
    return name
