"""Atom (RFC 4287): feeds of releases, each entry whole; written only.

An entry keeps its id through all revisions and its label in words and as categories. A withdrawal
is an ``at:deleted-entry`` (RFC 6721) and beside it an updated entry with the notice, because many
readers ignore the former. Older entries follow through ``rel="next"`` (RFC 5005 section 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree
from markupsafe import Markup

from dispaccio.formats.html.render import body_html, element, paragraphs_html
from dispaccio.formats.html.words import direction
from dispaccio.formats.links import carried
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import genres
from dispaccio.release.model import Revision
from dispaccio.release.notice import for_everyone, is_notice
from dispaccio.release.state import Kind, Status

MEDIA_TYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONE = "http://purl.org/atompub/tombstones/1.0"
GENRE = "http://cv.iptc.org/newscodes/genre/"
STATUS = "http://cv.iptc.org/newscodes/pubstatusg2/"
LABEL = "urn:dispaccio:label"
CHANNEL = "urn:dispaccio:channel"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its title, its permanent address (which is its id) and the page it belongs to.

    ``current`` is the address of this page of the feed, ``next`` that of the one with older
    entries; ``language`` is that of the title and of what the wire itself says.
    """

    title: str
    url: str
    page: str
    current: str
    next: str | None = None
    language: str = "en"


def write(feed: Feed, revisions: Sequence[Revision]) -> bytes:
    """The feed of these revisions, in the order given. The same input gives the same bytes.

    Every revision is public: it has its id, number, address and instants.
    """
    root = etree.Element(_name("feed"), nsmap={None: ATOM, "at": TOMBSTONE})
    root.set(_LANG, feed.language)
    _add(root, "id", feed.url)
    _add(root, "title", feed.title)
    _add(root, "updated", write_instant(max(map(_updated, revisions), default=_NEVER)))
    _link(root, "self", feed.current, MEDIA_TYPE)
    _link(root, "alternate", feed.page, "text/html")
    if feed.next:
        _link(root, "next", feed.next, MEDIA_TYPE)
    _add(root, "generator", "dispaccio")
    for revision in revisions:
        seen = for_everyone(revision)
        if seen.status is Status.CANCELED:
            root.append(_deleted(seen))
        root.append(_entry(feed, seen))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _entry(feed: Feed, revision: Revision) -> etree._Element:
    entry = etree.Element(_name("entry"))
    if revision.language:
        entry.set(_LANG, revision.language)
    _add(entry, "id", _id(revision))
    _add(entry, "title", revision.headline or _title_of_notice(revision))
    _add(entry, "updated", write_instant(_updated(revision)))
    _add(entry, "published", write_instant(revision.first_created or _updated(revision)))
    author = etree.SubElement(entry, _name("author"))
    _add(author, "name", revision.issuer.name if revision.issuer else feed.title)
    if revision.issuer and revision.issuer.domain:
        _add(author, "uri", f"https://{revision.issuer.domain}/")
    if revision.url:
        _link(entry, "alternate", revision.url, "text/html", revision.language)
    if original := carried(revision.original_url or ""):
        _link(entry, "via", original)
    if revision.copyright:
        _add(entry, "rights", revision.copyright.text)
    for scheme, term, words in _categories(revision):
        category = etree.SubElement(entry, _name("category"), scheme=scheme, term=term)
        if words:
            category.set("label", _clean(words))
    _add(entry, "content", _content(revision), type="html")
    return entry


def _deleted(revision: Revision) -> etree._Element:
    """The tombstone of a withdrawn release (RFC 6721 section 3)."""
    tombstone = etree.Element(f"{{{TOMBSTONE}}}deleted-entry")
    tombstone.set("ref", _id(revision))
    tombstone.set("when", write_instant(_updated(revision)))
    if revision.reason:
        comment = etree.SubElement(tombstone, f"{{{TOMBSTONE}}}comment")
        comment.text = _clean(revision.reason.text or revision.reason.code)
    return tombstone


def _content(revision: Revision) -> str:
    """Label, legal statements and text as HTML; for a notice, the label and the notice."""
    pieces = []
    if revision.label:
        pieces.append(element("p", element("strong", revision.label.text), class_="label"))
    pieces += [element("p", statement, class_="legal") for statement in revision.legal]
    if revision.subhead:
        pieces.append(element("p", element("em", revision.subhead)))
    pieces.append(body_html(revision))
    if revision.boilerplate:
        pieces.append(paragraphs_html(revision.boilerplate))
    pieces += [element("p", text, class_="disclaimer") for text in revision.disclaimers]
    inside = Markup("\n").join(pieces)
    return element("div", inside, lang=revision.language, dir=direction(revision.language))


def _categories(revision: Revision) -> Iterable[tuple[str, str, str | None]]:
    label = revision.label
    if label:
        yield from ((GENRE, code, label.text) for code in genres(label))
        if label.kind:
            yield LABEL, label.kind.value, label.text
    if revision.channel:
        yield CHANNEL, revision.channel, None
    for subject in revision.subjects:
        yield f"http://cv.iptc.org/newscodes/{subject.scheme}/", subject.code, subject.name
    if is_notice(revision) and revision.status:
        yield STATUS, revision.status.value, None


def _id(revision: Revision) -> str:
    return f"urn:uuid:{(revision.id or '').removeprefix('urn:uuid:')}"


def _title_of_notice(revision: Revision) -> str:
    withdrawn = revision.status is Status.CANCELED or revision.kind is Kind.WITHDRAWAL
    italian = (revision.language or "").lower().split("-")[0] == "it"
    if italian:
        said = "Ritirato: comunicato" if withdrawn else "Sospeso: comunicato"
    else:
        said = "Withdrawn: release" if withdrawn else "Withheld: release"
    return f"{said} {revision.number}"


def _updated(revision: Revision) -> datetime:
    return revision.version_created or revision.first_created or _NEVER


def _link(
    parent: etree._Element, rel: str, href: str, type: str | None = None, lang: str | None = None
) -> None:
    link = etree.SubElement(parent, _name("link"), rel=rel, href=_clean(href))
    for name, value in (("type", type), ("hreflang", lang)):
        if value:
            link.set(name, value)


def _add(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    child = etree.SubElement(parent, _name(name), attributes)
    child.text = _clean(text)


def _name(local: str) -> str:
    return f"{{{ATOM}}}{local}"


def _clean(text: str) -> str:
    """Text without the characters that XML 1.0 forbids (section 2.2)."""
    return _FORBIDDEN.sub("", text)
