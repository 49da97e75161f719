"""An item of NewsML-G2 as a reading; agencies' dialects are taken where possible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from dispaccio.anatomy import reader
from dispaccio.errors import EmptyInput, MalformedDocument
from dispaccio.formats import disclosed, items, merge, notes, times, xml
from dispaccio.formats import newscodes as codes
from dispaccio.formats.base import Options
from dispaccio.formats.newsml_g2 import bodies, disclosure, parts
from dispaccio.formats.newsml_g2.names import ITEMS, LANG, UNSTATED
from dispaccio.formats.newsml_g2.section import Context, Section
from dispaccio.formats.nitf import read as nitf_read
from dispaccio.release.model import (
    Dateline,
    Identifier,
    ItemKind,
    Media,
    Reading,
    Revision,
    WireMark,
)
from dispaccio.release.state import Status

NAME = "newsml-g2"
_CLASSES = {kind.value: kind for kind in ItemKind} | {
    "composite": ItemKind.PACKAGE,
    "photo": ItemKind.PICTURE,
    "animated": ItemKind.GRAPHIC,
    "": ItemKind.TEXT,
}
_KINDS = {
    "packageItem": ItemKind.PACKAGE,
    "planningItem": ItemKind.PLANNING,
    "conceptItem": ItemKind.CONCEPT,
    "knowledgeItem": ItemKind.CONCEPT,
    "catalogItem": ItemKind.OTHER,
}
_UNSAID = ("generator", "profile", "fileName", "contentModified", "icon", "title", "language")
"""Properties that say nothing about the release beyond what the others say."""
_NO_ID = "no identifier"
"""What the reader of NITF warns of, and an item does not need: it has one itself."""
_OWN_TEXTS = ("boilerplate", "legal", "disclaimer")


@dataclass(frozen=True, slots=True)
class Found:
    """An item, and the schemes that the message around it declares."""

    element: etree._Element
    schemes: Mapping[str, str]


def schemes(element: etree._Element | None) -> dict[str, str]:
    """The schemes that an element's own catalogs declare, by alias."""
    if element is None:
        return {}
    return {
        scheme.get("alias") or "": scheme.get("uri") or ""
        for catalog in xml.children(element, "catalog")
        for scheme in xml.children(catalog, "scheme")
    }


def warned(reading: Reading, warnings: tuple[str, ...]) -> Reading:
    """The reading with warnings before its own."""
    return replace(reading, warnings=(*warnings, *reading.warnings))


def read(found: Found, options: Options) -> Reading:
    """The reading of one item.

    An item that this product wrote comes back whole. Raises MalformedDocument with the path.
    """
    item = found.element
    name = xml.local(item)
    if name not in ITEMS:
        raise MalformedDocument(f"<{name[:40]}> is no item of NewsML-G2.", path=name[:40])
    told, warnings = disclosure.split(item)
    if told and told.intact:
        return Reading(NAME, told.revision)
    reading = _plain(item, found.schemes, options)
    if told:
        reading = disclosed.settle(reading, told)
    return warned(reading, warnings)


def _plain(item: etree._Element, around: Mapping[str, str], options: Options) -> Reading:
    """An item as any reader takes it, without a disclosure."""
    guid = (item.get("guid") or "").strip()
    if not guid:
        raise MalformedDocument("guid is missing.", path="guid")
    context = Context({**around, **schemes(item)}, item.get(LANG))
    root = Section.of(item, xml.local(item), context)
    meta = Section.of(root.first("itemMeta"), "itemMeta", context)
    about = Section.of(root.first("contentMeta"), "contentMeta", context)
    kind = _kind(item, meta)
    content = root.all("contentSet")
    text = bodies.choose(content, context) if kind is ItemKind.TEXT else None
    said = _said(item, guid, (root, meta, about), options.zone)
    if kind is not ItemKind.TEXT:
        for part in content:
            for inner in xml.children(part, "inlineXML", "inlineData"):
                context.left(f"contentSet/{xml.local(inner)}", "the item is no text")
        media = (*said.media, *bodies.media(content, context, one=True))
        said = replace(said, media=_described(media, said, about), headline=_title(said, root))
        _leave(root, meta, about)
        return items.not_text(NAME, kind, said, context.told())
    for _ in _captions(about):
        context.left("contentMeta/description", "the wire has no place for it")
    said = replace(said, media=(*said.media, *bodies.media(content, context)))
    title = said.headline or _elsewhere(text, meta)
    reading = _text(text, title, said, options, context)
    if text is None and said.status in (None, Status.USABLE):
        context.warnings.append("The item holds no text that was read.")
    whole = _joined(said, title, reading.revision, about)
    if whole.headline and not said.headline:
        context.warnings.append("The headline is empty; a title that stands elsewhere is it.")
    _leave(root, meta, about)
    return warned(replace(reading, revision=whole), context.told())


def _text(
    text: bodies.Text | None, title: str | None, said: Revision, options: Options, context: Context
) -> Reading:
    """What the running text says, and NITF's own properties where it is NITF."""
    if text and text.kind == "nitf":
        data = etree.tostring(_headed(text.element, title), with_tail=False)
        with suppress(EmptyInput):
            reading = nitf_read.read(data, Options(zone=options.zone))
            found = reading.revision
            for name in ("headline", "subhead", "author"):
                ours, theirs = getattr(said, name), getattr(found, name)
                if ours and theirs and ours != theirs:
                    context.left(f"The {name} of the NITF within", "the item states another")
            warnings = tuple(warning for warning in reading.warnings if _NO_ID not in warning)
            return replace(reading, format=NAME, item=ItemKind.TEXT, warnings=warnings)
        text = None
    given = Revision(embargo=said.embargo, language=said.language)
    return reader.read(bodies.document(text, title), NAME, options.zone, given)


def _headed(document: etree._Element, title: str | None) -> etree._Element:
    """NITF with the item's headline, if it has none: else its first line would be taken for one."""
    body = xml.first(document, "body")
    if body is None or not title or xml.text_of(xml.first(body, "body.head", "hedline")):
        return document
    space = document.tag.rpartition("}")[0]
    name = "{}}}{}".format if space else "{}{}".format
    head = xml.first(body, "body.head")
    if head is None:
        head = etree.Element(name(space, "body.head"))
        body.insert(0, head)
    line = etree.Element(name(space, "hedline"))
    etree.SubElement(line, name(space, "hl1")).text = title
    head.insert(0, line)
    return document


def _joined(said: Revision, title: str | None, shown: Revision, about: Section) -> Revision:
    """What the item's properties say, and what they are silent about from its text.

    The stricter status holds, the later embargo, and the label that says that somebody paid.
    """
    embargoes = [moment for moment in (said.embargo, shown.embargo) if moment]
    told = replace(
        said,
        headline=title or "",
        embargo=max(embargoes, default=None),
        status=max(said.status, shown.status, key=disclosed.STRICTER.index),
        media=merge.media(shown.media, said.media),
        label=merge.label(said.label, shown.label),
    )
    whole = merge.fill(told, shown)
    line = about.text("dateline")
    return whole if whole.dateline or not line else replace(whole, dateline=Dateline(text=line))


def _said(
    item: etree._Element,
    guid: str,
    sections: tuple[Section, Section, Section],
    zone: ZoneInfo | None,
) -> Revision:
    """What the properties of an item say, its content apart."""
    root, meta, about = sections
    context = about.context
    numbers = parts.identifiers(about)
    named = dict(reversed(numbers))
    own = (codes.NUMBER, codes.WIRE_NUMBER)
    others = tuple(Identifier(*pair) for pair in numbers if pair[0] not in own)
    people, topics, links = parts.parties(meta, about), parts.topics(about), parts.linked(meta)
    rights, terms = parts.rights(root.all("rightsInfo"), context)
    note = "\n".join(filter(None, map(context.block, meta.all("edNote")))) or None
    id_ = parts.uuid(guid)
    return replace(
        _of_the_issuer(about),
        media=links.media,
        id=id_,
        number=named.get(codes.NUMBER),
        version=_version(item, context),
        kind=parts.kind(meta),
        status=parts.status(meta),
        issuer=people.issuer,
        label=parts.label(about),
        wire=WireMark(people.wire, named.get(codes.WIRE_NUMBER)) if people.wire else None,
        channel=parts.channel(meta),
        first_created=_time(meta, "firstCreated", zone),
        version_created=_time(meta, "versionCreated", zone),
        embargo=_embargo(meta, note, zone),
        relates=links.relates,
        original_url=links.original,
        copyright=rights,
        hops=tuple(parts.hops(root.first("hopHistory"), zone, context)),
        identifiers=others if id_ else (Identifier("guid", guid), *others),
        links=links.links,
        category=topics.category,
        tags=topics.tags,
        created=parts.day_or_time(about.text("contentCreated"), "contentCreated", zone, context),
        author=people.author,
        slugline=about.text("slugline"),
        urgency=_urgency(about),
        editorial_note=note,
        subjects=topics.subjects,
        usage_terms=terms,
    )


def _of_the_issuer(about: Section) -> Revision:
    """The texts of an item that stand in properties, and the contacts."""
    headline, subhead = _headlines(about)
    texts = _texts(about)
    return Revision(
        headline=headline or "",
        subhead=subhead,
        place=_place(about),
        boilerplate="\n\n".join(texts["boilerplate"]) or None,
        legal=tuple(texts["legal"]),
        disclaimers=tuple(texts["disclaimer"]),
        contacts=parts.contacts(about),
        language=_language(about) or about.context.language,
    )


def _kind(item: etree._Element, meta: Section) -> ItemKind:
    """What an item is: by its root, a newsItem by its class, whatever the alias."""
    found = meta.first("itemClass")
    if kind := _KINDS.get(xml.local(item)):
        return kind
    return _CLASSES.get(meta.context.bare(found) if found is not None else "", ItemKind.OTHER)


def _headlines(about: Section) -> tuple[str | None, str | None]:
    """Headline and subhead, which a role tells apart."""
    told: dict[str, str] = {}
    for entry in about.all("headline"):
        role = "sub" if "sub" in about.context.role(entry) else "main"
        value = about.context.line(entry)
        if value and role in told:
            about.context.left(f"The headline {value[:60]!r}", "there is another before it")
        elif value:
            told[role] = value
    return told.get("main"), told.get("sub")


def _texts(about: Section) -> dict[str, list[str]]:
    """The descriptions that are texts of ours."""
    found: dict[str, list[str]] = {name: [] for name in _OWN_TEXTS}
    for entry in about.all("description"):
        role, value = about.context.role(entry), about.context.block(entry)
        if value and role in found:
            found[role].append(value)
    return found


def _embargo(meta: Section, note: str | None, zone: ZoneInfo | None) -> datetime | None:
    """The latest instant that the property or the note to the desk states: none is weakened."""
    warnings = meta.context.warnings
    stated = []
    for element in meta.all("embargoed"):
        said = meta.context.line(element)
        if moment := times.embargo(said or "", "itemMeta/embargoed", zone, warnings):
            stated.append(moment)
    if moment := notes.embargo(note, zone, warnings):
        stated.append(moment)
    return max(stated, default=None)


def _time(meta: Section, name: str, zone: ZoneInfo | None) -> datetime | None:
    warnings = meta.context.warnings
    moment = times.stated(meta.text(name), f"{meta.name}/{name}", zone, warnings)
    return None if moment == UNSTATED else moment


def _version(item: etree._Element, context: Context) -> int | None:
    said = (item.get("version") or "").strip()
    if not said:
        return None
    if said.isascii() and said.isdigit() and len(said) < 10:
        return int(said)
    context.left("version", f"{said[:40]!r} is no number")
    return None


def _urgency(about: Section) -> int | None:
    said = about.text("urgency")
    if said is None or re.fullmatch("[1-9]", said):
        return int(said) if said else None
    about.context.left("contentMeta/urgency", f"{said[:40]!r} is none of 1 to 9")
    return None


def _language(about: Section) -> str | None:
    found = about.all("language")
    return (found[0].get("tag") or "").strip() or None if found else None


def _place(about: Section) -> str | None:
    found = [name for entry in about.all("located") if (name := about.context.name(entry))]
    for other in found[1:]:
        about.context.left(f"located {other[:60]}", "there is another before it")
    return found[0] if found else None


def _elsewhere(text: bodies.Text | None, meta: Section) -> str | None:
    """A title that stands elsewhere than in the headline."""
    page = text.element if text and text.kind == "xhtml" else None
    inside = None if page is None else xml.first(page, "html", "head", "title")
    return meta.text("title") or meta.context.line(inside)


def _title(said: Revision, root: Section) -> str:
    """What an item that is no text is called: its headline, title, or its concept's name."""
    if said.headline:
        return said.headline
    meta = next(iter(root.all("itemMeta")), None)
    named = [None if meta is None else xml.first(meta, "title")]
    named += (xml.first(concept, "name") for concept in root.all("concept"))
    return next(filter(None, map(root.context.line, named)), "")


def _described(media: tuple[Media, ...], said: Revision, about: Section) -> tuple[Media, ...]:
    """The media of an item that is a picture or film, with what its properties say of them."""
    if len(media) != 1:
        return media
    captions = [text for text in map(about.context.block, _captions(about)) if text]
    credit = about.text("creditline") or said.author
    rights = said.usage_terms or (said.copyright.text if said.copyright else None)
    caption = "\n".join(captions) or None
    return (replace(media[0], caption=caption, credit=credit, rights=rights),)


def _captions(about: Section) -> list[etree._Element]:
    """The descriptions that are no texts of ours."""
    found = about.all("description")
    return [entry for entry in found if about.context.role(entry) not in _OWN_TEXTS]


def _leave(*sections: Section) -> None:
    """Name what nobody asked for."""
    context = sections[0].context
    if sections[0].all("partMeta"):
        context.left("partMeta", "what is said of a part alone is not read")
    for section in sections:
        section.asked.update(("catalogRef", "catalog", *_UNSAID))
    names = [name for section in sections for name in section.left()]
    if names:
        context.warnings.append(
            f"Left out, since the wire has no place for it: {', '.join(names)[:500]}."
        )
