"""The feeds: of everything and of each channel, what changed last first, and Atom's archive pages.

So a reader who comes back meets the correction or the withdrawal of an old release, too. The
archive is cut after every 50 public changes, counted from the first; each page holds the releases
whose last change is among its 50. A release that changes once more moves to a newer page, and that
alone changes a page. So whoever knows a page has missed nothing that lies behind it.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.delivery.carriers.websub import HUB
from dispaccio.formats.feeds.feed import NEVER, Archive, Feed
from dispaccio.formats.feeds.kinds import ATOM, KINDS, FeedKind
from dispaccio.site import addresses, answers
from dispaccio.site.pages import Reader
from dispaccio.store.organisations import Named
from dispaccio.wire.public import Public
from dispaccio.wire.shown import Entry

ENTRIES = 50
"""How many releases a page of a feed holds, and how many changes a page of the archive."""


def everything(public: Public, request: Request) -> Response:
    """``/atom.xml``, ``/rss.xml``, ``/feed.json``: every release of the wire."""
    kind = KINDS[request.url.path.removeprefix("/")]
    return _feed(public, request, _Stream(public), kind)


def archive(public: Public, request: Request) -> Response | None:
    """``/atom/<n>.xml``: a page of the archive of everything."""
    page = addresses.parse_archive(f"atom/{request.path_params['rest']}")
    return _archive(public, _Stream(public), page) if page else None


def of_channel(public: Public, request: Request, channel: Named, rest: str) -> Response | None:
    """``/c/<name>/atom.xml`` and the like: the releases of a channel; ``rest`` follows its name."""
    stream = _Stream(public, channel)
    if page := addresses.parse_archive(rest):
        return _archive(public, stream, page)
    return _feed(public, request, stream, KINDS[rest.removeprefix("/")])


class _Stream:
    """What a feed is of: the whole wire, or a channel."""

    def __init__(self, public: Public, channel: Named | None = None) -> None:
        self.title = f"{channel.title} – {public.name}" if channel else public.name
        self.page = f"{public.url}/c/{channel.name}/" if channel else f"{public.url}/"
        self.channel = channel.name if channel else None

    def archived(self, page: int) -> str:
        """The address of a page of the archive."""
        return f"{self.page}atom/{page}.xml"


def content(public: Public, topic: str) -> tuple[bytes, str] | None:
    """A feed as it is now, by its address, with its media type: what the hub distributes."""
    place, _, name = topic.removeprefix(f"{public.url}/").rpartition("/")
    named = place.removeprefix("c/")
    channel = next((known for known in public.channels() if known.name == named), None)
    if name not in KINDS or (place and channel is None):
        return None
    found = _current(public, _Stream(public, channel if place else None), KINDS[name])
    return bytes(found.body), KINDS[name].media_type


def _feed(public: Public, request: Request, stream: _Stream, kind: FeedKind) -> Response:
    return _current(public, stream, kind, Reader.of(request).before)


def _current(
    public: Public, stream: _Stream, kind: FeedKind, before: int | None = None
) -> Response:
    found = public.changed(kind, ENTRIES + 1, before, channel=stream.channel)
    shown = found[:ENTRIES]
    address = f"{stream.page}{kind.name}"
    hub = None if before else f"{public.url}{HUB}"
    pages = 0
    if kind is ATOM and before is None:
        pages = len(public.cuts(ENTRIES, stream.channel))
    feed = Feed(
        title=stream.title,
        url=address,
        page=stream.page,
        current=f"{address}?before={before}" if before else address,
        next=f"{address}?before={shown[-1].cursor}" if len(found) > ENTRIES else None,
        archived=stream.archived(pages) if pages else None,
        hub=hub,
    )
    answer = _answer(kind, feed, shown)
    if hub:
        answer.headers["link"] = f'<{hub}>; rel="hub", <{address}>; rel="self"'
    return answer


def _archive(public: Public, stream: _Stream, page: int) -> Response | None:
    """A page of the archive; the one that is not full yet leads to the feed, which has it all."""
    cuts = public.cuts(ENTRIES, stream.channel)
    kind = ATOM
    address = f"{stream.page}{kind.name}"
    if page == len(cuts) + 1:
        return answers.elsewhere(address.removeprefix(public.url))
    if page > len(cuts):
        return None
    since = cuts[page - 2] if page > 1 else 0
    found = public.changed(kind, ENTRIES, cuts[page - 1] + 1, channel=stream.channel)
    feed = Feed(
        title=stream.title,
        url=address,
        page=stream.page,
        current=stream.archived(page),
        archive=Archive(
            next=stream.archived(page + 1),
            previous=stream.archived(page - 1) if page > 1 else None,
        ),
    )
    return _answer(kind, feed, [entry for entry in found if entry.cursor > since])


def _answer(kind: FeedKind, feed: Feed, found: list[Entry]) -> Response:
    updated = max((entry.changed for entry in found), default=NEVER)
    body = kind.document(feed, updated, (entry.body for entry in found))
    return answers.document(body, kind.media_type)
