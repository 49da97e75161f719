"""RSS 2.0: feeds of releases, read and written; RSS 0.9x and 1.0 are read, too."""

from __future__ import annotations

from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.feeds import sight
from dispaccio.formats.feeds.feed import of_one
from dispaccio.formats.rss import read
from dispaccio.formats.rss.write import MEDIA_TYPE, document, item, write
from dispaccio.release.model import Reading, Revision

__all__ = ["MEDIA_TYPE", "document", "item", "rss", "write"]


def _recognises(data: bytes) -> bool:
    if sight.root_name(data) == "rss":
        return True
    return sight.opens(data, "RDF") and b"purl.org/rss/1.0/" in data[:8192]


class RssFormat:
    """RSS, read and written."""

    name = "rss"
    version = PROTOCOL_VERSION
    about = About(
        title="RSS",
        media_types=(MEDIA_TYPE,),
        suffixes=(".rss.xml", ".rss"),
        reads=True,
        writes=True,
        lossless=False,
        twin=False,
        many=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The releases of a feed. Raises MalformedDocument with the line, EmptyInput, TooLarge."""
        return read.read(data, options)

    def write(self, revision: Revision) -> bytes:
        """The feed that holds this one release, as RSS 2.0."""
        return write(of_one(revision), [revision])


rss = RssFormat()
