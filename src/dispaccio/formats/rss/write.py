"""Writing RSS 2.0: feeds of releases, each item whole.

``guid`` keeps through all revisions, ``pubDate`` is the first publication, ``atom:updated`` that of
the present revision. The text is ``content:encoded``; there is no ``description``, because the
label would be missing in an excerpt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from dispaccio.formats import xml
from dispaccio.formats.feeds import entry as entries
from dispaccio.formats.feeds.building import ATOM, add, link, piece, set_all, sized, whole
from dispaccio.formats.feeds.feed import GENERATOR, NEVER, Feed, newest
from dispaccio.formats.feeds.sight import MRSS, PRISM
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Revision
from dispaccio.release.notice import as_held, for_everyone

MEDIA_TYPE = "application/rss+xml"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
_NAMESPACES = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MRSS, "prism": PRISM}


def write(feed: Feed, revisions: Sequence[Revision]) -> bytes:
    """The feed of these revisions, in the order given. The same input gives the same bytes."""
    return document(feed, newest(revisions), map(item, revisions))


def document(feed: Feed, updated: datetime, pieces: Iterable[bytes]) -> bytes:
    """A feed of items that ``item`` wrote; ``updated`` is when the newest was changed."""
    root = _root()
    channel = etree.SubElement(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.page)
    add(channel, "description", feed.title)
    add(channel, "language", feed.language)
    if updated != NEVER:
        add(channel, "lastBuildDate", _date(updated))
    add(channel, "generator", GENERATOR)
    link(channel, "self", feed.current, type=MEDIA_TYPE)
    if feed.hub:
        link(channel, "hub", feed.hub)
    if feed.next:
        link(channel, "next", feed.next, type=MEDIA_TYPE)
    return whole(root, channel, pieces)


def item(revision: Revision) -> bytes:
    """A release as an item."""
    seen = as_held(for_everyone(revision))
    made = etree.Element("item")
    etree.SubElement(made, "title").text = xml.clean(entries.title(seen))
    add(made, "link", seen.url)
    add(made, "guid", entries.identity(seen), isPermaLink="false")
    if seen.first_created:
        add(made, "pubDate", _date(seen.first_created))
    if seen.version_created:
        add(made, f"{{{ATOM}}}updated", write_instant(seen.version_created))
    if seen.issuer:
        add(made, f"{{{DC}}}creator", seen.issuer.name)
    if upstream := entries.upstream(seen):
        add(made, "source", upstream[0], url=upstream[1])
    elif seen.original_url:
        link(made, "via", seen.original_url)
    for scheme, term, _ in entries.categories(seen):
        add(made, "category", term, domain=scheme)
    _enclosures(made, seen)
    add(made, f"{{{DC}}}language", seen.language)
    add(made, f"{{{DC}}}identifier", seen.number)
    add(made, f"{{{DC}}}rights", seen.copyright.text if seen.copyright else None)
    if seen.embargo:
        add(made, f"{{{PRISM}}}embargoDate", write_instant(seen.embargo))
    text = etree.SubElement(made, f"{{{CONTENT}}}encoded")
    text.text = xml.clean(entries.content(seen))
    return piece(made, _root())


def _enclosures(made: etree._Element, seen: Revision) -> None:
    """The first file as an enclosure, of which there is one; every file as an ``atom:link``."""
    for index, (href, kind, media) in enumerate(entries.enclosures(seen)):
        size = str(media.size or 0)
        if index == 0:
            one = etree.SubElement(made, "enclosure")
            set_all(one, {"url": href, "length": size, "type": kind})
        else:
            link(made, "enclosure", href, type=kind, length=size, title=media.name)
        sized(made, href, kind, media)


def _date(moment: datetime) -> str:
    """An instant as RSS writes it (RFC 822 with a year of four digits), in UTC."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _root() -> etree._Element:
    return etree.Element("rss", nsmap=_NAMESPACES, version="2.0")
