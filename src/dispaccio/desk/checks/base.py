"""What a check is: it takes a revision and what the wire knows, and gives findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from dispaccio.release.label import Label
from dispaccio.release.model import Revision

PROTOCOL_VERSION = 1


class Severity(StrEnum):
    """What a finding does: an error stops, a warning asks, a note teaches."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says: one plain sentence with what is wrong, where, and what to do.

    ``where`` is a part or an item of one (``headline``, ``body/3``, ``contacts/0``), or a field of
    the revision (``label``); None means the whole. ``quote`` is the passage meant, as written, so
    it may hold characters that nobody sees; ``message`` never does. ``check`` is filled in by the
    check itself. Findings quote unreleased text: they are kept in the vault.
    """

    severity: Severity
    message: str
    where: str | None = None
    quote: str | None = None
    check: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A public release of this wire: its number, and whether it was withdrawn."""

    number: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What the wire knows around a submission.

    ``issuer_did`` is the account's own identity; ``issuer_approved`` counts the issuer's releases
    that were approved so far; ``proved_domains`` are the account's; ``other_issuers`` are the names
    of all accounts but this one; ``published_text`` says whether a text with the same body is
    already public on this wire, or was. ``labels_before`` are the labels that the text had when it
    was handed in, and that is public now. ``relayed`` is True for another wire's release.
    """

    now: datetime
    zone: ZoneInfo
    wire_name: str
    issuer_name: str | None = None
    issuer_did: str | None = None
    issuer_approved: int = 0
    proved_domains: frozenset[str] = frozenset()
    other_issuers: tuple[str, ...] = ()
    published_text: Callable[[Revision], Published | None] = field(default=lambda revision: None)
    labels_before: tuple[Label, ...] = ()
    relayed: bool = False
    regulated_authorisation: str | None = None

    @property
    def text_fault(self) -> Severity:
        """How serious a fault is that only a change of the issuer's text can mend.

        Another wire's text is not ours to change, so there it asks instead of stopping.
        """
        return Severity.WARNING if self.relayed else Severity.ERROR


class Check(Protocol):
    """One check. Entry point group ``dispaccio.checks``; the name is the heading in the docs."""

    @property
    def name(self) -> str:
        """The stable name, in kebab-case."""
        ...

    @property
    def version(self) -> int:
        """The version of this protocol that it was written for."""
        ...

    @property
    def title(self) -> str:
        """What it looks at, in a few words for people."""
        ...

    def __call__(self, revision: Revision, context: Context) -> Iterable[Finding]:
        """The findings about a revision."""
        ...


Finder: TypeAlias = Callable[[Revision, Context], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """A check made of a function; it writes its name into each finding."""

    name: str
    title: str
    find: Finder
    version: int = PROTOCOL_VERSION

    def __call__(self, revision: Revision, context: Context) -> Iterable[Finding]:
        """The findings of the function, one by one as they are asked for."""
        return (replace(found, check=self.name) for found in self.find(revision, context))


def check(name: str, title: str) -> Callable[[Finder], NamedCheck]:
    """Make a check of a function: ``@check("press-contact", "Press contact")``."""
    return lambda find: NamedCheck(name, title, find)
