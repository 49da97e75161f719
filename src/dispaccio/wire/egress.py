"""Where the wire may send: the policy, and the operator's leave for internal hosts."""

from __future__ import annotations

from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.egress.policy import Allow, Policy
from dispaccio.errors import UnknownLeave
from dispaccio.store import endpoints, events
from dispaccio.store.endpoints import AllowRow
from dispaccio.wire.core import Wire


def policy(wire: Wire) -> Policy:
    """Where this wire may send now."""
    with wire.store.read(wire.clock.now()) as tx:
        allows = tuple(Allow(row.host, row.port, row.why) for row in endpoints.allowed(tx))
    return Policy(allows, test=wire.settings.test)


def allow(wire: Wire, actor: Actor, where: str, why: str) -> dict[str, Any]:
    """The operator's leave to send to an internal HOST:PORT or NETWORK:PORT, with its reason.

    Raises EgressRefused for what is never allowed.
    """
    require(actor, Action.MANAGE_EGRESS)
    given = Allow.parse(where, why)
    with wire.store.write(wire.clock.now()) as tx:
        endpoints.allow(tx, given.host, given.port, why, actor.name)
        detail = {"host": given.host, "port": given.port, "why": why}
        events.append(tx, "egress_allowed", actor.name, detail=detail)
    wire.tell()
    return {"host": given.host, "port": given.port, "why": why}


def disallow(wire: Wire, actor: Actor, where: str) -> None:
    """Take a leave back. Raises UnknownLeave, which lists those there are, and EgressRefused."""
    require(actor, Action.MANAGE_EGRESS)
    given = Allow.parse(where, "taken back")
    with wire.store.write(wire.clock.now()) as tx:
        if not endpoints.disallow(tx, given.host, given.port):
            raise UnknownLeave(_no_leave(where, endpoints.allowed(tx)), shown=True)
        events.append(tx, "egress_disallowed", actor.name, detail={"host": given.host})
    wire.tell()


def _no_leave(where: str, held: list[AllowRow]) -> str:
    """The sentence for a leave that there is not, with the first twenty there are."""
    names = [f"[{row.host}]" if ":" in row.host else row.host for row in held]
    known = [f"{name}:{row.port}" for name, row in zip(names, held, strict=True)]
    more = f" and {len(known) - 20:,} more" if len(known) > 20 else ""
    there = f"there are: {', '.join(known[:20])}{more}." if known else "there is none at all."
    return f"There is no leave to send to {where}; {there}"


def allowed(wire: Wire, actor: Actor) -> list[dict[str, Any]]:
    """Every leave that holds."""
    require(actor, Action.MANAGE_EGRESS)
    with wire.store.read(wire.clock.now()) as tx:
        return [
            {"host": row.host, "port": row.port, "why": row.why, "by": row.by}
            for row in endpoints.allowed(tx)
        ]
