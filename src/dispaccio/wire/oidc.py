"""Coming in by the organisation's own identity provider, and proving anew there.

Nothing is written for a log-in that was begun: what has to fit afterwards goes through the browser
as the vault's ciphertext (``state``), bound to a cookie, and counts once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import BoundedSemaphore
from typing import Any, TypeVar
from urllib.parse import urlsplit

from dispaccio.accounts import oidc, provider
from dispaccio.accounts.oidc import Pending, Provider
from dispaccio.accounts.passkeys import decode, encode
from dispaccio.accounts.provider import Party
from dispaccio.egress.client import Client
from dispaccio.errors import (
    LogInDeclined,
    LogInStrayed,
    NoGroup,
    NoSuchPage,
    NotAskedAnew,
    ProviderSilent,
    SealBroken,
    TokenUntrusted,
)
from dispaccio.store import accounts as kept
from dispaccio.store import events
from dispaccio.store import oidc as store
from dispaccio.wire import accounts, egress, oidc_person
from dispaccio.wire.accounts import LoggedIn
from dispaccio.wire.core import Wire
from dispaccio.wire.home import key_file
from dispaccio.wire.once import first_time
from dispaccio.words import say

BACK = "/login/oidc/back"
"""Where browsers come back to: the redirect address that the provider has to know."""
SECRET_FILE = "oidc.secret"  # noqa: S105  # the name of a file
KNOWN_FOR = 3600.0
"""Seconds for which the provider's metadata and keys are taken to hold."""
PATIENCE = 12.0
"""Seconds for all that the provider is asked about one log-in."""
_LONGEST_STATE, _LONGEST_CODE, _LONGEST_THEN = 2_000, 4_000, 300
_OWNER = "oidc"
_AT_ONCE, _QUEUE = BoundedSemaphore(3), 0.5
"""Conversations at a time, and seconds that others wait for one to end: a provider that hangs must
not hold every thread of the wire."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finished:
    """What a log-in led to: where to go on, and the token of a new session (None for a proof)."""

    then: str
    token: str | None = None


def offered(wire: Wire) -> str | None:
    """The name of the provider by which one comes in; None where none is set."""
    settings = wire.settings
    if not settings.oidc_issuer:
        return None
    return settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""


def start(wire: Wire, browser: str, then: str = "", who: LoggedIn | None = None) -> str:
    """Where a browser is to be sent, to log in; or so that ``who`` proves that it is them.

    ``browser`` is what only that browser has. Raises NoSuchPage, ProviderSilent and -Misanswered.
    """
    if not wire.settings.oidc_issuer:
        raise NoSuchPage
    found = _provider(wire)
    session = who.session.key if who else None
    then = then if len(then) <= _LONGEST_THEN else ""
    pending = Pending.begin(browser, wire.clock.now(), then, session)
    state = encode(wire.vault.wrap(pending.write(), _OWNER))
    client, groups = wire.settings.oidc_client_id, wire.settings.oidc_groups_claim
    return pending.address(found, client, _back(wire), state, groups)


def finish(
    wire: Wire,
    browser: str,
    answer: Mapping[str, str],
    about: str | None = None,
    who: LoggedIn | None = None,
) -> Finished:
    """Take the provider's answer that a browser came back with.

    Raises LogInStrayed for a log-in of another browser or one that was finished, TokenExpired,
    TokenUntrusted, LogInDeclined, NotAskedAnew, ProviderSilent, ProviderMisanswered, and what
    ``oidc_person.enter`` raises.
    """
    if not wire.settings.oidc_issuer:
        raise NoSuchPage
    pending = _came_back(wire, browser, answer.get("state", ""))
    found = _provider(wire)
    said = answer.get("iss")
    if said != found.issuer and (said is not None or found.names_itself):
        raise TokenUntrusted(say("The answer came from another provider; nobody was logged in."))
    code = answer.get("code", "")
    if "error" in answer or not 0 < len(code) <= _LONGEST_CODE:
        raise LogInDeclined
    claims = _redeemed(wire, found, pending, code)
    if pending.session is not None:
        return _prove(wire, pending, claims, who)
    return _log_in(wire, pending, claims, about)


def _came_back(wire: Wire, browser: str, state: str) -> Pending:
    """The log-in that a browser comes back from, for this once."""
    try:
        sealed = decode(state) if len(state) <= _LONGEST_STATE else b""
        pending = Pending.read(wire.vault.unwrap(sealed, _OWNER))
    except (ValueError, SealBroken):
        raise LogInStrayed from None
    pending.require(browser, wire.clock.now())
    if not first_time(wire, sealed, oidc.LASTS):
        raise LogInStrayed
    return pending


def _provider(wire: Wire) -> Provider:
    """The provider as it said lately that it is, or says now."""
    until, found = wire.provider or (0.0, None)
    if found is None or wire.clock.monotonic() >= until:
        settings = wire.settings
        found = _talk(
            wire, lambda to: provider.discover(to, settings.oidc_issuer, bare=settings.test)
        )
        _remember(wire, found)
    return found


def _remember(wire: Wire, found: Provider) -> None:
    wire.provider = (wire.clock.monotonic() + KNOWN_FOR, found)


def _redeemed(wire: Wire, found: Provider, pending: Pending, code: str) -> dict[str, Any]:
    """What the provider says of whoever logged in there, judged."""
    settings = wire.settings
    secret = key_file(wire.home, settings, SECRET_FILE).decode("utf-8", "replace").strip()
    party = Party(settings.oidc_client_id, secret, _back(wire))

    async def ask(client: Client) -> dict[str, Any]:
        redeemed = await provider.redeem(client, found, party, code, pending.verifier)
        said, now = oidc.signed(redeemed.id_token, found.keys), found
        if said is None:
            now = await provider.with_keys(client, found)
            _remember(wire, now)
            said = oidc.signed(redeemed.id_token, now.keys)
        if said is None:
            raise TokenUntrusted(
                say("The token is signed with a key that the provider does not name.")
            )
        oidc.judge(said, now, party.id, pending, wire.clock.now())
        wanted = {"email", "email_verified", settings.oidc_groups_claim} - said.keys()
        if pending.session is None and wanted and now.userinfo and redeemed.access_token:
            more = await provider.told(client, now, redeemed.access_token)
            if more.get("sub") != said["sub"]:
                raise TokenUntrusted(
                    say("The provider told of somebody else; nobody was logged in.")
                )
            said = more | said
        return said

    return _talk(wire, ask)


def _log_in(wire: Wire, pending: Pending, said: Mapping[str, Any], about: str | None) -> Finished:
    with wire.store.write(wire.clock.now()) as tx:
        person = oidc_person.enter(wire, tx, said)
        token = None
        if person.roles:
            events.append(tx, "logged_in", person.name, detail={"by": oidc.KIND})
            token = accounts.begin(tx, person, about, _proved(said, tx.now))
    if token is None:
        raise NoGroup
    return Finished(pending.then, token)


def _prove(wire: Wire, pending: Pending, said: Mapping[str, Any], who: LoggedIn | None) -> Finished:
    """Whoever is logged in proved anew that it is them (section 3.1.2.1, ``max_age``)."""
    if who is None or who.session.key != pending.session:
        raise LogInStrayed
    at = oidc.proved_at(said)
    if at is None or at < pending.begun - oidc.LEEWAY.total_seconds():
        raise NotAskedAnew
    id = oidc.known_as(wire.settings.oidc_issuer, said["sub"])
    with wire.store.write(wire.clock.now()) as tx:
        person = store.holder(tx, id)
        if person is None or person.key != who.person.key:
            raise LogInStrayed(say("You logged in there as somebody else; nothing was proved."))
        store.used(tx, id)
        kept.mark_proved(tx, who.session.key)
    return Finished(pending.then)


def _proved(said: Mapping[str, Any], now: datetime) -> datetime:
    """When whoever logs in last proved who they are; a log-in that is remembered proves nothing."""
    at = oidc.proved_at(said)
    return accounts.LONG_AGO if at is None else min(datetime.fromtimestamp(max(at, 0), UTC), now)


def _back(wire: Wire) -> str:
    return wire.settings.url.rstrip("/") + BACK


def _talk(wire: Wire, conversation: Callable[[Client], Awaitable[T]]) -> T:
    """Talk to the provider from a thread. Raises ProviderSilent."""
    policy = egress.policy(wire)

    async def talk() -> T:
        async with Client(policy) as client, asyncio.timeout(PATIENCE):
            return await conversation(client)

    if not _AT_ONCE.acquire(timeout=_QUEUE):
        raise ProviderSilent
    try:
        return asyncio.run(talk())
    except TimeoutError:
        raise ProviderSilent from None
    finally:
        _AT_ONCE.release()
