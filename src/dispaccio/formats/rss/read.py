"""Reading RSS 2.0, 0.9x and 1.0, ours and anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from dispaccio.errors import MalformedDocument
from dispaccio.formats import items, times, xml
from dispaccio.formats.base import Options
from dispaccio.formats.feeds import sight, topics
from dispaccio.formats.feeds.entry import OURS
from dispaccio.formats.feeds.feed import GENERATOR
from dispaccio.formats.feeds.fields import LANG, Fields
from dispaccio.formats.feeds.told import (
    File,
    Told,
    identity,
    is_whole,
    media,
    pictured,
    reading,
    rights,
)
from dispaccio.formats.links import carried
from dispaccio.formats.merge import fill
from dispaccio.release.model import Link, Party, Reading, Revision, WireMark

NAME = "rss"


def read(data: bytes, options: Options) -> list[Reading]:
    """The releases of a feed; one that cannot be read is named in a warning of the first."""
    parsed = sight.parse(data, options.charset, b"item")
    root = parsed.root
    channel = xml.first(root, "channel")
    if xml.local(root) not in ("rss", "RDF") or channel is None:
        raise MalformedDocument(f"This is no RSS: its root is <{xml.local(root)}>.")
    listed = list(xml.children(channel, "item")) or list(xml.children(root, "item"))
    sight.limit(len(listed))
    around = _Channel(channel, options)

    def one(found: tuple[int, etree._Element]) -> Reading:
        index, item = found
        try:
            return reading(NAME, _told(Fields(item, f"Item {index}"), around, options), options)
        finally:
            item.clear()

    readings = items.read_each(enumerate(listed, start=1), one)
    first = readings[0]
    return [replace(first, warnings=(*parsed.warnings, *first.warnings)), *readings[1:]]


class _Channel:
    """What the channel says for all its items."""

    def __init__(self, channel: etree._Element, options: Options) -> None:
        told = Fields(channel, "the channel")
        self.language = told.text("language", "dc:language") or channel.get(LANG)
        self.copyright = told.text("copyright", "dc:rights")
        self.base = carried(told.text("link") or "") or ""
        self.ours = told.text("generator") == GENERATOR


def _told(item: Fields, channel: _Channel, options: Options) -> Told:
    told = Told(item.where)
    whole, description = item.raw("content:encoded", "xhtml:body"), item.raw("description")
    told.text, told.summary = whole, description
    others = len(item.all("content:encoded", "xhtml:body")) - 1
    if others > 0:
        told.warnings.append(
            f"{others} more text(s) of {item.where} were left out: the longest counts."
        )
    if whole is None and description and is_whole(description):
        told.text, told.summary = description, None
    ours = f'class="{OURS}"' in (whole or "") and channel.ours
    told.entitle(item.raw("title", "dc:title"), plain=ours)
    told.said = _said(item, channel, told, options, ours=ours)
    told.base = told.said.original_url or channel.base
    told.warnings += item.left_out()
    return told


def _said(item: Fields, channel: _Channel, told: Told, options: Options, *, ours: bool) -> Revision:
    """What the fields of an item say."""
    where, zone = item.where, options.zone
    address = carried(item.text("link") or "")
    via = {rel: href for rel, href, _ in _links(item) if rel in ("via", "alternate")}
    author = item.text("dc:creator", "author", "atom:author")
    language = item.text("dc:language") or item.element.get(LANG) or channel.language
    source = item.first("source")
    number = item.text("dc:identifier")
    upstream = carried(source.get("url", "")) if source is not None else None
    name = xml.text_of(source)
    said = Revision(
        language=language,
        author=None if ours else author,
        issuer=Party(author) if ours and author else None,
        number=number if ours else None,
        url=address if ours else None,
        original_url=(upstream if ours else None)
        or via.get("via")
        or address
        or via.get("alternate"),
        wire=WireMark(name) if name else None,
        links=(Link(upstream, name, "channel"),) if upstream and not ours else (),
        first_created=times.stated(
            item.text("pubDate", "dc:date"), f"{where}, pubDate", zone, told.warnings
        ),
        version_created=times.stated(
            item.text("atom:updated", "dc:modified"), f"{where}, updated", zone, told.warnings
        ),
        embargo=times.embargo(
            item.stated("prism:embargoDate", "embargoDate", "embargo"), where, zone, told.warnings
        ),
        copyright=rights(item.text("dc:rights", "copyright") or channel.copyright),
        media=media(_files(item)),
    )
    about = topics.read(_categories(item), language, told.warnings)
    named = identity_of(item.text("guid"), address, told)
    if number and not ours:
        named = replace(named, identifiers=(*named.identifiers, *identity(number).identifiers))
    return fill(fill(named, said), about)


def identity_of(id: str | None, address: str | None, told: Told) -> Revision:
    """Who an entry is: its id, else its address with a warning. Raises MalformedDocument."""
    if id:
        return identity(id)
    if not address:
        raise MalformedDocument(f"{told.where} has no id and no address: it cannot be known again.")
    told.warnings.append(f"{told.where} has no id; its address was taken for one.")
    return identity(address)


def _categories(item: Fields) -> Iterator[topics.Category]:
    for found in item.all("category", "dc:subject"):
        if term := xml.text_of(found):
            yield found.get("domain") or None, term, None


def _links(item: Fields) -> Iterator[tuple[str, str, etree._Element]]:
    for link in item.all("atom:link"):
        if href := carried(link.get("href", "")):
            yield link.get("rel") or "alternate", href, link


def _files(item: Fields) -> Iterator[File]:
    """The enclosures, those of Media RSS too, which may stand in groups."""
    for found in item.all("enclosure"):
        yield File(found.get("url"), found.get("type"), found.get("length"))
    for rel, href, link in _links(item):
        if rel == "enclosure":
            yield File(href, link.get("type"), link.get("length"), link.get("title"))
    groups = item.all("media:group")
    inside = [child for group in groups for child in xml.children(group, "content")]
    for found in (*item.all("media:content"), *inside):
        yield pictured(found)
    for found in item.all("media:thumbnail"):
        yield File(found.get("url"), "image")
