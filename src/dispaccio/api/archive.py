"""Bringing in an archive, and the old addresses that lead to it: /archive."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from dispaccio import clock
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.api.abandonable import abandonable
from dispaccio.api.caller import Caller, TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.api.submissions import Asked, Word
from dispaccio.errors import DispaccioError, InternalError, MalformedRequest, MalformedTime
from dispaccio.intake.archive import instant_of
from dispaccio.intake.submission import Wishes
from dispaccio.wire import archive, redirects
from dispaccio.wire.brought import Told, said

router = APIRouter(route_class=StrictRoute)
MOST_REDIRECTS = 1_000


class Redirect(Asked):
    """An old path, and the number or id of the release to which it is to lead."""

    path: Annotated[str, Field(max_length=redirects.LONGEST + 500)]
    to: Annotated[str, Field(max_length=100)]


class Redirects(Asked):
    """Old paths with their releases."""

    redirects: Annotated[list[Redirect], Field(max_length=MOST_REDIRECTS)]


@router.post("/archive", response_class=StreamingResponse)
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
    sizes: Annotated[str | None, Query(pattern=r"^\d{1,9}(,\d{1,9})*$", max_length=1_000)] = None,
) -> StreamingResponse:
    """Bring in the old releases of documents: public at once, delivered to nobody.

    ``sizes`` are the bytes of each, where the body holds several, one behind the other. The answer
    is a line of JSON for every few items, sent when they are kept; one that is an error and names
    no document says why the rest did not come in.
    """
    require(actor, Action.IMPORT_ARCHIVE)
    default = clock.zone_named(zone) if zone else None
    news = await run_in_threadpool(
        archive.bring_in,
        wire,
        actor,
        _cut(await request.body(), sizes),
        Wishes(issuer=issuer, channel=channel, zone=default, format=format),
        media_type=request.headers.get("content-type"),
        date=_date(date, default or wire.settings.zone_info) if date else None,
        dry_run=dry_run,
    )
    return StreamingResponse(_lines(news), media_type="application/x-ndjson")


def _cut(body: bytes, sizes: str | None) -> list[bytes]:
    """The documents of a body. Raises MalformedRequest where they are not the whole of it."""
    if sizes is None:
        return [body]
    ends = list(accumulate(map(int, sizes.split(","))))
    if ends[-1] != len(body):
        raise MalformedRequest(f"sizes: they make {ends[-1]:,} bytes, and {len(body):,} came.")
    return [body[start:end] for start, end in pairwise([0, *ends])]


async def _lines(news: Iterator[list[Told]]) -> AsyncIterator[bytes]:
    """The news as lines. Who goes away waits for no step of it, and no further one is begun."""
    try:
        while some := await abandonable(lambda: next(news, None)):
            yield b"".join(_line(told.to_json()) for told in some)
    except DispaccioError as error:
        yield _line({"error": said(error)})
    except Exception:
        yield _line({"error": said(InternalError())})
        raise


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode() + b"\n"


@router.post("/archive/redirects")
def add_redirects(wire: TheWire, actor: Caller, asked: Redirects) -> dict[str, Any]:
    """Let old paths lead to releases; what became of each."""
    pairs = [(item.path, item.to) for item in asked.redirects]
    return {"redirects": redirects.add(wire, actor, pairs)}


def _date(text: str, zone: ZoneInfo) -> datetime:
    """An instant, in the zone where it states none, or a day."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return clock.parse(text, zone)
    try:
        return instant_of(date.fromisoformat(text))
    except ValueError:
        raise MalformedTime(f"There is no day {text}.") from None
