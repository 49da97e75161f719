"""Atom (RFC 4287): feeds of releases, each entry whole, read and written."""

from __future__ import annotations

from dispaccio.formats.atom import read
from dispaccio.formats.atom.write import MEDIA_TYPE, TOMBSTONE, document, entry, write
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.feeds import sight
from dispaccio.formats.feeds.building import ATOM
from dispaccio.formats.feeds.entry import CHANNEL, LABEL, STATUS
from dispaccio.formats.feeds.feed import Archive, Feed, of_one
from dispaccio.formats.newscodes import GENRES as GENRE
from dispaccio.release.model import Reading, Revision

__all__ = [
    "ATOM",
    "CHANNEL",
    "GENRE",
    "LABEL",
    "MEDIA_TYPE",
    "STATUS",
    "TOMBSTONE",
    "Archive",
    "Feed",
    "atom",
    "document",
    "entry",
    "write",
]


def _recognises(data: bytes) -> bool:
    if sight.opens(data, "feed") or sight.opens(data, "entry"):
        head = data[:8192].replace(b"\x00", b"")
        return b"/Atom" in head or b"/atom/ns#" in head
    return False


class AtomFormat:
    """Atom, read and written."""

    name = "atom"
    version = PROTOCOL_VERSION
    about = About(
        title="Atom",
        media_types=(MEDIA_TYPE,),
        suffixes=(".atom.xml", ".atom"),
        reads=True,
        writes=True,
        lossless=False,
        twin=False,
        many=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The releases of a feed, or of an entry that stands alone; a tombstone is one, too.

        Raises MalformedDocument with the line, EmptyInput for a feed without entries, TooLarge.
        """
        return read.read(data, options)

    def write(self, revision: Revision) -> bytes:
        """The feed that holds this one release."""
        return write(of_one(revision), [revision])


atom = AtomFormat()
