"""What a check is: it takes a revision and what the wire knows, and gives findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from dispaccio.release.model import Revision

PROTOCOL_VERSION = 1


class Severity(StrEnum):
    """What a finding does: an error stops, a warning asks, a note teaches."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says. ``where`` is a part (``headline``, ``body/3``) or a field's name.

    ``quote`` is the passage meant. Findings quote unreleased text: they are kept in the vault.
    """

    check: str
    severity: Severity
    message: str
    where: str | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the wire knows around a submission.

    ``issuer_approved`` counts the issuer's releases that were approved so far; ``proved_domains``
    are the account's; ``published_text`` says whether a text with the same body is already public
    on this wire, and gives its number. ``relayed`` is True for another wire's release.
    """

    now: datetime
    zone: ZoneInfo
    wire_name: str
    issuer_name: str | None = None
    issuer_approved: int = 0
    proved_domains: frozenset[str] = frozenset()
    other_issuers: tuple[str, ...] = ()
    published_text: Callable[[Revision], str | None] = field(default=lambda revision: None)
    relayed: bool = False
    regulated_authorisation: str | None = None


class Check(Protocol):
    """One check. Entry point group ``dispaccio.checks``."""

    name: str
    version: int
    title: str

    def __call__(self, revision: Revision, context: Context) -> Iterable[Finding]:
        """The findings about a revision."""
        ...
