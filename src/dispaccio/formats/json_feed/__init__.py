"""JSON Feed 1.1 (jsonfeed.org): feeds of releases, read and written; 1.0 is read, too."""

from __future__ import annotations

import re

from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.feeds.feed import of_one
from dispaccio.formats.json_feed import read
from dispaccio.formats.json_feed.write import MEDIA_TYPE, document, item, write
from dispaccio.release.model import Reading, Revision

__all__ = ["MEDIA_TYPE", "document", "item", "json_feed", "write"]

_VERSION = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/')


def _recognises(data: bytes) -> bool:
    head = data[:65536].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and _VERSION.search(head) is not None


class JsonFeedFormat:
    """JSON Feed, read and written."""

    name = "json-feed"
    version = PROTOCOL_VERSION
    about = About(
        title="JSON Feed",
        media_types=(MEDIA_TYPE,),
        suffixes=(".feed.json",),
        reads=True,
        writes=True,
        lossless=False,
        twin=False,
        many=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The releases of a feed. Raises MalformedDocument with the path, EmptyInput, TooLarge."""
        return read.read(data, options)

    def write(self, revision: Revision) -> bytes:
        """The feed that holds this one release."""
        return write(of_one(revision), [revision])


json_feed = JsonFeedFormat()
