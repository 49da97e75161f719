"""Lists of what is public: by number, by last change, by subject, and what came from an archive."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import false, or_, select, true

from dispaccio.store.engine import Tx
from dispaccio.store.releases import ROW, ReleaseRow
from dispaccio.store.tables import channel, issuer, release, release_subject, revision


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
    tx: Tx, *, limit: int, before: int | None = None, channel_: str | None = None
) -> list[tuple[int, ReleaseRow, bytes]]:
    """Published releases by their last public change, newest first, with what they show.

    The number in front is the event of that change; it is the cursor for ``before``.
    """
    query = (
        ROW.add_columns(revision.c.document, release.c.changed)
        .join(revision, revision.c.key == release.c.shown)
        .where(release.c.changed.is_not(None))
    )
    if before is not None:
        query = query.where(release.c.changed < before)
    if channel_ is not None:
        query = query.where(channel.c.name == channel_)
    rows = tx.run(query.order_by(release.c.changed.desc()).limit(limit))
    return [(row[-1], ReleaseRow(*row[:-2]), row[-2]) for row in rows]


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
