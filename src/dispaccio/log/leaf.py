"""The entries of the log: JCS JSON of at most 1 KiB, no text, no titles, no natural person."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import Any

import rfc8785

from dispaccio.errors import MalformedLeaf
from dispaccio.release.canonical import encode, write_instant

MAX_BYTES = 1024
_HEX = r"[0-9a-f]{64}"
_KEY = r"[A-Za-z0-9_-]{43}"
_DID = r"did:[a-z0-9]{1,20}:[A-Za-z0-9._:%-]{1,240}"
_FIELDS: dict[str, str] = {
    "action": "add|rotate|revoke",
    "by": "issuer|custodial|observed",
    "commitment": _KEY,
    "issuer": _DID,
    "key": _KEY,
    "label": r"[a-z_]{1,32}",
    "manifest": _HEX,
    "nonce": _KEY,
    "number": r"T?[1-9][0-9]{8,15}",
    "owner": _DID,
    "published": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z",
    "reason": r"[a-z0-9][a-z0-9_-]{0,31}",
    "revision": r"[1-9][0-9]{0,8}",
    "seal": r"[0-9]{1,15}",
    "second_person": "always|paid|never",
    "signature": _HEX,
    "statement": _HEX,
}
"""What each field may say: codes, hashes, numbers, identities; never text, never a person."""
_NUMBERS = frozenset({"revision", "seal"})
_ABOUT = frozenset({"number", "revision", "statement", "published", "by"})
_MORE = frozenset({"issuer", "key", "manifest", "signature", "label", "seal", "nonce"})
_KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "seal": (frozenset({"commitment"}), frozenset()),
    "publish": (_ABOUT, _MORE),
    "relay": (_ABOUT, _MORE),
    "archive": (_ABOUT, frozenset({"issuer", "manifest", "label"})),
    "correct": (_ABOUT, _MORE | {"reason"}),
    "withhold": (_ABOUT | {"reason"}, _MORE),
    "usable_again": (_ABOUT, _MORE | {"reason"}),
    "withdraw": (_ABOUT | {"reason"}, _MORE),
    "key": (frozenset({"action", "owner", "key"}), frozenset()),
    "policy": (frozenset({"second_person"}), frozenset()),
}
"""The fields that an entry of each kind must have, and those that it may have."""
KINDS = frozenset(_KINDS)


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

    ``kind`` is publish, relay, archive (brought in, not issued here), correct, withhold,
    usable_again or withdraw; ``by`` issuer, custodial or observed. ``more`` may hold
    issuer (a DID), key (a thumbprint), manifest and signature (SHA-256, hexadecimal), label,
    reason, seal (a leaf index) and nonce.
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


def is_identity(text: str) -> bool:
    """Whether the log can name that identity (a DID)."""
    return bool(re.fullmatch(_DID, text, re.ASCII))


def is_code(text: str) -> bool:
    """Whether the log can hold that code of a reason."""
    return bool(re.fullmatch(_FIELDS["reason"], text, re.ASCII))


def parse(body: bytes) -> dict[str, Any]:
    """An entry as data. Raises MalformedLeaf where it breaks the grammar."""
    if len(body) > MAX_BYTES:
        raise MalformedLeaf(f"A leaf has at most {MAX_BYTES} bytes, not {len(body)}.")
    try:
        entry = json.loads(body)
        canonical = rfc8785.dumps(entry)
    except (ValueError, RecursionError):
        raise MalformedLeaf from None
    if canonical != body or not isinstance(entry, dict):
        raise MalformedLeaf("A leaf is one JSON object in its canonical form (RFC 8785).")
    _check(entry)
    return entry


def _entry(kind: str, **fields: Any) -> bytes:
    entry = {"t": kind, **{name: value for name, value in fields.items() if value is not None}}
    _check(entry)
    return rfc8785.dumps(entry)


def _check(entry: dict[str, Any]) -> None:
    kind = entry.get("t")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise MalformedLeaf(f"There is no leaf of kind {kind!r}.")
    required, optional = _KINDS[kind]
    given = entry.keys() - {"t"}
    if not required <= given <= required | optional:
        wrong = ", ".join(sorted((required - given) | (given - required - optional)))
        raise MalformedLeaf(f"A leaf of kind {kind} lacks, or cannot have: {wrong}.")
    for name in given:
        wanted, value = int if name in _NUMBERS else str, entry[name]
        if type(value) is not wanted or not re.fullmatch(_FIELDS[name], str(value), re.ASCII):
            raise MalformedLeaf(f"The field {name} of a leaf of kind {kind} has no such value.")
