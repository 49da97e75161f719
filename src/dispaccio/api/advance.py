"""Advance access: offers of sealed texts to vetted readers, their reading, the one switch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.api.caller import Caller, TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.api.submissions import Asked
from dispaccio.wire import advance

Name = Annotated[str, Field(max_length=100)]
Names = Annotated[list[Name], Field(max_length=1000)]

router = APIRouter(route_class=StrictRoute)


class To(Asked):
    """Vetted readers by name, or ``group:NAME``; whether the text may go to them by mail."""

    to: Names
    text_by_mail: bool = False


class Members(Asked):
    """Who is in a group."""

    members: Names


class Switch(Asked):
    """Whether everything is sealed."""

    sealed: bool


@router.get("/submissions/{ref}/offers")
def list_offers(wire: TheWire, actor: Caller, ref: str) -> dict[str, Any]:
    """To whom a release is offered before its time, who got mail about it, and who read it."""
    return advance.offers(wire, actor, ref)


@router.post("/submissions/{ref}/offers", status_code=201)
def make_offers(wire: TheWire, actor: Caller, ref: str, asked: To) -> dict[str, Any]:
    """Offer a sealed release to vetted readers."""
    return advance.offer(wire, actor, ref, asked.to, text_by_mail=asked.text_by_mail)


@router.delete("/submissions/{ref}/offers/{to}")
def revoke_offer(wire: TheWire, actor: Caller, ref: str, to: str) -> dict[str, Any]:
    """Take an offer back; it holds no more from the next request on."""
    return advance.revoke(wire, actor, ref, to)


@router.get("/advance")
def list_offered(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """What is offered to the caller before its time; titles, no texts."""
    require(actor, Action.READ_ADVANCE, subscriber=min(actor.subscribers, default=None))
    found = advance.listed(wire, actor)
    return {"releases": [item.to_line() for item in found]}


@router.post("/advance/terms", status_code=204)
def accept_terms(wire: TheWire, actor: Caller) -> Response:
    """Accept the terms of advance access as they stand."""
    require(actor, Action.READ_ADVANCE, subscriber=min(actor.subscribers, default=None))
    advance.accept(wire, actor)
    return Response(status_code=204)


@router.get("/advance/state")
def show_state(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """Whether everything is sealed, and the groups of readers."""
    return advance.state(wire, actor)


@router.put("/advance/state")
def turn_switch(wire: TheWire, actor: Caller, asked: Switch) -> dict[str, Any]:
    """Seal every embargoed read, or open them again."""
    advance.seal_all(wire, actor, sealed=asked.sealed)
    return advance.state(wire, actor)


@router.put("/advance/groups/{name}")
def set_group(wire: TheWire, actor: Caller, name: str, asked: Members) -> dict[str, Any]:
    """Say who is in a group of readers."""
    return advance.set_group(wire, actor, name, asked.members)


@router.get("/advance/{id}")
def read_text(wire: TheWire, actor: Caller, id: str) -> dict[str, Any]:
    """One text before its time, with its embargo; the reading is written down."""
    return advance.read(wire, actor, id, advance.JSON).to_json()
