"""Press lists and mail: /issuers/ISSUER/recipients and /groups, /bounces, /mail."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from dispaccio.api.caller import Caller, TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.api.submissions import Asked
from dispaccio.wire import bouncing, press

router = APIRouter(route_class=StrictRoute)
Group = Annotated[str | None, Query(max_length=100)]
Address = Annotated[str, Field(max_length=320)]


class Named(Asked):
    """Recipients by their addresses; ``all`` of them only where that is asked for."""

    addresses: Annotated[list[Address], Field(max_length=1_000)] = Field(default_factory=list)
    all: bool = False


class Addresses(Asked):
    """Recipients by their addresses."""

    addresses: Annotated[list[Address], Field(max_length=1_000)]


class Groups(Asked):
    """The groups of the issuer's press list that a release goes to."""

    groups: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)]


async def body(request: Request) -> bytes:
    """The body as it came. Async, so that it costs no thread."""
    return await request.body()


Body = Annotated[bytes, Depends(body)]


@router.get("/issuers/{issuer}/recipients")
def list_recipients(
    wire: TheWire, actor: Caller, issuer: str, group: Group = None
) -> dict[str, Any]:
    """The recipients of an issuer's press list, or of one of its groups."""
    return press.everyone(wire, actor, issuer, group)


@router.post("/issuers/{issuer}/recipients")
def import_recipients(
    wire: TheWire,
    actor: Caller,
    issuer: str,
    data: Body,
    dry_run: Annotated[bool, Query()] = False,
) -> dict[str, Any]:
    """Add the recipients of a CSV table; bad rows are named and lose no good one."""
    return press.bring_in(wire, actor, issuer, data, dry_run=dry_run)


@router.get("/issuers/{issuer}/recipients/export")
def export_recipients(wire: TheWire, actor: Caller, issuer: str, group: Group = None) -> Response:
    """The same as CSV, with what bounced; no cell is a formula."""
    data = press.export(wire, actor, issuer, group)
    headers = {
        "cache-control": "no-store",
        "content-disposition": 'attachment; filename="recipients.csv"',
        "x-content-type-options": "nosniff",
    }
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/issuers/{issuer}/recipients/remove")
def remove_recipients(wire: TheWire, actor: Caller, issuer: str, asked: Named) -> dict[str, Any]:
    """Erase recipients: what is known of them is gone for good."""
    return press.remove(wire, actor, issuer, asked.addresses, everybody=asked.all)


@router.post("/issuers/{issuer}/recipients/enable")
def enable_recipients(
    wire: TheWire, actor: Caller, issuer: str, asked: Addresses
) -> dict[str, Any]:
    """Switch addresses on again that bounced."""
    return press.enable(wire, actor, issuer, asked.addresses)


@router.get("/issuers/{issuer}/groups")
def list_groups(wire: TheWire, actor: Caller, issuer: str) -> dict[str, Any]:
    """The groups of an issuer's press list."""
    return press.groups(wire, actor, issuer)


@router.put("/submissions/{ref}/groups")
def choose_groups(wire: TheWire, actor: Caller, ref: str, asked: Groups) -> dict[str, Any]:
    """Choose the groups that a release goes to, while it is not public."""
    return press.choose(wire, actor, ref, asked.groups)


@router.post("/bounces")
def read_bounces(wire: TheWire, actor: Caller, data: Body) -> dict[str, Any]:
    """Count the delivery reports of a message or a mailbox."""
    return bouncing.read(wire, actor, data)


@router.post("/mail/dkim")
def dkim(wire: TheWire, actor: Caller) -> dict[str, Any]:
    """The DNS record of the key that signs mail; the key is made if there is none."""
    return bouncing.dkim_record(wire, actor)
