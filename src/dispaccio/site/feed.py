"""The Atom feeds: of everything, and of each channel, what changed last first.

So a reader who comes back meets the correction or the withdrawal of an old release, too.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.formats import atom
from dispaccio.site import answers
from dispaccio.site.pages import Reader
from dispaccio.store.organisations import Named
from dispaccio.wire.public import Public

ENTRIES = 50
"""How many releases a page of a feed holds."""


def everything(public: Public, request: Request) -> Response:
    """``/atom.xml``: every release of the wire."""
    return _feed(public, request, public.name, "/", None)


def of_channel(public: Public, request: Request, channel: Named) -> Response:
    """``/c/<name>/atom.xml``: the releases of a channel."""
    title = f"{channel.title} – {public.name}"
    return _feed(public, request, title, f"/c/{channel.name}/", channel.name)


def _feed(public: Public, request: Request, title: str, path: str, channel: str | None) -> Response:
    before = Reader.of(request).before
    found = public.changed(ENTRIES + 1, before, channel=channel)
    shown = found[:ENTRIES]
    address = f"{public.url}{path}atom.xml"
    feed = atom.Feed(
        title=title,
        url=address,
        page=f"{public.url}{path}",
        current=f"{address}?before={before}" if before else address,
        next=f"{address}?before={shown[-1][0]}" if len(found) > ENTRIES else None,
    )
    body = atom.write(feed, [item.revision for _, item in shown])
    return answers.document(body, atom.MEDIA_TYPE)
