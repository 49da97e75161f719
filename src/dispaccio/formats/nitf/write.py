"""A revision as a document of NITF 3.6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lxml import etree

from dispaccio.formats import notes
from dispaccio.formats.html.head import title_of, under_embargo
from dispaccio.formats.html.words import instant, words_for
from dispaccio.formats.links import carried, guid
from dispaccio.formats.newscodes import LABEL, NUMBER, WIRE_NUMBER
from dispaccio.formats.ninjs.write import uri
from dispaccio.formats.nitf import disclosure, text
from dispaccio.formats.nitf.text import NAMESPACE, PREFIX, add
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import genres
from dispaccio.release.model import Dateline, Party, Revision
from dispaccio.release.notice import as_held, is_notice, shown
from dispaccio.release.state import Kind, Status

VERSION = "-//IPTC//DTD NITF 3.6//EN"
_NMTOKEN = re.compile(r"[\w.:-]+", re.ASCII)
_DASH = " – "
_LINES = ("head", "docdata", "body", "body.head", "body.content", "body.end")


def document(revision: Revision) -> bytes:
    """The document with its disclosure, UTF-8, the same for the same revision.

    A withheld or withdrawn release carries its notice and none of its text, in the disclosure too.
    """
    whole = shown(revision)
    seen = as_held(whole)
    root = etree.Element(f"{{{NAMESPACE}}}nitf", nsmap={None: NAMESPACE})
    root.set("version", VERSION)
    name = text.plain(uri(seen))
    root.set("uno", name)
    if seen.language:
        root.set("baselang", text.plain(seen.language))
    head = add(root, "head")
    _head(head, seen, name)
    body = add(root, "body")
    _body_head(add(body, "body.head"), seen)
    _content(add(body, "body.content"), seen)
    _end(body, seen)
    told = add(head, "meta", name=disclosure.META)
    head.remove(told)
    told.set("content", disclosure.write(whole, root))
    head.insert(1, told)
    _break_lines(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def _head(head: etree._Element, seen: Revision, name: str) -> None:
    add(head, "title", title_of(seen))
    for key, value in _metas(seen):
        if value:
            add(head, "meta", name=f"{PREFIX}{key}", content=value)
    subject = add(head, "tobject", tobject__type="news")
    if seen.label:
        for code in genres(seen.label):
            add(subject, "tobject.property", tobject__property__type=f"genre:{code}")
    for topic in seen.subjects:
        if _NMTOKEN.fullmatch(topic.code):
            add(
                subject,
                "tobject.subject",
                tobject__subject__ipr="IPTC" if topic.scheme == "subj" else topic.scheme,
                tobject__subject__refnum=topic.code,
                tobject__subject__type=topic.name,
            )
    _docdata(add(head, "docdata"), seen, name)
    party = seen.wire or seen.issuer
    by = party.name if party else None
    if seen.first_created:
        made = _norm(seen.first_created)
        add(head, "revision-history", name=by, function="other", norm=made, comment="original")
    if seen.version_created and seen.kind not in (None, Kind.ORIGINAL):
        made = _norm(seen.version_created)
        add(head, "revision-history", name=by, function="other", norm=made, comment=seen.kind)


def _metas(seen: Revision) -> Iterator[tuple[str, str | None]]:
    """What NITF has no field for, apart from the disclosure."""
    yield "kind", seen.kind
    yield "signed-by", seen.signed_by
    yield "release-time", write_instant(seen.release_time) if seen.release_time else None
    yield "paid-by", seen.label.paid_by if seen.label else None
    yield "paid-to", seen.label.paid_to if seen.label else None
    if seen.relates:
        yield f"relates{'-' if seen.relates.kind else ''}{_token(seen)}", guid(seen.relates.id)


def _token(seen: Revision) -> str:
    """How the release relates to another one, as a part of a name."""
    kind = (seen.relates and seen.relates.kind) or ""
    return kind if _NMTOKEN.fullmatch(kind) else ""


def _docdata(docdata: etree._Element, seen: Revision, name: str) -> None:
    if status := _status(seen):
        docdata.set("management-status", status)
    if is_notice(seen):
        docdata.set("management-doc-idref", name)
        docdata.set("management-idref-status", status or Status.WITHHELD)
    for scheme, value in _identifiers(seen, name):
        add(docdata, "doc-id", regsrc=scheme, id_string=value)
    _history(docdata, seen, name)
    if seen.urgency in range(1, 9):
        add(docdata, "urgency", ed_urg=str(seen.urgency))
    if issued := seen.version_created or seen.first_created:
        add(docdata, "date.issue", norm=_norm(issued))
    if seen.embargo:
        add(docdata, "date.release", norm=_norm(seen.embargo))
    if seen.label:
        add(docdata, "ed-msg", msg_type="label", info=seen.label.text)
    for note in notes.lines(seen):
        add(docdata, "ed-msg", msg_type="note", info=note)
    version = None if seen.version is None else str(seen.version)
    if version or seen.slugline:
        add(docdata, "du-key", version=version, key=seen.slugline)
    _rights(docdata, seen)
    if seen.tags:
        listed = add(docdata, "key-list")
        for tag in seen.tags:
            add(listed, "keyword", key=tag)
    _identified(docdata, seen)


def _history(docdata: etree._Element, seen: Revision, name: str) -> None:
    """What was corrected, and through whose hands the text came."""
    if seen.kind is Kind.CORRECTION:
        why = (seen.reason.text or seen.reason.code) if seen.reason else None
        add(docdata, "correction", info=why, id_string=name)
    if seen.hops:
        trail = add(docdata, "del-list")
        for level, hop in enumerate(seen.hops, start=1):
            add(trail, "from-src", src_name=hop.party, level_number=str(level))


def _status(seen: Revision) -> str | None:
    if is_notice(seen):
        withdrawn = seen.status is Status.CANCELED or seen.kind is Kind.WITHDRAWAL
        return Status.CANCELED if withdrawn else Status.WITHHELD
    return "embargoed" if under_embargo(seen) else seen.status


def _identifiers(seen: Revision, name: str) -> Iterator[tuple[str | None, str]]:
    yield None, name
    if seen.number:
        yield NUMBER, seen.number
    if seen.wire and seen.wire.number:
        yield WIRE_NUMBER, seen.wire.number
    for identifier in seen.identifiers:
        yield identifier.scheme, identifier.value


def _norm(moment: datetime) -> str:
    """An instant as NITF norms it: ISO 8601 in its short form; a fraction counts as a second."""
    if moment.microsecond:
        moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _rights(docdata: etree._Element, seen: Revision) -> None:
    rights = seen.copyright
    if rights and (rights.year or rights.holder):
        year = str(rights.year) if rights.year else None
        add(docdata, "doc.copyright", year=year, holder=rights.holder)
    if seen.usage_terms:
        owner = rights.holder if rights else None
        add(docdata, "doc.rights", owner=owner, limitations=seen.usage_terms)


def _identified(docdata: etree._Element, seen: Revision) -> None:
    """Label, category, and subjects whose codes no subject element can hold."""
    content = add(docdata, "identified-content")
    if seen.label:
        kind = seen.label.kind
        add(
            content,
            "classifier",
            seen.label.text,
            type="label",
            idsrc=LABEL.rstrip(":"),
            value=kind,
        )
    if seen.category:
        add(content, "classifier", seen.category, type="category")
    for topic in seen.subjects:
        if not _NMTOKEN.fullmatch(topic.code):
            add(
                content,
                "classifier",
                topic.name,
                type="subject",
                idsrc=topic.scheme,
                value=topic.code,
            )
    if not len(content):
        docdata.remove(content)


def _body_head(head: etree._Element, seen: Revision) -> None:
    headline = title_of(seen) if is_notice(seen) else seen.headline
    if headline or seen.subhead:
        title = add(head, "hedline")
        add(title, "hl1", headline)
        if seen.subhead:
            add(title, "hl2", seen.subhead)
    for kind, name, said in _notes(seen):
        note = add(head, "note", noteclass=kind, class_=f"{PREFIX}{name}")
        text.paragraphs(add(note, "body.content"), said)
    if seen.issuer:
        _party(add(add(head, "byline"), "byttl"), seen.issuer)
    if seen.author:
        add(add(head, "byline"), "person", seen.author)
    if seen.wire:
        add(add(head, "distributor"), "org", seen.wire.name)
    if seen.dateline or seen.place:
        _dateline(add(head, "dateline"), seen.dateline or Dateline(), seen.place)


def _notes(seen: Revision) -> Iterator[tuple[str, str, str]]:
    """What stands visibly above and below the text, though it is not the issuer's."""
    if seen.label:
        yield "hd", "label", seen.label.text
    for statement in seen.legal:
        yield "hd", "legal", statement
    if seen.embargo and under_embargo(seen):
        words = words_for(seen.language)
        yield "hd", "embargo", f"{words.embargo} {instant(seen.embargo, words)}"
    if seen.copyright:
        yield "cpyrt", "copyright", seen.copyright.text
    for statement in seen.disclaimers:
        yield "end", "disclaimer", statement


def _party(parent: etree._Element, said: Party) -> None:
    element = add(parent, "org", said.name)
    if said.did or said.domain:
        element.set("idsrc", "did" if said.did else "domain")
        element.set("value", text.plain(said.did or said.domain or ""))
    if said.did and said.domain:
        add(element, "alt-code", idsrc="domain", value=said.domain)


def _dateline(parent: etree._Element, said: Dateline, place: str | None) -> None:
    """The dateline as it reads, with its place marked in it."""
    line, place = said.text or "", said.place or place or ""
    at = line.casefold().find(place.casefold()) if place else -1
    folded = len(place.casefold()) == len(place) and len(line.casefold()) == len(line)
    if not line:
        add(parent, "location", place)
    elif at < 0 or not folded:
        parent.text = text.plain(line)
    else:
        parent.text = text.plain(line[:at])
        add(parent, "location", line[at : at + len(place)]).tail = text.plain(
            line[at + len(place) :]
        )
    if said.day:
        add(parent, "story.date", norm=said.day.strftime("%Y%m%d"))


def _content(content: etree._Element, seen: Revision) -> None:
    if is_notice(seen):
        _notice(content, seen)
        return
    text.write(content, seen.body, seen.media)
    if seen.boilerplate:
        text.paragraphs(add(content, "block", class_=f"{PREFIX}boilerplate"), seen.boilerplate)
    if seen.contacts:
        block = add(content, "block", class_=f"{PREFIX}contacts")
        for contact in seen.contacts:
            text.contact(block, contact)


def _notice(content: etree._Element, seen: Revision) -> None:
    """What is said in place of a text that was taken back."""
    words = words_for(seen.language)
    withdrawn = _status(seen) == Status.CANCELED
    add(content, "p", words.withdrawn if withdrawn else words.withheld)
    if seen.reason:
        add(content, "p", f"{words.reason}: {seen.reason.text or seen.reason.code}")
    if seen.version_created:
        add(content, "p", instant(seen.version_created, words))


def _end(body: etree._Element, seen: Revision) -> None:
    """Number and addresses, as a line below the text."""
    address, original = carried(seen.url or ""), carried(seen.original_url or "")
    proof = f"{address}.proof.json" if address else None
    told = (("address", address), ("proof", proof), ("original", original))
    links = [(name, href) for name, href in told if href]
    number = f"{words_for(seen.language).number} {seen.number}" if seen.number else ""
    if not links and not number:
        return
    line = add(add(body, "body.end"), "tagline", number)
    for name, href in links:
        if len(line):
            line[-1].tail = _DASH
        elif number:
            line.text = text.plain(f"{number}{_DASH}")
        add(line, "a", href, href=href, class_=f"{PREFIX}{name}")


def _break_lines(root: etree._Element) -> None:
    """One line for each element of head and body, for people who look into the file."""
    for name in _LINES:
        for element in root.iter(f"{{{NAMESPACE}}}{name}"):
            element.text = "\n"
            for child in element:
                child.tail = "\n"
    root.text = "\n"
    for child in root:
        child.tail = "\n"
