"""The home page: what was published, newest first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.site import answers, facets
from dispaccio.site.pages import Reader, by_time, render
from dispaccio.store.organisations import Named
from dispaccio.wire.public import Public
from dispaccio.wire.shown import Shown

PAGE = 40
"""How many releases a page lists."""


def home(public: Public, request: Request) -> Response:
    """The newest releases by hour; ``?before=`` a number, or of one ``?subject=``."""
    reader = Reader.of(request)
    found = public.latest(PAGE + 1, reader.before, subject=reader.subject, whole=False)
    archive = bool(public.archived(1))
    return listing(
        public, reader, "home.html", found, channels=public.channels(), has_archive=archive
    )


def archive(public: Public, request: Request) -> Response:
    """``/archive``: what was brought in and not issued here, its own date newest first."""
    reader = Reader.of(request)
    found = public.archived(PAGE + 1, reader.before)
    return listing(public, reader, "archive.html", found)


def listing(
    public: Public,
    reader: Reader,
    template: str,
    found: list[Shown],
    channel: Named | None = None,
    **values: object,
) -> Response:
    """A page that lists releases; ``found`` holds one more than it shows, if there are more."""
    shown = found[:PAGE]
    return answers.page(
        render(
            public,
            reader,
            template,
            sections=by_time(shown),
            count=len(shown),
            older=shown[-1].ordinal if len(found) > PAGE else None,
            log_size=public.log_size(),
            channel=channel,
            subject=facets.named(reader.subject, reader.language),
            subjects=facets.offered(public, reader, channel.name if channel else None),
            **values,
        )
    )
