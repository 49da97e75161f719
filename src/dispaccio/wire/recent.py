"""The newest releases, each with how it stands with those whom it is for."""

from __future__ import annotations

from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.formats import native
from dispaccio.release.canonical import write_instant
from dispaccio.release.state import Kind
from dispaccio.store import listings, reports
from dispaccio.store.releases import ReleaseRow
from dispaccio.store.reports import Standing
from dispaccio.wire.core import Wire
from dispaccio.wire.deliveries import counted

MOST = 10
"""How many are listed."""


def latest(wire: Wire, actor: Actor, most: int = MOST) -> list[dict[str, Any]]:
    """The newest releases with their present versions: what a report says of each in one line.

    Raises KeyNeeded or NotAllowed.
    """
    require(actor, Action.READ_STATUS)
    with wire.store.read(wire.clock.now()) as tx:
        found = listings.latest(tx, limit=most)
        standing = reports.standing(tx, [row.key for row, _ in found])
    return [
        _line(wire, row, document, standing.get((row.key, row.version or 0), Standing()))
        for row, document in found
    ]


def _line(wire: Wire, row: ReleaseRow, document: bytes, standing: Standing) -> dict[str, Any]:
    said = native.kept(document, whole=False)
    at = said.version_created or row.first_created
    return {
        "number": wire.number(row.ordinal or 0),
        "headline": said.headline or None,
        "language": said.language,
        "version": row.version,
        "kind": (said.kind or Kind.ORIGINAL).value,
        "published": at and write_instant(at),
        **counted(standing),
    }
