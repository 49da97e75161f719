"""Tokens in addresses: an endpoint's id and a keyed hash of it, so that nobody can make one up."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import uuid

from dispaccio.delivery.signature import SigningKey

BOUNCES = "bounces"
"""What an address begins with to which bounces go."""
_LEAVING, _CONFIRMING, _RETURNING = b"unsubscribe", b"confirm", b"bounce"
_LONG, _SHORT = 16, 10
"""Bytes of the hash: of one that a browser shows, and of one that fits into an address."""
_HEX = re.compile(r"[0-9a-f]{52}")


def key_of(key: SigningKey) -> bytes:
    """The key of the hashes. It follows from the wire's own, and tells nothing of it.

    What is signed has the form of no webhook, since its id is no release's.
    """
    signature = key.signature("dispaccio/mail-tokens", "0", b"")
    return hmac.digest(signature.encode("ascii"), b"mail tokens", "sha256")


def leaving(key: bytes, endpoint: str) -> str:
    """The token of the page on which an endpoint unsubscribes: 43 letters, digits, ``-``, ``_``."""
    return _shown(key, _LEAVING, endpoint)


def left(key: bytes, token: str) -> str | None:
    """The endpoint whose token that is, or None."""
    return _meant(key, _LEAVING, token)


def confirming(key: bytes, endpoint: str) -> str:
    """The token of the page on which an endpoint's address is confirmed; as long as the other."""
    return _shown(key, _CONFIRMING, endpoint)


def confirmed(key: bytes, token: str) -> str | None:
    """The endpoint whose token that is, or None."""
    return _meant(key, _CONFIRMING, token)


def returning(key: bytes, endpoint: str, domain: str) -> str:
    """The address to which a mail for this endpoint comes back (VERP)."""
    id = _bytes(endpoint)
    return f"{BOUNCES}+{(id + _mac(key, _RETURNING, id, _SHORT)).hex()}@{domain}"


def returned(key: bytes, address: str) -> str | None:
    """The endpoint for which a mail came back to that address, or None."""
    prefix, _, token = address.rpartition("@")[0].lower().partition("+")
    if prefix != BOUNCES or not _HEX.fullmatch(token):
        return None
    return _opened(key, bytes.fromhex(token), _RETURNING, _SHORT)


def _shown(key: bytes, purpose: bytes, endpoint: str) -> str:
    id = _bytes(endpoint)
    return base64.urlsafe_b64encode(id + _mac(key, purpose, id, _LONG)).decode().rstrip("=")


def _meant(key: bytes, purpose: bytes, token: str) -> str | None:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    found = _opened(key, raw, purpose, _LONG)
    return found if found is None or _shown(key, purpose, found) == token else None


def _bytes(endpoint: str) -> bytes:
    return bytes.fromhex(endpoint.replace("-", ""))


def _opened(key: bytes, raw: bytes, purpose: bytes, length: int) -> str | None:
    id, mac = raw[:16], raw[16:]
    if len(mac) != length or not hmac.compare_digest(mac, _mac(key, purpose, id, length)):
        return None
    return str(uuid.UUID(bytes=id))


def _mac(key: bytes, purpose: bytes, id: bytes, length: int) -> bytes:
    return hmac.digest(key, purpose + b"\0" + id, "sha256")[:length]
