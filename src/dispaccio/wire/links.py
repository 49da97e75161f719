"""Short-lived links to private pages: for a browser, which has no key to show."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime, timedelta
from typing import Any

from dispaccio.access.actor import PUBLIC, Actor
from dispaccio.errors import DispaccioError, KeyNeeded, NoSuchPage
from dispaccio.release.canonical import write_instant
from dispaccio.wire import deliveries, people
from dispaccio.wire.core import Wire

LASTS = timedelta(minutes=15)
LONGEST = 2_000
_PAGES = ("/r/",)
"""Where private pages are."""


def make(wire: Wire, actor: Actor, path: str) -> dict[str, Any]:
    """A link that shows one private page to whoever has it, as the actor would see it.

    Raises KeyNeeded, NoSuchPage for a path that is none of a private page, and what the page itself
    raises for the actor.
    """
    if not actor.person_id:
        raise KeyNeeded
    if not path.startswith(_PAGES) or not path.endswith("/report") or len(path) > LONGEST:
        raise NoSuchPage(f"There is no private page {path[:80]!r}; name a release by its number.")
    deliveries.require_report(wire, actor, path.split("/")[2])
    until = wire.clock.now() + LASTS
    said = json.dumps({"person": actor.name, "until": until.timestamp()})
    sealed = wire.vault.wrap(said.encode(), _owner(path))
    token = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    url = f"{wire.settings.url.rstrip('/')}{path}?key={token}"
    return {"url": url, "until": write_instant(until)}


def actor_of(wire: Wire, path: str, token: str) -> Actor:
    """Whom a link speaks for; the public where it is none, of another page, or too old."""
    try:
        padded = token[:LONGEST] + "=" * (-len(token) % 4)
        said = json.loads(
            wire.vault.unwrap(base64.urlsafe_b64decode(padded.encode()), _owner(path))
        )
        until = datetime.fromtimestamp(said["until"], wire.clock.now().tzinfo)
        return people.by_name(wire, said["person"]) if wire.clock.now() < until else PUBLIC
    except (DispaccioError, binascii.Error, ValueError):
        return PUBLIC


def _owner(path: str) -> str:
    """What a link's seal is bound to, so that it opens no other page."""
    return f"link/{path}"
