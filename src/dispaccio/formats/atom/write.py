"""Writing Atom (RFC 4287): feeds, archive pages (RFC 5005) and tombstones (RFC 6721).

An entry keeps its id through all revisions and its label in words and as categories. A withdrawal
is an ``at:deleted-entry`` and beside it an updated entry with the notice, because many readers
ignore the former.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lxml import etree

from dispaccio.formats import xml
from dispaccio.formats.feeds import entry as entries
from dispaccio.formats.feeds.building import ATOM, LANG, add, link, piece, set_all, sized, whole
from dispaccio.formats.feeds.feed import GENERATOR, Feed, changed, newest
from dispaccio.formats.feeds.sight import MRSS, PRISM
from dispaccio.formats.links import carried
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Revision
from dispaccio.release.notice import as_held, for_everyone
from dispaccio.release.state import Status

MEDIA_TYPE = "application/atom+xml"
TOMBSTONE = "http://purl.org/atompub/tombstones/1.0"
HISTORY = "http://purl.org/syndication/history/1.0"
DC = "http://purl.org/dc/elements/1.1/"
_NAMESPACES = {None: ATOM, "at": TOMBSTONE, "dc": DC, "fh": HISTORY, "media": MRSS, "prism": PRISM}


def write(feed: Feed, revisions: Sequence[Revision]) -> bytes:
    """The feed of these revisions, in the order given. The same input gives the same bytes."""
    return document(feed, newest(revisions), map(entry, revisions))


def document(feed: Feed, updated: datetime, pieces: Iterable[bytes]) -> bytes:
    """A feed of entries that ``entry`` wrote; ``updated`` is when the newest was changed."""
    root = _root()
    set_all(root, {LANG: feed.language})
    _add(root, "id", feed.url)
    _add(root, "title", feed.title)
    _add(root, "updated", write_instant(updated))
    author = etree.SubElement(root, _name("author"))
    _add(author, "name", feed.title)
    link(root, "self", feed.current, type=MEDIA_TYPE)
    link(root, "alternate", feed.page, type="text/html")
    if feed.hub:
        link(root, "hub", feed.hub)
    if feed.next:
        link(root, "next", feed.next, type=MEDIA_TYPE)
    if feed.archived:
        link(root, "prev-archive", feed.archived, type=MEDIA_TYPE)
    if feed.archive:
        etree.SubElement(root, f"{{{HISTORY}}}archive")
        link(root, "current", feed.url, type=MEDIA_TYPE)
        link(root, "next-archive", feed.archive.next, type=MEDIA_TYPE)
        if feed.archive.previous:
            link(root, "prev-archive", feed.archive.previous, type=MEDIA_TYPE)
    _add(root, "generator", GENERATOR)
    return whole(root, root, pieces)


def entry(revision: Revision) -> bytes:
    """A release as an entry, with its tombstone before it if it was withdrawn."""
    root = _root()
    seen = as_held(for_everyone(revision))
    written = piece(_entry(seen), root)
    if seen.status is Status.CANCELED:
        return piece(_deleted(seen), root) + b"\n" + written
    return written


def _entry(seen: Revision) -> etree._Element:
    made = etree.Element(_name("entry"))
    set_all(made, {LANG: seen.language})
    updated = changed(seen)
    add(made, _name("id"), entries.identity(seen))
    etree.SubElement(made, _name("title")).text = xml.clean(entries.title(seen))
    _add(made, "updated", write_instant(updated))
    if seen.first_created:
        _add(made, "published", write_instant(seen.first_created))
    if seen.issuer:
        author = etree.SubElement(made, _name("author"))
        _add(author, "name", seen.issuer.name)
        _add(author, "uri", entries.site_of(seen))
    if seen.url:
        link(made, "alternate", seen.url, type="text/html", hreflang=seen.language)
    if original := carried(seen.original_url or ""):
        upstream = entries.upstream(seen)
        link(made, "via", original, title=upstream[0] if upstream else None)
    for href, kind, media in entries.enclosures(seen):
        size = str(media.size) if media.size else None
        link(made, "enclosure", href, type=kind, length=size, title=media.name)
    if seen.copyright:
        _add(made, "rights", seen.copyright.text)
    for scheme, term, words in entries.categories(seen):
        category = etree.SubElement(made, _name("category"))
        set_all(category, {"scheme": scheme, "term": term, "label": words})
    add(made, f"{{{DC}}}identifier", seen.number)
    if seen.embargo:
        add(made, f"{{{PRISM}}}embargoDate", write_instant(seen.embargo))
    _add(made, "content", entries.content(seen), type="html")
    for href, kind, media in entries.enclosures(seen):
        sized(made, href, kind, media)  # behind the text: some look for content in any namespace
    return made


def _deleted(seen: Revision) -> etree._Element:
    """The tombstone of a withdrawn release (RFC 6721 section 3)."""
    tombstone = etree.Element(f"{{{TOMBSTONE}}}deleted-entry")
    tombstone.set("ref", entries.identity(seen))
    tombstone.set("when", write_instant(changed(seen)))
    if seen.reason:
        add(tombstone, f"{{{TOMBSTONE}}}comment", seen.reason.text or seen.reason.code)
    return tombstone


def _add(parent: etree._Element, name: str, text: str | None, **attributes: str) -> None:
    add(parent, _name(name), text, **attributes)


def _name(local: str) -> str:
    return f"{{{ATOM}}}{local}"


def _root() -> etree._Element:
    return etree.Element(_name("feed"), nsmap=_NAMESPACES)
