"""What ``head`` and ``body.head`` say: identity, status, times, label, parties, rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dispaccio.anatomy import dateline, days
from dispaccio.formats import merge, times
from dispaccio.formats import newscodes as codes
from dispaccio.formats.html import tree
from dispaccio.formats.html.tree import Node
from dispaccio.formats.nitf import messages
from dispaccio.formats.nitf.body import MARKUP
from dispaccio.formats.nitf.elements import children, first, listed, said, whole, words
from dispaccio.formats.nitf.messages import Head
from dispaccio.formats.nitf.text import PREFIX
from dispaccio.release.label import Label
from dispaccio.release.model import (
    Copyright,
    Dateline,
    Hop,
    Identifier,
    Party,
    Relation,
    Revision,
    Subject,
    WireMark,
)

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_RELATES = f"{PREFIX}relates"
_HEAD_READ = {"title", "tobject", "docdata", "revision-history", "meta"}
_DOCDATA_READ = """
doc-id urgency date.issue date.release ed-msg du-key doc.copyright doc.rights key-list del-list
correction identified-content
"""
_BODY_HEAD_READ = {"hedline", "note", "rights", "byline", "distributor", "dateline"}


def read(
    root: Node, zone: ZoneInfo | None, around: Revision | None = None
) -> tuple[Revision, Head]:
    """What a document says beside its text, and what was noticed.

    ``around`` is what the document says that this one stands in, if it does.
    Raises MalformedDocument for a status that is not known.
    """
    seen = Head(root, zone)
    status = messages.status(seen)
    messages.remarks(seen)
    headline, subhead = _headline(seen, around.headline if around else None)
    line = _dateline(seen)
    issuer, author = _byline(seen)
    first_created, version_created, day = _times(seen)
    found = Revision(
        headline=headline or "",
        subhead=subhead,
        place=line.place if line else None,
        language=said(root, "baselang", "lang"),
        status=status,
        issuer=issuer,
        label=_label(seen),
        legal=tuple(seen.legal),
        dateline=line,
        first_created=first_created,
        version_created=version_created,
        embargo=messages.embargo(seen),
        relates=_relation(seen),
        copyright=_copyright(seen),
        disclaimers=tuple(seen.disclaimers),
        hops=_hops(seen, issuer),
        category=next((words(node) for node in _classified(seen, "category")), None),
        tags=tuple(_keywords(seen)),
        created=day,
        author=author,
        urgency=whole(
            seen.warnings, "urgency/@ed-urg", said(first(seen.docdata, "urgency"), "ed-urg")
        ),
        editorial_note="\n".join(dict.fromkeys(seen.notes)) or None,
        subjects=tuple(_subjects(seen)),
        usage_terms=_terms(seen),
    )
    found = _numbered(seen, found)
    if not (around or found.id or found.number or found.identifiers):
        seen.warnings.append("The document has no identifier (doc-id, uno).")
    _name_the_rest(seen)
    return found, seen


def _numbered(seen: Head, found: Revision) -> Revision:
    """The fields with id, number, version, the wire with its number, and other identifiers."""
    numbers = list(_numbers(seen))
    named = dict(reversed(numbers))
    urn = next((value for _, value in numbers if _UUID.fullmatch(value)), None)
    key = first(seen.docdata, "du-key")
    wire = words(first(seen.above, "distributor"))
    own = (codes.NUMBER, codes.WIRE_NUMBER)
    others = [pair for pair in numbers if pair[0] not in own and pair[1] != urn]
    return replace(
        found,
        id=urn.lower() if urn else None,
        number=named.get(codes.NUMBER),
        version=whole(seen.warnings, "du-key/@version", said(key, "version")),
        wire=WireMark(wire, named.get(codes.WIRE_NUMBER)) if wire else None,
        identifiers=tuple(Identifier(*pair) for pair in others),
        slugline=said(key, "key"),
    )


def _headline(seen: Head, around: str | None) -> tuple[str | None, str | None]:
    """Headline and subhead; without a headline the title of the head is taken."""
    lines = list(children(seen.above, "hedline"))
    heads = [text for line in lines for node in children(line, "hl1") if (text := _line(node))]
    below = [text for line in lines for node in children(line, "hl2") if (text := _line(node))]
    alone = [text for line in lines if not any(children(line)) and (text := _line(line))]
    heads += alone
    for left in (*heads[1:], *below[1:]):
        seen.warnings.append(f"A headline was left out: “{left[:80]}”.")
    title = _line(first(seen.head, "title"))
    if not heads and around:
        heads = [around]
    elif not heads and title:
        seen.warnings.append("The document has no headline; its title was taken.")
        heads = [title]
    return (heads[0] if heads else None), (below[0] if below else None)


def _line(node: Node | None) -> str | None:
    """The text of an element on one line; HTML that stands escaped in it is read as that."""
    text = words(node)
    return tree.parse(text).text() or None if text and MARKUP.search(text) else text


def _byline(seen: Head) -> tuple[Party | None, str | None]:
    """The issuer, where an organisation signs, and who else is named as the author."""
    issuer: Party | None = None
    authors: list[str] = []
    for line in children(seen.above, "byline"):
        organisation = first(line, "byttl", "org")
        name = words(organisation)
        if organisation and name and not issuer:
            codes_ = [organisation, *children(organisation, "alt-code")]
            values = {said(code, "idsrc"): said(code, "value") for code in codes_}
            issuer = Party(name, values.get("domain"), values.get("did"))
            continue
        if text := words(line):
            authors.append(text)
    return issuer, ", ".join(authors) or None


def _dateline(seen: Head) -> Dateline | None:
    """The dateline: as it reads, with what its elements mark and its words say."""
    line = first(seen.above, "dateline")
    dated, place = first(line, "story.date"), words(first(line, "location"))
    stated, text = words(dated), words(line)
    if text and place and stated:
        text = text.replace(f"{place}{stated}", f"{place}, {stated}", 1)
    told = days.find(stated or "")
    return dateline_of(text, place, day_of(said(dated, "norm")) or (told.day if told else None))


def dateline_of(text: str | None, place: str | None, day: date | None) -> Dateline | None:
    """The dateline of a line of its own, with place and day where they are stated beside it."""
    if not text and not day:
        return None
    found = dateline.head_of(f"{text} ") or dateline.head_of(f"{text} - ") if text else None
    told = found.dateline if found else Dateline()
    alone = text == place and not day and not told.day
    place = place or told.place or (None if day or found else text)
    return Dateline(place, day or told.day, told.wire, None if alone else text)


def day_of(norm: str | None) -> date | None:
    """The day with which a text begins, as ISO 8601 writes it, long or short."""
    found = _DAY.match(norm or "")
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _numbers(seen: Head) -> Iterator[tuple[str, str]]:
    """The identifiers as (scheme, value): ``doc-id`` in its order, then ``uno``."""
    found = [
        (said(node, "regsrc") or "doc-id", value)
        for node in children(seen.docdata, "doc-id")
        if (value := said(node, "id-string") or words(node))
    ]
    uno = said(seen.root, "uno")
    if uno and uno not in (value for _, value in found):
        found.append(("uno", uno))
    yield from dict.fromkeys(found)


def _times(seen: Head) -> tuple[datetime | None, datetime | None, date | None]:
    """When the first version was made, when this one, and the day where only that is stated."""
    day: date | None = None
    issued: datetime | None = None
    for node in children(seen.docdata, "date.issue"):
        stated = said(node, "norm") or words(node) or ""
        if _DAY.fullmatch(stated) and day_of(stated):
            day = day or day_of(stated)
        else:
            issued = issued or times.stated(stated, "date.issue", seen.zone, seen.warnings)
    history = [
        moment
        for node in children(seen.head, "revision-history")
        if (moment := times.stated(said(node, "norm"), "revision-history", seen.zone, []))
    ]
    version = said(first(seen.docdata, "du-key"), "version")
    earliest = min(history, default=issued if version in (None, "0", "1") else None)
    return earliest, issued, day


def _label(seen: Head) -> Label | None:
    """The label of genres, messages and notes, with who paid whom."""
    label = merge.label(codes.label_of_genres(_genres(seen)), merge.heaviest(seen.labels))
    told = {node.get("name"): said(node, "content") for node in children(seen.head, "meta")}
    payer, paid = told.get(f"{PREFIX}paid-by"), told.get(f"{PREFIX}paid-to")
    return replace(label, paid_by=payer, paid_to=paid) if label else None


def _genres(seen: Head) -> Iterator[tuple[str | None, str | None]]:
    """Code and words of every genre, type of object and classified label."""
    subject = first(seen.head, "tobject")
    for node in children(subject, "tobject.property"):
        kind = said(node, "tobject.property.type")
        yield kind, None if kind and kind.startswith("genre:") else kind
    if kind := said(subject, "tobject.type"):
        yield None, kind
    for node in _classified(seen, "label", "genre"):
        value = said(node, "value") or ""
        ours = node.get("idsrc") == codes.LABEL.rstrip(":")
        yield (f"{codes.LABEL}{value}" if ours else value), words(node)


def _classified(seen: Head, *types: str) -> Iterator[Node]:
    holder = first(seen.docdata, "identified-content")
    return (node for node in children(holder, "classifier") if node.get("type").lower() in types)


def _subjects(seen: Head) -> Iterator[Subject]:
    for node in children(first(seen.head, "tobject"), "tobject.subject"):
        scheme, code = (
            said(node, "tobject.subject.ipr") or "IPTC",
            said(node, "tobject.subject.refnum"),
        )
        name = said(
            node, "tobject.subject.detail", "tobject.subject.matter", "tobject.subject.type"
        )
        if code:
            yield Subject("subj" if scheme.upper() == "IPTC" else scheme, code, name)
    for node in _classified(seen, "subject"):
        source, value = said(node, "idsrc"), said(node, "value")
        if source and value:
            yield Subject(source, value, words(node))


def _keywords(seen: Head) -> Iterator[str]:
    for listing in children(seen.docdata, "key-list"):
        for node in children(listing, "keyword"):
            if key := said(node, "key") or words(node):
                yield key


def _hops(seen: Head, issuer: Party | None) -> tuple[Hop, ...]:
    """The delivery trail in the order of its levels."""
    trails = children(seen.docdata, "del-list")
    sources = [source for trail in trails for source in children(trail, "from-src")]
    sources.sort(key=_level)
    names = [name for source in sources if (name := said(source, "src-name"))]
    own = issuer.name.casefold() if issuer else None
    return tuple(Hop(n, "created" if n.casefold() == own else "enhanced") for n in names)


def _level(source: Node) -> int:
    stated = source.get("level-number")
    return int(stated) if re.fullmatch(r"(?a:\d{1,9})", stated) else 0


def _relation(seen: Head) -> Relation | None:
    for node in children(seen.head, "meta"):
        name, value = node.get("name"), said(node, "content")
        if name.startswith(_RELATES) and value and _UUID.fullmatch(value):
            return Relation(value, None, name.removeprefix(_RELATES).removeprefix("-") or None)
    return None


def _copyright(seen: Head) -> Copyright | None:
    node = first(seen.docdata, "doc.copyright")
    holder, year = said(node, "holder"), said(node, "year")
    shown = seen.copyright or " ".join(part for part in ("©", year, holder) if part)
    if not (seen.copyright or holder or year):
        return None
    return Copyright(
        shown, int(year) if year and re.fullmatch(r"(?a:\d{4})", year) else None, holder
    )


def _terms(seen: Head) -> str | None:
    rights = first(seen.docdata, "doc.rights")
    return said(rights, "limitations") or words(first(seen.above, "rights"))


def _name_the_rest(seen: Head) -> None:
    """Name the fields that say something and have no place in a release."""
    left: list[str] = []
    for holder, known in (
        (seen.head, _HEAD_READ),
        (seen.docdata, {*_DOCDATA_READ.split()}),
        (seen.above, _BODY_HEAD_READ),
    ):
        left += [
            node.name
            for node in children(holder)
            if node.name not in known
            and (any(node.attributes.values()) or node.text() or any(children(node)))
        ]
    left += [
        f"meta {node.get('name') or node.get('http-equiv')}"
        for node in children(seen.head, "meta")
        if node.get("content") and not node.get("name").startswith(PREFIX)
    ]
    if left:
        seen.warnings.append(f"Left out, since the wire has no place for it: {listed(left)}.")
