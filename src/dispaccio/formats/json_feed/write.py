"""Writing JSON Feed 1.1: feeds of releases, each item whole, with an extension object of ours."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from dispaccio.formats.feeds import entry as entries
from dispaccio.formats.feeds.feed import Feed, newest
from dispaccio.formats.links import carried
from dispaccio.formats.xml import clean
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import Label
from dispaccio.release.model import Party, Revision
from dispaccio.release.notice import as_held, for_everyone

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"
EXTENSION = "_dispaccio"
ABOUT = "urn:dispaccio:json-feed"
"""Where the extension is described: it is a name, since this software has no address of its own."""


def write(feed: Feed, revisions: Sequence[Revision]) -> bytes:
    """The feed of these revisions, in the order given. The same input gives the same bytes."""
    return document(feed, newest(revisions), map(item, revisions))


def document(feed: Feed, updated: datetime, pieces: Iterable[bytes]) -> bytes:
    """A feed of items that ``item`` wrote; JSON Feed has no place for ``updated``."""
    head = _present(
        {
            "version": VERSION,
            "title": feed.title,
            "home_page_url": _address(feed.page),
            "feed_url": _address(feed.current),
            "next_url": feed.next,
            "language": feed.language,
            "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else None,
        }
    )
    opening = _dumps(head)[:-1] + b',"items":[\n'
    return b"".join((opening, b",\n".join(pieces), b"\n]}\n"))


def item(revision: Revision) -> bytes:
    """A release as an item."""
    seen = as_held(for_everyone(revision))
    upstream = entries.upstream(seen)
    written = {
        "id": entries.identity(seen),
        "url": _address(seen.url),
        "external_url": carried(seen.original_url or ""),
        "title": entries.title(seen) or None,
        "content_html": str(entries.content(seen)),
        "date_published": _stamp(seen.first_created),
        "date_modified": _stamp(seen.version_created),
        "authors": [_present({"name": seen.issuer.name, "url": entries.site_of(seen)})]
        if seen.issuer
        else None,
        "tags": _tags(seen),
        "language": seen.language,
        "attachments": [
            _present({"url": href, "mime_type": kind, "title": media.name})
            | ({"size_in_bytes": media.size} if media.size else {})
            for href, kind, media in entries.enclosures(seen)
        ],
        EXTENSION: _extension(seen, upstream[0] if upstream else None),
    }
    return _dumps(_present(written))


def _extension(seen: Revision, source: str | None) -> dict[str, Any]:
    """What JSON Feed has no name for (section Extensions)."""
    return _present(
        {
            "about": ABOUT,
            "label": _label(seen.label) if seen.label else None,
            "pubStatus": seen.status and seen.status.value,
            "kind": seen.kind and seen.kind.value,
            "reason": _present({"code": seen.reason.code, "text": seen.reason.text})
            if seen.reason
            else None,
            "issuer": _issuer(seen.issuer) if seen.issuer else None,
            "number": seen.number,
            "version": seen.version,
            "channel": seen.channel,
            "source": source,
            "embargo": _stamp(seen.embargo),
            "rights": seen.copyright and seen.copyright.text,
            "categories": [
                _present({"scheme": scheme, "term": term, "name": words})
                for scheme, term, words in entries.categories(seen)
                if scheme
            ],
            "proof": entries.proof(seen) if seen.number else None,
        }
    )


def _label(label: Label) -> dict[str, Any]:
    return _present(
        {
            "kind": label.kind and label.kind.value,
            "text": label.text,
            "commissioned": label.commissioned,
            "paid_by": label.paid_by,
            "paid_to": label.paid_to,
        }
    )


def _issuer(issuer: Party) -> dict[str, Any]:
    return _present({"name": issuer.name, "domain": issuer.domain, "did": issuer.did})


def _tags(seen: Revision) -> list[str] | None:
    """The label first: JSON Feed has one list of words, and no schemes."""
    first = (seen.label.text,) if seen.label else ()
    return list(dict.fromkeys(clean(word) for word in (*first, *seen.tags))) or None


def _address(url: str | None) -> str | None:
    """An address that a schema of JSON Feed takes: one that is carried."""
    return carried(url or "")


def _stamp(moment: datetime | None) -> str | None:
    return write_instant(moment) if moment else None


def _present(said: dict[str, Any]) -> dict[str, Any]:
    clean_ = ((name, clean(v) if isinstance(v, str) else v) for name, v in said.items())
    return {name: value for name, value in clean_ if value not in (None, [], "")}


def _dumps(said: dict[str, Any]) -> bytes:
    written = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return written.encode()
