"""An item of ninjs 1.x, 2.x or 3.x as a reading; agencies' dialects are taken where possible."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dispaccio.anatomy import reader
from dispaccio.errors import MalformedDocument, TimeWithoutZone
from dispaccio.formats import charset, disclosed, items, merge, notes, times
from dispaccio.formats import newscodes as codes
from dispaccio.formats.base import Options
from dispaccio.formats.ninjs import bodies, dialect, disclosure, parts
from dispaccio.formats.ninjs.item import Item
from dispaccio.release.model import Copyright, Identifier, ItemKind, Reading, Revision
from dispaccio.release.state import Status

_KINDS = {kind.value: kind for kind in ItemKind} | {
    "composite": ItemKind.PACKAGE,
    "event": ItemKind.PLANNING,
}
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_UNSAID_NAMES = """
standard $standard profile representationtype mimetype charcount wordcount contentcreated title
"""
_UNSAID = _UNSAID_NAMES.split()
"""Fields that say nothing about the release beyond what the others say."""


def read(document: Any, options: Options) -> Reading:
    """The reading of one item.

    An item that this product wrote comes back whole. Raises MalformedDocument with the path,
    or an error of its embargo's time.
    """
    if not isinstance(document, dict):
        raise MalformedDocument("An item of ninjs is an object.")
    rest, told, warnings = disclosure.split(document)
    if told and told.intact:
        return Reading("ninjs", told.revision)
    rest, repaired = dialect.plain(rest)
    reading = _plain(Item.of(rest), options)
    if told:
        reading = disclosed.settle(reading, told)
    return replace(reading, warnings=(*warnings, *repaired, *reading.warnings))


def _plain(item: Item, options: Options) -> Reading:
    """An item as any reader takes it, without a disclosure."""
    kind = codes.bare(item.text("type") or "text")
    uri = item.text("uri", "guid")
    if not uri:
        raise MalformedDocument("uri is missing.", path="uri")
    item.get(*_UNSAID)
    found = parts.Found()
    told = _said(item, uri, options.zone, found)
    if kind != "text":
        return items.not_text(
            "ninjs", _KINDS.get(kind, ItemKind.OTHER), told, tuple(found.warnings)
        )
    chosen = bodies.choose(item)
    document = bodies.document(chosen.main, told.headline or None)
    told = replace(
        told,
        boilerplate="\n\n".join(chosen.of("boilerplate")) or None,
        legal=chosen.of("legal"),
        disclaimers=chosen.of("disclaimer"),
    )
    given = Revision(embargo=told.embargo, language=told.language)
    reading = reader.read(document, "ninjs", options.zone, given)
    text = reading.revision
    told = replace(told, embargo=None, media=merge.media(text.media, told.media))
    said = merge.fill(replace(told, label=merge.label(told.label, text.label)), text)
    left = (f"{path} was left out: the wire has no place for it." for path in item.left())
    warnings = (*found.warnings, *chosen.warnings, *left, *reading.warnings)
    return replace(reading, revision=said, warnings=warnings)


def _said(item: Item, uri: str, zone: ZoneInfo | None, found: parts.Found) -> Revision:
    """What the fields of an item say, its bodies apart."""
    headline, subhead = parts.headlines(item, found)
    numbers = list(parts.identifiers(item))
    named = dict(reversed(numbers))
    chain, topics = parts.chain(item, found), parts.topics(item)
    urn = _UUID.fullmatch(uri)
    own = () if urn else (Identifier("uri", uri),)
    note = item.text("ednote")
    return Revision(
        headline=charset.visible(headline or "").text,
        subhead=subhead,
        place=item.text("located"),
        contacts=parts.contacts(item),
        media=parts.media(item, found),
        language=item.text("language"),
        id=uri.lower() if urn else None,
        number=named.get(codes.NUMBER),
        version=_version(item, found),
        status=_status(item),
        issuer=chain.issuer,
        label=parts.label(item),
        wire=parts.wire_mark(chain.wire, named),
        first_created=_time(item, zone, found, "firstcreated"),
        version_created=_time(item, zone, found, "versioncreated"),
        embargo=_embargo(item, zone, note, found),
        relates=parts.relation(item),
        original_url=parts.address(item),
        copyright=_copyright(item),
        hops=chain.hops,
        identifiers=(*own, *parts.others(numbers)),
        links=parts.links(item),
        category=topics.category,
        tags=topics.tags,
        author=item.text("by", "byline"),
        slugline=item.text("slugline"),
        urgency=item.integer("urgency"),
        editorial_note=note,
        subjects=topics.subjects,
        usage_terms=item.text("usageterms"),
    )


def _embargo(
    item: Item, zone: ZoneInfo | None, note: str | None, found: parts.Found
) -> datetime | None:
    """The latest instant that a field or the note to the desk states: none is ever weakened."""
    stated = []
    for name in ("embargoeduntil", "embargoed"):
        if moment := item.instant(name, zone=zone):
            stated.append(moment)
        elif name in item.values:
            times.embargo("", item.at(name), zone, found.warnings)
    if told := notes.embargo(note, zone, found.warnings):
        stated.append(told)
    return max(stated, default=None)


def _time(item: Item, zone: ZoneInfo | None, found: parts.Found, name: str) -> datetime | None:
    try:
        return item.instant(name, zone=zone)
    except TimeWithoutZone:
        found.warnings.append(f"{item.at(name)} was left out: it states no zone, and none is set.")
        return None


def _status(item: Item) -> Status | None:
    stated = item.text("pubstatus")
    if stated is None:
        return None
    status = codes.STATUSES.get(codes.bare(stated))
    if status is None:
        known = ", ".join(Status)
        raise MalformedDocument(f"{item.at('pubstatus')} should be one of {known}, not {stated!r}.")
    return status


def _version(item: Item, found: parts.Found) -> int | None:
    _, value = item.get("version")
    if isinstance(value, str) and not value.strip().isdigit():
        found.warnings.append(f"{item.at('version')} was left out: {value[:40]!r} is no number.")
        return None
    return item.integer("version")


def _copyright(item: Item) -> Copyright | None:
    holder, notice = item.text("copyrightholder"), item.text("copyrightnotice")
    year = _YEAR.search(notice or "")
    said = notice or holder
    return Copyright(said, int(year[0]) if year else None, holder) if said else None
