"""What a person may have of the wire by law: all that is kept about them, and to be forgotten.

The General Data Protection Regulation, (EU) 2016/679, articles 15, 17 and 20.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.errors import UnknownPerson
from dispaccio.release.canonical import write_instant
from dispaccio.store import events, outbox, people, personal
from dispaccio.store.engine import Tx
from dispaccio.store.overwriting import overwriting
from dispaccio.store.people import Person
from dispaccio.wire import people as users
from dispaccio.wire.core import Wire
from dispaccio.words import say


def left(wire: Wire, actor: Actor) -> list[str]:
    """The names of people who left, of whom more is kept than the name."""
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.read(wire.clock.now()) as tx:
        return personal.left_with_data(tx)


def export(wire: Wire, actor: Actor, name: str) -> dict[str, Any]:
    """All that is kept about a person, but what stands for their secrets: for them and operators.

    Raises KeyNeeded, NotAllowed, UnknownPerson.
    """
    if not actor.person_id or actor.name != name or actor.allowed is not None:
        require(actor, Action.MANAGE_PEOPLE)
    with wire.store.read(wire.clock.now()) as tx:
        person = _ever(tx, name)
        lists = personal.lists_of(tx, person.email) if person.email else []
        said: dict[str, Any] = {
            "wire": wire.settings.name,
            "exported": tx.now,
            **personal.rows_of(tx, person.key),
            "press_lists": [entry for _, entry in lists],
            "record": personal.record_of(tx, name),
        }
    plain: dict[str, Any] = _plain(said)
    return plain


def erase(wire: Wire, actor: Actor, name: str) -> None:
    """Forget a person, who leaves if they are here: address, full name, credentials, sessions.

    Entries in press lists with their address go too. The short name stays in the record of who did
    what, and is given to nobody else. Raises UnknownPerson, OperatorNeeded.
    """
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.write(wire.clock.now()) as tx, overwriting(tx):
        person = _ever(tx, name)
        if people.named(tx, name) is not None:
            users.leave(tx, actor, person)
        keys = [key for key, _ in personal.lists_of(tx, person.email)] if person.email else []
        for key in keys:
            outbox.end(tx, key)
        personal.erase(tx, person.key, keys)
        detail = {"person": name, "press_lists": len(keys)}
        events.append(tx, "person_erased", actor.name, detail=detail)
    wire.callers = {}


def _ever(tx: Tx, name: str) -> Person:
    person = people.ever_named(tx, name)
    if person is None:
        raise UnknownPerson(
            say("There is no person {name} in this home, and never was.", name=repr(name[:80]))
        )
    return person


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
