"""Canonical bytes: the parts of a revision, the issuer's manifest, the wire's statement.

JCS is RFC 8785. A part's digest is ``HMAC-SHA256(salt, JCS([name, value]))`` in base64url without
padding, with one random 32-byte salt per part, so that single parts can be shown, or erased by
destroying their salt, without touching the rest. The shapes of ``form``, ``contacts`` and
``media`` are fixed here; the tests hold example bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

import rfc8785

from dispaccio.release.body import Block, BlockKind, clean
from dispaccio.release.label import Label
from dispaccio.release.model import Contact, Hop, Media, Reason, Relation, Revision

MANIFEST = "dispaccio-manifest/1"
STATEMENT = "dispaccio-statement/1"
SALT_BYTES = 32

Json: TypeAlias = Any
"""A value that JSON can hold (RFC 8259)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A named part: a string, or for ``form``, ``contacts`` and ``media`` a JSON value."""

    name: str
    value: Json
    salt: bytes
    _known: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """The salted digest that the manifest holds; it is asked for twice, and made once."""
        if not self._known:
            dumps = rfc8785.dumps if self.name.startswith("media/") else _dumps  # sizes: any number
            mac = hmac.digest(self.salt, dumps([self.name, self.value]), "sha256")
            self._known.append(encode(mac))
        return self._known[0]


def values(revision: Revision) -> list[tuple[str, Json]]:
    """The parts of a revision in their fixed order, as (name, value); absent ones are left out."""
    parts: list[tuple[str, Json]] = [
        (name, text)
        for name, said in (
            ("headline", revision.headline),
            ("subhead", revision.subhead),
            ("place", revision.place),
        )
        if (text := clean(said or ""))
    ]
    blocks = [block.cleaned() for block in revision.body]
    parts += [(f"body/{index}", block.text) for index, block in enumerate(blocks)]
    if blocks:
        parts.append(("form", [_form(block) for block in blocks]))
    if boilerplate := clean(revision.boilerplate or ""):
        parts.append(("boilerplate", boilerplate))
    if revision.contacts:
        parts.append(("contacts", [_contact(contact) for contact in revision.contacts]))
    parts += [(f"media/{index}", _media(item)) for index, item in enumerate(revision.media)]
    return parts


def salted(revision: Revision) -> tuple[Part, ...]:
    """The parts of a revision, each with a fresh random salt."""
    return tuple(
        Part(name, value, secrets.token_bytes(SALT_BYTES)) for name, value in values(revision)
    )


def canonical_bytes(revision: Revision) -> bytes:
    """The issuer's text alone, without salts: what a lossless format gives back unchanged."""
    return rfc8785.dumps([revision.language, [[name, value] for name, value in values(revision)]])


def manifest(
    parts: Iterable[Part],
    *,
    iss: str | None,
    language: str | None,
    commissioned: bool | None,
    asked_for: datetime | None,
    relates: Relation | None,
) -> bytes:
    """The manifest that the issuer signs; ``iss`` is the issuer's DID.

    For a text taken over from another wire nobody signs it, and ``iss`` is None.
    """
    related = None
    if relates:
        related = _present({"id": relates.id, "revision": relates.revision, "kind": relates.kind})
        rfc8785.dumps(related)  # which refuses a number that JCS cannot write
    return _dumps(
        {
            "v": MANIFEST,
            "iss": iss,
            "lang": language,
            "commissioned": commissioned,
            "asked_for": write_instant(asked_for) if asked_for else None,
            "relates": related,
            "parts": [_listed(part) for part in parts],
        }
    )


def statement(
    revision: Revision, *, manifest: bytes | None, wire: str, published: datetime
) -> bytes:
    """The statement that the wire signs about a revision; ``wire`` is the wire's DID.

    ``manifest`` is None for a notice (withhold, withdrawal), which has no text of its own. A
    release from an archive is stated to be one; for others the name is absent.
    """
    return rfc8785.dumps(
        {
            **({"archive": True} if revision.archive else {}),
            "v": STATEMENT,
            "wire": wire,
            "manifest": hashlib.sha256(manifest).hexdigest() if manifest else None,
            "label": _label(revision.label) if revision.label else None,
            "legal": list(revision.legal),
            "dateline": revision.dateline.text if revision.dateline else None,
            "number": revision.number,
            "revision": revision.version,
            "kind": revision.kind and revision.kind.value,
            "reason": _reason(revision.reason),
            "hops": [_hop(hop) for hop in revision.hops],
            "published": write_instant(published),
        }
    )


def write_instant(instant: datetime) -> str:
    """RFC 3339 in UTC; whole seconds where the instant has them."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def encode(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of base64url without padding. Raises ValueError for any other spelling of them."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encode(data) != text:
        raise ValueError("not base64url without padding")
    return data


def _dumps(value: Json) -> bytes:
    """JCS of texts, truth and small whole numbers under ASCII names, ten times as fast as rfc8785.

    There JSON as Python writes it is the same; names beyond ASCII or fractions would not be.
    """
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return written.encode()


def _listed(part: Part) -> Json:
    entry = {"n": part.name, "h": part.digest}
    if part.name.startswith("media/"):
        entry |= {"type": part.value.get("type"), "len": part.value.get("size")}
    return entry


def _form(block: Block) -> Json:
    form: dict[str, Json] = {"kind": block.kind.value}
    if block.level is not None:
        form["level"] = block.level
    if block.kind is BlockKind.LIST:
        form["ordered"] = block.ordered
    if block.media is not None:
        form["media"] = block.media
    if block.marks:
        form["marks"] = [
            [mark.start, mark.end, mark.kind.value, *([mark.href] if mark.href else [])]
            for mark in sorted(block.marks)
        ]
    return form


def _contact(contact: Contact) -> Json:
    return _cleaned(
        {
            "name": contact.name,
            "role": contact.role,
            "organisation": contact.organisation,
            "email": contact.email,
            "phone": contact.phone,
            "visibility": contact.visibility.value,
        }
    )


def _media(media: Media) -> Json:
    return _cleaned(
        {
            "name": media.name,
            "type": media.type,
            "size": media.size,
            "sha256": media.sha256,
            "credit": media.credit,
            "alt": media.alt,
            "rights": media.rights,
        }
    )


def _label(label: Label) -> Json:
    return _present(
        {
            "kind": label.kind and label.kind.value,
            "text": label.text,
            "commissioned": label.commissioned,
            "paid_by": label.paid_by,
            "paid_to": label.paid_to,
            "details": dict(label.details) or None,
        }
    )


def _reason(reason: Reason | None) -> Json:
    return _present({"code": reason.code, "text": reason.text}) if reason else None


def _hop(hop: Hop) -> Json:
    time = hop.time and (
        write_instant(hop.time) if isinstance(hop.time, datetime) else hop.time.isoformat()
    )
    return _present({"party": hop.party, "action": hop.action, "time": time})


def _cleaned(value: dict[str, Json]) -> dict[str, Json]:
    """Texts are canonical text; what is absent or empty then is left out."""
    cleaned = {name: clean(v) if isinstance(v, str) else v for name, v in value.items()}
    return _present({name: v if v != "" else None for name, v in cleaned.items()})


def _present(value: dict[str, Json]) -> dict[str, Json]:
    return {name: item for name, item in value.items() if item is not None}
