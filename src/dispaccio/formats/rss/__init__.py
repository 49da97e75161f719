"""RSS 2.0: feeds of releases, read and written; RSS 0.9x and 1.0 are read, too."""

from __future__ import annotations

from dispaccio.formats.feeds import sight
from dispaccio.formats.feeds.format import FeedFormat
from dispaccio.formats.rss import read
from dispaccio.formats.rss.write import MEDIA_TYPE, document, item, write

__all__ = ["MEDIA_TYPE", "document", "item", "rss", "write"]


def _recognises(data: bytes) -> bool:
    if sight.root_name(data) == "rss":
        return True
    return sight.opens(data, "RDF") and b"purl.org/rss/1.0/" in data[:8192]


rss = FeedFormat(
    "rss",
    "RSS",
    media_type=MEDIA_TYPE,
    suffixes=(".rss.xml", ".rss"),
    recognises=_recognises,
    read=read.read,
    write=write,
)
