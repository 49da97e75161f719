"""The kinds of feed that a wire offers: how each is named, and how it is written piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from dispaccio.formats import atom, json_feed, rss
from dispaccio.formats.feeds.feed import Feed
from dispaccio.release.model import Revision


@dataclass(frozen=True, slots=True)
class FeedKind:
    """A kind of feed: its file's name, its media type, how an entry and the whole are written.

    ``kept`` is the name under which entries are kept beside a revision's renderings; an entry is
    the same in every feed of its kind.
    """

    name: str
    kept: str
    media_type: str
    entry: Callable[[Revision], bytes]
    document: Callable[[Feed, datetime, Iterable[bytes]], bytes]


ATOM = FeedKind("atom.xml", "atom-entry", atom.MEDIA_TYPE, atom.entry, atom.document)
RSS = FeedKind("rss.xml", "rss-item", rss.MEDIA_TYPE, rss.item, rss.document)
JSON_FEED = FeedKind(
    "feed.json", "json-feed-item", json_feed.MEDIA_TYPE, json_feed.item, json_feed.document
)
KINDS = {kind.name: kind for kind in (ATOM, RSS, JSON_FEED)}
"""Every kind by its file's name."""
