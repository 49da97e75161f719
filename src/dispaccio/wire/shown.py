"""What the public's questions are answered with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dispaccio.release.model import Reason, Revision, SignedBy
from dispaccio.release.state import Kind, Status


@dataclass(frozen=True, slots=True)
class Shown:
    """A release as the public may see it: its text, or a notice without one."""

    ordinal: int
    number: str
    status: Status
    version: int
    revision: Revision


@dataclass(frozen=True, slots=True)
class Entry:
    """A release as an entry of a feed; ``cursor`` is where the older ones follow."""

    cursor: int
    number: str
    changed: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """One public revision of a release; ``headline`` is None while its text is not shown."""

    version: int
    kind: Kind
    published: datetime
    reason: Reason | None
    headline: str | None
    signed_by: SignedBy | None


@dataclass(frozen=True, slots=True)
class LeafView:
    """One entry of the log about a release."""

    index: int
    at: datetime
    kind: str
    hash_hex: str
    body_text: str


@dataclass(frozen=True, slots=True)
class PublicRelease:
    """A release with its history and what proves it."""

    shown: Shown
    versions: tuple[Version, ...]
    leaves: tuple[LeafView, ...]
    manifest_sha256: str | None
    issuer_signature: str | None
    issuer_key: str | None
    wire_signature: str | None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator lets programs know of the wire; the settings of the same names."""

    contact: str = ""
    trust: tuple[str, ...] = ()
    tdm_reservation: bool = True
    tdm_policy: str = ""
