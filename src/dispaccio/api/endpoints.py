"""Endpoints: where subscribers receive. Theirs and the operator's calls."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.api.caller import Caller, TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.api.submissions import Asked
from dispaccio.egress.client import Client
from dispaccio.store.endpoints import UNCONFIRMED
from dispaccio.wire import confirming, egress, endpoints, hub, rehearsal, subscriptions
from dispaccio.wire.endpoints import Wanted

Line = Annotated[str, Field(max_length=300)]
Lines = Annotated[list[Line], Field(max_length=100)]

router = APIRouter(route_class=StrictRoute)


class What(Asked):
    """What is wanted there and how; what is left out stays as it is."""

    channels: Lines | None = None
    filter: dict[str, Any] | None = None
    format: Line | None = None
    payload: Line | None = None
    profile: dict[str, Any] | None = None
    settings: dict[str, Any] | None = None
    ordered: bool | None = None
    deliver: Line | None = None
    rate: Annotated[int, Field(ge=0, le=endpoints.FASTEST)] | None = None

    def wanted(self) -> Wanted:
        """The same for the use case."""
        return Wanted(**{name: getattr(self, name) for name in What.model_fields})


class NewEndpoint(What):
    """An endpoint of a subscriber; without channels and filter it gets everything."""

    subscriber: Line
    address: Annotated[str, Field(max_length=2000)]
    carrier: Line = "webhook"
    confirmed: bool = False


class Preview(Asked):
    """Channels and filter of a subscription that somebody thinks of."""

    channels: Lines = Field(default_factory=list)
    filter: dict[str, Any] = Field(default_factory=dict)


@router.get("/endpoints")
def list_endpoints(wire: TheWire, actor: Caller, subscriber: str | None = None) -> dict[str, Any]:
    """The endpoints of a subscriber, or all that the caller manages."""
    return {"endpoints": endpoints.everyone(wire, actor, subscriber)}


@router.post("/endpoints", status_code=201)
async def add_endpoint(
    request: Request, wire: TheWire, actor: Caller, asked: NewEndpoint
) -> dict[str, Any]:
    """Add an endpoint; a web address is resolved and judged. The secret is shown once."""
    require(actor, Action.MANAGE_ENDPOINTS, subscriber=asked.subscriber)
    if asked.address.lower().startswith(("http://", "https://")):
        async with Client(await run_in_threadpool(egress.policy, wire)) as client:
            await client.addresses(asked.address)
    said = await run_in_threadpool(
        endpoints.add,
        wire,
        actor,
        asked.subscriber,
        asked.address,
        asked.wanted(),
        carrier=asked.carrier,
        confirmed=asked.confirmed,
    )
    if said["state"] == UNCONFIRMED:
        async with Client(await run_in_threadpool(egress.policy, wire)) as client:
            said["confirmation"] = await confirming.ask(wire, said["endpoint"], client)
    return said | {"public_key": endpoints.wire_key(wire)}


@router.post("/endpoints/preview")
def preview(wire: TheWire, actor: Caller, asked: Preview) -> dict[str, Any]:
    """How many releases of the last seven days a subscription would have brought, and which."""
    return subscriptions.preview(wire, actor, asked.channels, asked.filter)


@router.get("/hub")
def list_hub(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """Who subscribed to the feeds by themselves (WebSub)."""
    return hub.subscriptions(wire, actor)


@router.get("/endpoints/{id}")
def get_endpoint(wire: TheWire, actor: Caller, id: str) -> dict[str, Any]:
    """One endpoint, and the key that the wire's own signatures are checked with."""
    return endpoints.one(wire, actor, id) | {"public_key": endpoints.wire_key(wire)}


@router.patch("/endpoints/{id}")
def change_endpoint(wire: TheWire, actor: Caller, id: str, asked: What) -> dict[str, Any]:
    """Change what an endpoint gets and how."""
    return endpoints.change(wire, actor, id, asked.wanted())


@router.delete("/endpoints/{id}", status_code=204)
def remove_endpoint(wire: TheWire, actor: Caller, id: str) -> Response:
    """Take an endpoint out for good; its receipts stay."""
    endpoints.remove(wire, actor, id)
    return Response(status_code=204)


@router.post("/endpoints/{id}/secret", status_code=201)
def new_secret(wire: TheWire, actor: Caller, id: str) -> dict[str, Any]:
    """Another secret, shown once; for a day the one before it signs as well."""
    return endpoints.new_secret_for(wire, actor, id)


@router.post("/endpoints/{id}/ping")
async def ping(wire: TheWire, actor: Caller, id: str) -> dict[str, Any]:
    """Send a signed ping to a webhook, and say what was answered."""
    async with Client(await run_in_threadpool(egress.policy, wire)) as client:
        return await rehearsal.ping(wire, actor, id, client)


@router.post("/endpoints/{id}/rehearse")
async def rehearse(wire: TheWire, actor: Caller, id: str) -> dict[str, Any]:
    """Send eight test states to an endpoint, and say what was answered and should have happened."""
    async with Client(await run_in_threadpool(egress.policy, wire)) as client:
        return await rehearsal.rehearse(wire, actor, id, client)


@router.post("/endpoints/{id}/disable", status_code=204)
def disable_endpoint(
    wire: TheWire, actor: Caller, id: str, why: Annotated[str | None, Query(max_length=300)] = None
) -> Response:
    """Switch an endpoint off; what is due waits."""
    endpoints.switch(wire, actor, id, on=False, why=why)
    return Response(status_code=204)


@router.post("/endpoints/{id}/enable", status_code=204)
def enable_endpoint(wire: TheWire, actor: Caller, id: str) -> Response:
    """Switch an endpoint on again; what waited is sent."""
    endpoints.switch(wire, actor, id, on=True)
    return Response(status_code=204)
