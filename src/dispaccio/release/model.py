"""One revision of a release as data: what readers give, what writers take, what is signed.

Every field that a text may be silent about can be absent (None or empty): a reader never guesses.
Instants are aware datetimes in UTC, days are dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dispaccio.release.body import Block
from dispaccio.release.label import Label
from dispaccio.release.state import Kind, Status


class SignedBy(StrEnum):
    """Whose signature stands under the text."""

    ISSUER = "issuer"
    CUSTODIAL = "custodial"
    OBSERVED = "observed"


SIGNED_WORDS = {
    SignedBy.ISSUER: "signed with the issuer's own key",
    SignedBy.CUSTODIAL: "signed by this wire for the issuer",
    SignedBy.OBSERVED: "taken over from another wire",
}
ARCHIVE_WORDS = "archive: not issued through this wire"
"""What is said of a release that was brought in from an archive."""


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation: its name, its domain, and its DID (``did:web:…``) where it has one."""

    name: str
    domain: str | None = None
    did: str | None = None


@dataclass(frozen=True, slots=True)
class WireMark:
    """The wire that carried the text, and the number that it gave it."""

    name: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Dateline:
    """Place, day and wire at the head of the text; ``text`` is how it reads, dash included."""

    place: str | None = None
    day: date | None = None
    wire: str | None = None
    text: str | None = None


class Visibility(StrEnum):
    """Who sees a press contact."""

    PUBLIC = "public"
    MEDIA_ONLY = "media_only"


@dataclass(frozen=True, slots=True)
class Contact:
    """A press contact."""

    name: str | None = None
    role: str | None = None
    organisation: str | None = None
    email: str | None = None
    phone: str | None = None
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the text. ``role``: body, issuer, original, channel, more."""

    href: str
    text: str | None = None
    role: str = "body"


@dataclass(frozen=True, slots=True)
class Copyright:
    """A copyright line, whole and in its parts."""

    text: str
    year: int | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One station of the chain a text came through (IPTC hopHistory).

    ``action``: created, transformed or enhanced (IPTC hopaction). ``evidence`` is the passage of
    the text that shows it.
    """

    party: str
    action: str
    time: datetime | date | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number or address that somebody else gave the text, with the scheme it belongs to."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject code, e.g. scheme ``medtop``, code ``20000763``."""

    scheme: str
    code: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or file that goes with the text. ``size`` in bytes; ``sha256`` in hexadecimal.

    ``width`` and ``height`` of a picture in pixels, as it is shown. They are no part of what is
    signed: its hash is, and they follow from its bytes.
    """

    href: str | None = None
    name: str | None = None
    type: str | None = None
    role: str | None = None
    size: int | None = None
    sha256: str | None = None
    caption: str | None = None
    credit: str | None = None
    alt: str | None = None
    rights: str | None = None
    width: int | None = None
    height: int | None = None

    @property
    def pixels(self) -> tuple[int, int] | None:
        """Width and height, if both are known and can be those of a picture."""
        if self.width is None or self.height is None or min(self.width, self.height) < 1:
            return None
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class Relation:
    """What this revision follows: an id of a release, the revision it changes, and how."""

    id: str
    revision: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a text was corrected, withheld or withdrawn: a code and, if given, words."""

    code: str
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of a release, as far as it is known.

    The first group of fields is the issuer's own text, from which the signed parts are made
    (``dispaccio.release.canonical``). The second is what the wire says about it, the third what
    the frame around the text said.
    """

    headline: str = ""
    subhead: str | None = None
    place: str | None = None
    body: tuple[Block, ...] = ()
    boilerplate: str | None = None
    contacts: tuple[Contact, ...] = ()
    media: tuple[Media, ...] = ()
    language: str | None = None

    id: str | None = None
    number: str | None = None
    version: int | None = None
    kind: Kind | None = None
    status: Status | None = None
    url: str | None = None
    issuer: Party | None = None
    signed_by: SignedBy | None = None
    archive: bool = False
    """Whether it came in from an archive: this wire shows it, and did not issue it."""
    label: Label | None = None
    legal: tuple[str, ...] = ()
    dateline: Dateline | None = None
    wire: WireMark | None = None
    channel: str | None = None
    first_created: datetime | None = None
    version_created: datetime | None = None
    release_time: datetime | None = None
    embargo: datetime | None = None
    reason: Reason | None = None
    relates: Relation | None = None

    original_url: str | None = None
    copyright: Copyright | None = None
    disclaimers: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    links: tuple[Link, ...] = ()
    category: str | None = None
    tags: tuple[str, ...] = ()
    created: datetime | date | None = None
    author: str | None = None
    slugline: str | None = None
    urgency: int | None = None
    editorial_note: str | None = None
    subjects: tuple[Subject, ...] = ()
    usage_terms: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that the text puts into somebody's mouth; derived, never signed."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the text with its unit; ``value`` is a plain decimal; derived, never signed."""

    text: str
    value: str
    unit: str | None = None
    attributed_to: str | None = None


class ItemKind(StrEnum):
    """What an item of a document is (IPTC ninature); only a text can be a release."""

    TEXT = "text"
    PICTURE = "picture"
    GRAPHIC = "graphic"
    VIDEO = "video"
    AUDIO = "audio"
    PLANNING = "planning"
    CONCEPT = "concept"
    PACKAGE = "package"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a document: the revision, what it noticed, and what it warns of.

    Of an item that is no text, ``revision`` holds the metadata.
    """

    format: str
    revision: Revision
    quotes: tuple[Quote, ...] = ()
    figures: tuple[Figure, ...] = ()
    warnings: tuple[str, ...] = ()
    item: ItemKind = ItemKind.TEXT
