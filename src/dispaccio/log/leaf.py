"""The entries of the log: JCS JSON of at most 1 KiB, no text, no titles, no natural person."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import rfc8785

from dispaccio.errors import MalformedLeaf
from dispaccio.release.canonical import encode, write_instant

MAX_BYTES = 1024
KINDS = frozenset(
    {"seal", "publish", "correct", "withhold", "usable_again", "withdraw", "relay", "key", "policy"}
)


def hash_of(body: bytes) -> bytes:
    """The leaf hash: SHA-256 over 0x00 and the entry (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def commitment(nonce: bytes, manifest: bytes) -> str:
    """The blinded commitment to a manifest, opened at publication by its nonce (32 bytes)."""
    return encode(hashlib.sha256(b"dispaccio-seal/1\x00" + nonce + manifest).digest())


def seal(commitment_: str) -> bytes:
    """Something unnamed was sealed: no issuer, number, size or time."""
    return _entry("seal", commitment=commitment_)


def public(
    kind: str,
    *,
    number: str,
    revision: int,
    statement: bytes,
    published: datetime,
    by: str,
    **more: str | int | None,
) -> bytes:
    """An entry about a public revision.

    ``kind`` is publish, relay, correct, withhold, usable_again or withdraw; ``by`` issuer,
    custodial or observed. ``more`` may hold issuer (a DID), key (a thumbprint), manifest and
    signature (SHA-256, hexadecimal), label, reason, seal (a leaf index) and nonce.
    """
    return _entry(
        kind,
        number=number,
        revision=revision,
        statement=hashlib.sha256(statement).hexdigest(),
        published=write_instant(published),
        by=by,
        **more,
    )


def key_event(action: str, *, owner: str, thumbprint: str) -> bytes:
    """A key was added, rotated or revoked; ``owner`` is a DID."""
    return _entry("key", action=action, owner=owner, key=thumbprint)


def policy(second_person: str) -> bytes:
    """The approval policy that holds from here on."""
    return _entry("policy", second_person=second_person)


def parse(body: bytes) -> dict[str, Any]:
    """An entry as data. Raises MalformedLeaf where it breaks the grammar."""
    if len(body) > MAX_BYTES:
        raise MalformedLeaf(f"A leaf has at most {MAX_BYTES} bytes, not {len(body)}.")
    try:
        entry = json.loads(body)
    except ValueError:
        raise MalformedLeaf from None
    if not isinstance(entry, dict) or entry.get("t") not in KINDS or rfc8785.dumps(entry) != body:
        raise MalformedLeaf
    return entry


def _entry(kind: str, **fields: Any) -> bytes:
    if kind not in KINDS:
        raise MalformedLeaf(f"There is no leaf of kind {kind!r}.")
    said = {name: value for name, value in fields.items() if value is not None}
    body = rfc8785.dumps({"t": kind, **said})
    if len(body) > MAX_BYTES:
        raise MalformedLeaf(f"A leaf has at most {MAX_BYTES} bytes, not {len(body)}.")
    return body
