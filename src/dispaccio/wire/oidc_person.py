"""Who somebody is here whom the provider vouches for, and the roles that their groups give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import ISSUER_ROLES, Action, Role
from dispaccio.accounts import oidc
from dispaccio.delivery.mailing import address
from dispaccio.errors import (
    AddressUnverified,
    MalformedMailAddress,
    NoGroup,
    OtherAccount,
)
from dispaccio.settings import INTERFACE
from dispaccio.store import events, organisations
from dispaccio.store import oidc as store
from dispaccio.store import people as store_people
from dispaccio.store.engine import Tx
from dispaccio.store.oidc import Held
from dispaccio.store.people import Person
from dispaccio.wire import people
from dispaccio.wire.core import Wire
from dispaccio.words import say

_WIRE = Actor("wire", "wire", frozenset(), local=True)
"""Who the record says added somebody."""
_LONGEST_NAME, _LONGEST_FULL_NAME = 60, 200


def enter(wire: Wire, tx: Tx, said: Mapping[str, Any]) -> Person:
    """The person of this wire whom the provider vouches for, with the roles of their groups.

    By the account, the first time by the address. Who is unknown comes to be a person here, if a
    group of theirs has a role. Raises AddressUnverified, OtherAccount, NoGroup.
    """
    issuer = wire.settings.oidc_issuer
    id = oidc.known_as(issuer, said["sub"])
    given = _given(wire, tx, said)
    person = store.holder(tx, id)
    if person is None:
        person = _first_time(wire, tx, said, given)
        store.link(tx, person.key, id, wire.settings.oidc_name)
        events.append(tx, "account_linked", person.name, detail={"by": oidc.KIND})
    else:
        store.used(tx, id)
    return _with_roles(wire, tx, person, given)


def from_groups(wire: Wire, actor: Actor, name: str) -> list[str]:
    """The roles of a person that groups gave, as they are written. Raises NotAllowed."""
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.read(wire.clock.now()) as tx:
        person = store_people.named(tx, name)
        if person is None:
            return []
        held = store.group_roles(tx, person.key)
        return _written([role for role in person.roles if role in held])


def _given(wire: Wire, tx: Tx, said: Mapping[str, Any]) -> list[Held]:
    """The roles that somebody's groups give; none for an organisation that this wire has not."""
    groups = oidc.named(said, wire.settings.oidc_groups_claim)
    held = [role for group, role in oidc.mapped(wire.settings.oidc_roles) if group in groups]
    return [role for role in dict.fromkeys(held) if _is_here(tx, role)]


def _is_here(tx: Tx, role: Held) -> bool:
    name, where = role
    if where is None:
        return True
    if name in ISSUER_ROLES:
        return organisations.issuer_by(tx, slug=where) is not None
    return organisations.subscriber_by(tx, where) is not None


def _first_time(wire: Wire, tx: Tx, said: Mapping[str, Any], given: list[Held]) -> Person:
    email = _verified(said)
    person = store_people.by_email(tx, email)
    if person is not None:
        if store.is_linked(tx, person.key, oidc.known_as(wire.settings.oidc_issuer, "")):
            raise OtherAccount
        return person
    if store.address_held(tx, email):
        raise NoGroup(
            say("Somebody with your address is here, or was; ask the operator to let you in.")
        )
    if not given:
        raise NoGroup
    person = people.join(tx, _WIRE, _name(tx, said, email), email, _written(given))
    store.mark_group_roles(tx, person.key)
    store_people.change(tx, person.key, full_name=_full_name(said), language=_language(said))
    return person


def _verified(said: Mapping[str, Any]) -> str:
    """The address, if the provider says that it saw it answered (section 5.1)."""
    email = said.get("email")
    if not isinstance(email, str) or said.get("email_verified") is not True:
        raise AddressUnverified
    try:
        return address.parse(email)
    except MalformedMailAddress:
        raise AddressUnverified from None


def _with_roles(wire: Wire, tx: Tx, person: Person, given: list[Held]) -> Person:
    """The person with the roles of their groups in the place of those that groups gave before."""
    held = store.group_roles(tx, person.key)
    by_hand = set(person.roles) - held
    wanted = [role for role in given if role not in by_hand]
    operator = (Role.OPERATOR.value, None)
    if operator in held and operator not in wanted and not people.has_operator(tx, person.name):
        wanted.append(operator)
    if set(wanted) == held:
        return store_people.by_id(tx, person.key) or person
    store.set_group_roles(tx, person.key, wanted)
    now = people.named(tx, person.name)
    detail = {"person": person.name, "roles": _written(now.roles), "by": oidc.KIND}
    events.append(tx, "roles_changed", "wire", detail=detail)
    wire.callers = {}
    return now


def _written(roles: Iterable[Held]) -> list[str]:
    return [f"{name}:{where}" if where else name for name, where in roles]


def _name(tx: Tx, said: Mapping[str, Any], email: str) -> str:
    """A short name that nobody bears or bore: what the provider calls them, as names are here."""
    called = said.get("preferred_username")
    word = (called if isinstance(called, str) else email).partition("@")[0].lower()
    plain = re.sub(r"[^a-z0-9._-]+", "-", word).lstrip("._-")[:_LONGEST_NAME].rstrip("-")
    first = plain or "person"
    name, number = first, 1
    while name in people.NOBODY or store_people.taken(tx, name):
        number += 1
        name = f"{first}-{number}"
    return name


def _full_name(said: Mapping[str, Any]) -> str | None:
    name = said.get("name")
    if not isinstance(name, str):
        return None
    plain = "".join(char if char.isprintable() else " " for char in name)
    return " ".join(plain.split())[:_LONGEST_FULL_NAME] or None


def _language(said: Mapping[str, Any]) -> str | None:
    locale = said.get("locale")
    spoken = locale.replace("_", "-").partition("-")[0].lower() if isinstance(locale, str) else ""
    return spoken if spoken in INTERFACE else None
