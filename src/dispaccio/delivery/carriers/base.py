"""What a carrier is: the protocol that built-in and third-party ways of sending satisfy alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dispaccio.delivery.retry import Kind, Outcome
from dispaccio.delivery.signature import SigningKey
from dispaccio.egress.client import Client
from dispaccio.egress.policy import Policy

__all__ = ["PROTOCOL_VERSION", "Carrier", "Kind", "Outcome", "Parcel"]

PROTOCOL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Parcel:
    """One revision on its way to one endpoint, for one attempt."""

    webhook_id: str
    """``<id>.v<n>``: the same for every attempt and every endpoint."""
    url: str
    """The endpoint's address, as its carrier understands it."""
    body: bytes = field(repr=False)
    media_type: str
    timestamp: datetime
    """When this attempt is made, with its zone."""
    attempt: int = 1
    """Which attempt it is, from 1."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Those of the endpoint; two while one replaces the other."""
    key: SigningKey | None = field(default=None, repr=False)
    """The wire's."""


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

    def check(self, address: str, policy: Policy) -> None:
        """Judge an address when an endpoint is made, without asking the network.

        Raises:
            EgressRefused: the carrier would never send there.
        """
        ...

    async def send(self, parcel: Parcel, client: Client) -> Outcome:
        """Make one attempt. What goes wrong is an outcome, never an exception."""
        ...
