"""The list of an issuer's releases for its own site: a page for a frame, and a feed for programs.

Of an issuer of which nothing is public there is nothing, whether this wire knows it or not.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.formats.feeds.feed import Feed, changed
from dispaccio.formats.feeds.kinds import JSON_FEED
from dispaccio.site import answers
from dispaccio.site.answers import answer
from dispaccio.site.pages import Reader, render
from dispaccio.wire.public import Public
from dispaccio.wire.shown import Shown

USUAL, MOST = 10, 50
"""How many releases are listed where nothing else is asked for, and at the most."""
THEMES = ("light", "dark")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *"
    ),
    "cross-origin-resource-policy": "cross-origin",
    "vary": "accept-language",
}
"""Of the list alone: any page may hold it in a frame."""
FEED = f"/{JSON_FEED.name}"
_REST = re.compile(
    rf"(?P<issuer>[a-z0-9][a-z0-9._-]{{0,63}})(?P<feed>{re.escape(FEED)})?", re.ASCII
)


def embed(public: Public, request: Request) -> Response | None:
    """``/embed/<issuer>`` with ``?limit=``, ``?theme=`` and ``?lang=``; ``…/feed.json``."""
    asked = _REST.fullmatch(request.path_params["rest"])
    if asked is None:
        return None
    limit = _limit(request.query_params.get("limit", ""))
    if asked["feed"]:
        return _feed(public, asked["issuer"], public.latest(limit, issuer=asked["issuer"]))
    found = public.latest(limit, issuer=asked["issuer"], whole=False)
    theme = request.query_params.get("theme", "")
    page = render(
        public,
        Reader.of(request),
        "embed.html",
        releases=found,
        issuer=_name(found),
        theme=theme if theme in THEMES else None,
    )
    return answer(
        page.encode(errors="replace"),
        "text/html; charset=utf-8",
        HEADERS,
        200 if found else 404,
    )


def _limit(asked: str) -> int:
    """How many are wanted, within bounds; the usual number for what is none."""
    return min(max(int(asked), 1), MOST) if re.fullmatch(r"[0-9]{1,4}", asked) else USUAL


def _name(found: list[Shown]) -> str:
    """What the issuer calls itself, as its newest release has it."""
    return next((one.revision.issuer.name for one in found if one.revision.issuer), "")


def _feed(public: Public, issuer: str, found: list[Shown]) -> Response | None:
    if not found:
        return None
    page = f"{public.url}/embed/{issuer}"
    address = f"{page}{FEED}"
    feed = Feed(f"{_name(found)} – {public.name}", address, page, address)
    revisions = [one.revision for one in found]
    body = JSON_FEED.document(feed, max(map(changed, revisions)), map(JSON_FEED.entry, revisions))
    return answers.document(body, JSON_FEED.media_type)
