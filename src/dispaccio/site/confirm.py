"""Confirming a mail address: a page with a button, to which one mail links.

Reading the page changes nothing, since programs that check links read every page.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.site.answers import answer
from dispaccio.site.leave import HEADERS
from dispaccio.site.pages import Reader, render
from dispaccio.wire.public import Public


def confirm(public: Public, request: Request) -> Response | None:
    """The page (GET), or confirming (POST); None for a token that is none of ours."""
    token = request.path_params["token"]
    found = public.confirm(token) if request.method == "POST" else public.confirming(token)
    if found is None:
        return None
    reader = Reader.of(request)
    page = render(public, reader, "confirm.html", confirming=found, token=token)
    return answer(page.encode(errors="replace"), "text/html; charset=utf-8", HEADERS)
