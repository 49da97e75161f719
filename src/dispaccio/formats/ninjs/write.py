"""A revision as an item of ninjs 3.1. Older versions are made from what ``item`` gives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from dispaccio.formats import disclosed, native, notes
from dispaccio.formats.html.head import title_of
from dispaccio.formats.html.render import body_html
from dispaccio.formats.links import carried, guid
from dispaccio.formats.newscodes import (
    DISCLOSURE,
    GENRE_NAMES,
    GENRES,
    LABEL,
    MEDIA_ONLY,
    NUMBER,
    PROOF,
    WIRE_NUMBER,
    subject_address,
)
from dispaccio.release.canonical import canonical_bytes, encode, write_instant
from dispaccio.release.label import genres
from dispaccio.release.model import Contact, Media, Party, Revision, Visibility
from dispaccio.release.notice import as_held, is_notice, shown

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
_ASSOCIATED = ("picture", "video", "audio")


def item(revision: Revision) -> dict[str, Any]:
    """The item as a JSON object, with the disclosure: the whole revision, as one more body.

    A withheld or withdrawn release carries its notice and none of its text, in the disclosure too.
    """
    seen = shown(revision)
    written = plain(seen)
    value = disclosed.write(seen, digest(written))
    body = {"role": DISCLOSURE, "contentType": native.MEDIA_TYPE, "value": value}
    return written | {"bodies": [*written.get("bodies", []), body]}


def plain(seen: Revision) -> dict[str, Any]:
    """The item without the disclosure, of a revision as ``release.notice.shown`` gives it."""
    return present(_fields(as_held(seen)))


def dumps(written: dict[str, Any]) -> bytes:
    """An item as bytes: UTF-8 JSON in the order of its fields, without blanks."""
    return f"{json.dumps(written, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def digest(written: dict[str, Any]) -> str:
    """What binds the disclosure to the item: SHA-256 of the item without it, in hexadecimal.

    Hashed is its JSON in UTF-8 with sorted names and no blanks: the RFC 8785 form of an item
    whose names are ASCII and whose numbers are whole, as those that we write are.
    """
    form = json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(form.encode()).hexdigest()


def _fields(seen: Revision) -> dict[str, Any]:
    rights = seen.copyright
    return {
        "uri": uri(seen),
        "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        "type": "text",
        "version": str(seen.version) if seen.version is not None else None,
        "firstCreated": seen.first_created and write_instant(seen.first_created),
        "versionCreated": seen.version_created and write_instant(seen.version_created),
        "embargoedUntil": seen.embargo and write_instant(seen.embargo),
        "pubStatus": seen.status and seen.status.value,
        "urgency": seen.urgency if seen.urgency in range(1, 10) else None,
        "language": seen.language,
        "headlines": list(_headlines(seen)),
        "bodies": list(_bodies(seen)),
        "slugline": seen.slugline,
        "located": seen.place,
        "by": seen.issuer and seen.issuer.name,
        "edNote": "\n".join(notes.lines(seen)),
        "copyrightHolder": rights and rights.holder,
        "copyrightNotice": rights and rights.text,
        "usageTerms": seen.usage_terms,
        "infoSources": list(_sources(seen)),
        "genres": list(_genres(seen)),
        "subjects": list(_subjects(seen)),
        "people": [_person(contact) for contact in seen.contacts if contact.name],
        "organisations": list(_organisations(seen)),
        "altIds": list(_alternatives(seen)),
        "renditions": list(_renditions(seen)),
        "associations": list(_associations(seen)),
        "trustIndicators": list(_proof(seen)),
    }


def uri(seen: Revision) -> str:
    """The item's identity: our id, else its address, else the hash of its text (RFC 6920)."""
    if seen.id:
        return guid(seen.id)
    if address := carried(seen.url or seen.original_url or ""):
        return address
    return f"ni:///sha-256;{encode(hashlib.sha256(canonical_bytes(seen)).digest())}"


def _headlines(seen: Revision) -> Iterator[dict[str, str]]:
    headline = title_of(seen) if is_notice(seen) else seen.headline
    if headline:
        yield {"role": "main", "contentType": "text/plain", "value": headline}
    if seen.subhead:
        yield {"role": "subtitle", "contentType": "text/plain", "value": seen.subhead}


def _bodies(seen: Revision) -> Iterator[dict[str, str]]:
    if main := body_html(seen):
        yield {"role": "main", "contentType": "text/html", "value": str(main)}
    for role, values in (
        ("boilerplate", (seen.boilerplate,)),
        ("legal", seen.legal),
        ("disclaimer", seen.disclaimers),
    ):
        for value in values:
            if value:
                yield {"role": role, "contentType": "text/plain", "value": value}


def _sources(seen: Revision) -> Iterator[dict[str, str | None]]:
    if seen.issuer:
        yield present({"name": seen.issuer.name, "role": "issuer", "uri": home(seen.issuer)})
    if seen.wire:
        yield {"name": seen.wire.name, "role": "distributor"}
    for hop in seen.hops:
        yield {"name": hop.party, "role": hop.action}


def _genres(seen: Revision) -> Iterator[dict[str, str]]:
    """Both codes of a paid label, and its words in the language of the release."""
    if not seen.label:
        return
    for code in genres(seen.label):
        yield {"name": GENRE_NAMES[code], "uri": f"{GENRES}{code}", "literal": f"genre:{code}"}
    kind = seen.label.kind.value if seen.label.kind else ""
    yield {"name": seen.label.text, "literal": f"{LABEL}{kind}"}


def _subjects(seen: Revision) -> Iterator[dict[str, str]]:
    for subject in seen.subjects:
        literal = f"{subject.scheme}:{subject.code}"
        yield present({"name": subject.name, "uri": subject_address(subject), "literal": literal})
    if seen.category:
        yield {"name": seen.category, "rel": "category"}
    for tag in seen.tags:
        yield {"name": tag, "rel": "keyword"}


def _person(contact: Contact) -> dict[str, Any]:
    return present({"name": contact.name, "rel": "contact", "contactInfo": _reached(contact)})


def _organisations(seen: Revision) -> Iterator[dict[str, Any]]:
    if seen.issuer:
        yield present({"name": seen.issuer.name, "rel": "issuer", "uri": home(seen.issuer)})
    for contact in seen.contacts:
        if not contact.name:
            info = _reached(contact)
            yield present({"name": contact.organisation, "rel": "contact", "contactInfo": info})


def _reached(contact: Contact) -> list[dict[str, str]] | None:
    """How to reach a contact; the role says who may."""
    ways = (("email", contact.email), ("phone", contact.phone))
    role = MEDIA_ONLY if contact.visibility is Visibility.MEDIA_ONLY else "press"
    return [{"type": way, "role": role, "value": value} for way, value in ways if value] or None


def _alternatives(seen: Revision) -> Iterator[dict[str, str]]:
    if seen.number:
        yield {"role": NUMBER, "value": seen.number}
    if seen.wire and seen.wire.number:
        yield {"role": WIRE_NUMBER, "value": seen.wire.number}
    for identifier in seen.identifiers:
        yield {"role": identifier.scheme, "value": identifier.value}


def _renditions(seen: Revision) -> Iterator[dict[str, str]]:
    if address := carried(seen.url or ""):
        yield {"name": "web", "href": address, "contentType": "text/html"}


def _associations(seen: Revision) -> Iterator[dict[str, Any]]:
    for index, media in enumerate(seen.media):
        yield _picture(media, f"{uri(seen)}#media/{index}", index)
    if seen.relates:
        kind = seen.relates.kind or "related"
        yield {"name": kind, "uri": guid(seen.relates.id), "rel": kind, "type": "text"}


def _picture(media: Media, address: str, index: int) -> dict[str, Any]:
    href = carried(media.href or "")
    kind = (media.type or "").partition("/")[0].replace("image", "picture")
    width, height = media.pixels or (None, None)
    rendition = {
        "name": "original",
        "href": href,
        "contentType": media.type,
        "sizeInBytes": media.size,
        "width": width,
        "height": height,
    }
    said = [("caption", media.caption), ("alt", media.alt)]
    return present(
        {
            "name": media.name or f"media-{index}",
            "rel": media.role or "illustration",
            "uri": href or address,
            "type": kind if kind in _ASSOCIATED else "picture",
            "by": media.credit,
            "usageTerms": media.rights,
            "descriptions": [{"role": role, "value": value} for role, value in said if value],
            "renditions": [present(rendition)] if href else None,
        }
    )


def _proof(seen: Revision) -> Iterator[dict[str, str]]:
    if address := carried(seen.url or ""):
        yield {"role": PROOF, "title": "Proof of origin", "href": f"{address}.proof.json"}


def home(party: Party) -> str | None:
    """The address that names an organisation: its DID, else its domain."""
    if party.did:
        return party.did
    return f"https://{party.domain}/" if party.domain else None


def present(document: dict[str, Any]) -> dict[str, Any]:
    """An object without the values that are absent or empty."""
    return {name: value for name, value in document.items() if value not in (None, [], "")}
