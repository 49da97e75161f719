"""A channel: its releases, and its feed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.site import addresses, answers, feed
from dispaccio.site.home import PAGE, listing
from dispaccio.site.pages import Reader
from dispaccio.wire.public import Public


def channel(public: Public, request: Request) -> Response | None:
    """``/c/<name>/`` and the channel's feeds below it; without the slash, a redirect."""
    asked = addresses.parse_channel(request.path_params["rest"])
    if asked is None:
        return None
    name, rest = asked
    named = next((known for known in public.channels() if known.name == name), None)
    if named is None:
        return None
    if rest not in ("", "/"):
        return feed.of_channel(public, request, named, rest)
    reader = Reader.of(request)
    if not rest:
        return answers.moved(reader.to(f"/c/{name}/"))
    found = public.latest(
        PAGE + 1, reader.before, channel=name, subject=reader.subject, whole=False
    )
    return listing(public, reader, "channel.html", found, channel=named)
