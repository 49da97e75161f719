"""Atom (RFC 4287): feeds of releases, each entry whole, read and written."""

from __future__ import annotations

from dispaccio.formats.atom import read
from dispaccio.formats.atom.write import MEDIA_TYPE, TOMBSTONE, document, entry, write
from dispaccio.formats.feeds import sight
from dispaccio.formats.feeds.building import ATOM
from dispaccio.formats.feeds.entry import CHANNEL, LABEL, STATUS
from dispaccio.formats.feeds.feed import Archive, Feed
from dispaccio.formats.feeds.format import FeedFormat
from dispaccio.formats.newscodes import GENRES as GENRE

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


atom = FeedFormat(
    "atom",
    "Atom",
    media_type=MEDIA_TYPE,
    suffixes=(".atom.xml", ".atom"),
    recognises=_recognises,
    read=read.read,
    write=write,
)
