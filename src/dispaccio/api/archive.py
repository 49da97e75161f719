"""Bringing in an archive, and the old addresses that lead to it: /archive."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from dispaccio import clock
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.api.caller import Caller, TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.api.submissions import Asked, Word
from dispaccio.errors import MalformedTime
from dispaccio.intake.submission import Wishes
from dispaccio.wire import archive, redirects
from dispaccio.wire.submit import Handed

router = APIRouter(route_class=StrictRoute)
MOST_REDIRECTS = 1_000


class Redirect(Asked):
    """An old path, and the number or id of the release to which it is to lead."""

    path: Annotated[str, Field(max_length=redirects.LONGEST + 500)]
    to: Annotated[str, Field(max_length=100)]


class Redirects(Asked):
    """Old paths with their releases."""

    redirects: Annotated[list[Redirect], Field(max_length=MOST_REDIRECTS)]


@router.post("/archive")
async def bring_in(  # noqa: PLR0913, PLR0917  # a parameter each of the call's query
    request: Request,
    wire: TheWire,
    actor: Caller,
    issuer: Word = None,
    channel: Word = None,
    zone: Word = None,
    format: Word = None,
    date: Word = None,
    dry_run: Annotated[bool, Query()] = False,
) -> dict[str, Any]:
    """Bring in the old releases of a document: public at once, delivered to nobody."""
    require(actor, Action.IMPORT_ARCHIVE)
    default = clock.zone_named(zone) if zone else None
    stated = _date(date, default or wire.settings.zone_info) if date else None
    wishes = Wishes(issuer=issuer, channel=channel, zone=default, format=format)
    handed = Handed(await request.body(), request.headers.get("content-type"), wishes)
    found = await run_in_threadpool(
        archive.bring_in, wire, actor, handed, date=stated, dry_run=dry_run
    )
    return {"items": [item.to_json() for item in found]}


@router.post("/archive/redirects")
def add_redirects(wire: TheWire, actor: Caller, asked: Redirects) -> dict[str, Any]:
    """Let old paths lead to releases; what became of each."""
    pairs = [(item.path, item.to) for item in asked.redirects]
    return {"redirects": redirects.add(wire, actor, pairs)}


def _date(text: str, zone: ZoneInfo) -> datetime:
    """An instant, or the beginning of a day in the zone."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return clock.parse(text, zone)
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
    except ValueError:
        raise MalformedTime(f"There is no day {text}.") from None
