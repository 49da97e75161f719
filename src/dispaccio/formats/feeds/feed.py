"""A feed: what stands around its entries, in whatever format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from dispaccio.release.model import Revision

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When Atom, which asks for a time, says that a feed of nothing with a time was changed."""
GENERATOR = "dispaccio"


@dataclass(frozen=True, slots=True)
class Archive:
    """What makes a document of a feed an archive page (RFC 5005 section 4): its neighbours."""

    next: str
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its title, its permanent address (which is its id) and the page it belongs to.

    ``current`` is the address of this page of the feed, ``next`` that of the one with older
    entries, ``archived`` that of the newest archive page; ``archive`` is set for an archive page.
    ``language`` is that of the title and of what the wire itself says, if it is known; ``hub`` is
    where a reader may subscribe (WebSub).
    """

    title: str
    url: str
    page: str
    current: str
    next: str | None = None
    language: str | None = "en"
    hub: str | None = None
    archived: str | None = None
    archive: Archive | None = None


def changed(revision: Revision) -> datetime:
    """When a release was changed last, as far as it is known."""
    return revision.version_created or revision.first_created or NEVER


def newest(revisions: Iterable[Revision]) -> datetime:
    """When the newest of these was changed."""
    return max(map(changed, revisions), default=NEVER)


def of_one(revision: Revision) -> Feed:
    """The feed around a single release that is written by itself."""
    wire = revision.wire.name if revision.wire else GENERATOR
    address = revision.url or "urn:dispaccio:release"
    return Feed(wire, address, address, address, language=revision.language)
