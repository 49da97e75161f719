"""What became of what was sent: reports, acknowledgements, recall, sending again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from dispaccio import clock
from dispaccio.api.caller import Caller, TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.api.submissions import Asked
from dispaccio.errors import MalformedRequest
from dispaccio.wire import deliveries, links, replay

Line = Annotated[str, Field(max_length=300)]

router = APIRouter(route_class=StrictRoute)


class Acknowledged(Asked):
    """What a receiver did with a revision: used it, or removed what is withdrawn."""

    applied: bool
    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://")] | None = None
    removed_at: Line | None = None
    endpoint: Line | None = None


class Range(Asked):
    """What is sent again: numbers from ``first`` to ``last``, or what is newer than ``since``."""

    first: Line | None = None
    last: Line | None = None
    since: Line | None = None


class Page(Asked):
    """A private page of the site, such as ``/r/100000001/report``."""

    path: Annotated[str, Field(max_length=300)]


class Told(Asked):
    """How a person told a subscriber of a withdrawal."""

    how: Annotated[str, Field(max_length=300, pattern=r"\S")]


@router.get("/releases/{number}/deliveries")
def report(wire: TheWire, actor: Caller, number: str) -> dict[str, Any]:
    """Who has a release, with receipts."""
    return deliveries.report(wire, actor, number)


@router.post("/deliveries/{id}/ack")
def acknowledge(wire: TheWire, actor: Caller, id: str, asked: Acknowledged) -> dict[str, Any]:
    """Say what was done with a revision that was sent: its ``webhook-id`` is the id."""
    return deliveries.acknowledge(
        wire,
        actor,
        id,
        applied=asked.applied,
        url=asked.url,
        removed_at=clock.parse(asked.removed_at) if asked.removed_at else None,
        endpoint=asked.endpoint,
    )


@router.post("/endpoints/{id}/replay")
def send_again(wire: TheWire, actor: Caller, id: str, asked: Range) -> dict[str, Any]:
    """Send a range of releases to an endpoint once more, as they stand now."""
    if not (asked.first or asked.last or asked.since):
        raise MalformedRequest("Name what is sent again: first, last or since.")
    since = clock.parse(asked.since) if asked.since else None
    return replay.replay(wire, actor, id, first=asked.first, last=asked.last, since=since)


@router.post("/links", status_code=201)
def make_link(wire: TheWire, actor: Caller, asked: Page) -> dict[str, Any]:
    """A link to a private page, for a quarter of an hour and whoever has it."""
    return links.make(wire, actor, asked.path)


@router.get("/recall")
def list_recall(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """Whom a person has to tell of a withdrawal."""
    return {"recall": deliveries.for_persons(wire, actor)}


@router.post("/recall/{number}/{endpoint}", status_code=204)
def told(wire: TheWire, actor: Caller, number: str, endpoint: str, asked: Told) -> Response:
    """Record that a person told them, and how."""
    deliveries.told(wire, actor, number, endpoint, asked.how)
    return Response(status_code=204)
