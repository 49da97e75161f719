"""What machines read of the page: JSON-LD (schema.org), Open Graph, the canonical link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from dispaccio.formats.html.render import text
from dispaccio.formats.html.words import words_for
from dispaccio.formats.links import carried, guid
from dispaccio.release.body import BlockKind
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Party, Revision
from dispaccio.release.notice import is_notice, shown
from dispaccio.release.state import Kind, Status

WORK_STATUS = {
    Status.USABLE: "Published",
    Status.WITHHELD: "Withheld",
    Status.CANCELED: "Withdrawn",
}
"""``creativeWorkStatus`` of schema.org for the status of a release."""
NUMBER = "dispaccio"
"""``propertyID`` of our public number among the identifiers."""

_DESCRIPTION = 200
_HTML = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def title_of(revision: Revision) -> str:
    """The title of the page: the headline, or while taken back the notice's first sentence."""
    seen = shown(revision)
    words = words_for(seen.language)
    if seen.headline:
        return seen.headline
    if not is_notice(seen):
        return seen.issuer.name if seen.issuer else "dispaccio"
    withdrawn = seen.status is Status.CANCELED or seen.kind is Kind.WITHDRAWAL
    sentence = (words.withdrawn if withdrawn else words.withheld).partition(".")[0]
    return f"{sentence}: {seen.number}" if seen.number else sentence


def head_meta(revision: Revision) -> Markup:
    """The meta and link elements of a release's page: description, Open Graph, canonical link.

    The label stands in the description. Names that begin with ``dispaccio:`` carry what HTML has
    no word for. Not among them: the title and the JSON-LD.
    """
    seen = shown(revision)
    lines = [_meta("name", name, value) for name, value in _names(seen) if value]
    lines += [_meta("property", name, value) for name, value in _properties(seen) if value]
    if seen.url and (url := carried(seen.url)):
        lines.append(Markup('<link rel="canonical" href="{}">').format(url))
    return Markup("\n").join(lines)


def json_ld(revision: Revision) -> str:
    """The JSON-LD of a release, safe inside a script element and inside HTML.

    ``NewsArticle``, for a paid release also ``AdvertiserContentArticle``: the issuer is author
    and creator, the wire publisher, who paid sponsor.
    """
    written = json.dumps(_present(_article(shown(revision))), ensure_ascii=False)
    return written.translate(_HTML)


def _names(seen: Revision) -> Iterator[tuple[str, str | None]]:
    yield "description", _description(seen)
    if is_notice(seen) or under_embargo(seen):
        yield "robots", "noindex"
    yield "author", seen.issuer.name if seen.issuer else None
    yield "dispaccio:label", seen.label.kind if seen.label else None
    yield "dispaccio:kind", seen.kind
    yield "dispaccio:signed-by", seen.signed_by
    yield "dispaccio:archive", "yes" if seen.archive else None
    yield "dispaccio:reason", seen.reason.code if seen.reason else None
    yield "dispaccio:embargo", _stamp(seen.embargo)


def _properties(seen: Revision) -> Iterator[tuple[str, str | None]]:
    yield "og:type", "article"
    yield "og:title", title_of(seen)
    yield "og:description", _description(seen)
    yield "og:url", carried(seen.url or "")
    yield "og:site_name", seen.wire.name if seen.wire else None
    yield "article:published_time", _stamp(seen.first_created)
    yield "article:modified_time", _stamp(seen.version_created)


def under_embargo(seen: Revision) -> bool:
    """Whether this revision is shown before its embargo ends: it is not published yet."""
    said = seen.version_created
    return seen.embargo is not None and (said is None or said < seen.embargo)


def _description(seen: Revision) -> str:
    """Label, issuer, and how the text begins."""
    begins = next((b.text for b in seen.body if b.kind is BlockKind.PARAGRAPH), "")
    begins = " ".join(begins.split())
    if len(begins) > _DESCRIPTION:
        begins = begins[:_DESCRIPTION].rpartition(" ")[0] + "…"
    said = (seen.label and seen.label.text, seen.issuer and seen.issuer.name, begins)
    return " – ".join(part for part in said if part)


def _article(seen: Revision) -> dict[str, Any]:
    label, line, rights = seen.label, seen.dateline, seen.copyright
    paid = bool(label and label.paid)
    place = seen.place or (line and line.place)
    issuer = _organisation(seen.issuer)
    return {
        "@context": "https://schema.org",
        "@type": ["NewsArticle", "AdvertiserContentArticle"] if paid else "NewsArticle",
        "@id": guid(seen.id) if seen.id else None,
        "url": seen.url,
        "mainEntityOfPage": seen.url,
        "identifier": _identifiers(seen),
        "headline": seen.headline or None,
        "alternativeHeadline": seen.subhead,
        "inLanguage": seen.language,
        "genre": label and label.text,
        "creativeWorkStatus": seen.status and WORK_STATUS[seen.status],
        "version": seen.version,
        "dateCreated": _stamp(seen.created),
        "datePublished": _stamp(seen.first_created),
        "dateModified": _stamp(seen.version_created),
        "dateline": line and line.text,
        "contentLocation": {"@type": "Place", "name": place} if place else None,
        "author": issuer,
        "creator": issuer,
        "publisher": {"@type": "Organization", "name": seen.wire.name} if seen.wire else None,
        "sponsor": {"@type": "Organization", "name": label.paid_by}
        if label and label.paid_by
        else None,
        "isBasedOn": seen.original_url,
        "correction": _correction(seen),
        "keywords": list(seen.tags) or None,
        "articleSection": seen.category,
        "copyrightNotice": rights and rights.text,
        "copyrightYear": rights and rights.year,
        "copyrightHolder": {"@type": "Organization", "name": rights.holder}
        if rights and rights.holder
        else None,
    }


def _organisation(party: Party | None) -> dict[str, Any] | None:
    if not party:
        return None
    url = f"https://{party.domain}/" if party.domain else None
    return _present(
        {"@type": "Organization", "name": party.name, "url": url, "identifier": party.did}
    )


def _identifiers(seen: Revision) -> list[dict[str, str]] | None:
    known = [(NUMBER, seen.number)] if seen.number else []
    if seen.wire and seen.wire.number:
        known.append((seen.wire.name, seen.wire.number))
    known += [(identifier.scheme, identifier.value) for identifier in seen.identifiers]
    return [
        {"@type": "PropertyValue", "propertyID": scheme, "value": str(value)}
        for scheme, value in dict.fromkeys(known)
    ] or None


def _correction(seen: Revision) -> dict[str, Any] | None:
    if not seen.reason:
        return None
    return _present(
        {
            "@type": "CorrectionComment",
            "text": seen.reason.text or seen.reason.code,
            "datePublished": _stamp(seen.version_created),
        }
    )


def _stamp(moment: datetime | date | None) -> str | None:
    if isinstance(moment, datetime):
        return write_instant(moment)
    return moment.isoformat() if moment else None


def _present(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}


def _meta(key: str, name: str, value: str) -> Markup:
    return Markup('<meta {}="{}" content="{}">').format(key, name, text(value))
