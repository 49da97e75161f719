"""What the vault and the doors keep: wrapped keys, originals, likeness, idempotent replies.

Every value here is ciphertext or a keyed hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from dispaccio.release.canonical import Part
from dispaccio.store.engine import Tx
from dispaccio.store.tables import (
    idempotency,
    likeness,
    original,
    part,
    release,
    vault_key,
)

KEPT = timedelta(days=7)
"""How long the answer to a request with an Idempotency-Key is kept."""

_ADD_VAULT_KEY, _ADD_ORIGINAL, _ADD_PARTS = insert(vault_key), insert(original), insert(part)
_WRAPPED_KEY = select(vault_key.c.wrapped).where(vault_key.c.release == bindparam("of"))
_REPLY = select(idempotency.c.body_mac, idempotency.c.release, idempotency.c.sealed).where(
    idempotency.c.mac == bindparam("of")
)
_ADD_LIKENESS = {
    "sqlite": sqlite.insert(likeness).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(likeness).on_conflict_do_nothing(),
}
_LIKE = (
    select(release.c.id, release.c.relayed)
    .join(likeness, likeness.c.release == release.c.key)
    .where(likeness.c.mac.in_(bindparam("macs", expanding=True)))
    .order_by(release.c.key)
)
_PUBLISHED_LIKE = (
    select(release.c.ordinal, release.c.status)
    .join(likeness, likeness.c.release == release.c.key)
    .where(
        likeness.c.mac == bindparam("of"),
        release.c.id != bindparam("but"),
        release.c.ordinal.is_not(None),
    )
    .order_by(release.c.status == "canceled", release.c.ordinal)
    .limit(1)
)


def add_vault_key(tx: Tx, release_: int, wrapped: bytes) -> None:
    """Keep a release's wrapped data key."""
    tx.run(_ADD_VAULT_KEY, {"release": release_, "wrapped": wrapped})


def wrapped_key(tx: Tx, release_: int) -> bytes | None:
    """A release's wrapped data key, or None once it was destroyed."""
    found: bytes | None = tx.run(_WRAPPED_KEY, {"of": release_}).scalar()
    return found


def destroy_key(tx: Tx, release_: int) -> None:
    """Destroy a release's data key: what was sealed with it is gone."""
    tx.run(delete(vault_key).where(vault_key.c.release == release_))


def add_originals(tx: Tx, of: Iterable[tuple[int, str, bytes]]) -> None:
    """Keep what was handed in, byte for byte, as ciphertext: revision, media type, ciphertext."""
    rows = [
        {"revision": revision, "media_type": media_type, "sealed": sealed}
        for revision, media_type, sealed in of
    ]
    if rows:
        tx.run(_ADD_ORIGINAL, rows)


def original_of(tx: Tx, revision: int) -> tuple[str, bytes] | None:
    """The media type and the ciphertext of what was handed in."""
    row = tx.run(
        select(original.c.media_type, original.c.sealed).where(original.c.revision == revision)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def add_likeness(tx: Tx, release_: int, macs: Iterable[bytes]) -> None:
    """Keep the keyed hashes by which the same release is known again."""
    rows = [{"mac": mac, "release": release_} for mac in macs]
    if rows:
        tx.run(_ADD_LIKENESS[tx.dialect], rows)


def like(tx: Tx, macs: Sequence[bytes], *, relayed: bool | None = None) -> list[str]:
    """The ids of the releases that share one of these hashes, oldest first."""
    found = tx.run(_LIKE, {"macs": list(macs)})
    return list(dict.fromkeys(row.id for row in found if relayed in (None, row.relayed)))


def published_like(tx: Tx, macs: Sequence[bytes], but: str | None) -> tuple[int, str] | None:
    """Number and status of a public release that shares one of these hashes, or None.

    The first that was not withdrawn, else the first that was; ``but`` is left out.
    """
    rows = (tx.run(_PUBLISHED_LIKE, {"of": mac, "but": but or ""}).one_or_none() for mac in macs)
    found = [(row.ordinal, row.status) for row in rows if row is not None]
    return min(found, key=lambda item: (item[1] == "canceled", item[0]), default=None)


def add_reply(tx: Tx, mac: bytes, body_mac: bytes, release_: int, sealed: bytes) -> None:
    """Keep the answer to a request with an Idempotency-Key; what is older than a week goes."""
    tx.run(delete(idempotency).where(idempotency.c.at < tx.now - KEPT))
    row = {"mac": mac, "body_mac": body_mac, "release": release_, "sealed": sealed, "at": tx.now}
    tx.run(insert(idempotency), row)


def reply_to(tx: Tx, mac: bytes) -> tuple[bytes, int, bytes] | None:
    """The body's hash, the release and the sealed answer kept for an Idempotency-Key."""
    row = tx.run(_REPLY, {"of": mac}).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def add_parts(tx: Tx, of: Iterable[tuple[int, Sequence[Part]]]) -> None:
    """Write the parts of revisions in the open, at their publication: each with its key."""
    rows = [
        {
            "revision": revision,
            "position": position,
            "name": item.name,
            "value": json.dumps(item.value, ensure_ascii=False),
            "salt": item.salt,
            "digest": item.digest,
        }
        for revision, parts in of
        for position, item in enumerate(parts)
    ]
    if rows:
        tx.run(_ADD_PARTS, rows)


def parts_of(tx: Tx, revision: int) -> list[Part]:
    """A published revision's parts in their order."""
    rows = tx.run(
        select(part.c.name, part.c.value, part.c.salt)
        .where(part.c.revision == revision)
        .order_by(part.c.position)
    )
    return [Part(row.name, json.loads(row.value), row.salt) for row in rows]
