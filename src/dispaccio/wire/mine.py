"""A subscriber's endpoints as its page lists them, each with what came in the last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.store import endpoints, reports
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.wire.core import Wire
from dispaccio.wire.endpoints import describe, found_for

DAYS = 7
MOST = 100
"""Endpoints in one list."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Some of the endpoints that somebody manages, and whether there are more."""

    endpoints: tuple[dict[str, Any], ...]
    every: int


def listed(wire: Wire, actor: Actor, words: str = "") -> Listed:
    """The endpoints that somebody manages and that are not taken out, newest last.

    Each as ``endpoints.one`` says it, with ``came`` and ``arrived``: how many releases of the last
    seven days were for it, and how many of these it has. ``words``: only those whose address or
    subscriber holds them. Raises KeyNeeded or NotAllowed.
    """
    action = Action.MANAGE_ENDPOINTS
    own = {name for name in actor.subscribers if may(actor, action, subscriber=name)}
    every = may(actor, action)
    if not own:
        require(actor, action)
    with wire.store.read(wire.clock.now()) as tx:
        found, count = endpoints.holding(tx, None if every else own, words, MOST)
        return Listed(tuple(_said(tx, found)), count)


def one(wire: Wire, actor: Actor, id: str) -> dict[str, Any]:
    """One of them, as ``listed`` says it. Raises KeyNeeded or UnknownEndpoint."""
    with wire.store.read(wire.clock.now()) as tx:
        return next(iter(_said(tx, [found_for(tx, actor, id)])))


def _said(tx: Tx, rows: list[EndpointRow]) -> list[dict[str, Any]]:
    counts = _came(tx, [row.key for row in rows])
    return [describe(tx, row) | counts[row.key] for row in rows]


def _came(tx: Tx, keys: list[int]) -> dict[int, dict[str, int]]:
    found = reports.came(tx, keys, tx.now - timedelta(days=DAYS))
    none = (0, 0)
    return {key: dict(zip(("came", "arrived"), found.get(key, none), strict=True)) for key in keys}
