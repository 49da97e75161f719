"""JSON Feed 1.1 (jsonfeed.org): feeds of releases, read and written; 1.0 is read, too."""

from __future__ import annotations

import re

from dispaccio.formats.feeds.format import FeedFormat
from dispaccio.formats.json_feed import read
from dispaccio.formats.json_feed.write import MEDIA_TYPE, document, item, write

__all__ = ["MEDIA_TYPE", "document", "item", "json_feed", "write"]

_VERSION = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/')


def _recognises(data: bytes) -> bool:
    head = data[:65536].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and _VERSION.search(head) is not None


json_feed = FeedFormat(
    "json-feed",
    "JSON Feed",
    media_type=MEDIA_TYPE,
    suffixes=(".feed.json",),
    recognises=_recognises,
    read=read.read,
    write=write,
)
