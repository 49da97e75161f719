"""Lists of what is public: by number, by last change, by subject, and what came from an archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, false, or_, select, true

from dispaccio.store.engine import Tx
from dispaccio.store.releases import ROW, ReleaseRow
from dispaccio.store.tables import (
    channel,
    issuer,
    release,
    release_subject,
    rendering,
    revision,
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A release as a feed needs it; ``cursor`` is the event of its last public change.

    ``entry`` is the kept rendering of what is shown, else None, and then ``document`` is there.
    """

    cursor: int
    ordinal: int
    status: str
    published: datetime
    entry: bytes | None
    document: bytes | None


_LAST = 2**63 - 1
# A feed is asked for after every publication: building its statement costs more than running it.
_CHANGED = (
    select(
        release.c.changed,
        release.c.ordinal,
        release.c.status,
        revision.c.published,
        rendering.c.body,
        case((rendering.c.body.is_(None), revision.c.document)),
    )
    .join(revision, revision.c.key == release.c.shown)
    .outerjoin(
        rendering,
        (rendering.c.revision == release.c.shown) & (rendering.c.format == bindparam("entry")),
    )
    .where(release.c.changed < bindparam("before"))
    .order_by(release.c.changed.desc())
    .limit(bindparam("most"))
)
_CHANGED_OF_CHANNEL = _CHANGED.where(
    release.c.channel
    == select(channel.c.key).where(channel.c.name == bindparam("channel_")).scalar_subquery()
)


def latest(
    tx: Tx,
    *,
    limit: int,
    before: int | None = None,
    channel_: str | None = None,
    issuer_: str | None = None,
    subject_: str | None = None,
) -> list[tuple[ReleaseRow, bytes]]:
    """What this wire issued, newest number first, each with the native document it shows.

    A subject is written ``scheme:code``; under it stands only what is usable.
    """
    if subject_ is not None:
        return _of_subject(tx, subject_, limit, before, channel_, issuer_)
    query = ROW.add_columns(revision.c.document).join(revision, revision.c.key == release.c.shown)
    query = query.where(release.c.ordinal.is_not(None), release.c.archive == false())
    if before is not None:
        query = query.where(release.c.ordinal < before)
    if channel_ is not None:
        query = query.where(channel.c.name == channel_)
    if issuer_ is not None:
        query = query.where(issuer.c.slug == issuer_)
    rows = tx.run(query.order_by(release.c.ordinal.desc()).limit(limit))
    return [(ReleaseRow(*row[:-1]), row[-1]) for row in rows]


def _of_subject(
    tx: Tx, subject: str, limit: int, before: int | None, channel_: str | None, issuer_: str | None
) -> list[tuple[ReleaseRow, bytes]]:
    """As ``latest``, by the list of a subject, whose own order is the one wanted."""
    listed = release_subject.c
    query = (
        ROW.add_columns(revision.c.document)
        .join(revision, revision.c.key == release.c.shown)
        .join(release_subject, listed.ordinal == release.c.ordinal)
        .where(listed.subject == subject, release.c.archive == false())
    )
    if before is not None:
        query = query.where(listed.ordinal < before)
    if channel_ is not None:
        named = select(channel.c.key).where(channel.c.name == channel_).scalar_subquery()
        query = query.where(listed.channel == named)
    if issuer_ is not None:
        query = query.where(issuer.c.slug == issuer_)
    rows = tx.run(query.order_by(listed.ordinal.desc()).limit(limit))
    return [(ReleaseRow(*row[:-1]), row[-1]) for row in rows]


def changed(
    tx: Tx, *, entry: str, limit: int, before: int | None = None, channel_: str | None = None
) -> list[Changed]:
    """Published releases by their last public change, newest first, as a feed needs them.

    ``entry`` names the rendering that is wanted, ``before`` is a cursor.
    """
    query = _CHANGED if channel_ is None else _CHANGED_OF_CHANNEL
    named = {} if channel_ is None else {"channel_": channel_}
    last = _LAST if before is None else before
    rows = tx.run(query, {"entry": entry, "most": limit, "before": last, **named})
    return [Changed(*row) for row in rows]


def shown_documents(tx: Tx, ordinals: Sequence[int]) -> list[tuple[ReleaseRow, bytes]]:
    """The releases with these numbers and the documents they show, in the order given."""
    rows = tx.run(
        ROW.add_columns(revision.c.document)
        .join(revision, revision.c.key == release.c.shown)
        .where(release.c.ordinal.in_(ordinals))
    )
    found = {row.ordinal: (ReleaseRow(*row[:-1]), row[-1]) for row in rows}
    return [found[ordinal] for ordinal in ordinals if ordinal in found]


def archived(
    tx: Tx,
    *,
    limit: int,
    before: int | None = None,
    channel_: str | None = None,
    issuer_: str | None = None,
) -> list[tuple[ReleaseRow, bytes]]:
    """What came from an archive, its own date newest first, with the native document it shows.

    ``before`` is the number of a release of the archive.
    """
    created, number = release.c.first_created, release.c.ordinal
    query = (
        ROW.add_columns(revision.c.document)
        .join(revision, revision.c.key == release.c.shown)
        .where(release.c.archive == true())
    )
    if before is not None:
        last = tx.run(select(created).where(number == before)).scalar()
        if last is None:
            return []
        query = query.where(created <= last, or_(created < last, number < before))
    if channel_ is not None:
        query = query.where(channel.c.name == channel_)
    if issuer_ is not None:
        query = query.where(issuer.c.slug == issuer_)
    rows = tx.run(query.order_by(created.desc(), number.desc()).limit(limit))
    return [(ReleaseRow(*row[:-1]), row[-1]) for row in rows]
