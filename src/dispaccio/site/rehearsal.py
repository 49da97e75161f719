"""The documents of rehearsals: what the addresses in a test payload lead to."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.formats.registry import by_name
from dispaccio.site import addresses, answers
from dispaccio.wire import rehearsal
from dispaccio.wire.public import Public

PATH = "/rehearsal/{rest:path}"
_ADDRESS = re.compile(
    r"(?P<story>[a-z]{1,20})/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"(?:/v(?P<version>[1-9])(?P<suffix>(?:\.[a-z]{1,10}){1,2}))?",
    re.ASCII,
)


def document(public: Public, request: Request) -> Response | None:
    """``/rehearsal/<story>/<id>/v<n>.<suffix>``: a document that says TEST, and is no release."""
    found = _ADDRESS.fullmatch(request.path_params["rest"])
    if found is None:
        return None
    name = addresses.twins().get(found["suffix"] or ".html")
    version = int(found["version"] or 1)
    said = rehearsal.document(public.name, public.url, found["story"], found["id"], version)
    if name is None or said is None:
        return None
    body = by_name(name).write(said)
    answer = answers.document(body, by_name(name).about.media_types[0])
    answer.headers["x-robots-tag"] = "noindex"
    answer.headers["cache-control"] = "no-store"
    return answer
