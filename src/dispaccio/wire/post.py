"""Mails about accounts: what goes into the wire's post, and links to log in that are asked for."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.accounts import tokens
from dispaccio.delivery.carriers.base import Means
from dispaccio.delivery.mailing import address
from dispaccio.delivery.mailing.notes import INVITATION
from dispaccio.delivery.posting import Posting, owner
from dispaccio.errors import LogInPaused, MailNotSet
from dispaccio.store import accounts as kept
from dispaccio.store import people, post
from dispaccio.store.engine import Tx
from dispaccio.store.people import Person
from dispaccio.store.post import Waiting
from dispaccio.wire.core import Wire
from dispaccio.words import say

MOST_LINKS, PAUSE = 3, timedelta(minutes=15)
"""So many links to log in are mailed to one address within that time."""
MOST_ASKED = 200
"""Addresses that may wait to be looked up."""
_LOOKED_UP = 20
"""Addresses that are looked up at once."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that works once, as it goes out, and until when."""

    url: str
    until: datetime


def link(wire: Wire, tx: Tx, person: Person, purpose: str, then: str = "") -> Link:
    """Make a person's link; an unused one of the same purpose works no more."""
    token, digest = tokens.new()
    until = tx.now + tokens.LASTS[purpose]
    kept.add_one_time(tx, person.key, purpose, digest, until)
    url = f"{wire.settings.url.rstrip('/')}/{purpose}/{token}"
    return Link(f"{url}?{urlencode({'next': then})}" if then else url, until)


def mail(wire: Wire, tx: Tx, person: Person, kind: str, link: Link, by: str = "") -> bool:
    """Put a mail with a link into the post; False where the wire sends no mail."""
    if not wire.settings.smtp or person.email is None:
        return False
    said = {
        "name": person.full_name or "",
        "address": person.email,
        "url": link.url,
        "language": person.language or wire.settings.language,
        "by": by,
    }
    id = str(uuid.uuid4())
    sealed = wire.vault.wrap(json.dumps(said).encode(), owner(id))
    post.add(tx, id, kind, sealed, link.until, person.key)
    return True


def require_mailable(wire: Wire, email: str) -> None:
    """Nothing, if a mail can go to that address, or none will. Raises MalformedMailAddress."""
    if wire.settings.smtp:
        address.parse(email)


def ask_for_link(wire: Wire, email: str, then: str = "") -> None:
    """Somebody wants a link to log in mailed to that address.

    Whether it is anybody's is looked up later, so that neither the answer nor its time tells.
    What is asked for too often is not sent. Raises MailNotSet, MalformedMailAddress, and
    LogInPaused where too many addresses wait.
    """
    if not wire.settings.smtp:
        raise MailNotSet(say("This wire sends no mail; log in with your password."))
    often = _asked_too_often(wire, address.parse(email))
    id = str(uuid.uuid4())
    said = json.dumps({"email": email[:254], "then": then[:500]}).encode()
    sealed = wire.vault.wrap(said, owner(id))
    with wire.store.write(wire.clock.now()) as tx:
        if post.are_asked(tx) >= MOST_ASKED:
            raise LogInPaused(say("Many links are being asked for; try again in a few minutes."))
        if not often:
            until = tx.now + tokens.LASTS[tokens.LOG_IN]
            post.add(tx, id, post.ASKED, sealed, until)


def posting(wire: Wire, means: Means) -> Posting:
    """What sends the wire's post."""
    look_up_ = partial(look_up, wire)
    return Posting(wire.store, wire.clock, means, wire.vault.unwrap, look_up_)


def look_up(wire: Wire) -> None:
    """Make mails of the addresses that were asked for and are somebody's; forget the others."""
    with wire.store.read(wire.clock.now()) as tx:
        if not post.are_asked(tx):
            return
    with wire.store.write(wire.clock.now()) as tx:
        for id, sealed in post.take_asked(tx, _LOOKED_UP):
            said = json.loads(wire.vault.unwrap(sealed, owner(id)))
            person = people.by_email(tx, said["email"])
            if person is not None:
                made = link(wire, tx, person, tokens.LOG_IN, said["then"])
                mail(wire, tx, person, tokens.LOG_IN, made)


def waiting(wire: Wire, actor: Actor) -> dict[str, Waiting]:
    """The invitations that no server took yet, by whom they are for."""
    require(actor, Action.MANAGE_PEOPLE)
    with wire.store.read(wire.clock.now()) as tx:
        return {item.person: item for item in post.waiting(tx) if item.kind == INVITATION}


def _asked_too_often(wire: Wire, email: str) -> bool:
    now, name = wire.clock.monotonic(), email.casefold()
    if len(wire.links) > 10_000:
        wire.links.clear()
    lately = [at for at in wire.links.get(name, ()) if now - at < PAUSE.total_seconds()]
    if len(lately) >= MOST_LINKS:
        return True
    wire.links[name] = (*lately, now)
    return False
