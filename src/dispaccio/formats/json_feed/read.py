"""Reading JSON Feed 1.0 and 1.1, ours and anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dispaccio.errors import MalformedDocument
from dispaccio.formats import items, strict, times
from dispaccio.formats import newscodes as codes
from dispaccio.formats.base import Options
from dispaccio.formats.codec import GREATEST
from dispaccio.formats.feeds import sight, topics
from dispaccio.formats.feeds.told import (
    File,
    Told,
    identity,
    is_whole,
    media,
    reading,
    rights,
)
from dispaccio.formats.html.ours import member
from dispaccio.formats.json_feed.write import EXTENSION
from dispaccio.formats.links import carried
from dispaccio.formats.merge import fill
from dispaccio.release.label import Label, LabelKind
from dispaccio.release.model import Party, Reading, Reason, Revision, WireMark
from dispaccio.release.state import Kind

NAME = "json-feed"
_NAMES = """
id url external_url title content_html content_text summary image banner_image date_published
date_modified author authors tags language attachments
"""
_READ = frozenset(_NAMES.split())


def read(data: bytes, options: Options) -> list[Reading]:
    """The releases of a feed; one that cannot be read is named in a warning of the first."""
    sight.refuse_page(data)
    sight.limit(max(data.count(b'"content_html"'), data.count(b'"content_text"')))
    document = strict.load_json(data)
    listed = document.get("items") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(listed, list):
        raise MalformedDocument("A JSON Feed is an object with a list of items.", path="items")
    sight.limit(len(listed))
    feed = _Item(document, "the feed")
    numbered = enumerate(listed)
    return items.read_each(
        numbered, lambda found: reading(NAME, _told(found[1], found[0], feed, options), options)
    )


class _Item:
    """An object of the feed, whose values are asked for with their types."""

    def __init__(self, document: Any, where: str) -> None:
        if not isinstance(document, dict):
            raise MalformedDocument(f"{where} should be an object.", path=where)
        self.document, self.where = document, where

    def text(self, name: str) -> str | None:
        """A text; None for one that is absent or empty. Raises MalformedDocument."""
        value = self.document.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            path = f"{self.where}.{name}"
            raise MalformedDocument(f"{path} should be a text.", path=path)
        return value.strip() or None

    def objects(self, name: str) -> Iterator[_Item]:
        """The objects of a list; what is none is left out."""
        value = self.document.get(name)
        for index, found in enumerate(value if isinstance(value, list) else ()):
            if isinstance(found, dict):
                yield _Item(found, f"{self.where}.{name}[{index}]")

    def object(self, name: str) -> _Item:
        """An object, empty where there is none."""
        value = self.document.get(name)
        return _Item(value if isinstance(value, dict) else {}, f"{self.where}.{name}")


def _told(document: Any, index: int, feed: _Item, options: Options) -> Told:
    where = f"items[{index}]"
    item = _Item(document, where)
    told = Told(where)
    ours = item.object(EXTENSION)
    html, plain, summary = (
        item.text("content_html"),
        item.text("content_text"),
        item.text("summary"),
    )
    told.text = html or plain
    told.plain = html is None and plain is not None
    told.summary = summary
    told.entitle(item.text("title"), plain=bool(ours.document))
    told.base = carried(item.text("url") or feed.text("home_page_url") or "") or ""
    if plain and html is None and not is_whole(plain) and item.document.get("external_url"):
        told.warnings.append("The text is short, and leads elsewhere: it may be a comment on it.")
    said = _said(item, feed, told, options)
    told.said = fill(_extension(ours, told, options), said) if ours.document else said
    if ours.document:
        told.said = replace(told.said, url=carried(item.text("url") or ""), author=None)
    left = sorted(name for name in item.document if name not in _READ and name != EXTENSION)
    if left:
        told.warnings.append(f"Left out of {where}: {', '.join(left)[:300]}.")
    return told


def _said(item: _Item, feed: _Item, told: Told, options: Options) -> Revision:
    """What the fields of the standard say."""
    authors = [*item.objects("authors"), item.object("author")]
    if not any(author.document for author in authors):
        authors = [*feed.objects("authors"), feed.object("author")]
    names = dict.fromkeys(name for author in authors if (name := author.text("name")))
    language = item.text("language") or feed.text("language")
    address = carried(item.text("external_url") or item.text("url") or "")
    published, modified = item.text("date_published"), item.text("date_modified")
    where = told.where
    about = topics.read(_categories(item), language, told.warnings)
    said = Revision(
        language=language,
        author=", ".join(names) or None,
        original_url=address,
        first_created=times.stated(
            published, f"{where}.date_published", options.zone, told.warnings
        ),
        version_created=times.stated(
            modified, f"{where}.date_modified", options.zone, told.warnings
        ),
        media=media(_files(item)),
    )
    return fill(fill(_identity(item, address), said), about)


def _identity(item: _Item, address: str | None) -> Revision:
    value = item.document.get("id")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value.strip():
        return identity(value.strip())
    if address:
        return identity(address)
    path = f"{item.where}.id"
    raise MalformedDocument(f"{path} is missing, and there is no url.", path=path)


def _files(item: _Item) -> Iterator[File]:
    for entry in item.objects("attachments"):
        size = entry.document.get("size_in_bytes")
        length = str(size) if type(size) is int and size > 0 else None
        yield File(entry.text("url"), entry.text("mime_type"), length, entry.text("title"))
    for name in ("image", "banner_image"):
        if href := item.text(name):
            yield File(href, "image")


def _extension(ours: _Item, told: Told, options: Options) -> Revision:
    """What our own object says; it goes before the fields of the standard."""
    label, issuer, reason = ours.object("label"), ours.object("issuer"), ours.object("reason")
    status, name, code = ours.text("pubStatus"), issuer.text("name"), reason.text("code")
    source, version = ours.text("source"), ours.document.get("version")
    known = codes.STATUSES.get(codes.bare(status)) if status else None
    if status and known is None:
        told.warnings.append(f"The status {status[:40]!r} is not known; it was left out.")
    return Revision(
        label=_label(label),
        status=known,
        kind=member(Kind, ours.text("kind")),
        reason=Reason(code, reason.text("text")) if code else None,
        issuer=Party(name, issuer.text("domain"), issuer.text("did")) if name else None,
        number=ours.text("number"),
        version=version if type(version) is int and 0 < version <= GREATEST else None,
        channel=ours.text("channel"),
        wire=WireMark(source) if source else None,
        embargo=times.embargo(
            ours.text("embargo") or ours.document.get("embargo"),
            f"{told.where}.{EXTENSION}.embargo",
            options.zone,
            told.warnings,
        ),
        copyright=rights(ours.text("rights")),
    )


def _categories(item: _Item) -> Iterator[topics.Category]:
    """Our own categories with their schemes, and the tags, without the label among ours."""
    ours = item.object(EXTENSION)
    for entry in ours.objects("categories"):
        if term := entry.text("term"):
            yield entry.text("scheme"), term, entry.text("name")
    label = ours.object("label").text("text")
    tags = item.document.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, str) and tag.strip() and tag != label:
            yield None, tag.strip(), None


def _label(label: _Item) -> Label | None:
    words = label.text("text")
    if not words:
        return None
    stated = label.document.get("commissioned")
    return Label(
        member(LabelKind, label.text("kind")),
        words,
        stated if isinstance(stated, bool) else None,
        paid_by=label.text("paid_by"),
        paid_to=label.text("paid_to"),
    )
