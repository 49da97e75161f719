"""What is a wire's own: its pages about itself, its logo, the sheet of its colours."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.site import answers
from dispaccio.site.pages import Reader, render
from dispaccio.wire.looks import KINDS, OWN_TEXT, Looks, Served
from dispaccio.wire.public import Public

PATHS = tuple(f"/{kind}" for kind in KINDS)
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""The policy of a logo: it may style itself; opened by itself, it can do nothing else."""


def page(public: Public, request: Request) -> Response | None:
    """``/imprint``, ``/privacy``, ``/accessibility``: the wire's own text, else what we say.

    None for an imprint that nobody wrote.
    """
    kind = request.url.path.removeprefix("/")
    reader = Reader.of(request)
    own = public.looks.page(kind, reader.language)
    if own is None and kind in OWN_TEXT:
        return None
    return answers.page(render(public, reader, "own.html", kind=kind, own=own))


def files(looks: Looks) -> list[Served]:
    """The files of the wire's own."""
    return [served for served in (looks.logo, looks.sheet) if served]


def file(served: Served, _: Request) -> Response:
    """One of them."""
    answer = answers.fixed(served.body, served.media_type)
    if served.media_type.startswith("image/"):
        answer.headers["content-security-policy"] = _ALONE
    return answer
