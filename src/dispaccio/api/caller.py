"""Who calls: a bearer key over the network, a person of the home over the control socket."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from dispaccio.access.actor import PUBLIC, Actor
from dispaccio.wire import people
from dispaccio.wire.core import Wire

LOCAL = "dispaccio.local"
"""Set in the ASGI scope by the control socket's application, and by nothing else."""
AS = "dispaccio-as"
"""The header that names the person; it counts on the control socket only."""


async def wire_of(request: Request) -> Wire:
    """The wire that this application serves. Async, so that it costs no thread."""
    wire: Wire = request.app.state.wire
    return wire


async def actor_of(request: Request) -> Actor:
    """Who calls; whoever called within the last second costs no thread.

    Raises WrongKey, UnknownPerson, PersonNeeded.
    """
    wire = await wire_of(request)
    if request.scope.get(LOCAL):
        name = request.headers.get(AS) or None
        acting = people.named_lately(wire, name)
        if acting is None:
            acting = await run_in_threadpool(people.by_name, wire, name)
        return acting
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return PUBLIC
    known = people.called_lately(wire, key.strip())
    if known is None:
        known = await run_in_threadpool(people.by_key, wire, key.strip())
    return known


TheWire = Annotated[Wire, Depends(wire_of)]
Caller = Annotated[Actor, Depends(actor_of)]
