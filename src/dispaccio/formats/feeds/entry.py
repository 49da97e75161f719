"""What an entry says of a release, whatever the format of its feed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from markupsafe import Markup

from dispaccio.formats.html.head import under_embargo
from dispaccio.formats.html.render import body_html, element, paragraphs_html, time_html
from dispaccio.formats.html.words import direction, instant, words_for
from dispaccio.formats.links import carried, guid
from dispaccio.formats.newscodes import GENRES, subject_address
from dispaccio.release.canonical import canonical_bytes, encode, write_instant
from dispaccio.release.label import genres
from dispaccio.release.model import Media, Revision, SignedBy
from dispaccio.release.notice import is_notice
from dispaccio.release.state import Kind, Status

OURS = "dispaccio"
"""The class of the element that holds a text as we write it."""
STATUS = "http://cv.iptc.org/newscodes/pubstatusg2/"
SIGNAL = "http://cv.iptc.org/newscodes/signal/"
LABEL = "urn:dispaccio:label"
CHANNEL = "urn:dispaccio:channel"
CATEGORY = "urn:dispaccio:category"
SUBJECT = "urn:dispaccio:subject:"
"""Before the scheme of a subject whose scheme is no address."""


def identity(seen: Revision) -> str:
    """The id of an entry, the same through all revisions: our id, else its address.

    What has neither is named by the hash of its text (RFC 6920).
    """
    if seen.id:
        return guid(seen.id)
    if address := carried(seen.url or seen.original_url or ""):
        return address
    return f"ni:///sha-256;{encode(hashlib.sha256(canonical_bytes(seen)).digest())}"


def title(seen: Revision) -> str:
    """The headline; while taken back, what became of which number; empty where there is none."""
    return seen.headline or (_title_of_notice(seen) if is_notice(seen) else "")


def content(seen: Revision) -> Markup:
    """Label, legal statements and text as HTML; for a notice, the label and the notice."""
    pieces = []
    if seen.archive:
        pieces.append(element("p", words_for(seen.language).archive, class_="archive"))
    if seen.label:
        pieces.append(element("p", element("strong", seen.label.text), class_="label"))
    if seen.label and seen.label.paid_by:
        said = f"{words_for(seen.language).paid_by} {seen.label.paid_by}"
        pieces.append(element("p", said, class_="payer"))
    pieces += [element("p", statement, class_="legal") for statement in seen.legal]
    if seen.embargo and under_embargo(seen):
        pieces.append(_embargo(seen))
    if seen.subhead:
        pieces.append(element("p", element("em", seen.subhead), class_="subhead"))
    pieces.append(element("div", body_html(seen), class_="text"))
    if seen.boilerplate:
        pieces.append(element("div", paragraphs_html(seen.boilerplate), class_="boilerplate"))
    pieces += [element("p", text, class_="disclaimer") for text in seen.disclaimers]
    inside = Markup("\n").join(pieces)
    return element("div", inside, lang=seen.language, dir=direction(seen.language), class_=OURS)


def categories(seen: Revision) -> Iterator[tuple[str | None, str, str | None]]:
    """The categories of an entry: scheme, term, and words for people where there are any."""
    label = seen.label
    if label:
        yield from ((GENRES, code, label.text) for code in genres(label))
        if label.kind:
            yield LABEL, label.kind.value, label.text
    if seen.channel:
        yield CHANNEL, seen.channel, None
    if seen.category:
        yield CATEGORY, seen.category, None
    for subject in seen.subjects:
        address = subject_address(subject)
        scheme = address.removesuffix(subject.code) if address else f"{SUBJECT}{subject.scheme}"
        yield scheme, subject.code, subject.name
    yield from ((None, tag, None) for tag in seen.tags)
    if is_notice(seen) and seen.status:
        yield STATUS, seen.status.value, None
    elif seen.kind is Kind.CORRECTION:
        yield SIGNAL, "correction", None


def upstream(seen: Revision) -> tuple[str, str] | None:
    """Name and address of the wire that a release was taken from; None for one of our own."""
    address = carried(seen.original_url or "")
    if seen.signed_by is not SignedBy.OBSERVED or not address or not seen.wire:
        return None
    others = [hop.party for hop in seen.hops if hop.action != "created"]
    names = [name for name in others if name != seen.wire.name] or [seen.wire.name]
    return names[-1], address


def site_of(seen: Revision) -> str | None:
    """The address of the issuer's own site."""
    domain = seen.issuer.domain if seen.issuer else None
    return carried(f"https://{domain}/") if domain else None


def enclosures(seen: Revision) -> Iterator[tuple[str, str, Media]]:
    """Address and media type of each picture or file that goes with a release."""
    for media in seen.media:
        if href := carried(media.href or ""):
            yield href, media.type or "application/octet-stream", media


def proof(seen: Revision) -> str | None:
    """The address of what proves a release."""
    address = carried(seen.url or "")
    if not address or address.lower().startswith("mailto:"):
        return None
    return f"{address}.proof.json"


def _embargo(seen: Revision) -> Markup:
    assert seen.embargo
    words = words_for(seen.language)
    moment = time_html(write_instant(seen.embargo), instant(seen.embargo, words))
    return element("p", Markup("{} {}").format(words.embargo, moment), class_="embargo")


def _title_of_notice(seen: Revision) -> str:
    withdrawn = seen.status is Status.CANCELED or seen.kind is Kind.WITHDRAWAL
    italian = (seen.language or "").lower().split("-")[0] == "it"
    if italian:
        said = "Ritirato: comunicato" if withdrawn else "Sospeso: comunicato"
    else:
        said = "Withdrawn: release" if withdrawn else "Withheld: release"
    return f"{said} {seen.number or ''}".rstrip()
