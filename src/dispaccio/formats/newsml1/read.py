"""A story of NewsML 1 as a reading: what its item manages, and what its components say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from lxml import etree

from dispaccio.anatomy import layout, reader
from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.errors import MalformedDocument
from dispaccio.formats import items, merge, times, xml
from dispaccio.formats import newscodes as codes
from dispaccio.formats.base import Options
from dispaccio.formats.html.tree import Node
from dispaccio.formats.newsml1 import content
from dispaccio.formats.newsml1.stories import Story, name_of
from dispaccio.formats.nitf.elements import children, first, listed, said, whole, words
from dispaccio.formats.nitf.head import dateline_of, day_of
from dispaccio.release.label import Label, recognise
from dispaccio.release.model import (
    Copyright,
    Dateline,
    Hop,
    Identifier,
    ItemKind,
    Party,
    Reading,
    Revision,
    Subject,
    WireMark,
)
from dispaccio.release.state import Status

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_EMBARGOED = ("embargoed", "embargo")
_STRICTER = (None, Status.USABLE, Status.WITHHELD, Status.CANCELED)
_LINES = """
headline subheadline byline bylinetitle dateline creditline copyrightline rightsline slugline
keywordline newsline
"""
_MANAGED = """
newsitemtype firstcreated thisrevisioncreated status statuswillchange urgency instruction
"""
_DESCRIBED = "language genre subjectcode datelinedate location"
_ADMINISTERED = "provider creator source contributor filename systemidentifier"


@dataclass(slots=True)
class _Seen:
    """A story that is read, and what was noticed on the way."""

    story: Story
    options: Options
    warnings: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    chain: tuple[Node, ...] = ()
    management: Node | None = None

    def __post_init__(self) -> None:
        self.chain = self.story.chain
        self.management = first(self.story.item, "newsmanagement")

    def all(self, *path: str) -> Iterator[Node]:
        """The elements at the end of a path in every component, the innermost first."""
        *way, last = path
        for component in self.chain:
            holder = first(component, *way) if way else component
            yield from children(holder, last)

    def one(self, *path: str) -> Node | None:
        """The first of them that says something."""
        return next((node for node in self.all(*path) if name_of(node)), None)

    def line(self, name: str) -> str | None:
        """The first news line of that name, with single blanks."""
        return next((text for node in self.all("newslines", name) if (text := words(node))), None)

    def time(self, name: str) -> datetime | None:
        """An instant of the management."""
        stated = words(first(self.management, name))
        return times.stated(stated, name, self.options.zone, self.warnings)


def priority(root: etree._Element) -> str | None:
    """The priority that the envelope of a document states for all of its items."""
    envelope = next((one for one in root if xml.local(one).lower() == "newsenvelope"), None)
    found = (one for one in (() if envelope is None else envelope))
    stated = next((one for one in found if xml.local(one).lower() == "priority"), None)
    return None if stated is None else (stated.get("FormalName") or stated.get("FORMALNAME"))


def story(told: Story, options: Options, priority: str | None = None) -> Reading:
    """The reading of one story; ``priority`` is that of the document, where the item has none.

    Raises MalformedDocument for a status that is not known, and for a mere update of parts.
    """
    if told.error:
        raise told.error
    seen = _Seen(told, options, list(told.warnings))
    said_ = _fields(seen, priority)
    media = content.media(told)
    if told.text is None and said_.status not in (Status.WITHHELD, Status.CANCELED):
        if first(told.item, "update") is not None:
            raise MalformedDocument("The item only changes parts of another (Update).")
        _name_the_rest(seen)
        metadata = replace(said_, media=media)
        return items.not_text("newsml-1", _kind(told), metadata, tuple(seen.warnings))
    text = content.read(told, said_, options)
    shown = text.reading.revision
    _name_the_rest(seen)
    if said_.headline and shown.headline not in ("", said_.headline):
        seen.warnings.append(f"The text has another headline: “{shown.headline[:80]}”.")
    found = replace(
        merge.fill(said_, shown),
        media=merge.media(shown.media, media),
        status=max(said_.status, shown.status, key=_STRICTER.index),
        embargo=max((at for at in (said_.embargo, shown.embargo) if at), default=None),
        label=merge.label(said_.label, shown.label),
        identifiers=tuple(dict.fromkeys((*said_.identifiers, *shown.identifiers))),
    )
    warnings = (*seen.warnings, *text.warnings, *text.reading.warnings)
    return replace(text.reading, format="newsml-1", revision=found, warnings=warnings)


def _kind(told: Story) -> ItemKind:
    if told.media:
        return told.media[0].kind
    named = {node.name for holder in (told.item, *told.chain) for node in children(holder)}
    if named & {"newsitem", "newsitemref"}:
        return ItemKind.PACKAGE
    return ItemKind.CONCEPT if "topicset" in named else ItemKind.OTHER


def _fields(seen: _Seen, priority: str | None) -> Revision:
    """What an item says beside its text."""
    status = _status(seen)
    _remarks(seen)
    stated = seen.line("dateline")
    day = day_of(words(seen.one("descriptivemetadata", "datelinedate")))
    line = dateline_of(stated, None, day if stated else None)
    label = merge.label(codes.label_of_genres(_genres(seen)), merge.heaviest(seen.labels))
    parties = _parties(seen)
    headline = seen.line("headline")
    found = Revision(
        headline=headline or "",
        subhead=seen.line("subheadline"),
        place=_place(seen, line),
        language=_language(seen),
        status=status,
        issuer=_issuer(parties, label),
        label=label,
        dateline=line,
        first_created=seen.time("firstcreated"),
        version_created=seen.time("thisrevisioncreated"),
        embargo=_embargo(seen),
        copyright=_copyright(seen),
        hops=_hops(parties),
        tags=tuple(_keywords(seen)),
        created=day,
        author=seen.line("byline"),
        slugline=seen.line("slugline"),
        urgency=whole(
            seen.warnings, "Urgency", name_of(first(seen.management, "urgency")) or priority
        ),
        editorial_note="\n".join(dict.fromkeys(seen.notes)) or None,
        subjects=tuple(dict.fromkeys(_subjects(seen))),
        usage_terms=seen.line("rightsline") or _usage(seen),
    )
    return _numbered(seen, found, parties)


def _numbered(seen: _Seen, found: Revision, parties: dict[str, str]) -> Revision:
    """The fields with id, version, other identifiers, and the wire with its number.

    The identifier is that of all revisions: provider, day and item, without the revision.
    """
    named = first(seen.story.item, "identification", "newsidentifier")
    keys = ("providerid", "dateid", "newsitemid")
    parts = [words(first(named, key)) for key in keys]
    public = words(first(named, "publicidentifier"))
    identifiers = []
    if all(parts):
        identifiers.append(Identifier("newsml", ":".join(("urn:newsml", *map(str, parts)))))
    elif public and not _UUID.fullmatch(public):
        identifiers.append(Identifier("newsml", public))
    if not identifiers and not public:
        seen.warnings.append("The item has no identifier (NewsIdentifier).")
    text = seen.story.text
    own = said(text.chain[-1], "duid") if text and text.chain and not seen.story.alone else None
    if own:
        identifiers = [Identifier(i.scheme, f"{i.value}#{own}") for i in identifiers]
    wire = parties.get("provider") or seen.line("creditline")
    urn = public if public and _UUID.fullmatch(public) and seen.story.alone else None
    return replace(
        found,
        id=urn.lower() if urn else None,
        version=whole(seen.warnings, "RevisionId", words(first(named, "revisionid"))),
        wire=WireMark(wire, parts[2]) if wire else None,
        identifiers=tuple(identifiers),
    )


def _status(seen: _Seen) -> Status | None:
    """The status, held to an instruction to delete. Raises MalformedDocument for one unknown."""
    stated = name_of(first(seen.management, "status"))
    found: Status | None = None
    if stated and stated.lower() not in _EMBARGOED:
        found = codes.STATUSES.get(codes.bare(stated))
        if found is None:
            known = ", ".join((*Status, "embargoed"))
            raise MalformedDocument(f"Status should be one of {known}, not {stated[:40]!r}.")
    for order in children(seen.management, "instruction"):
        kind = name_of(order) or ""
        if kind.lower() in ("delete", "kill"):
            found = Status.CANCELED
        elif kind.lower() == "hold":
            found = max(found, Status.WITHHELD, key=_STRICTER.index)
        elif kind:
            seen.notes.append(f"Instruction: {kind}")
    return found


def _embargo(seen: _Seen) -> datetime | None:
    """When the status changes to usable, or what a remark states: the latest."""
    found: list[datetime] = []
    if seen.notes:
        told = reader.take_apart(layout.lay_out("\n\n".join(seen.notes)), seen.options.zone)
        found += [told.revision.embargo] if told.revision.embargo else []
        seen.warnings += (warning for warning in told.warnings if UNCLEAR in warning)
    for change in children(seen.management, "statuswillchange"):
        future = (name_of(first(change, "futurestatus")) or "usable").lower()
        stated = words(first(change, "dateandtime"))
        if codes.STATUSES.get(codes.bare(future)) is not Status.USABLE:
            seen.warnings.append(f"StatusWillChange was left out: to {future[:40]}, {stated}.")
            continue
        moment = times.embargo(stated or "", "StatusWillChange", seen.options.zone, seen.warnings)
        found += [moment] if moment else []
    status = (name_of(first(seen.management, "status")) or "").lower()
    warned = any(UNCLEAR in warning for warning in seen.warnings)
    if status in _EMBARGOED and not found and not warned:
        seen.warnings.append(f"Status: {UNCLEAR} its end is not stated.")
    return max(found, default=None)


def _remarks(seen: _Seen) -> None:
    """News lines without a name of their own: a label, or a note to the desk."""
    lines = [text for node in seen.all("newslines", "newsline") for text in _spoken(node)]
    lines += [text for node in seen.all("newslines", "bylinetitle") if (text := words(node))]
    lines += [text for node in seen.all("comment") if (text := words(node))]
    lines += [text for node in children(seen.story.item, "comment") if (text := words(node))]
    for line in dict.fromkeys(lines):
        label = recognise(line)
        seen.labels += [label] if label else []
        seen.notes += [] if label else [line]


def _spoken(node: Node) -> Iterator[str]:
    texts = [text for one in children(node, "newslinetext") if (text := words(one))]
    yield from texts


def _genres(seen: _Seen) -> Iterator[tuple[str | None, str | None]]:
    for node in seen.all("descriptivemetadata", "genre"):
        if name := name_of(node):
            yield name.replace(" ", "_"), name


def _parties(seen: _Seen) -> dict[str, str]:
    """The first party of every role in the administrative metadata."""
    found: dict[str, str] = {}
    for role in ("provider", "source", "creator", "contributor"):
        for node in seen.all("administrativemetadata", role):
            name = name_of(first(node, "party")) or words(node)
            if name:
                found.setdefault(role, name)
    return found


def _issuer(parties: dict[str, str], label: Label | None) -> Party | None:
    """Whose text it is: of a press release its source or creator, else it is not said."""
    name = parties.get("source") or parties.get("creator")
    return Party(name) if name and label and name != parties.get("provider") else None


def _hops(parties: dict[str, str]) -> tuple[Hop, ...]:
    actions = (("source", "created"), ("creator", "created"), ("contributor", "transformed"))
    found: dict[str, str] = {}
    for role, action in (*actions, ("provider", "enhanced")):
        if role in parties:
            found.setdefault(parties[role], action)
    return tuple(Hop(name, action) for name, action in found.items())


def _place(seen: _Seen, line: Dateline | None) -> str | None:
    if line and line.place:
        return line.place
    for location in seen.all("descriptivemetadata", "location"):
        for one in children(location, "property"):
            if (name_of(one) or "").lower() == "city" and (city := said(one, "value")):
                return city
    return None


def _language(seen: _Seen) -> str | None:
    stated = name_of(seen.one("descriptivemetadata", "language"))
    return stated or next((lang for n in seen.chain if (lang := said(n, "lang"))), None)


def _copyright(seen: _Seen) -> Copyright | None:
    line = seen.line("copyrightline")
    holder = words(next(seen.all("rightsmetadata", "copyright", "copyrightholder"), None))
    day = words(next(seen.all("rightsmetadata", "copyright", "copyrightdate"), None))
    year = _YEAR.search(line or day or "")
    shown = line or " ".join(part for part in ("©", day, holder) if part and (day or holder))
    return Copyright(shown, int(year[0]) if year else None, holder) if shown != "" else None


def _usage(seen: _Seen) -> str | None:
    terms = (words(node) for node in seen.all("rightsmetadata", "usagerights"))
    return "; ".join(term for term in terms if term) or None


def _keywords(seen: _Seen) -> Iterator[str]:
    lines = (words(node) or "" for node in seen.all("newslines", "keywordline"))
    found = (word.strip() for line in lines for word in re.split("[;,]", line))
    yield from dict.fromkeys(word for word in found if word)


def _subjects(seen: _Seen) -> Iterator[Subject]:
    for code in seen.all("descriptivemetadata", "subjectcode"):
        for node in children(code, "subject", "subjectmatter", "subjectdetail", "subjectqualifier"):
            if name := name_of(node):
                number = re.fullmatch(r"(?a:\d{8})", name)
                scheme = "subj" if number else (said(node, "vocabulary") or "newsml-subject")
                yield Subject(scheme, name, said(node, "value"))


def _name_the_rest(seen: _Seen) -> None:
    """Name the fields that say something and have no place in a release."""
    left: list[str] = []
    for path, known in (
        ("newslines", _LINES),
        ("administrativemetadata", _ADMINISTERED),
        ("descriptivemetadata", _DESCRIBED),
    ):
        for holder in seen.all(path):
            left += [one.name for one in children(holder) if one.name not in known.split()]
    left += [one.name for one in children(seen.management) if one.name not in _MANAGED.split()]
    for holder in seen.all("metadata"):
        properties = (name_of(one) for one in children(holder, "property"))
        left += [f"Metadata {name}" for name in properties if name]
    again = _again(seen, ("headline", "subheadline", "byline", "dateline", "copyrightline"))
    seen.warnings += [f"A line was left out: “{line[:80]}”." for line in again]
    if left:
        seen.warnings.append(f"Left out, since the wire has no place for it: {listed(left)}.")


def _again(seen: _Seen, names: Iterable[str]) -> Iterator[str]:
    """The lines beside which another of their name stands in the same component."""
    for name in names:
        for component in seen.chain:
            lines = [
                text for n in children(first(component, "newslines"), name) if (text := words(n))
            ]
            yield from lines[1:]
