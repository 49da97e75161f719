"""Issuers, channels and subscribers: made by the operator."""

from __future__ import annotations

import re
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.delivery.known import meant
from dispaccio.desk.checks.reading import characters
from dispaccio.errors import IssuerNeeded, MalformedName, NameTaken, UnknownChannel, UnknownIssuer
from dispaccio.log import leaf
from dispaccio.notary.identity import SigningKey
from dispaccio.store import events, leaves, organisations
from dispaccio.store.engine import Tx
from dispaccio.store.organisations import Issuer
from dispaccio.wire.core import Wire
from dispaccio.wire.people import slug
from dispaccio.words import in_a_row, say

_CHANNEL = re.compile(r"[a-z0-9-]{1,64}(/[a-z0-9-]{1,64})?", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(
    rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--(?=.{{2,59}}\Z){_LABEL})", re.ASCII
)


def add_issuer(
    wire: Wire, actor: Actor, name: str, title: str, domains: list[str]
) -> dict[str, Any]:
    """Add an issuer with a custodial key; the operator vouches for its domains.

    A domain is one issuer's, since the first one names its identity (did:web), which has one key.
    Without one, or with the wire's own, the identity stands below that of the wire.
    Raises MalformedName, NameTaken.
    """
    require(actor, Action.MANAGE_ISSUERS)
    slug(say("an issuer"), name)
    _title(title)
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise MalformedName(
                say("{domain} is not a domain such as press.example.org.", domain=repr(domain[:80]))
            )
    did = f"did:web:{domains[0]}" if domains else wire.settings.did
    if did == wire.settings.did:
        did = f"{did}:issuers:{name}"
    key = SigningKey.generate()
    wrapped = wire.vault.wrap(key.private, f"issuer/{key.thumbprint}")
    with wire.store.write(wire.clock.now()) as tx:
        if organisations.issuer_by(tx, slug=name):
            raise NameTaken(say("There is an issuer {name} already.", name=repr(name)))
        _require_free(organisations.issuers(tx), did, domains)
        issuer = organisations.add_issuer(tx, name, title, did)
        for domain in dict.fromkeys(domains):
            organisations.prove_domain(tx, issuer, domain, actor.name)
        organisations.add_issuer_key(tx, issuer, key.thumbprint, key.public, wrapped)
        body = leaf.key_event("add", owner=did, thumbprint=key.thumbprint)
        leaves.append(tx, body, leaf.hash_of(body))
        events.append(tx, "issuer_added", actor.name, detail={"issuer": name, "domains": domains})
    return {"issuer": name, "name": title, "did": did, "domains": domains, "key": key.thumbprint}


def issuers(wire: Wire, actor: Actor) -> list[dict[str, Any]]:
    """Every issuer of the wire, for those who work here and those who subscribe to some."""
    if not any(may(actor, Action.MANAGE_ENDPOINTS, subscriber=name) for name in actor.subscribers):
        require(actor, Action.READ_STATUS)
    with wire.store.read(wire.clock.now()) as tx:
        return [
            {"issuer": i.slug, "name": i.name, "did": i.did, "domains": list(i.domains)}
            for i in organisations.issuers(tx)
        ]


def add_channel(wire: Wire, actor: Actor, name: str, title: str | None) -> dict[str, Any]:
    """Add a channel: one or two segments of ``[a-z0-9-]``. Raises MalformedName, NameTaken."""
    require(actor, Action.MANAGE_CHANNELS)
    if not _CHANNEL.fullmatch(name):
        raise MalformedName(
            say(
                "{name} cannot be a channel's name: one or two words of small letters, "
                "digits and dashes, like press or relay/other-wire.",
                name=repr(name[:80]),
            )
        )
    title = title or name
    _title(title)
    with wire.store.write(wire.clock.now()) as tx:
        if organisations.channel_named(tx, name):
            raise NameTaken(say("There is a channel {name} already.", name=repr(name)))
        organisations.add_channel(tx, name, title)
        events.append(tx, "channel_added", actor.name, detail={"channel": name})
    wire.tell()
    return {"channel": name, "title": title}


def channels(wire: Wire) -> list[dict[str, Any]]:
    """Every channel; they are public."""
    with wire.store.read(wire.clock.now()) as tx:
        return [{"channel": c.name, "title": c.title} for c in organisations.channels(tx)]


def add_subscriber(wire: Wire, actor: Actor, name: str, title: str | None) -> dict[str, Any]:
    """Add a subscriber organisation. Raises MalformedName, NameTaken."""
    require(actor, Action.MANAGE_SUBSCRIBERS)
    slug(say("a subscriber"), name)
    title = title or name
    _title(title)
    with wire.store.write(wire.clock.now()) as tx:
        if organisations.subscriber_by(tx, name):
            raise NameTaken(say("There is a subscriber {name} already.", name=repr(name)))
        organisations.add_subscriber(tx, name, title)
        events.append(tx, "subscriber_added", actor.name, detail={"subscriber": name})
    return {"subscriber": name, "name": title}


def subscribers(wire: Wire, actor: Actor) -> list[dict[str, Any]]:
    """Every subscriber organisation."""
    require(actor, Action.READ_STATUS)
    with wire.store.read(wire.clock.now()) as tx:
        return [{"subscriber": s.name, "name": s.title} for s in organisations.subscribers(tx)]


def _require_free(issuers: list[Issuer], did: str, domains: list[str]) -> None:
    """Nothing, unless a domain or an identity is another issuer's. Raises NameTaken."""
    owners = {domain: issuer.slug for issuer in issuers for domain in issuer.domains}
    for domain in domains:
        if domain in owners:
            raise NameTaken(
                say(
                    "The domain {domain} is recorded for the issuer {issuer} already; a domain "
                    "is one issuer's.",
                    domain=domain,
                    issuer=repr(owners[domain]),
                )
            )
    for issuer in issuers:
        if issuer.did == did:
            raise NameTaken(
                say(
                    "The issuer {slug} has the identity {did} already.",
                    slug=repr(issuer.slug),
                    did=did,
                )
            )


def _title(title: str) -> None:
    """Nothing, if readers can be shown the name as it is. Raises MalformedName."""
    if not title.strip() or len(title) > 200 or any(ord(char) < 32 for char in title):
        raise MalformedName(say("A name has 1 to 200 characters on one line."))
    if (at := next(characters.hidden(title), None)) is not None:
        raise MalformedName(
            say(
                "The name {name} holds {character}, which readers do not see; type it without.",
                name=characters.shown(title),
                character=characters.named(title[at]),
            )
        )


def channel_key(tx: Tx, name: str | None) -> int | None:
    """The key of a channel. Raises UnknownChannel."""
    if name is None:
        return None
    found = organisations.channel_named(tx, name)
    if found is None:
        near = meant(name, [one.name for one in organisations.channels(tx)])
        raise UnknownChannel(
            say(
                "There is no channel {name} on this wire;{near} `dispaccio channel list` "
                "shows those there are, and the operator makes one with `dispaccio channel "
                "add {wanted}`.",
                name=repr(name),
                near=near,
                wanted=name,
            )
        )
    return found.key


def issuer_for(tx: Tx, actor: Actor, slug: str | None) -> Issuer:
    """For whom the actor submits, who may. Raises IssuerNeeded, UnknownIssuer."""
    if slug is None:
        mine = sorted(actor.issuers)
        if not mine:
            mine = [issuer.slug for issuer in organisations.issuers(tx)]
        if len(mine) != 1:
            none = say("none yet; add one with `dispaccio issuer add`")
            raise IssuerNeeded(
                say(
                    "Say for which issuer this is (--issuer, or `issuer` in the API): {known}.",
                    known=in_a_row(mine) or none,
                )
            )
        slug = mine[0]
    found = organisations.issuer_by(tx, slug=slug)
    if found is None:
        raise UnknownIssuer(
            say(
                "There is no issuer {slug} on this wire; add it with `dispaccio issuer add`.",
                slug=repr(slug),
            )
        )
    return found
