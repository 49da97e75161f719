"""What becomes public, made in memory: the revision with its number, the statement, the bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dispaccio.formats import native
from dispaccio.formats.feeds.kinds import KINDS
from dispaccio.formats.registry import by_name, formats
from dispaccio.log import leaf
from dispaccio.release import canonical
from dispaccio.release.dateline import compose
from dispaccio.release.model import Hop, Reason, Revision, SignedBy, Visibility, WireMark
from dispaccio.release.notice import shown
from dispaccio.release.state import TEXT_KINDS, Kind, Status
from dispaccio.store.releases import Rendering
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import Draft

THIN = "thin"
"""The small webhook payload, kept beside the renderings."""
_EVENT_OF = {
    Kind.ORIGINAL: "release.published",
    Kind.ADDITION: "release.corrected",
    Kind.CORRECTION: "release.corrected",
    Kind.REFILE: "release.corrected",
    Kind.WITHHOLD: "release.withheld",
    Kind.USABLE_AGAIN: "release.usable_again",
    Kind.WITHDRAWAL: "release.withdrawn",
}
_LEAF_OF = {
    Kind.ORIGINAL: "publish",
    Kind.ADDITION: "correct",
    Kind.CORRECTION: "correct",
    Kind.REFILE: "correct",
    Kind.WITHHOLD: "withhold",
    Kind.USABLE_AGAIN: "usable_again",
    Kind.WITHDRAWAL: "withdraw",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a revision stands among the public ones: what its bytes depend on beside its text."""

    id: str
    number: str
    version: int
    kind: Kind
    status: Status
    published: datetime
    first_created: datetime
    channel: str | None
    relayed: bool
    archive: bool = False
    """Whether it was brought in from an archive; then it is ``relayed``, too."""
    withheld_for: Reason | None = None
    """Why the release is withheld, where a text is published into it meanwhile."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A revision ready to be public; ``place`` is what it was made for.

    ``document`` is the whole of it, for the store alone: of a release that is withheld the public
    sees the notice in ``renderings``, also where a correction of it was published meanwhile.
    """

    place: Place
    revision: Revision
    document: bytes
    statement: bytes
    signature: str
    renderings: tuple[Rendering, ...]


def make(wire: Wire, draft: Draft, place: Place) -> Edition:
    """Label, dateline, statement, signature and every rendering of a revision, in memory.

    What comes from an archive is delivered to nobody: it is rendered when somebody asks.
    """
    revision = public_form(wire, draft, place)
    statement = canonical.statement(
        revision, manifest=draft.manifest, wire=wire.settings.did, published=place.published
    )
    seen = shown(revision)
    if place.withheld_for is not None:
        seen = replace(seen, reason=place.withheld_for)
    return Edition(
        place=place,
        revision=revision,
        document=native.pack(revision),
        statement=statement,
        signature=wire.key.sign(statement),
        renderings=() if _is_old(place) else tuple(renderings(seen)),
    )


def leaf_of(edition: Edition, draft: Draft, seal_leaf: int | None) -> bytes:
    """The log's entry about a revision that becomes public."""
    place, said = edition.place, edition.revision
    reason = said.reason if place.kind is not Kind.ORIGINAL else None  # else it is another wire's
    kind = _LEAF_OF[place.kind]
    if place.relayed and place.kind is Kind.ORIGINAL:
        kind = "archive" if place.archive else "relay"
    return leaf.public(
        kind,
        number=place.number,
        revision=place.version,
        statement=edition.statement,
        published=place.published,
        by=(said.signed_by or SignedBy.OBSERVED).value,
        issuer=_identity(said),
        key=draft.signer,
        manifest=hashlib.sha256(draft.manifest).hexdigest() if draft.manifest else None,
        signature=hashlib.sha256(draft.signature.encode()).hexdigest() if draft.signature else None,
        label=said.label.kind.value if said.label and said.label.kind else None,
        reason=reason.code if reason else None,
        seal=seal_leaf,
        nonce=canonical.encode(draft.nonce) if draft.nonce else None,
    )


def _identity(said: Revision) -> str | None:
    """The issuer's DID, if it is one: another wire's text may hold anything."""
    did = said.issuer.did if said.issuer else None
    return did if did and leaf.is_identity(did) else None


def public_form(wire: Wire, draft: Draft, place: Place) -> Revision:
    """The revision as readers get it: what the wire adds is added, what is not theirs left out."""
    said = draft.revision
    local = place.published.astimezone(wire.settings.zone_info)
    dateline = said.dateline
    if not place.relayed and place.kind in TEXT_KINDS:
        language = said.language or wire.settings.language
        dateline = compose(said.place, local.date(), wire.settings.mark, language)
    hops = said.hops
    if place.relayed and not place.archive and place.kind in TEXT_KINDS:
        hops = (*hops, Hop(wire.settings.name, "enhanced", place.published))
    signed = SignedBy.CUSTODIAL if draft.signature else SignedBy.OBSERVED
    return replace(
        said,
        id=f"urn:uuid:{place.id}",
        number=place.number,
        version=place.version,
        kind=place.kind,
        status=place.status,
        url=wire.url_of(place.number),
        signed_by=SignedBy.OBSERVED if place.relayed else said.signed_by or signed,
        dateline=dateline,
        archive=place.archive,
        wire=said.wire if place.archive else WireMark(wire.settings.name, place.number),
        channel=place.channel,
        first_created=place.first_created,
        version_created=_written(said, place) if _is_old(place) else place.published,
        release_time=None,
        embargo=None,
        hops=hops,
        contacts=tuple(c for c in said.contacts if c.visibility is Visibility.PUBLIC),
    )


def _is_old(place: Place) -> bool:
    """Whether this is the text as the archive had it, and no change that was made here."""
    return place.archive and place.kind is Kind.ORIGINAL


def _written(said: Revision, place: Place) -> datetime:
    """When the archive's text got its last form, by its own words."""
    stated = said.version_created or place.first_created
    return stated if place.first_created <= stated <= place.published else place.first_created


def renderings(revision: Revision) -> Iterable[Rendering]:
    """The twins of a revision, the small payload of webhooks, and its entry in every feed."""
    for name, format in formats().items():
        if format.about.twin:
            yield rendering(name, revision)
    yield _rendering(THIN, "application/json", thin(revision))
    for kind in KINDS.values():
        yield _rendering(kind.kept, kind.media_type, kind.entry(revision))


def rendering(name: str, revision: Revision) -> Rendering:
    """The revision in one format that is written. Raises UnknownFormat."""
    format = by_name(name)
    return _rendering(name, format.about.media_types[0], format.write(revision))


def thin(revision: Revision, *, test: bool = False) -> bytes:
    """The small webhook payload (Standard Webhooks: type, timestamp, data); a test says so."""
    assert revision.kind and revision.version_created and revision.status and revision.url
    label = revision.label
    names = {name: format.about for name, format in formats().items() if format.about.twin}
    data = {
        "id": revision.id,
        "number": revision.number,
        "version": revision.version,
        "kind": revision.kind.value,
        "status": revision.status.value,
        "label": {"code": label.kind and label.kind.value, "text": label.text} if label else None,
        "title": revision.headline or None,
        "issuer": revision.issuer.name if revision.issuer else None,
        "reason": revision.reason.code if revision.reason else None,
        "url": revision.url,
        "urls": {
            name: f"{revision.url}/v{revision.version}{about.suffixes[0]}"
            for name, about in names.items()
        },
    }
    payload = {
        "type": _EVENT_OF[revision.kind],
        **({"test": True} if test else {}),
        "timestamp": canonical.write_instant(revision.version_created),
        "data": {name: value for name, value in data.items() if value is not None},
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _rendering(format: str, media_type: str, body: bytes) -> Rendering:
    return Rendering(format, media_type, body, hashlib.sha256(body).hexdigest())


def on_time(published: datetime, now: datetime, late: timedelta) -> bool:
    """Whether a commit that begins now may still bear that instant."""
    return now - published <= late
