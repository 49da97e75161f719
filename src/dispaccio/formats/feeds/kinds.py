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
    """A kind of feed: its file's name, its format, how an entry and the whole are written."""

    name: str
    format: str
    media_type: str
    entry: Callable[[Revision], bytes]
    document: Callable[[Feed, datetime, Iterable[bytes]], bytes]

    @property
    def kept(self) -> str:
        """The name under which an entry, the same in every feed, is kept as a rendering."""
        return f"{self.format}-entry"


ATOM = FeedKind("atom.xml", "atom", atom.MEDIA_TYPE, atom.entry, atom.document)
RSS = FeedKind("rss.xml", "rss", rss.MEDIA_TYPE, rss.item, rss.document)
JSON_FEED = FeedKind(
    "feed.json", "json-feed", json_feed.MEDIA_TYPE, json_feed.item, json_feed.document
)
KINDS = {kind.name: kind for kind in (ATOM, RSS, JSON_FEED)}
"""Every kind by its file's name."""
