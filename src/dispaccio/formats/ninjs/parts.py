"""The parts of an item as parts of our model: label, parties, subjects, media, contacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dispaccio.formats import newscodes as codes
from dispaccio.formats.html import tree
from dispaccio.formats.links import carried, host
from dispaccio.formats.ninjs.item import Item
from dispaccio.release.label import Label
from dispaccio.release.model import (
    Contact,
    Hop,
    Identifier,
    Link,
    Media,
    Party,
    Relation,
    Subject,
    Visibility,
    WireMark,
)

_TITLE_ROLES = (None, "main", "headline", "title", "primary")
_SUBTITLE_ROLES = ("subtitle", "subheadline", "subhead", "sub")
_ACTIONS = {
    "created": "created",
    "originator": "created",
    "transformed": "transformed",
    "enhanced": "enhanced",
}
_DISTRIBUTORS = ("distributor", "wire")
_ISSUERS = ("issuer",)
_CONTACTS = ("contact", "presscontact", "press contact", "press-contact")


@dataclass(slots=True)
class Found:
    """What a part gave, beside what had to be left out of it."""

    warnings: list[str] = field(default_factory=list)

    def leave(self, item: Item, why: str) -> None:
        """Say that an entry was left out."""
        self.warnings.append(f"{item.path} was left out: {why}.")


def headlines(item: Item, found: Found) -> tuple[str | None, str | None]:
    """Headline and subhead: ``headlines`` of 2.x and 3.x, ``headline`` of 1.x, else ``title``."""
    told: dict[str | None, str] = {}
    for entry in item.items("headlines"):
        value, role = entry.text("value"), _lower(entry.text("role"))
        if value and (entry.text("contenttype") or "").startswith("text/html"):
            value = tree.parse(value).text()
        if value and role in told:
            found.leave(entry, "there is another headline of its role")
        elif value:
            told[role] = value
    if old := item.text("headline"):
        told.setdefault(None, old)
    told |= {name: value for name, value in item.beginning("headline_") if name not in told}
    title = next((told.pop(role) for role in _TITLE_ROLES if role in told), None)
    below = next((told.pop(role) for role in _SUBTITLE_ROLES if role in told), None)
    found.warnings += (f"A headline was left out: role {role or 'none'}." for role in told)
    return title or item.text("title"), below


def label(item: Item) -> Label | None:
    """The label that the genres make: their codes say the kind, their names the words."""
    marks: set[str] = set()
    words: list[str] = []
    ours: Label | None = None
    for entry in item.items("genres", "genre"):
        name, literal = entry.text("name"), entry.text("literal", "code")
        marks |= {codes.bare(code) for code in (entry.text("uri", "code"), literal) if code}
        entry.text("scheme")
        if literal and literal.startswith(codes.LABEL):
            ours = codes.label_ours(literal, name or "")
        elif name:
            words.append(name)
    return codes.label_of(marks, words, ours)


@dataclass(frozen=True, slots=True)
class Chain:
    """The parties of an item: its issuer, the wire that carried it, the stations it passed."""

    issuer: Party | None
    wire: str | None
    hops: tuple[Hop, ...]


def chain(item: Item, found: Found) -> Chain:
    """The sources of an item; one whose role is not known is left out."""
    issuer: Party | None = None
    wire: str | None = None
    hops: list[Hop] = []
    for entry in item.items("infosources", "infosource"):
        name = entry.text("name") or entry.text("literal")
        role = codes.bare(entry.text("role", "rel") or "")
        if name and role in _ISSUERS:
            issuer = issuer or party(name, entry.text("uri", "code"))
        elif name and role in _DISTRIBUTORS:
            wire = wire or name
        elif name and role in _ACTIONS:
            hops.append(Hop(name, _ACTIONS[role]))
        else:
            found.leave(entry, f"its role ({role or 'none'}) is not known")
    return Chain(issuer, wire, tuple(hops))


def identifiers(item: Item) -> Iterator[tuple[str, str]]:
    """The alternative identifiers as (role, value): a list, or an object as in 1.x."""
    name, value = item.get("altids", "altid")
    if isinstance(value, dict):
        told = Item.of(value, item.at(name))
        for role in told.values:
            number = told.values[role]
            yield told.names[role], str(number) if type(number) is int else told.text(role) or ""
        return
    for entry in item.items("altids", "altid"):
        if number := entry.text("value"):
            yield entry.text("role") or "identifier", number


def wire_mark(name: str | None, numbers: dict[str, str]) -> WireMark | None:
    """The wire, with the number that it gave."""
    return WireMark(name, numbers.get(codes.WIRE_NUMBER)) if name else None


def others(numbers: Iterable[tuple[str, str]]) -> tuple[Identifier, ...]:
    """The identifiers that have no field of their own."""
    own = (codes.NUMBER, codes.WIRE_NUMBER)
    return tuple(Identifier(role, value) for role, value in numbers if role not in own and value)


@dataclass(frozen=True, slots=True)
class Topics:
    """What an item is about."""

    subjects: tuple[Subject, ...]
    category: str | None
    tags: tuple[str, ...]


def topics(item: Item) -> Topics:
    """The subjects: with a code they are subjects, without one keywords."""
    subjects: list[Subject] = []
    tags: list[str] = []
    category: str | None = None
    for entry in item.items("subjects", "subject"):
        name, rel = entry.text("name"), entry.text("rel")
        code, scheme = entry.text("code"), entry.text("scheme")
        pair = codes.subject_of(entry.text("uri"), entry.text("literal"))
        if code:
            pair = codes.subject_of(f"{scheme or ''}{code}", f"{scheme}:{code}") or ("", code)
        if pair:
            subjects.append(Subject(*pair, name))
        elif name and rel == "category":
            category = category or name
        elif name:
            tags.append(name)
    return Topics(tuple(subjects), category, tuple(tags))


def media(item: Item, found: Found) -> tuple[Media, ...]:
    """The pictures, films and sounds that are associated with an item."""
    kept: list[Media] = []
    for entry in item.items("associations"):
        kind = codes.bare(entry.text("type") or "")
        if kind in ("picture", "video", "audio", "graphic"):
            kept.append(_medium(entry))
        elif kind != "text" or not (entry.text("uri") or "").startswith("urn:uuid:"):
            found.leave(entry, f"an associated item of type {kind or 'none'} has no place here")
    return tuple(kept)


def contacts(item: Item) -> tuple[Contact, ...]:
    """The press contacts among the people and organisations of an item."""
    people = [(entry, True) for entry in item.items("people", "person")]
    organisations = [(entry, False) for entry in item.items("organisations", "organisation")]
    kept = [
        _contact(entry, named=named)
        for entry, named in people + organisations
        if _lower(entry.text("rel")) in _CONTACTS
    ]
    return tuple(contact for contact in kept if contact != Contact())


def relation(item: Item) -> Relation | None:
    """The release that an item follows or belongs to: the first text that is associated."""
    for entry in item.items("associations"):
        uri = entry.text("uri") or ""
        if uri.startswith("urn:uuid:") and entry.text("type") == "text":
            return Relation(uri, None, entry.text("rel", "name"))
    return None


def links(item: Item) -> tuple[Link, ...]:
    """The documents on trust that the item links to."""
    told = item.items("trustindicators", "trustindicator")
    found = ((carried(entry.text("href") or ""), entry.text("title")) for entry in told)
    return tuple(Link(href, title, "more") for href, title in found if href)


def address(item: Item) -> str | None:
    """The item's page on the web, from its renditions."""
    for entry in item.items("renditions"):
        href = carried(entry.text("href") or "")
        kind = entry.text("contenttype", "mimetype")
        if href and (entry.text("name") == "web" or kind == "text/html"):
            return href
    return None


def _contact(entry: Item, *, named: bool) -> Contact:
    ways = entry.items("contactinfo")
    reached = {_lower(way.text("type")): way.text("value") for way in ways}
    hidden = any(way.text("role") == codes.MEDIA_ONLY for way in ways)
    name = entry.text("name")
    return Contact(
        name=name if named else None,
        organisation=None if named else name,
        email=reached.get("email"),
        phone=reached.get("phone"),
        visibility=Visibility.MEDIA_ONLY if hidden else Visibility.PUBLIC,
    )


def _medium(entry: Item) -> Media:
    renditions = sorted(
        (r for r in entry.items("renditions") if carried(r.text("href") or "")),
        key=lambda r: (r.text("name") != "original", -(r.integer("width") or 0)),
    )
    best = renditions[0] if renditions else Item({}, {})
    told = {e.text("role"): e.text("value") for e in entry.items("descriptions")}
    told |= {role: value for role, value in entry.beginning("description_") if role not in told}
    caption = told.get("caption") or told.get(None) or told.get("text")
    return Media(
        href=carried(best.text("href") or entry.text("uri") or ""),
        name=entry.text("name"),
        type=best.text("contenttype", "mimetype") or entry.text("mimetype"),
        role=entry.text("rel"),
        size=best.integer("sizeinbytes"),
        caption=caption or entry.text("headline"),
        credit=entry.text("by", "byline"),
        alt=told.get("alt"),
        rights=entry.text("usageterms", "copyrightnotice"),
        width=best.integer("width"),
        height=best.integer("height"),
    )


def party(name: str, uri: str | None) -> Party:
    """An organisation, with the DID or the domain that an address of it shows."""
    if uri and uri.startswith("did:"):
        return Party(name, did=uri)
    return Party(name, host(uri) if uri else None)


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None
