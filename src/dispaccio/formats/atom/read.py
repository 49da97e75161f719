"""Reading Atom (RFC 4287; 0.3 too), with tombstones (RFC 6721), ours and anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from dispaccio.errors import MalformedDocument
from dispaccio.formats import items, times, xml
from dispaccio.formats.base import Options
from dispaccio.formats.feeds import sight, topics
from dispaccio.formats.feeds.entry import OURS
from dispaccio.formats.feeds.feed import GENERATOR, NEVER
from dispaccio.formats.feeds.fields import Fields, language
from dispaccio.formats.feeds.told import File, Told, identity, media, pictured, reading, rights
from dispaccio.formats.links import carried
from dispaccio.formats.merge import fill
from dispaccio.formats.rss.read import identity_of
from dispaccio.release.model import Link, Party, Reading, Reason, Revision, WireMark
from dispaccio.release.notice import shown
from dispaccio.release.state import Status

NAME = "atom"
_DELETED = "deleted"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_HTML = ("html", "text/html")
_XHTML = ("xhtml", "application/xhtml+xml")


def read(data: bytes, options: Options) -> list[Reading]:
    """The releases of a feed or of one entry, those withdrawn by a tombstone among them."""
    parsed = sight.parse(data, options.charset, b"entry")
    root = parsed.root
    name = xml.local(root)
    if name not in ("feed", "entry"):
        raise MalformedDocument(f"This is no Atom: its root is <{name}>.")
    graves = {grave.ref: grave for grave in map(_Grave, xml.children(root, "deleted-entry"))}
    listed = [root] if name == "entry" else list(xml.children(root, "entry"))
    sight.limit(len(listed) + len(graves))
    around = _Around(root)
    met: set[str] = set()

    def one(found: tuple[int, etree._Element] | _Grave) -> Reading:
        if isinstance(found, _Grave):
            return found.reading(options)
        index, entry = found
        fields = Fields(entry, f"Entry {index}")
        grave = graves.get(fields.text("id") or "")
        try:
            made = reading(NAME, _told(fields, around, options), options)
        finally:
            entry.clear()
        if grave is None:
            return made
        met.add(grave.ref)
        return grave.over(made, options)

    def documents() -> Iterator[tuple[int, etree._Element] | _Grave]:
        yield from enumerate(listed, start=1)
        yield from (grave for ref, grave in graves.items() if ref not in met)

    readings = items.read_each(documents(), one)
    first = readings[0]
    return [replace(first, warnings=(*parsed.warnings, *first.warnings)), *readings[1:]]


class _Grave:
    """A tombstone: which entry was taken back, when and why (RFC 6721 section 3)."""

    def __init__(self, element: etree._Element) -> None:
        self.ref = " ".join(element.get("ref", "").split())
        self.when = element.get("when")
        self.why = xml.text_of(xml.first(element, "comment"))
        self.line = element.sourceline

    def reading(self, options: Options) -> Reading:
        """The release as taken back: its id, when and why, and no text."""
        if not self.ref:
            raise MalformedDocument(f"The tombstone in line {self.line} names no entry.")
        warnings: list[str] = []
        when = times.stated(self.when, "The time of the tombstone", options.zone, warnings)
        said = replace(
            identity(self.ref),
            status=Status.CANCELED,
            version_created=when,
            reason=Reason(_DELETED, self.why) if self.why else None,
        )
        return Reading(NAME, said, warnings=tuple(warnings))

    def over(self, made: Reading, options: Options) -> Reading:
        """An entry that has a tombstone: taken back, unless it was written after that."""
        own = self.reading(options)
        updated, when = made.revision.version_created, own.revision.version_created
        if updated and when and updated > when and made.revision.status is not Status.CANCELED:
            return made
        said = replace(
            made.revision,
            status=Status.CANCELED,
            reason=made.revision.reason or own.revision.reason,
            version_created=max((at for at in (updated, when) if at), default=None),
        )
        return Reading(NAME, shown(said), warnings=(*made.warnings, *own.warnings))


class _Around:
    """What the feed says for all its entries."""

    def __init__(self, root: etree._Element) -> None:
        feed = Fields(root, "the feed")
        self.author = _authors(feed)
        self.rights = feed.text("rights", "copyright")
        self.ours = feed.text("generator") == GENERATOR
        self.language = language(root)
        self.base = carried(root.get(_BASE, "")) or _address(feed, "alternate") or ""


def _told(entry: Fields, around: _Around, options: Options) -> Told:
    told = Told(entry.where)
    told.text, told.plain = _text(entry, told)
    told.summary, _ = _construct(entry.first("summary"))
    ours = f'class="{OURS}"' in (told.text or "") and around.ours
    title, plain = _construct(entry.first("title"))
    told.entitle(title, plain=bool(plain and ours))
    told.said = _said(entry, around, told, options, ours=ours)
    told.base = carried(entry.element.get(_BASE, "")) or told.said.original_url or around.base
    told.warnings += entry.left_out()
    return told


def _said(entry: Fields, around: _Around, told: Told, options: Options, *, ours: bool) -> Revision:
    """What the fields of an entry say."""
    where, zone = entry.where, options.zone
    address, via = _address(entry, "alternate"), _address(entry, "via")
    source = entry.first("source")
    origin = Fields(source, "its source") if source is not None else None
    author = _authors(entry) or (_authors(origin) if origin else None) or around.author
    tongue = entry.element.get("{http://www.w3.org/XML/1998/namespace}lang") or around.language
    name = _via_name(entry) if ours else origin.text("title") if origin else None
    number = entry.text("dc:identifier")
    issuer = Party(author, _domain(entry)) if ours and author and entry.all("author") else None
    channel = (_address(origin, "self") or _address(origin, "alternate")) if origin else None
    updated = times.stated(
        entry.text("updated", "modified"), f"{where}, updated", zone, told.warnings
    )
    said = Revision(
        language=tongue,
        author=None if ours else author,
        issuer=issuer,
        number=number if ours else None,
        url=address if ours else None,
        original_url=via if ours and via else address or via,
        wire=WireMark(name) if name else None,
        links=(Link(channel, name, "channel"),) if channel else (),
        first_created=times.stated(
            entry.text("published", "issued", "created"), f"{where}, published", zone, told.warnings
        ),
        version_created=None if updated == NEVER else updated,
        embargo=times.embargo(
            entry.stated("prism:embargoDate", "?:embargoDate", "?:embargo"),
            where,
            zone,
            told.warnings,
        ),
        copyright=rights(entry.text("rights", "dc:rights") or around.rights),
        media=media(_files(entry)),
    )
    about = topics.read(_categories(entry), tongue, told.warnings)
    named = identity_of(entry.text("id"), address, told)
    if number and not ours:
        named = replace(named, identifiers=(*named.identifiers, *identity(number).identifiers))
    return fill(fill(named, said), about)


def _text(entry: Fields, told: Told) -> tuple[str | None, bool | None]:
    """The whole text of an entry, and whether it is plain; of several the longest is taken."""
    contents = entry.all("content")
    texts = [(text, plain) for text, plain in map(_construct, contents) if text]
    for content in contents:
        if src := content.get("src"):
            told.warnings.append(f"The text of {entry.where} is elsewhere: {src[:200]}")
    if others := len(contents) - len(texts[:1]):
        told.warnings.append(f"{others} content(s) of {entry.where} were left out.")
    return max(texts, key=lambda one: len(one[0]), default=(None, None))


def _construct(element: etree._Element | None) -> tuple[str | None, bool | None]:
    """A text construct (RFC 4287 sections 3.1 and 4.1.3): its text, and whether it is plain."""
    if element is None:
        return None, None
    kind = (element.get("type") or "text").strip().lower()
    if kind in _XHTML or len(element):
        inside = next((child for child in element if isinstance(child.tag, str)), None)
        if inside is None:
            return None, False
        for node in inside.iter():
            node.tag = xml.local(node)
        written = etree.tostring(inside, encoding="unicode", method="html", with_tail=False)
        return written, False
    text = (element.text or "").strip()
    if kind in ("text", "text/plain"):
        return text or None, None if element.get("mode") == "escaped" else True
    return (text or None, False) if kind in _HTML else (None, None)


def _authors(fields: Fields) -> str | None:
    found = (xml.text_of(xml.first(author, "name")) for author in fields.all("author"))
    names = dict.fromkeys(name for name in found if name)
    return ", ".join(names) or fields.text("dc:creator")


def _domain(entry: Fields) -> str | None:
    address = xml.text_of(xml.first(entry.all("author")[0], "uri")) or ""
    return address.removeprefix("https://").rstrip("/") or None


def _address(fields: Fields, rel: str) -> str | None:
    """The address of the first link of a relation that leads to a page."""
    return next((href for name, href, _ in _links(fields) if name == rel), None)


def _via_name(entry: Fields) -> str | None:
    return next((link.get("title") for name, _, link in _links(entry) if name == "via"), None)


def _links(fields: Fields) -> Iterator[tuple[str, str, etree._Element]]:
    for link in fields.all("link"):
        if href := carried(link.get("href", "")):
            yield link.get("rel") or "alternate", href, link


def _categories(entry: Fields) -> Iterator[topics.Category]:
    for found in entry.all("category"):
        if term := " ".join((found.get("term") or found.get("label") or "").split()):
            yield found.get("scheme") or None, term, found.get("label") or None
    subjects = (xml.text_of(found) for found in entry.all("dc:subject"))
    yield from ((None, word, None) for word in subjects if word)


def _files(entry: Fields) -> Iterator[File]:
    for rel, href, link in _links(entry):
        if rel == "enclosure":
            yield File(href, link.get("type"), link.get("length"), link.get("title"))
    groups = entry.all("media:group")
    inside = [child for group in groups for child in xml.children(group, "content")]
    for found in (*entry.all("media:content"), *inside):
        yield pictured(found)
    for found in entry.all("media:thumbnail"):
        yield File(found.get("url"), "image")
