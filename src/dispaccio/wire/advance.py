"""Advance access: vetted readers read a sealed text before its time, and each read is written down.

A release that is merely scheduled is seen by nobody. What is not offered, not offered any more or
not sealed is to a reader what never existed; so is everything while the one switch is on.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action, Role
from dispaccio.errors import (
    KeyNeeded,
    MalformedName,
    NoSuchRelease,
    NotSealed,
    NotVetted,
    TermsNotAccepted,
    TextByMailOff,
    UnknownGroup,
)
from dispaccio.formats import native
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Revision
from dispaccio.release.state import State
from dispaccio.store import advance, advance_mail, events, releases
from dispaccio.store import people as store_people
from dispaccio.store.advance import Offer, Read, Vetted
from dispaccio.store.advance_mail import Report
from dispaccio.store.engine import Tx
from dispaccio.wire import people
from dispaccio.wire.core import Wire, find_for
from dispaccio.wire.draft import glance, open_draft
from dispaccio.words import say

MOST_READS = 1_000
"""So many of the newest readings and mails are shown."""
GROUP = "group:"
PAGE, JSON, BY_MAIL, BY_LINK = "page", "json", "mail", "mail-link"
"""The surfaces on which a text is read before its time."""
_GROUP = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
TERMS = (
    "I keep what I read here to myself until its release time: I neither publish it, nor pass it "
    "on, nor act on it in a market. I know that each reading is written down and shown to the "
    "issuer, and that access can end at any moment."
)
"""The terms of a wire that sets none of its own with ``embargo_terms``."""


@dataclass(frozen=True, slots=True)
class Advance:
    """A text before its time, as a vetted reader gets it; its embargo is its release time."""

    id: str
    issuer: str | None
    revision: Revision
    until: datetime

    def to_line(self) -> dict[str, Any]:
        """What a list says of it."""
        return {
            "id": self.id,
            "issuer": self.issuer,
            "title": self.revision.headline,
            "embargo": write_instant(self.until),
        }

    def to_json(self) -> dict[str, Any]:
        """The text in the native format, beside what holds for it."""
        return {
            "id": self.id,
            "embargo": write_instant(self.until),
            "notice": f"UNDER EMBARGO until {write_instant(self.until)}: not for publication.",
            "release": native.to_json(self.revision),
        }


@dataclass(frozen=True, slots=True)
class Offering:
    """What an issuer sees of a release under embargo; ``until`` is None while it is not sealed."""

    id: str
    title: str | None
    language: str | None
    until: datetime | None
    offers: tuple[Offer, ...]
    reads: tuple[Read, ...]
    mails: tuple[Report, ...]
    groups: tuple[str, ...]
    readers: tuple[Vetted, ...]


def terms(wire: Wire) -> tuple[str, str]:
    """The terms of advance access, and the mark by which it is known which ones were accepted."""
    text = wire.settings.embargo_terms or TERMS
    return text, hashlib.sha256(text.encode()).hexdigest()


def offer(
    wire: Wire, actor: Actor, ref: str, to: list[str], *, text_by_mail: bool = False
) -> dict[str, Any]:
    """Offer a sealed release to vetted readers by name, or to ``group:NAME``.

    ``text_by_mail``: the issuer agrees that the whole text goes by mail to who asked for that.
    Raises NotSealed, TextByMailOff, UnknownPerson, NotVetted, UnknownGroup, and what finding it
    raises.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        require(actor, Action.OFFER, issuer=row.issuer)
        revision = releases.open_revision(tx, row.key)
        if revision is None or revision.state != State.SEALED:
            raise NotSealed
        if text_by_mail and not wire.settings.embargo_mail:
            raise TextByMailOff
        for name in dict.fromkeys(to):
            key, group = _whom(tx, name)
            added = advance.add(
                tx, row.key, actor.name, person_=key, group=group, in_full=text_by_mail
            )
            if added:
                detail = {"to": name} | ({"text_by_mail": True} if text_by_mail else {})
                events.append(tx, "offered", actor.name, release=row.key, detail=detail)
    return offers(wire, actor, ref)


def revoke(wire: Wire, actor: Actor, ref: str, to: str) -> dict[str, Any]:
    """Take an offer back; the next request of that reader finds nothing.

    Raises UnknownPerson, UnknownGroup, and what finding the release raises.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        require(actor, Action.OFFER, issuer=row.issuer)
        key, group = _whom(tx, to, vetted=False)
        if advance.revoke(tx, row.key, person_=key, group=group):
            events.append(tx, "offer_revoked", actor.name, release=row.key, detail={"to": to})
    return offers(wire, actor, ref)


def offering(wire: Wire, actor: Actor, ref: str) -> Offering:
    """A release with its offers, readings and mails, and whom it may be offered to.

    Raises KeyNeeded, NotAllowed, NoSuchRelease.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        require(actor, Action.OFFER, issuer=row.issuer)
        revision = releases.open_revision(tx, row.key)
        seen: dict[str, Any] = {}
        if revision is not None and revision.sealed is not None:
            seen = glance(wire.data_key(tx, row), revision.sealed)
        is_sealed = revision is not None and revision.state == State.SEALED
        return Offering(
            id=row.id,
            title=seen.get("title"),
            language=seen.get("language"),
            until=revision.release_time if revision and is_sealed else None,
            offers=tuple(advance.offers(tx, row.key)),
            reads=tuple(advance.reads(tx, row.key, MOST_READS)),
            mails=tuple(advance_mail.reports(tx, row.key, MOST_READS)),
            groups=tuple(name for name, members in advance.groups(tx).items() if members),
            readers=tuple(advance.readers(tx)),
        )


def offers(wire: Wire, actor: Actor, ref: str) -> dict[str, Any]:
    """To whom a release is or was offered, who got mail about it, who read it before its time."""
    found = offering(wire, actor, ref)
    return {
        "offers": [
            {
                "to": one.to,
                "by": one.by,
                "at": write_instant(one.at),
                "revoked": write_instant(one.revoked) if one.revoked else None,
                "text_by_mail": one.in_full,
            }
            for one in found.offers
        ],
        "mails": [
            {
                "person": one.person,
                "told": one.told,
                "form": one.form,
                "state": one.state,
                "at": write_instant(one.at),
            }
            for one in found.mails
        ],
        "reads": [
            {"person": one.person, "surface": one.surface, "at": write_instant(one.at)}
            for one in found.reads
        ],
    }


def listed(wire: Wire, actor: Actor) -> list[Advance]:
    """What a vetted reader may read, due soonest first. Raises KeyNeeded, TermsNotAccepted."""
    with wire.store.read(wire.clock.now()) as tx:
        key = _reader(wire, tx, actor)
        if key is None or advance.is_sealed(tx):
            return []
        return [text_of(wire, tx, *found) for found in advance.offered(tx, key)]


def read(wire: Wire, actor: Actor, id: str, surface: str) -> Advance:
    """One text before its time; the reading is written down before anything is shown.

    Raises KeyNeeded, TermsNotAccepted, and NoSuchRelease for all that is not offered.
    """
    with wire.store.write(wire.clock.now()) as tx:
        key = _reader(wire, tx, actor)
        sealed = key is None or advance.is_sealed(tx)
        found = None if key is None or sealed else advance.is_offered(tx, key, id)
        if key is None or found is None:
            raise NoSuchRelease(say("There is no release {id}.", id=id), ref=id)
        advance.note_read(tx, *found, key, surface)
        return text_of(wire, tx, *found)


def public_number(wire: Wire, actor: Actor, id: str) -> str | None:
    """The number of a release that was offered to this reader and is public by now."""
    with wire.store.read(wire.clock.now()) as tx:
        person = store_people.named(tx, actor.name)
        ordinal = advance.published_of(tx, person.key, id) if person else None
    return wire.number(ordinal) if ordinal else None


def accept(wire: Wire, actor: Actor) -> None:
    """Accept the terms as they stand. Raises KeyNeeded."""
    if not actor.person_id:
        raise KeyNeeded
    with wire.store.write(wire.clock.now()) as tx:
        person = people.named(tx, actor.name)
        advance.accept_terms(tx, person.key, terms(wire)[1])
        events.append(tx, "terms_accepted", actor.name)


def seal_all(wire: Wire, actor: Actor, *, sealed: bool) -> None:
    """Turn the one switch: while it is on, nobody reads anything before its time."""
    require(actor, Action.SEAL_ADVANCE)
    with wire.store.write(wire.clock.now()) as tx:
        advance.set_sealed(tx, sealed)
        events.append(tx, "advance_sealed" if sealed else "advance_unsealed", actor.name)


def set_group(wire: Wire, actor: Actor, name: str, members: list[str]) -> dict[str, Any]:
    """Say who is in a group of readers; nobody, and it is no group any more.

    Raises MalformedName, UnknownPerson, NotVetted.
    """
    require(actor, Action.VET)
    if not _GROUP.fullmatch(name):
        raise MalformedName(
            say("{name} cannot be a group: use small letters, digits, dash.", name=repr(name[:80]))
        )
    with wire.store.write(wire.clock.now()) as tx:
        advance.set_group(tx, name, [_vetted(tx, member) for member in dict.fromkeys(members)])
        events.append(tx, "group_set", actor.name, detail={"group": name})
    return state(wire, actor)


def state(wire: Wire, actor: Actor) -> dict[str, Any]:
    """Whether the switch is on, and the groups of readers."""
    require(actor, Action.VET)
    with wire.store.read(wire.clock.now()) as tx:
        groups = {name: members for name, members in advance.groups(tx).items() if members}
        return {"sealed": advance.is_sealed(tx), "groups": groups}


def text_of(wire: Wire, tx: Tx, release: int, revision: int) -> Advance:
    """The text of a sealed revision, under the embargo until its release time."""
    row, kept = releases.by_key(tx, release), releases.revision_by_key(tx, revision)
    assert row is not None
    assert kept is not None
    assert kept.release_time is not None
    draft = open_draft(wire.data_key(tx, row), kept.sealed or b"")
    said = replace(draft.revision, embargo=kept.release_time)
    return Advance(row.id, row.issuer, said, kept.release_time)


def _reader(wire: Wire, tx: Tx, actor: Actor) -> int | None:
    """The key of a vetted reader who accepted the terms; None for whoever is none."""
    if not actor.person_id:
        raise KeyNeeded
    person = store_people.named(tx, actor.name)
    if person is None or Role.VETTED_READER not in actor.roles:
        return None
    if not advance.has_accepted(tx, person.key, terms(wire)[1]):
        raise TermsNotAccepted
    return person.key


def _whom(tx: Tx, name: str, *, vetted: bool = True) -> tuple[int | None, int | None]:
    """The person or the group of an offer."""
    if not name.startswith(GROUP):
        return _vetted(tx, name) if vetted else people.named(tx, name).key, None
    group = advance.group_key(tx, name.removeprefix(GROUP))
    if group is None:
        raise UnknownGroup(
            say("There is no group {name} of readers.", name=repr(name.removeprefix(GROUP)[:80]))
        )
    return None, group


def _vetted(tx: Tx, name: str) -> int:
    person = people.named(tx, name)
    if not any(role == Role.VETTED_READER for role, _ in person.roles):
        raise NotVetted(
            say("{name} is no vetted reader, and cannot be shown what is not public.", name=name)
        )
    return person.key
