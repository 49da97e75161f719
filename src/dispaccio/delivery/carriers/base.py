"""What a carrier is: the protocol that built-in and third-party ways of sending satisfy alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from dispaccio.delivery.profile import Profile
from dispaccio.delivery.retry import Outcome, Result
from dispaccio.delivery.signature import SigningKey
from dispaccio.egress.client import Client
from dispaccio.egress.policy import Policy
from dispaccio.release.state import Kind
from dispaccio.settings import Settings

__all__ = ["PROTOCOL_VERSION", "Carrier", "Enclosed", "Means", "Outcome", "Parcel", "Result"]

PROTOCOL_VERSION = 2


@dataclass(frozen=True, slots=True)
class Means:
    """What a wire sends with, whatever the carrier."""

    client: Client
    """The door: HTTP, and checked connections for other protocols."""
    settings: Settings
    key: SigningKey = field(repr=False)
    """The wire's key for signing what it sends."""
    secret: Callable[[str], bytes] = field(repr=False)
    """A file of the wire's keys folder by its name, such as ``dkim.pem``; raises KeysUnreadable."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A picture or file that goes with a revision. ``read`` gives its bytes in pieces, anew."""

    name: str
    size: int
    sha256: str
    """In hexadecimal."""
    read: Callable[[], Iterator[bytes]] = field(repr=False)


async def _alone() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Parcel:
    """One revision on its way to one endpoint, for one attempt."""

    webhook_id: str
    """``<id>.v<n>``: the same for every attempt and every endpoint."""
    number: str
    version: int
    kind: Kind
    endpoint: str
    """The endpoint's id."""
    address: str
    """The endpoint's address, as its carrier understands it."""
    body: bytes = field(repr=False)
    media_type: str
    timestamp: datetime
    """When this attempt is made, with its zone."""
    attempt: int = 1
    """Which attempt it is, from 1."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Those of the endpoint; two while one replaces the other."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the endpoint's carrier was told when it was made."""
    profile: Profile = field(default_factory=Profile)
    rendering: Callable[[str], bytes | None] = field(default=lambda name: None, repr=False)
    """The revision in another format, by its name. Asks the store: call it in a thread."""
    files: Callable[[], Sequence[Enclosed]] = field(default=tuple, repr=False)
    """The pictures and files of the revision that are public. Asks the store, as well."""
    prolong: Callable[[], Awaitable[bool]] = field(default=_alone, repr=False)
    """Asks for as much time again as an attempt has; False if it is somebody else's by now."""


class Carrier(Protocol):
    """A way of sending. Entry point group ``dispaccio.carriers``; the name is the docs' heading."""

    @property
    def name(self) -> str:
        """The stable name, in kebab-case."""
        ...

    @property
    def version(self) -> int:
        """The version of this protocol that it was written for."""
        ...

    @property
    def receipt_words(self) -> str:
        """What a receipt of this carrier proves, as reports print it."""
        ...

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        """Judge an address and settings when an endpoint is made, without asking the network.

        Raises:
            EgressRefused: the carrier would never send there.
            InputError: a setting is missing, unknown or of no use; the sentence names it.
        """
        ...

    async def send(self, parcel: Parcel, means: Means) -> Outcome:
        """Make one attempt. What goes wrong is an outcome, never an exception."""
        ...
