"""A small home made in one call: people, an issuer, a channel and a subscriber."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.clock import Clock
from dispaccio.release.canonical import write_instant
from dispaccio.settings import Settings
from dispaccio.wire import endpoints, home, organisations, people
from dispaccio.wire.core import Wire
from dispaccio.wire.endpoints import Wanted

ISSUER, CHANNEL, SUBSCRIBER = "aurora", "economia", "gazette"
PEOPLE = {
    "olga": ["operator"],
    "dora": ["desk"],
    "dino": ["desk"],
    "anna": [f"author:{ISSUER}"],
    "sam": [f"subscriber:{SUBSCRIBER}"],
}
"""The people of a test home with their roles, by their names."""
SETTINGS = Settings(
    name="Ponte", url="http://127.0.0.1:8000", test=True, zone="Europe/Rome", min_free_disk_mb=0
)


@dataclass(frozen=True, slots=True)
class Home:
    """A home that was made: its folder, and the people's API keys by their names."""

    folder: Path
    keys: Mapping[str, str]

    def open(self, clock: Clock | None = None) -> Wire:
        """Open it in this process; the caller closes its store."""
        return home.open_home(self.folder, clock or Clock())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that was added, with the secret that its signatures are made with."""

    id: str
    address: str
    secret: str


def make(folder: Path, *, clock: Clock | None = None, **settings: Any) -> Home:
    """Make a test-mode home with the ``PEOPLE``, one issuer, one channel and one subscriber.

    ``settings`` replace fields of ``SETTINGS``.
    """
    wire = home.make(folder, replace(SETTINGS, **settings), clock or Clock())
    try:
        founder = people.by_name(wire, None)
        organisations.add_issuer(wire, founder, ISSUER, "Aurora Dairy", ["aurora-dairy.example"])
        organisations.add_channel(wire, founder, CHANNEL, "Economia")
        organisations.add_subscriber(wire, founder, SUBSCRIBER, "The Gazette")
        added = {
            name: people.add(wire, founder, name, None, roles) for name, roles in PEOPLE.items()
        }
    finally:
        wire.store.close()
    return Home(folder, {name: person["key"] for name, person in added.items()})


def actor(wire: Wire, name: str) -> Actor:
    """A person of the home, as who acts on the machine itself."""
    return people.by_name(wire, name)


def subscribe(
    wire: Wire, addresses: Sequence[str], *, payload: str = "thin", format: str = "dispaccio"
) -> list[Endpoint]:
    """Add endpoints of the subscriber that get every release."""
    operator = actor(wire, "olga")
    added = [
        endpoints.add(wire, operator, SUBSCRIBER, address, Wanted(payload=payload, format=format))
        for address in addresses
    ]
    return [Endpoint(said["endpoint"], said["address"], said["secret"]) for said in added]


def document(
    title: str,
    *,
    text: str = "The third plant opened on Monday; it employs 120 people.",
    release_time: datetime | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A release of the issuer in the native format, one that the checks let pass."""
    said: dict[str, Any] = {
        "title": title,
        "language": "en",
        "place": "Bergamo",
        "body": [{"kind": "paragraph", "text": text}],
        "contacts": [{"name": "Livia Brembati", "email": "press@aurora-dairy.example"}],
        "label": {"code": "promotional", "text": "Press release", "paid_by": "Aurora Dairy"},
        "channel": CHANNEL,
        **more,
    }
    if release_time is not None:
        said["release_time"] = write_instant(release_time)
    return said
