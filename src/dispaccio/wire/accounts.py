"""How people come in by a browser: invitation, log-in, sessions, and proving it anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.accounts import passwords, tokens
from dispaccio.accounts.oidc import KIND, known_as
from dispaccio.errors import (
    AddressTaken,
    LinkUsedUp,
    LogInFailed,
    LogInPaused,
    NoAddress,
    ProofNeeded,
    ProviderOnly,
    UnknownScope,
    UnknownSession,
)
from dispaccio.release.canonical import write_instant
from dispaccio.store import accounts, events, oidc
from dispaccio.store import people as store_people
from dispaccio.store.accounts import SessionRow
from dispaccio.store.engine import Tx
from dispaccio.store.people import Person
from dispaccio.wire import people, post
from dispaccio.wire.core import Wire
from dispaccio.words import say

MOST_FAILURES, PAUSE = 10, timedelta(minutes=15)
"""After so many wrong passwords within that time, an account's log-in waits."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody proved themselves who did not."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who asks by a session: the person, what they may do, and the session itself."""

    person: Person
    actor: Actor
    session: SessionRow

    def is_fresh(self, now: datetime) -> bool:
        """Whether they proved lately that it is them."""
        return now - self.session.proved < tokens.FRESH


def invite(
    wire: Wire,
    actor: Actor,
    name: str,
    email: str,
    roles: list[str],
    *,
    full_name: str | None = None,
    language: str | None = None,
) -> dict[str, Any]:
    """Add a person who comes in by a browser, by a link that works once.

    It goes out by mail (``mailed``); where the wire sends none, it is in the answer (``url``).
    Raises AddressTaken, MalformedMailAddress, and what adding a person raises.
    """
    require(actor, Action.MANAGE_PEOPLE)
    post.require_mailable(wire, email)
    with wire.store.write(wire.clock.now()) as tx:
        if store_people.by_email(tx, email) is not None:
            raise AddressTaken(
                say("Somebody with the address {email} is here already.", email=email)
            )
        key = people.join(tx, actor, name, email, roles).key
        store_people.change(tx, key, full_name=full_name, language=language)
        said = _invitation(wire, tx, actor, people.named(tx, name))
    wire.callers = {}
    return said


def invite_again(wire: Wire, actor: Actor, name: str) -> dict[str, Any]:
    """A new invitation for a person who is here; an older one that was not used works no more.

    It goes the way of ``invite``. Raises UnknownPerson, NoAddress, MalformedMailAddress.
    """
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.write(wire.clock.now()) as tx:
        person = people.named(tx, name)
        if person.email is None:
            raise NoAddress(say("{name} has no e-mail address, with which to log in.", name=name))
        post.require_mailable(wire, person.email)
        return _invitation(wire, tx, actor, person)


def invited(wire: Wire, token: str) -> Person:
    """Whom an invitation is for; nothing changes. Raises LinkUsedUp."""
    with wire.store.read(wire.clock.now()) as tx:
        return _holder(tx, tokens.INVITATION, token)[1]


def accept(wire: Wire, token: str, password: str, about: str | None = None) -> str:
    """Take up an invitation with a new password; the token of a session.

    Every older session ends, and an account at the provider is theirs no more until they come in
    by it again. Raises LinkUsedUp, WeakPassword.
    """
    with wire.store.read(wire.clock.now()) as tx:
        _, person = _holder(tx, tokens.INVITATION, token)
    hashed = passwords.hashed(password, person.name, person.email or "", person.full_name or "")
    with wire.store.write(wire.clock.now()) as tx:
        key, person = _holder(tx, tokens.INVITATION, token)
        if not accounts.use(tx, key):
            raise LinkUsedUp
        accounts.set_password(tx, person.key, hashed)
        accounts.end_sessions(tx, person.key)
        oidc.unlink(tx, person.key)
        events.append(tx, "invitation_accepted", person.name)
        return begin(tx, person, about)


def log_in(wire: Wire, email: str, password: str, about: str | None = None) -> str:
    """Log in with address and password; the token of a session.

    Raises LogInFailed, whatever was wrong, LogInPaused after too many failures, and ProviderOnly.
    """
    _not_paused(wire, email)
    with wire.store.read(wire.clock.now()) as tx:
        person = store_people.by_email(tx, email)
        kept = accounts.password_of(tx, person.key) if person else None
    if not passwords.matches(kept, password) or person is None:
        _failed(wire, email)
        raise LogInFailed
    with wire.store.write(wire.clock.now()) as tx:
        require_other_ways(wire, tx, person)
        events.append(tx, "logged_in", person.name)
        return begin(tx, person, about)


def linked(wire: Wire, token: str) -> Person:
    """Whom a mailed link to log in is for; nothing changes. Raises LinkUsedUp."""
    with wire.store.read(wire.clock.now()) as tx:
        return _holder(tx, tokens.LOG_IN, token)[1]


def log_in_by_link(wire: Wire, token: str, about: str | None = None) -> str:
    """Log in with a mailed link; the token of a session. Raises LinkUsedUp, ProviderOnly.

    Whoever has a password or a passkey did not prove themselves with them by that: what asks for
    proof still asks.
    """
    with wire.store.write(wire.clock.now()) as tx:
        key, person = _holder(tx, tokens.LOG_IN, token)
        if not accounts.use(tx, key):
            raise LinkUsedUp
        require_other_ways(wire, tx, person)
        events.append(tx, "logged_in", person.name, detail={"by": tokens.LOG_IN})
        return begin(tx, person, about, LONG_AGO if _ways(wire, tx, person) else None)


def by_session(wire: Wire, token: str) -> LoggedIn | None:
    """Who has that session; None for one that ended, or was not used for too long."""
    now = wire.clock.now()
    with wire.store.read(now) as tx:
        found = accounts.session_by(
            tx,
            tokens.digest(token),
            seen_since=now - tokens.IDLE,
            made_since=now - tokens.LONGEST,
        )
    if found is None:
        return None
    row, person = found
    if now - row.last_seen > accounts.SEEN_EVERY:
        with wire.store.write(now) as tx:
            accounts.mark_seen(tx, row.key)
    return LoggedIn(person, people.actor_of(person, local=False), row)


def prove(wire: Wire, who: LoggedIn, password: str) -> None:
    """Prove anew that it is them, with the password.

    Raises LogInFailed, LogInPaused, ProviderOnly.
    """
    name = who.person.email or who.person.name
    _not_paused(wire, name)
    with wire.store.read(wire.clock.now()) as tx:
        require_other_ways(wire, tx, who.person)
        kept = accounts.password_of(tx, who.person.key)
    if not passwords.matches(kept, password):
        _failed(wire, name)
        raise LogInFailed(say("That is not your password."))
    with wire.store.write(wire.clock.now()) as tx:
        accounts.mark_proved(tx, who.session.key)


def ways(wire: Wire, who: LoggedIn) -> frozenset[str]:
    """What they can prove themselves with: ``password``, ``passkey``, ``oidc``."""
    with wire.store.read(wire.clock.now()) as tx:
        return _ways(wire, tx, who.person)


def require_other_ways(wire: Wire, tx: Tx, person: Person) -> None:
    """Nothing, unless somebody comes in by the provider alone. Raises ProviderOnly."""
    if wire.settings.oidc_only and KIND in _ways(wire, tx, person):
        raise ProviderOnly


def again(wire: Wire, who: LoggedIn) -> LoggedIn:
    """The same person as they stand now, with what they proved meanwhile."""
    found = [row for row in sessions(wire, who) if row.key == who.session.key]
    return LoggedIn(who.person, who.actor, found[0]) if found else who


def require_proof(wire: Wire, who: LoggedIn) -> None:
    """Nothing, if somebody proved lately that it is them. Raises ProofNeeded."""
    if not who.is_fresh(wire.clock.now()):
        raise ProofNeeded


def log_out(wire: Wire, who: LoggedIn) -> None:
    """End this session."""
    with wire.store.write(wire.clock.now()) as tx:
        accounts.end_session(tx, who.person.key, who.session.key)


def sessions(wire: Wire, who: LoggedIn) -> list[SessionRow]:
    """Where this person is logged in."""
    now = wire.clock.now()
    with wire.store.read(now) as tx:
        return accounts.sessions_of(
            tx, who.person.key, seen_since=now - tokens.IDLE, made_since=now - tokens.LONGEST
        )


def end_session(wire: Wire, who: LoggedIn, key: int) -> None:
    """End another session of the same person. Raises UnknownSession."""
    with wire.store.write(wire.clock.now()) as tx:
        if not accounts.end_session(tx, who.person.key, key):
            raise UnknownSession
        events.append(tx, "session_ended", who.actor.name)


def change_password(wire: Wire, who: LoggedIn, password: str) -> None:
    """Give oneself another password; every other session ends.

    Raises WeakPassword, ProofNeeded, ProviderOnly.
    """
    require_proof(wire, who)
    person = who.person
    hashed = passwords.hashed(password, person.name, person.email or "", person.full_name or "")
    with wire.store.write(wire.clock.now()) as tx:
        require_other_ways(wire, tx, person)
        accounts.set_password(tx, person.key, hashed)
        accounts.end_sessions(tx, person.key, but=who.session.key)
        events.append(tx, "password_changed", person.name)


def welcome(wire: Wire, tx: Tx, actor: Actor, person: Person) -> dict[str, Any]:
    """The invitation of a person who was just written, which goes the way of ``invite``."""
    return _invitation(wire, tx, actor, person)


def new_key(wire: Wire, who: LoggedIn, scopes: Sequence[str]) -> dict[str, Any]:
    """Make oneself an API key for these scopes; it is in the answer and nowhere else.

    Raises ProofNeeded, UnknownScope.
    """
    if not scopes:
        raise UnknownScope(say("Say what the key is for: tick at least one box."))
    require_proof(wire, who)
    return people.new_key(wire, who.actor, who.person.name, scopes)


def begin(tx: Tx, person: Person, about: str | None, proved: datetime | None = None) -> str:
    """Log somebody in who proved who they are; the token of the session."""
    token, kept = tokens.new()
    accounts.add_session(tx, person.key, kept, about, proved)
    return token


def _ways(wire: Wire, tx: Tx, person: Person) -> frozenset[str]:
    """What a person can prove themselves with; what a provider says that is set no more is none."""
    found, issuer = accounts.proofs_of(tx, person.key) - {KIND}, wire.settings.oidc_issuer
    if not issuer or not oidc.is_linked(tx, person.key, known_as(issuer, "")):
        return found
    return frozenset({KIND}) if wire.settings.oidc_only else found | {KIND}


def _invitation(wire: Wire, tx: Tx, actor: Actor, person: Person) -> dict[str, Any]:
    link = post.link(wire, tx, person, tokens.INVITATION)
    host = store_people.named(tx, actor.name)
    by = host.full_name or host.name if host else ""
    mailed = post.mail(wire, tx, person, tokens.INVITATION, link, by)
    events.append(tx, "person_invited", actor.name, detail={"person": person.name})
    said = {"name": person.name, "email": person.email, "until": write_instant(link.until)}
    return said | ({"mailed": True} if mailed else {"mailed": False, "url": link.url})


def _holder(tx: Tx, purpose: str, token: str) -> tuple[int, Person]:
    found = accounts.one_time_by(tx, purpose, tokens.digest(token))
    person = store_people.by_id(tx, found.person) if found else None
    if found is None or person is None or found.used is not None or found.expires <= tx.now:
        raise LinkUsedUp
    return found.key, person


def _not_paused(wire: Wire, name: str) -> None:
    failures = wire.failures.get(name.casefold(), ())
    now = wire.clock.monotonic()
    if len([at for at in failures if now - at < PAUSE.total_seconds()]) >= MOST_FAILURES:
        raise LogInPaused


def _failed(wire: Wire, name: str) -> None:
    now = wire.clock.monotonic()
    if len(wire.failures) > 10_000:
        wire.failures.clear()
    before = wire.failures.get(name.casefold(), ())[-MOST_FAILURES:]
    wire.failures[name.casefold()] = (*before, now)
