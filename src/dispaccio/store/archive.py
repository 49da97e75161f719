"""What an archive brings, written many at a time: a statement a table, not one a release."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from dispaccio.log.leaf import hash_of
from dispaccio.release.canonical import Part
from dispaccio.store import redirects, search, secrets
from dispaccio.store.engine import Tx
from dispaccio.store.tables import event, leaf, likeness, release, revision, vault_key

KIND = "archived"
"""The kind of the event that one of them is."""
_AT_ONCE = 500
"""How many hashes are looked up with one statement; a database bounds its parameters."""
_ADD = insert(release).returning(release.c.key, release.c.id)
_ADD_REVISION = insert(revision).returning(revision.c.key, revision.c.release)
_SHOW = update(release).where(release.c.key == bindparam("of")).values(shown=bindparam("is_shown"))
_ADD_VAULT_KEY, _ADD_LEAF, _ADD_EVENT = insert(vault_key), insert(leaf), insert(event)
_LEAVES = select(func.coalesce(func.max(leaf.c.index), -1) + 1)
_EVENTS = select(func.coalesce(func.max(event.c.seq), 0) + 1)
_LIKE = (
    select(likeness.c.mac, release.c.key, release.c.id, release.c.ordinal)
    .join(release, release.c.key == likeness.c.release)
    .where(likeness.c.mac.in_(bindparam("macs", expanding=True)))
    .order_by(release.c.key)
)


class Like(NamedTuple):
    """A release that is known by a hash; ``ordinal`` is None while it is not public."""

    key: int
    id: str
    ordinal: int | None


@dataclass(frozen=True, slots=True)
class Old:
    """A release from an archive, as it is to be written.

    ``release`` and ``revision`` hold the columns of their rows, ``leaf`` is its entry in the log,
    ``path`` an old address that leads to it, ``words`` the text by which it is found.
    """

    id: str
    ordinal: int
    release: Mapping[str, Any]
    revision: Mapping[str, Any]
    wrapped_key: bytes
    parts: tuple[Part, ...]
    likeness: tuple[bytes, ...]
    leaf: bytes
    detail: Mapping[str, Any]
    words: str
    path: str | None


def like(tx: Tx, macs: Iterable[bytes]) -> dict[bytes, list[Like]]:
    """The releases that are known by each of these hashes, oldest first."""
    wanted = list(dict.fromkeys(macs))
    found: dict[bytes, list[Like]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        for mac, *row in tx.run(_LIKE, {"macs": wanted[start : start + _AT_ONCE]}):
            found.setdefault(bytes(mac), []).append(Like(*row))
    return found


def add(tx: Tx, brought: Sequence[Old], actor: str) -> list[int]:
    """Write all of them, public at once and delivered to nobody; the keys of their revisions."""
    keys, revisions = _add_rows(tx, brought)
    wrapped = [one.wrapped_key for one in brought]
    tx.run(_ADD_VAULT_KEY, _rows(release=keys, wrapped=wrapped))
    for key, one in zip(keys, brought, strict=True):
        secrets.add_likeness(tx, key, one.likeness)
        if one.path:
            redirects.add(tx, one.path, key)
    secrets.add_parts(tx, zip(revisions, (one.parts for one in brought), strict=True))
    _record(tx, brought, actor, keys, revisions)
    search.put(tx, [(one.ordinal, one.release["first_created"], one.words) for one in brought])
    return revisions


def _add_rows(tx: Tx, brought: Sequence[Old]) -> tuple[list[int], list[int]]:
    """The rows of releases and revisions; their keys in the same order."""
    same = {"archive": True, "relayed": True, "created": tx.now}
    added = tx.run(
        _ADD, [{**one.release, "id": one.id, "ordinal": one.ordinal, **same} for one in brought]
    )
    by_id = {row.id: row.key for row in added}
    keys = [by_id[one.id] for one in brought]
    rows = [{**one.revision, "release": key} for one, key in zip(brought, keys, strict=True)]
    of = {row.release: row.key for row in tx.run(_ADD_REVISION, rows)}
    revisions = [of[key] for key in keys]
    tx.run(_SHOW, _rows(of=keys, is_shown=revisions))
    return keys, revisions


def _record(
    tx: Tx, brought: Sequence[Old], actor: str, keys: Sequence[int], revisions: Sequence[int]
) -> None:
    """The leaves of the log and the events, each without a gap."""
    index, seq = tx.run(_LEAVES).scalar_one(), tx.run(_EVENTS).scalar_one()
    count, bodies = len(brought), [one.leaf for one in brought]
    hashes = [hash_of(body) for body in bodies]
    details = [json.dumps(dict(one.detail), ensure_ascii=False) for one in brought]
    numbers = range(index, index + count)
    leaves = _rows(index=numbers, revision=revisions, body=bodies, hash=hashes)
    tx.run(_ADD_LEAF, [row | {"at": tx.now} for row in leaves])
    events = _rows(seq=range(seq, seq + count), release=keys, revision=revisions, detail=details)
    tx.run(_ADD_EVENT, [row | {"at": tx.now, "kind": KIND, "actor": actor} for row in events])


def _rows(**columns: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows from columns of one length."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
