"""The operator's calls: people, organisations, egress, status."""

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
from dispaccio.wire import accounts, egress, keys, organisations, people, personal, report

Line = Annotated[str, Field(max_length=300)]
Lines = Annotated[list[Line], Field(max_length=100)]

router = APIRouter(route_class=StrictRoute)


class NewPerson(Asked):
    """A person with roles such as ``desk`` or ``author:ISSUER``."""

    name: Line
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    roles: Lines = Field(default_factory=list)


class Roles(Asked):
    """The roles of a person, such as ``desk`` or ``author:ISSUER``."""

    roles: Lines


class NewKey(Asked):
    """What an API key is for: ``read``, ``submit``, ``desk``, ``manage``; none for everything."""

    scopes: Lines = Field(default_factory=list)


class NewIssuer(Asked):
    """An issuer and the domains that the operator vouches for."""

    issuer: Line
    name: Line
    domains: Lines = Field(default_factory=list)


class NewChannel(Asked):
    """A channel."""

    channel: Line
    title: Line | None = None


class NewSubscriber(Asked):
    """A subscriber organisation."""

    subscriber: Line
    name: Line | None = None


class Leave(Asked):
    """Where the operator lets the wire send: HOST:PORT or NETWORK:PORT, and why."""

    where: Line
    why: Line = ""


@router.get("/people")
def list_people(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """The persons of this home."""
    return {"people": people.everybody(wire, actor)}


@router.post("/people", status_code=201)
def add_person(wire: TheWire, actor: Caller, asked: NewPerson) -> dict[str, Any]:
    """Add a person; the API key is in this answer and nowhere else."""
    return people.add(wire, actor, asked.name, asked.email, asked.roles)


@router.delete("/people/{name}", status_code=204)
def remove_person(wire: TheWire, actor: Caller, name: str) -> Response:
    """Take a person out; their keys stop working."""
    people.remove(wire, actor, name)
    return Response(status_code=204)


@router.put("/people/{name}/roles")
def set_roles(wire: TheWire, actor: Caller, name: str, asked: Roles) -> dict[str, Any]:
    """Give a person exactly these roles."""
    return people.set_roles(wire, actor, name, asked.roles)


@router.get("/people/{name}/data")
def export_person(wire: TheWire, actor: Caller, name: str) -> dict[str, Any]:
    """All that is kept about a person, who may have left."""
    return personal.export(wire, actor, name)


@router.post("/people/{name}/erase", status_code=204)
def erase_person(wire: TheWire, actor: Caller, name: str) -> Response:
    """Forget a person, but for the short name in the record."""
    personal.erase(wire, actor, name)
    return Response(status_code=204)


@router.post("/people/{name}/keys", status_code=201)
def add_key(wire: TheWire, actor: Caller, name: str, asked: NewKey | None = None) -> dict[str, Any]:
    """A further API key, shown once."""
    return people.new_key(wire, actor, name, asked.scopes if asked else ())


@router.post("/people/{name}/invitations", status_code=201)
def invite(wire: TheWire, actor: Caller, name: str) -> dict[str, Any]:
    """A link with which a person comes in by a browser; it works once."""
    return accounts.invite_again(wire, actor, name)


@router.delete("/people/{name}/keys/{prefix}", status_code=204)
def revoke_key(wire: TheWire, actor: Caller, name: str, prefix: str) -> Response:
    """Revoke an API key by its prefix."""
    people.revoke_key(wire, actor, name, prefix)
    return Response(status_code=204)


@router.get("/issuers")
def list_issuers(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """The issuers of this wire."""
    return {"issuers": organisations.issuers(wire, actor)}


@router.post("/issuers", status_code=201)
def add_issuer(wire: TheWire, actor: Caller, asked: NewIssuer) -> dict[str, Any]:
    """Add an issuer with a custodial key."""
    return organisations.add_issuer(wire, actor, asked.issuer, asked.name, asked.domains)


@router.post("/channels", status_code=201)
def add_channel(wire: TheWire, actor: Caller, asked: NewChannel) -> dict[str, Any]:
    """Add a channel."""
    return organisations.add_channel(wire, actor, asked.channel, asked.title)


@router.get("/subscribers")
def list_subscribers(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """The subscriber organisations."""
    return {"subscribers": organisations.subscribers(wire, actor)}


@router.post("/subscribers", status_code=201)
def add_subscriber(wire: TheWire, actor: Caller, asked: NewSubscriber) -> dict[str, Any]:
    """Add a subscriber organisation."""
    return organisations.add_subscriber(wire, actor, asked.subscriber, asked.name)


@router.get("/egress")
def list_egress(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """Where the operator lets the wire send."""
    return {"egress": egress.allowed(wire, actor)}


@router.post("/egress", status_code=201)
def allow_egress(wire: TheWire, actor: Caller, asked: Leave) -> dict[str, Any]:
    """Let the wire send to one internal host and port."""
    return egress.allow(wire, actor, asked.where, asked.why)


@router.delete("/egress", status_code=204)
def disallow_egress(wire: TheWire, actor: Caller, where: str) -> Response:
    """Take such a leave back."""
    egress.disallow(wire, actor, where)
    return Response(status_code=204)


@router.post("/keys/ssh")
def ssh_key(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """The public key that the wire signs in with at SFTP servers, made if there is none."""
    return keys.ssh(wire, actor)


@router.get("/status")
def status(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """The wire in one sentence and six panels."""
    return report.status(wire, actor)


@router.post("/clock/accept", status_code=204)
def accept_clock(wire: TheWire, actor: Caller) -> Response:
    """Trust the wall clock as it stands, after a jump."""
    require(actor, Action.ACCEPT_CLOCK)
    wire.guard.accept()
    wire.tell()
    return Response(status_code=204)
