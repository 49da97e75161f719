"""Releases and their revisions: from the sealed draft to the public row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from dispaccio.store.engine import Tx
from dispaccio.store.tables import channel, issuer, release, rendering, revision

FIRST_ORDINAL = 100_000_001


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release as it is kept. ``version`` and ``status`` are None before publication.

    ``shown`` is the key of the revision whose document the addresses answer with. ``archive``:
    it was brought in from an archive, and not issued here.
    """

    key: int
    id: str
    ordinal: int | None
    issuer: str | None
    channel: str | None
    relayed: bool
    status: str | None
    version: int | None
    shown: int | None
    first_created: datetime | None
    archive: bool = False


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision as it is kept; ``sealed`` is vault ciphertext, the public fields come at T."""

    key: int
    release: int
    version: int | None
    kind: str
    state: str
    release_time: datetime | None
    sealed: bytes | None
    text_of: int | None
    submitted_by: str
    submitted: datetime
    approved_by: str | None
    policy: str | None
    seal_leaf: int | None
    published: datetime | None
    document: bytes | None
    headline: str | None
    manifest: bytes | None
    issuer_signature: str | None
    issuer_key: str | None
    statement: bytes | None
    wire_signature: str | None


@dataclass(frozen=True, slots=True)
class Rendering:
    """A revision in one format; ``sha256`` of the body in hexadecimal."""

    format: str
    media_type: str
    body: bytes
    sha256: str


ROW = (
    select(
        release.c.key,
        release.c.id,
        release.c.ordinal,
        issuer.c.slug.label("issuer"),
        channel.c.name.label("channel"),
        release.c.relayed,
        release.c.status,
        release.c.version,
        release.c.shown,
        release.c.first_created,
        release.c.archive,
    )
    .outerjoin(issuer, issuer.c.key == release.c.issuer)
    .outerjoin(channel, channel.c.key == release.c.channel)
)
"""A release as a row of ``ReleaseRow``, to be narrowed down."""
_REVISION = select(*(revision.c[name] for name in RevisionRow.__slots__))

# Statements that every release needs are made once: building one costs more than running it.
_ADD = insert(release).returning(release.c.key)
_ADD_REVISION = insert(revision).returning(revision.c.key)
_CHANGE = update(release).where(release.c.key == bindparam("of"))
_CHANGE_REVISION = update(revision).where(revision.c.key == bindparam("of"))
_FIRST_APPROVED = _CHANGE.where(release.c.approved.is_(None))
_BY_ID = ROW.where(release.c.id == bindparam("of"))
_BY_KEY = ROW.where(release.c.key == bindparam("of"))
_BY_ORDINAL = ROW.where(release.c.ordinal == bindparam("of"))
_NEXT_ORDINAL = select(func.coalesce(func.max(release.c.ordinal) + 1, FIRST_ORDINAL))
_REVISION_BY_KEY = _REVISION.where(revision.c.key == bindparam("of"))
_OF_RELEASE = _REVISION.where(revision.c.release == bindparam("of"))
_PUBLISHED = _OF_RELEASE.where(revision.c.version == bindparam("number"))
_ALL_PUBLISHED = _OF_RELEASE.where(revision.c.version.is_not(None)).order_by(revision.c.version)
_NEWEST = _OF_RELEASE.order_by(revision.c.key.desc()).limit(1)
_OPEN = _NEWEST.where(revision.c.state.not_in(("published", "rejected", "called_off")))
# The state is written into these, so that the databases see which partial index fits.
_SEALED = revision.c.state == literal_column("'sealed'")
_UNPUBLISHED = revision.c.state != literal_column("'published'")
_RENDERING = select(rendering).where(
    rendering.c.revision == bindparam("of"), rendering.c.format == bindparam("named")
)


def add(
    tx: Tx,
    id: str,
    *,
    issuer_: int | None,
    channel_: int | None,
    relayed: bool,
    archive: bool = False,
    **public: Any,
) -> int:
    """Add a release and return its key.

    Nobody has seen it yet; but one from an archive is ``public`` at once, with its columns.
    """
    row = {"id": id, "issuer": issuer_, "channel": channel_, "relayed": relayed, "created": tx.now}
    return int(tx.run(_ADD, row | {"archive": archive} | public).scalar_one())


def add_revision(tx: Tx, values: Mapping[str, Any]) -> int:
    """Add a revision and return its key."""
    return int(tx.run(_ADD_REVISION, dict(values)).scalar_one())


def change_revision(tx: Tx, key: int, **values: Any) -> None:
    """Set columns of a revision."""
    tx.run(_CHANGE_REVISION, {"of": key, **values})


def change(tx: Tx, key: int, **values: Any) -> None:
    """Set columns of a release."""
    tx.run(_CHANGE, {"of": key, **values})


def approve(tx: Tx, key: int) -> None:
    """Note when a release was approved for the first time."""
    tx.run(_FIRST_APPROVED, {"of": key, "approved": tx.now})


def by_id(tx: Tx, id: str) -> ReleaseRow | None:
    """The release with that id, published or not."""
    return _release(tx, _BY_ID, id)


def by_key(tx: Tx, key: int) -> ReleaseRow | None:
    """The release with that key, published or not."""
    return _release(tx, _BY_KEY, key)


def by_ordinal(tx: Tx, ordinal: int) -> ReleaseRow | None:
    """The published release with that number, or None: before T there is no number."""
    return _release(tx, _BY_ORDINAL, ordinal)


def next_ordinal(tx: Tx) -> int:
    """The number that the next publication draws."""
    return int(tx.run(_NEXT_ORDINAL).scalar_one())


def revision_by_key(tx: Tx, key: int) -> RevisionRow | None:
    """A revision by its key."""
    return _revision(tx, _REVISION_BY_KEY, {"of": key})


def published_revision(tx: Tx, release_: int, version: int) -> RevisionRow | None:
    """A published revision by its public number."""
    return _revision(tx, _PUBLISHED, {"of": release_, "number": version})


def open_revision(tx: Tx, release_: int) -> RevisionRow | None:
    """The newest revision of a release that is still on its road (not published, not ended)."""
    return _revision(tx, _OPEN, {"of": release_})


def newest_revision(tx: Tx, release_: int) -> RevisionRow | None:
    """The revision of a release that was made last, whatever its state."""
    return _revision(tx, _NEWEST, {"of": release_})


def published_revisions(tx: Tx, release_: int) -> list[RevisionRow]:
    """The public revisions of a release, 1 first."""
    return [RevisionRow(*row) for row in tx.run(_ALL_PUBLISHED, {"of": release_})]


def due(tx: Tx, until: datetime, limit: int = 1000) -> list[tuple[RevisionRow, str]]:
    """The sealed revisions whose instant is no later, with release ids: by instant, then id."""
    rows = tx.run(
        _REVISION.add_columns(release.c.id)
        .join(release, release.c.key == revision.c.release)
        .where(_SEALED, revision.c.release_time <= until)
        .order_by(revision.c.release_time, release.c.id)
        .limit(limit)
    )
    return [(RevisionRow(*row[:-1]), row[-1]) for row in rows]


def count_due(tx: Tx, until: datetime) -> int:
    """How many sealed revisions have an instant no later than that."""
    query = select(func.count()).where(_SEALED, revision.c.release_time <= until)
    return int(tx.run(query).scalar_one())


def next_due(tx: Tx, but: Collection[int] = ()) -> datetime | None:
    """The earliest release time of a sealed revision; those with the keys ``but`` do not count."""
    query = select(func.min(revision.c.release_time)).where(_SEALED)
    if but:
        query = query.where(revision.c.key.not_in(but))
    found: datetime | None = tx.run(query).scalar()
    return found


def count_by_state(tx: Tx) -> dict[str, int]:
    """How many unpublished revisions stand in each state."""
    rows = tx.run(
        select(revision.c.state, func.count()).where(_UNPUBLISHED).group_by(revision.c.state)
    )
    return {row[0]: row[1] for row in rows}


def add_renderings(tx: Tx, key: int, renderings: Sequence[Rendering]) -> None:
    """Keep a revision's renderings."""
    if renderings:
        tx.run(
            insert(rendering),
            [
                {
                    "revision": key,
                    "format": item.format,
                    "media_type": item.media_type,
                    "body": item.body,
                    "sha256": item.sha256,
                }
                for item in renderings
            ],
        )


def drop_renderings(tx: Tx, key: int) -> None:
    """Drop a revision's renderings; they are made anew from its document."""
    tx.run(delete(rendering).where(rendering.c.revision == key))


def rendering_of(tx: Tx, key: int, format: str) -> Rendering | None:
    """A revision's rendering in one format."""
    row = tx.run(_RENDERING, {"of": key, "named": format}).one_or_none()
    return Rendering(row.format, row.media_type, row.body, row.sha256) if row else None


def _release(tx: Tx, query: Select[*tuple[Any, ...]], of: int | str) -> ReleaseRow | None:
    row = tx.run(query, {"of": of}).one_or_none()
    return ReleaseRow(*row) if row else None


def _revision(
    tx: Tx, query: Select[*tuple[Any, ...]], values: dict[str, int]
) -> RevisionRow | None:
    row = tx.run(query, values).one_or_none()
    return RevisionRow(*row) if row else None
