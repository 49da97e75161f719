"""The people of a home: who they are, what they may do, and the keys they call with."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from dispaccio.access import scopes as scopes_
from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import ISSUER_ROLES, SUBSCRIBER_ROLES, Action, Role
from dispaccio.errors import (
    MalformedName,
    NameTaken,
    OperatorNeeded,
    PersonNeeded,
    StoreFailed,
    UnknownIssuer,
    UnknownKey,
    UnknownPerson,
    UnknownRole,
    UnknownSubscriber,
    WrongKey,
)
from dispaccio.release.canonical import write_instant
from dispaccio.store import accounts, events, organisations, people, post
from dispaccio.store.engine import Tx
from dispaccio.store.people import KeyRow, Person
from dispaccio.wire.core import Wire
from dispaccio.words import Sentence, in_a_row, say

KEY_PREFIX = "dsp_"
LOOK_AGAIN = 1.0
"""Seconds after which a caller is looked up again, though nobody changed in this process."""
_MOST_CALLERS = 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
NOBODY = ("checks", "courier", "home", "operator", "wire")
"""Who the record names beside people."""
FOUNDER = Actor("home", "home", frozenset({Role.OPERATOR}), local=True)
"""Who acts in a home that has no person yet: whoever may read its folder."""


def add(wire: Wire, actor: Actor, name: str, email: str | None, roles: list[str]) -> dict[str, Any]:
    """Add a person with roles (``desk``, ``author:ISSUER`` …) and a first API key.

    The first person of a home holds all roles unless some are named. The key is in the answer,
    and nowhere else. Raises MalformedName, NameTaken, UnknownRole, UnknownIssuer.
    """
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.write(wire.clock.now()) as tx:
        person = join(tx, actor, name, email, roles)
        api_key = _new_key(tx, person.key)
    wire.callers = {}
    return _describe(person) | {"key": api_key}


def join(tx: Tx, actor: Actor, name: str, email: str | None, roles: list[str]) -> Person:
    """Write a new person with roles. Raises MalformedName, NameTaken, UnknownRole."""
    if slug(say("a person"), name) in NOBODY:
        raise NameTaken(
            say("The record names the wire's own parts so: {names}.", names=in_a_row(NOBODY))
        )
    if people.taken(tx, name):
        raise NameTaken(
            say(
                "There is a person {name} already, or was; the record names them so.",
                name=repr(name),
            )
        )
    first = not people.everybody(tx)
    given = [_role(tx, role) for role in dict.fromkeys(roles)]
    if first and not given:
        given = [(role.value, None) for role in Role]
    people.add(tx, str(uuid.uuid4()), name, email, given)
    _require_operator(tx)
    events.append(tx, "person_added", actor.name, detail={"person": name})
    return named(tx, name)


def everybody(wire: Wire, actor: Actor) -> list[dict[str, Any]]:
    """The persons of the home with the prefixes of their keys."""
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.read(wire.clock.now()) as tx:
        keys = people.all_keys(tx)
        return [
            _describe(person) | {"keys": [describe_key(key) for key in keys.get(person.key, ())]}
            for person in people.everybody(tx)
        ]


def remove(wire: Wire, actor: Actor, name: str) -> None:
    """Take a person out of the home; their keys stop working at once.

    Raises UnknownPerson, and OperatorNeeded for the last operator while others are left.
    """
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.write(wire.clock.now()) as tx:
        leave(tx, actor, named(tx, name))
    wire.callers = {}


def leave(tx: Tx, actor: Actor, person: Person) -> None:
    """A person leaves: keys, roles, credentials and sessions go, the row stays for the record.

    Raises OperatorNeeded.
    """
    people.remove(tx, person.key)
    accounts.forget(tx, person.key)
    post.forget_of(tx, person.key)
    _require_operator(tx)
    events.append(tx, "person_removed", actor.name, detail={"person": person.name})


def set_roles(wire: Wire, actor: Actor, name: str, roles: list[str]) -> dict[str, Any]:
    """Give a person exactly these roles, from now on.

    Raises UnknownPerson, UnknownRole, and OperatorNeeded for the last operator.
    """
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.write(wire.clock.now()) as tx:
        given = [_role(tx, role) for role in dict.fromkeys(roles)]
        people.set_roles(tx, named(tx, name).key, given)
        _require_operator(tx)
        detail = {"person": name, "roles": list(dict.fromkeys(roles))}
        events.append(tx, "roles_changed", actor.name, detail=detail)
        said = _describe(named(tx, name))
    wire.callers = {}
    return said


def new_key(wire: Wire, actor: Actor, name: str, scopes: Sequence[str] = ()) -> dict[str, Any]:
    """A further API key for a person, shown once; without scopes, for all that they may do.

    Raises UnknownPerson, UnknownScope.
    """
    _require_keys(actor, name)
    given = [scope.value for scope in scopes_.named(scopes)]
    with wire.store.write(wire.clock.now()) as tx:
        api_key = _new_key(tx, named(tx, name).key, given)
        events.append(tx, "key_added", actor.name, detail={"person": name, "scopes": given})
    return {"name": name, "key": api_key, "scopes": given}


def keys_of(wire: Wire, actor: Actor, name: str) -> list[KeyRow]:
    """A person's valid API keys: how they begin, what they are for, when they were used."""
    _require_keys(actor, name)
    with wire.store.read(wire.clock.now()) as tx:
        return people.keys_of(tx, named(tx, name).key)


def revoke_key(wire: Wire, actor: Actor, name: str, prefix: str) -> None:
    """Revoke a person's key by its prefix. Raises UnknownKey where there is none."""
    _require_keys(actor, name)
    with wire.store.write(wire.clock.now()) as tx:
        if not people.revoke_key(tx, named(tx, name).key, prefix):
            raise UnknownKey(
                say(
                    "{name} has no valid key that begins with {prefix}.",
                    name=name,
                    prefix=repr(prefix[:20]),
                ),
                shown=True,
            )
        events.append(tx, "key_revoked", actor.name, detail={"person": name, "prefix": prefix})
    wire.callers = {}


def by_key(wire: Wire, key: str) -> Actor:
    """Who calls with an API key; that it was used is noted, to the minute. Raises WrongKey."""
    digest, callers = _digest(key), wire.callers
    with wire.store.read(wire.clock.now()) as tx:
        found = people.by_key(tx, digest)
    if found is None:
        raise WrongKey
    person, row = found
    if people.rested(row, wire.clock.now()):
        with suppress(StoreFailed), wire.store.write(wire.clock.now()) as tx:
            people.mark_used(tx, digest)
    actor = replace(actor_of(person, local=False), allowed=scopes_.allowed(row.scopes))
    _remember(wire, callers, digest, actor)
    return actor


def _remember(
    wire: Wire, callers: dict[bytes, tuple[float, Actor]], known_as: bytes, actor: Actor
) -> None:
    if len(callers) >= _MOST_CALLERS:
        callers.clear()
    callers[known_as] = (wire.clock.monotonic() + LOOK_AGAIN, actor)


def _by_name(name: str | None) -> bytes:
    """How a name is kept among the callers; no SHA-256 is as long."""
    return b"by its name on the machine itself: " + (name or "").encode("utf-8", "surrogateescape")


def called_lately(wire: Wire, key: str) -> Actor | None:
    """Who called with that key within the last second, without a look into the store."""
    until, actor = wire.callers.get(_digest(key), (0.0, None))
    return actor if wire.clock.monotonic() < until else None


def named_lately(wire: Wire, name: str | None) -> Actor | None:
    """Who acted by that name within the last second, without a look into the store."""
    until, actor = wire.callers.get(_by_name(name), (0.0, None))
    return actor if wire.clock.monotonic() < until else None


def by_name(wire: Wire, name: str | None) -> Actor:
    """Who acts on the machine itself: the named person, or the only one there is.

    Raises UnknownPerson, or PersonNeeded where several could be meant.
    """
    callers = wire.callers
    actor = _found_by_name(wire, name)
    _remember(wire, callers, _by_name(name), actor)
    return actor


def _found_by_name(wire: Wire, name: str | None) -> Actor:
    with wire.store.read(wire.clock.now()) as tx:
        if name is not None:
            return actor_of(named(tx, name), local=True)
        everyone = people.everybody(tx)
    if not everyone:
        return FOUNDER
    if len(everyone) > 1:
        names = in_a_row(person.name for person in everyone)
        raise PersonNeeded(say("Say who you are, with --as PERSON: {names}.", names=names))
    return actor_of(everyone[0], local=True)


def slug(kind: Sentence, name: str) -> str:
    """A name for ``kind``: a person, an issuer, a subscriber. Raises MalformedName."""
    if not _NAME.fullmatch(name):
        raise MalformedName(
            say(
                "{name} cannot be the name of {kind}: use small letters, digits, dot, dash.",
                name=repr(name[:80]),
                kind=kind,
            )
        )
    return name


def actor_of(person: Person, *, local: bool) -> Actor:
    """A person as who asks."""
    roles = [(Role(name), where) for name, where in person.roles]
    return Actor(
        person_id=person.id,
        name=person.name,
        roles=frozenset(role for role, _ in roles),
        issuers=frozenset(where for role, where in roles if where and role in ISSUER_ROLES),
        subscribers=frozenset(where for role, where in roles if where and role in SUBSCRIBER_ROLES),
        local=local,
    )


def _role(tx: Tx, written: str) -> tuple[str, str | None]:
    name, _, where = written.partition(":")
    if name not in list(Role):
        raise UnknownRole(
            say(
                "There is no role {name}; there are: {known}. An author is named with the "
                "issuer: author:ISSUER.",
                name=repr(name),
                known=in_a_row(Role),
            )
        )
    role = Role(name)
    if where and role not in ISSUER_ROLES | SUBSCRIBER_ROLES:
        raise UnknownRole(
            say(
                "The role {name} holds for the whole wire; write {name}, not {written}.",
                name=name,
                written=written,
            )
        )
    if not where and role in ISSUER_ROLES:
        raise UnknownIssuer(
            say("The role {name} is held for one issuer; write {name}:ISSUER.", name=name)
        )
    if not where and role in SUBSCRIBER_ROLES:
        raise UnknownSubscriber(
            say("The role {name} is held for one subscriber; write {name}:SUBSCRIBER.", name=name)
        )
    if role in ISSUER_ROLES and organisations.issuer_by(tx, slug=where) is None:
        raise UnknownIssuer(
            say("There is no issuer {where}; write {name}:ISSUER.", where=repr(where), name=name)
        )
    if role in SUBSCRIBER_ROLES and organisations.subscriber_by(tx, where) is None:
        raise UnknownSubscriber(
            say(
                "There is no subscriber {where}; write {name}:SUBSCRIBER.",
                where=repr(where),
                name=name,
            )
        )
    return role.value, where or None


def _require_operator(tx: Tx) -> None:
    """Nothing, unless the persons of the home are left with nobody who may manage it."""
    if people.everybody(tx) and not has_operator(tx):
        raise OperatorNeeded


def has_operator(tx: Tx, but: str = "") -> bool:
    """Whether somebody may manage the home, beside the person of that name."""
    everyone = people.everybody(tx)
    return any(role == Role.OPERATOR for p in everyone if p.name != but for role, _ in p.roles)


def named(tx: Tx, name: str) -> Person:
    """The person of that name. Raises UnknownPerson."""
    person = people.named(tx, name)
    if person is None:
        raise UnknownPerson(say("There is no person {name} in this home.", name=repr(name)))
    return person


def _require_keys(actor: Actor, name: str) -> None:
    """Nothing, if the actor may see and make keys of a person: their own, but not by a scoped key.

    Raises KeyNeeded, NotAllowed.
    """
    if not actor.person_id or actor.name != name or actor.allowed is not None:
        require(actor, Action.MANAGE_PEOPLE)


def _new_key(tx: Tx, person: int, scopes: Sequence[str] = ()) -> str:
    api_key = KEY_PREFIX + secrets.token_urlsafe(32)
    people.add_key(tx, person, api_key[:10], _digest(api_key), scopes)
    return api_key


def describe_key(key: KeyRow) -> dict[str, Any]:
    """A key as lists and exports show it."""
    return {
        "prefix": key.prefix,
        "created": write_instant(key.created),
        "last_used": write_instant(key.last_used) if key.last_used else None,
        "scopes": list(key.scopes),
    }


def _digest(api_key: str) -> bytes:
    return hashlib.sha256(api_key.encode("utf-8", "surrogateescape")).digest()


def _describe(person: Person) -> dict[str, Any]:
    roles = [f"{role}:{where}" if where else role for role, where in person.roles]
    said = {"name": person.name, "email": person.email, "roles": roles}
    return said | {"full_name": person.full_name, "language": person.language}
