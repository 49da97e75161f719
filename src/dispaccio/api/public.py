"""What anybody may ask: published releases, search, channels, the log's size."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from dispaccio.api import accept
from dispaccio.api.caller import TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.errors import MalformedRequest, NoSuchRelease
from dispaccio.formats import native
from dispaccio.release import subjects
from dispaccio.wire import organisations
from dispaccio.wire.public import Public

router = APIRouter(route_class=StrictRoute)
Before = Annotated[str | None, Query(max_length=20)]
Name = Annotated[str | None, Query(max_length=200)]
Version = Annotated[int | None, Query(ge=1, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]


def public_of(request: Request) -> Public:
    """The public's view of the wire."""
    view: Public = request.app.state.public
    return view


@router.get("/releases")
def list_releases(
    request: Request,
    before: Before = None,
    limit: Limit = 20,
    channel: Name = None,
    issuer: Name = None,
    q: Annotated[str | None, Query(max_length=500)] = None,
    subject: Name = None,
    archive: Annotated[Literal["only", "without"] | None, Query()] = None,
) -> dict[str, Any]:
    """Published releases, newest first; ``q`` searches; ``next`` is the cursor for ``before``.

    ``subject`` lists what is usable under it, such as ``medtop:04000000``. ``archive`` is ``only``
    for what came from an archive, by its own date, or ``without``; where it is not said, a list is
    without, and a search has all, the archive last.
    """
    view = public_of(request)
    cursor = _cursor(view, before) if before is not None else None
    if q and (channel or issuer):
        raise MalformedRequest("q: the search is over all releases; leave channel and issuer out.")
    if subject and not subjects.parse(subject):
        raise MalformedRequest("subject: write scheme and code, like medtop:04000000.")
    if subject and archive == "only":
        raise MalformedRequest("subject: what came from an archive is listed under none.")
    old = archive == "only" if archive else None
    if q:
        found = view.search(q, limit, cursor, subject or None, archive=old)
    elif old:
        found = view.archived(limit, cursor, channel, issuer, whole=True)
    else:
        found = view.latest(limit, cursor, channel, issuer, subject or None)
    return {
        "releases": [native.to_json(item.revision) for item in found],
        "next": found[-1].number if len(found) == limit else None,
    }


@router.get("/releases/{number}")
def get_release(request: Request, number: str, version: Version = None) -> Response:
    """One release in the format that ``Accept`` prefers; native JSON without it."""
    name = accept.preferred(request.headers.getlist("accept"))
    found = public_of(request).rendering(number, version, name)
    if found is None:
        raise NoSuchRelease
    etag = f'"{found.sha256[:32]}"'
    headers = {"etag": etag, "cache-control": "public, max-age=5", "vary": "accept"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(found.body, headers=headers, media_type=found.media_type)


@router.get("/subjects")
def list_subjects(request: Request, channel: Name = None) -> dict[str, Any]:
    """The Media Topics under which releases are listed, here or in a channel."""
    return {
        "subjects": [
            {
                "subject": subjects.write(subjects.SCHEME, code),
                "names": subjects.topics()[code].names,
                "parent": above and subjects.write(subjects.SCHEME, above),
            }
            for code in public_of(request).subjects(channel)
            for above in (subjects.parent(code),)
        ]
    }


@router.get("/channels")
def list_channels(wire: TheWire) -> dict[str, Any]:
    """The channels of this wire."""
    return {"channels": organisations.channels(wire)}


@router.get("/log")
def log(request: Request) -> dict[str, Any]:
    """The size of the log."""
    return {"size": public_of(request).log_size()}


def _cursor(view: Public, before: str) -> int:
    try:
        return view.ordinal(before)
    except NoSuchRelease:
        raise MalformedRequest("before: this is no number of this wire.") from None
