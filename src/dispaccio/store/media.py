"""Pictures and files: their rows, and which of them everybody may have."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from dispaccio.store.engine import Tx
from dispaccio.store.media_tables import media
from dispaccio.store.tables import release


@dataclass(frozen=True, slots=True)
class MediaRow:
    """A picture or file; ``sealed`` is under the data key of its release, or of its draft."""

    id: str
    release: int | None
    draft: int | None
    sealed: bytes
    places: str
    is_public: bool


_ROW = select(
    media.c.id,
    media.c.release,
    media.c.draft,
    media.c.sealed,
    media.c.places,
    media.c.published.is_not(None),
)


def add(
    tx: Tx, id: str, sealed: bytes, places: str, *, release_: int | None, draft: int | None = None
) -> None:
    """A new picture or file of a release, or of a draft."""
    row = {
        "id": id,
        "release": release_,
        "draft": draft,
        "sealed": sealed,
        "places": places,
        "added": tx.now,
    }
    tx.run(insert(media), row)


def of_release(tx: Tx, release_: int) -> dict[str, MediaRow]:
    """All that a release has, public or not, by id; which of it is used, its revisions say."""
    rows = tx.run(_ROW.where(media.c.release == release_).order_by(media.c.key))
    return {row[0]: MediaRow(*row) for row in rows}


def of_draft(tx: Tx, draft: int) -> dict[str, MediaRow]:
    """All that was added to a draft, by id."""
    rows = tx.run(_ROW.where(media.c.draft == draft).order_by(media.c.key))
    return {row[0]: MediaRow(*row) for row in rows}


def reseal(tx: Tx, id: str, sealed: bytes, places: str) -> None:
    """Say something else of one that is not public."""
    tx.run(
        update(media)
        .where(media.c.id == id, media.c.published.is_(None))
        .values(sealed=sealed, places=places)
    )


def hand_over(tx: Tx, id: str, sealed: bytes, release_: int) -> None:
    """Let what was a draft's be a release's, under that one's key."""
    tx.run(
        update(media).where(media.c.id == id).values(sealed=sealed, release=release_, draft=None)
    )


def drop(tx: Tx, id: str) -> None:
    """Remove the row of one that never was public."""
    tx.run(delete(media).where(media.c.id == id, media.c.published.is_(None)))


def drop_of_draft(tx: Tx, draft: int) -> None:
    """Forget all that was added to a draft."""
    tx.run(delete(media).where(media.c.draft == draft))


def publish(tx: Tx, id: str, opened: str) -> None:
    """Let everybody have it from now on."""
    tx.run(update(media).where(media.c.id == id).values(opened=opened, published=tx.now))


def close(tx: Tx, id: str, places: str) -> None:
    """Let nobody have it any more; its address says so. ``places`` are those that are kept."""
    tx.run(update(media).where(media.c.id == id).values(opened=None, places=places))


def public(tx: Tx, id: str) -> tuple[str | None, str, int] | None:
    """What everybody may know of one that is public or was, and its release's status and ordinal.

    Publication is a condition of the query: of what is not public nothing is fetched.
    """
    row = tx.run(
        select(media.c.opened, release.c.status, release.c.ordinal)
        .join(release, release.c.key == media.c.release)
        .where(media.c.id == id, media.c.published.is_not(None), release.c.ordinal.is_not(None))
    ).first()
    return (row[0], row[1], row[2]) if row else None


def public_of(tx: Tx, ids: Collection[str]) -> dict[str, str]:
    """What everybody may know of these, by id; those that are not public are left out."""
    if not ids:
        return {}
    rows = tx.run(
        select(media.c.id, media.c.opened)
        .join(release, release.c.key == media.c.release)
        .where(
            media.c.id.in_(sorted(ids)),
            media.c.opened.is_not(None),
            release.c.status == "usable",
        )
    )
    return {row[0]: row[1] for row in rows}


def places(tx: Tx) -> set[str]:
    """The names of all files on the disk that somebody knows of."""
    return {place for (said,) in tx.run(select(media.c.places)) for place in said.split()}
