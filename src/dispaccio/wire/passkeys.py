"""Passkeys: registering one, logging in with it, and proving anew that it is them."""

from __future__ import annotations

import uuid
from typing import Any

from dispaccio.accounts import passkeys
from dispaccio.accounts.passkeys import Party, Passkey
from dispaccio.errors import PasskeyFailed, SealBroken, UnknownPasskey
from dispaccio.store import accounts as kept
from dispaccio.store import events
from dispaccio.store import passkeys as store
from dispaccio.store.engine import Tx
from dispaccio.store.passkeys import PasskeyRow
from dispaccio.store.people import Person
from dispaccio.wire.accounts import LoggedIn, begin, require_other_ways, require_proof
from dispaccio.wire.core import Wire
from dispaccio.wire.once import first_time
from dispaccio.words import say

_REGISTER, _PROVE, _LOG_IN = "register", "prove", "log-in"
LONGEST_NAME = 60


def party(wire: Wire) -> Party | None:
    """The wire as authenticators know it; None where there can be no passkeys."""
    return passkeys.party(wire.settings.url, wire.settings.name)


def to_register(wire: Wire, who: LoggedIn) -> dict[str, Any] | None:
    """What the browser is asked for a new passkey of theirs."""
    here, person = party(wire), who.person
    if here is None:
        return None
    challenge = _challenge(wire, _REGISTER, who)
    known = [row.id for row in of(wire, who)]
    name, shown = person.email or person.name, person.full_name or person.name
    return passkeys.to_register(here, challenge, _holder(person), name, shown, known)


def register(wire: Wire, who: LoggedIn, name: str, answer: str) -> None:
    """Keep a new passkey, under a name by which its holder knows it again.

    Raises ProofNeeded, PasskeyFailed.
    """
    require_proof(wire, who)
    challenge = _answered(wire, _REGISTER, answer, who)
    made = passkeys.registered(_here(wire), answer, challenge)
    said = " ".join(name.split())[:LONGEST_NAME]
    with wire.store.write(wire.clock.now()) as tx:
        if not store.add(tx, who.person.key, made.id, said, made.write()):
            raise PasskeyFailed(say("That passkey is registered already."))
        events.append(tx, "passkey_added", who.person.name)


def of(wire: Wire, who: LoggedIn) -> list[PasskeyRow]:
    """Their passkeys."""
    with wire.store.read(wire.clock.now()) as tx:
        return store.of(tx, who.person.key)


def remove(wire: Wire, who: LoggedIn, key: int) -> None:
    """Take out a passkey of one's own. Raises ProofNeeded, UnknownPasskey."""
    require_proof(wire, who)
    with wire.store.write(wire.clock.now()) as tx:
        if not store.remove(tx, who.person.key, key):
            raise UnknownPasskey
        events.append(tx, "passkey_removed", who.person.name)


def to_prove(wire: Wire, who: LoggedIn) -> dict[str, Any] | None:
    """What the browser is asked for a proof by one of their passkeys; None where there is none."""
    here, known = party(wire), [row.id for row in of(wire, who)]
    if here is None or not known:
        return None
    return passkeys.to_prove(here, _challenge(wire, _PROVE, who), known)


def prove(wire: Wire, who: LoggedIn, answer: str) -> None:
    """Prove anew that it is them. Raises PasskeyFailed."""
    challenge = _answered(wire, _PROVE, answer, who)
    with wire.store.write(wire.clock.now()) as tx:
        person = _proved(wire, tx, answer, challenge)
        if person.key != who.person.key:
            raise PasskeyFailed
        kept.mark_proved(tx, who.session.key)


def to_log_in(wire: Wire) -> dict[str, Any] | None:
    """What the browser of anybody is asked to log in with a passkey."""
    here = party(wire)
    return passkeys.to_prove(here, _challenge(wire, _LOG_IN)) if here else None


def log_in(wire: Wire, answer: str, about: str | None = None) -> str:
    """Log in with a passkey; the token of a session. Raises PasskeyFailed, whatever was wrong."""
    challenge = _answered(wire, _LOG_IN, answer)
    with wire.store.write(wire.clock.now()) as tx:
        person = _proved(wire, tx, answer, challenge)
        events.append(tx, "logged_in", person.name, detail={"by": "passkey"})
        return begin(tx, person, about)


def _proved(wire: Wire, tx: Tx, answer: str, challenge: bytes) -> Person:
    found = store.by_id(tx, passkeys.id_in(answer))
    if found is None:
        raise PasskeyFailed(say("This wire does not know that passkey; log in with your password."))
    row, person = found
    require_other_ways(wire, tx, person)
    proof = passkeys.proved(_here(wire), answer, challenge, Passkey.read(row.id, row.data))
    store.used(tx, row.key, proof.write())
    return person


def _here(wire: Wire) -> Party:
    here = party(wire)
    if here is None:
        raise PasskeyFailed(say("There are no passkeys for an address without a name."))
    return here


def _holder(person: Person) -> bytes:
    """By what an authenticator tells people apart; it says nothing of them (section 14.6.1)."""
    return uuid.UUID(person.id).bytes


def _challenge(wire: Wire, purpose: str, who: LoggedIn | None = None) -> bytes:
    """What is to be signed: sealed, so that nothing has to be kept of what nobody answers."""
    until = wire.clock.now() + passkeys.LASTS
    return wire.vault.wrap(str(until.timestamp()).encode(), _owner(purpose, who))


def _answered(wire: Wire, purpose: str, answer: str, who: LoggedIn | None = None) -> bytes:
    """The challenge of an answer: one of ours, for this, in time, and not answered before.

    Raises PasskeyFailed.
    """
    challenge = passkeys.challenge_in(answer)
    try:
        until = float(wire.vault.unwrap(challenge, _owner(purpose, who)))
    except SealBroken:
        raise PasskeyFailed(
            say("That answer belongs to another page; open this one anew.")
        ) from None
    if wire.clock.now().timestamp() >= until:
        raise PasskeyFailed(say("The answer came too late; open the page anew."))
    if not first_time(wire, challenge, passkeys.LASTS):
        raise PasskeyFailed(say("That answer was given before; open the page anew."))
    return challenge


def _owner(purpose: str, who: LoggedIn | None) -> str:
    return f"passkey/{purpose}/{who.session.key if who else ''}"
