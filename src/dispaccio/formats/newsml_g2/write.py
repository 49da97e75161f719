"""A revision as a newsItem of NewsML-G2 2.35, power conformance."""

from __future__ import annotations

from lxml import etree

from dispaccio.formats import disclosed, native, notes
from dispaccio.formats.links import carried, guid
from dispaccio.formats.newsml_g2 import content, disclosure, xhtml
from dispaccio.formats.newsml_g2.build import add, block, named, say, stamp, time
from dispaccio.formats.newsml_g2.names import (
    CATALOG,
    CHANNEL,
    DISCLOSURE,
    G2,
    KIND,
    LANG,
    NOBODY,
    OURS,
    SCHEMES,
    UNSTATED,
    iri,
    language,
    qcode,
)
from dispaccio.formats.ninjs.write import home, uri
from dispaccio.formats.xml import clean
from dispaccio.release.model import Media, Party, Revision
from dispaccio.release.notice import as_held, shown
from dispaccio.release.state import Kind

_SIGNALS = {
    Kind.CORRECTION: "sig:correction",
    Kind.ADDITION: "sig:update",
    Kind.REFILE: "sig:update",
    Kind.USABLE_AGAIN: "sig:update",
}
_RELATIONS = {"translation": "irel:translatedFrom"}


def item(revision: Revision) -> etree._Element:
    """The item with its disclosure: the whole revision, as the last element of ``itemMeta``.

    A withheld or withdrawn release carries its notice and none of its text, in the disclosure too.
    """
    whole = shown(revision)
    seen = as_held(whole)
    root = etree.Element(f"{{{G2}}}newsItem", nsmap={None: G2})
    name = uri(seen)
    for key, value in (
        ("guid", name),
        ("version", str(seen.version) if seen.version else None),
        ("standard", "NewsML-G2"),
        ("standardversion", "2.35"),
        ("conformance", "power"),
        (LANG, language(seen.language)),
    ):
        if value:
            root.set(key, clean(value))
    _catalogs(root)
    _hops(root, seen)
    _rights(root, seen)
    meta = _item_meta(root, seen, name)
    content.write(root, seen)
    xhtml.write(root, seen)
    told = etree.SubElement(meta, DISCLOSURE, nsmap={"dispaccio": OURS})
    told.text = disclosure.text(disclosed.write(whole, disclosure.digest(root, told)))
    told.set("contenttype", native.MEDIA_TYPE)
    return root


def _catalogs(root: etree._Element) -> None:
    """The IPTC's schemes by reference, ours declared here."""
    add(root, "catalogRef", href=CATALOG)
    catalog = add(root, "catalog")
    for alias in SCHEMES:
        add(catalog, "scheme", alias=alias, uri=f"urn:dispaccio:{alias.partition('-')[2]}:")


def _hops(root: etree._Element, seen: Revision) -> None:
    if not seen.hops:
        return
    history = add(root, "hopHistory")
    for seq, passed in enumerate(seen.hops, start=1):
        moment = stamp(passed.time) if passed.time else None
        hop = add(history, "hop", seq=str(seq), timestamp=moment)
        named(hop, "party", passed.party)
        add(hop, "action", qcode=qcode("hopaction", passed.action))


def _rights(root: etree._Element, seen: Revision) -> None:
    rights = seen.copyright
    if not rights and not seen.usage_terms:
        return
    info = add(root, "rightsInfo")
    if rights and rights.holder:
        named(info, "copyrightHolder", rights.holder)
    block(info, "copyrightNotice", rights.text if rights else None)
    block(info, "usageTerms", seen.usage_terms)


def _item_meta(root: etree._Element, seen: Revision, name: str) -> etree._Element:
    meta = add(root, "itemMeta")
    add(meta, "itemClass", qcode="ninat:text")
    _provider(meta, seen)
    created = seen.version_created or seen.first_created or seen.release_time or seen.embargo
    time(meta, "versionCreated", created or UNSTATED)
    time(meta, "firstCreated", seen.first_created)
    time(meta, "embargoed", seen.embargo)
    if seen.status:
        add(meta, "pubStatus", qcode=f"stat:{seen.status.value}")
    if seen.kind:
        add(meta, "role", qcode=qcode(KIND, seen.kind.value))
    add(meta, "generator", "dispaccio")
    if seen.channel:
        named(meta, "service", seen.channel, qcode=qcode(CHANNEL, seen.channel))
    say(meta, "title", xhtml.title(seen))
    for note in notes.lines(seen):
        block(meta, "edNote", note)
    if seen.kind in _SIGNALS:
        add(meta, "signal", qcode=_SIGNALS[seen.kind])
    _links(meta, seen, name)
    return meta


def _provider(meta: etree._Element, seen: Revision) -> None:
    """Who is responsible for the item: the wire, and the issuer where no wire is known."""
    if seen.wire:
        named(meta, "provider", seen.wire.name)
    elif seen.issuer:
        party(meta, "provider", seen.issuer)
    else:
        add(meta, "provider", literal=NOBODY)


def party(parent: etree._Element, name: str, said: Party, **attributes: str) -> etree._Element:
    """An organisation as a property, with its DID or domain as address."""
    address = home(said)
    codes = {"uri": iri(address)} if address else {}
    return named(parent, name, said.name, **codes, **attributes)


def _links(meta: etree._Element, seen: Revision, name: str) -> None:
    """What belongs to the item and lies elsewhere: pages, the proof, pictures, other releases."""
    if address := carried(seen.url or ""):
        _link(meta, "irel:seeAlso", iri(address), contenttype="text/html")
        proof = iri(f"{address}.proof.json")
        _link(meta, "irel:seeAlso", proof, contenttype="application/json", title="Proof of origin")
    if original := carried(seen.original_url or ""):
        _link(meta, "irel:derivedFrom", iri(original), contenttype="text/html")
    for link in seen.links:
        if href := carried(link.href):
            _link(meta, "irel:seeAlso", iri(href), title=link.text)
    if follows := seen.relates:
        add(
            meta,
            "link",
            rel=_RELATIONS.get(follows.kind or "", "irel:seeAlso"),
            residref=guid(follows.id),
            version=str(follows.revision) if follows.revision else None,
            contenttype="application/vnd.iptc.g2.newsitem+xml",
            title=follows.kind,
        )
    for index, medium in enumerate(seen.media):
        _medium(meta, medium, f"{name}#media/{index}")


def _link(
    meta: etree._Element,
    rel: str,
    href: str,
    contenttype: str | None = None,
    title: str | None = None,
) -> None:
    add(meta, "link", rel=rel, href=href, contenttype=contenttype, title=title)


def _medium(meta: etree._Element, medium: Media, address: str) -> None:
    """A picture: its link, with what is known of it as hints (specification, "Hints").

    How large it is on a screen is said as its own item would say it, by ``remoteContent``.
    """
    href = carried(medium.href or "")
    link = add(
        meta,
        "link",
        rel="irel:seeAlso",
        href=iri(href) if href else None,
        residref=None if href else address,
        contenttype=medium.type or "image",
        size=str(medium.size) if medium.size and medium.size > 0 else None,
        title=medium.name,
    )
    block(link, "description", medium.caption, role="drol:caption")
    block(link, "description", medium.alt, role=qcode("dispaccio-text", "alt"))
    say(link, "creditline", medium.credit)
    block(link, "usageTerms", medium.rights)
    if href and medium.pixels:
        width, height = medium.pixels
        add(
            link,
            "remoteContent",
            href=iri(href),
            contenttype=medium.type or "image",
            width=str(width),
            height=str(height),
        )
