"""The properties of an item as parts of our model: label, parties, subjects, links, times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from dispaccio.errors import MalformedDocument
from dispaccio.formats import newscodes as codes
from dispaccio.formats import times, xml
from dispaccio.formats.links import carried
from dispaccio.formats.newsml_g2.names import CHANNEL, ID, KIND, LABEL, NOBODY, ONLY, code_of
from dispaccio.formats.newsml_g2.section import Context, Section, number
from dispaccio.formats.ninjs.parts import party
from dispaccio.release.label import Label
from dispaccio.release.model import (
    Contact,
    Copyright,
    Hop,
    Link,
    Media,
    Party,
    Relation,
    Subject,
    Visibility,
)
from dispaccio.release.state import Kind, Status

_ACTIONS = ("created", "transformed", "enhanced")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MEDIA = ("image", "video", "audio")
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def uuid(guid: str | None) -> str | None:
    """The id of a release as we write it, if a guid is one."""
    return guid.lower() if guid and _UUID.fullmatch(guid) else None


def label(meta: Section) -> Label | None:
    """The label that the genres make: their codes say the kind, their names the words."""
    marks: set[str] = set()
    words: list[str] = []
    ours: Label | None = None
    for genre in meta.all("genre"):
        name = meta.context.name(genre)
        said = genre.get("qcode") or genre.get("literal") or ""
        if said.startswith(f"{LABEL}:"):
            ours = codes.label_ours(said, name or "")
            continue
        if bare := meta.context.bare(genre):
            marks.add(bare)
        if name:
            words.append(name)
    return codes.label_of(marks, words, ours)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who speaks and who carried it: issuer, wire, author."""

    issuer: Party | None
    wire: str | None
    author: str | None


def parties(item_meta: Section, meta: Section) -> Parties:
    """Provider, sources, creators and by-lines of an item."""
    context = meta.context
    issuer, wire = None, None
    for source in meta.all("infoSource"):
        role, name = context.role(source), _called(source, context)
        if name and role == "issuer":
            issuer = issuer or party(name, source.get("uri"))
        elif name and role in ("distributor", "wire"):
            wire = wire or name
        else:
            context.left(f"infoSource {name or 'without a name'}", f"role {role or 'none'}")
    provider = _called(item_meta.first("provider"), context)
    known = (None, NOBODY, issuer.name if issuer else None)
    wire = wire or (provider if provider not in known else None)
    by = list(dict.fromkeys(filter(None, (context.line(entry) for entry in meta.all("by")))))
    made = filter(None, (_called(entry, context) for entry in meta.all("creator")))
    creators = [name for name in dict.fromkeys(made) if name not in known]
    if by:
        for name in creators:
            if name not in by:
                context.left(f"creator {name}", "the by-line counts")
    return Parties(issuer, wire, ", ".join(by or creators) or None)


def contacts(meta: Section) -> tuple[Contact, ...]:
    """The press contacts among the contributors; others are named in a warning."""
    found = []
    for entry in meta.all("contributor"):
        name = _called(entry, meta.context)
        if "contact" not in meta.context.role(entry):
            meta.context.left(f"contributor {name or 'without a name'}", "it is no press contact")
            continue
        made = _contact(entry, name, meta.context)
        if made != Contact():
            found.append(made)
    return tuple(found)


def _contact(entry: etree._Element, name: str | None, context: Context) -> Contact:
    person = xml.first(entry, "organisationDetails") is None
    details = next(xml.children(entry, "personDetails", "organisationDetails"), entry)
    ways = xml.first(details, "contactInfo")
    hidden = code_of(ONLY, entry.get("pubconstraint")) is not None
    affiliation = context.name(xml.first(details, "affiliation"))
    return Contact(
        name=name if person else None,
        role=context.line(xml.first(entry, "definition")),
        organisation=affiliation if person else name,
        email=None if ways is None else context.line(xml.first(ways, "email")),
        phone=None if ways is None else context.line(xml.first(ways, "phone")),
        visibility=Visibility.MEDIA_ONLY if hidden else Visibility.PUBLIC,
    )


def identifiers(meta: Section) -> list[tuple[str, str]]:
    """The alternative identifiers as (scheme, value)."""
    found = []
    for entry in meta.all("altId"):
        value, kind = meta.context.line(entry), entry.get("type") or entry.get("typeuri")
        if value:
            found.append((code_of(ID, kind) or kind or "altId", value))
    return found


@dataclass(frozen=True, slots=True)
class Topics:
    """What an item is about."""

    subjects: tuple[Subject, ...]
    category: str | None
    tags: tuple[str, ...]


def topics(meta: Section) -> Topics:
    """The subjects: with a code they are subjects, without one keywords."""
    context = meta.context
    tags = [word for entry in meta.all("keyword") if (word := context.line(entry))]
    subjects: list[Subject] = []
    category: str | None = None
    for entry in meta.all("subject"):
        name = context.name(entry)
        if pair := _subject(entry, context):
            subjects.append(Subject(*pair, name))
        elif name and context.bare(entry, "type", "typeuri") == "category" and not category:
            category = name
        elif name:
            tags.append(name)
    return Topics(tuple(subjects), category, tuple(dict.fromkeys(tags)))


def _subject(entry: etree._Element, context: Context) -> tuple[str, str] | None:
    """Scheme and code of a subject; a scheme that the item declares is named by its address."""
    alias, _, code = (entry.get("qcode") or "").strip().rpartition(":")
    said = context.code(entry)
    if not said:
        return None
    if (scheme := context.schemes.get(alias, "")).startswith("http") and not entry.get("uri"):
        known = codes.subject_of(f"{scheme}{code}", None)
        return known if known and "/" not in code and "#" not in code else (scheme, code)
    found = codes.subject_of(said, None)
    return found or ((alias, code) if code and not entry.get("uri") else ("", said))


@dataclass(slots=True)
class Linked:
    """What the links of an item lead to."""

    original: str | None = None
    relates: Relation | None = None
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()


def linked(item_meta: Section) -> Linked:
    """The links: pictures, the page of the text, another item, and the rest."""
    context, found, page = item_meta.context, Linked(), None
    for entry in item_meta.all("link"):
        rel = context.bare(entry, "rel", "reluri")
        kind = (entry.get("contenttype") or "").partition(";")[0].strip().lower()
        href, target = carried(entry.get("href") or ""), entry.get("residref")
        if kind.partition("/")[0] in _MEDIA and (href or target):
            found.media += (_medium(entry, href, kind, context),)
        elif href and rel == "derivedfrom":
            found.original = found.original or href
        elif href and kind == "text/html" and page is None:
            page = href
        elif href:
            found.links += (Link(href, entry.get("title"), "more"),)
        elif (other := uuid(target)) and found.relates is None:
            version = entry.get("version") or ""
            revision = int(version) if re.fullmatch("[0-9]{1,9}", version) else None
            found.relates = Relation(other, revision, entry.get("title") or rel or None)
        else:
            context.left(
                f"link to {(target or 'nothing')[:80]}", "it leads to no address of the web"
            )
    if page and found.original:
        found.links += (Link(page, None, "more"),)
    found.original = found.original or page
    return found


def _medium(entry: etree._Element, href: str | None, kind: str, context: Context) -> Media:
    hints = {context.role(text): context.block(text) for text in xml.children(entry, "description")}
    remote = xml.first(entry, "remoteContent")
    return Media(
        href=href,
        name=entry.get("title"),
        type=kind if "/" in kind else None,
        size=number(entry, "size"),
        width=None if remote is None else number(remote, "width"),
        height=None if remote is None else number(remote, "height"),
        caption=hints.get("caption") or hints.get("") or context.line(xml.first(entry, "headline")),
        credit=context.line(xml.first(entry, "creditline")),
        alt=hints.get("alt"),
        rights=context.block(xml.first(entry, "usageTerms")),
    )


def hops(history: etree._Element | None, zone: ZoneInfo | None, context: Context) -> list[Hop]:
    """The stations that the text passed, in the order of their ``seq``."""
    found: list[tuple[int, Hop]] = []
    entries = Section.of(history, "hopHistory", context).all("hop")
    for index, entry in enumerate(entries):
        name = _called(xml.first(entry, "party"), context)
        actions = list(xml.children(entry, "action"))
        known = [bare for act in actions if (bare := context.bare(act)) in _ACTIONS]
        if not name or not known:
            context.left(f"hop {index + 1}", "it names no party, or no action that is known")
            continue
        said = entry.get("timestamp") or actions[0].get("timestamp")
        moment = day_or_time(said, f"hop {index + 1}", zone, context)
        seq = entry.get("seq") or ""
        order = int(seq) if re.fullmatch("[0-9]{1,6}", seq) else index
        found.append((order, Hop(name, known[0], moment)))
    return [hop for _, hop in sorted(found, key=lambda pair: pair[0])]


def rights(infos: list[etree._Element], context: Context) -> tuple[Copyright | None, str | None]:
    """The copyright and the terms of use; of several statements the first counts."""
    for _ in infos[1:]:
        context.left("rightsInfo", "there is another before it")
    info = Section.of(infos[0] if infos else None, "rightsInfo", context)
    holder = _called(info.first("copyrightHolder"), context)
    notice = context.block(info.first("copyrightNotice"))
    terms = "\n".join(filter(None, map(context.block, info.all("usageTerms")))) or None
    for name in info.left():
        context.left(name, "the wire has no place for it")
    year = _YEAR.search(notice or "")
    said = notice or holder
    made = Copyright(said, int(year[0]) if year else None, holder) if said else None
    return made, terms


def status(item_meta: Section) -> Status | None:
    """The publishing status. Raises MalformedDocument for one that is not known."""
    found = item_meta.first("pubStatus")
    if found is None:
        return None
    said = item_meta.context.bare(found) or (item_meta.context.line(found) or "").lower()
    known = codes.STATUSES.get(said)
    if known is None:
        raise MalformedDocument(
            f"itemMeta/pubStatus should be one of {', '.join(Status)}, not {said[:40]!r}.",
            path="itemMeta/pubStatus",
        )
    return known


def kind(item_meta: Section) -> Kind | None:
    """What the version does to its release: our role, else the signal of a correction."""
    role = item_meta.first("role")
    said = code_of(KIND, role.get("qcode")) if role is not None else None
    if said in list(Kind):
        return Kind(said)
    if role is not None:
        item_meta.context.left("itemMeta/role", "the wire has no place for it")
    signals = {item_meta.context.bare(entry) for entry in item_meta.all("signal")}
    for other in sorted(signals - {"correction", "update", ""}):
        item_meta.context.left(f"signal {other[:40]}", "the wire has no place for it")
    return Kind.CORRECTION if "correction" in signals else None


def channel(item_meta: Section) -> str | None:
    """The channel, which a service of ours is; another wire's service is left out."""
    found = None
    for entry in item_meta.all("service"):
        said = code_of(CHANNEL, entry.get("qcode"))
        if said and not found:
            found = said
        else:
            name = _called(entry, item_meta.context) or "without a name"
            item_meta.context.left(f"service {name}", "it is a stream of another wire")
    return found


def day_or_time(
    said: str | None, where: str, zone: ZoneInfo | None, context: Context
) -> datetime | date | None:
    """A day or an instant; what is neither is left out with a warning."""
    if said and re.fullmatch(r"\d{4}-\d\d-\d\d", said.strip(), re.ASCII):
        try:
            return date.fromisoformat(said.strip())
        except ValueError:
            context.left(where, f"there is no day {said.strip()}")
            return None
    return times.stated(said, where, zone, context.warnings)


def _called(element: etree._Element | None, context: Context) -> str | None:
    """How a party is called: by its name, else by its code without the scheme."""
    if element is None:
        return None
    if name := context.name(element):
        return name
    code = (element.get("qcode") or element.get("uri") or "").rstrip("/")
    return re.split("[/#:]", code)[-1] or context.line(element)
