"""Unsubscribing from mail: a page with a button, and the one click of mail programs (RFC 8058).

Reading the page changes nothing, since programs that check links read every page. Whoever knows
the token may press the button; it stands in the mail and nowhere else.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.site.answers import answer
from dispaccio.site.pages import Reader, render
from dispaccio.wire.public import Public

HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def leave(public: Public, request: Request) -> Response | None:
    """The page (GET), or unsubscribing (POST); None for a token that is none of ours."""
    token = request.path_params["token"]
    found = public.leave(token) if request.method == "POST" else public.leaving(token)
    if found is None:
        return None
    reader = Reader.of(request)
    page = render(public, reader, "leave.html", leaving=found, token=token)
    return answer(page.encode(errors="replace"), "text/html; charset=utf-8", HEADERS)
