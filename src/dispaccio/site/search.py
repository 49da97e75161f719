"""Search over what is published."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.site.home import PAGE, listing
from dispaccio.site.pages import Reader
from dispaccio.wire.public import Public


def search(public: Public, request: Request) -> Response:
    """Releases that hold every word of ``?q=``, newest first; without words, the empty form."""
    reader = Reader.of(request)
    words = reader.words
    found = (
        public.search(words, PAGE + 1, reader.before, reader.subject, whole=False) if words else []
    )
    return listing(public, reader, "search.html", found)
