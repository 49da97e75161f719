"""Signatures of webhooks by Standard Webhooks 1.0, for who sends and who receives.

What is signed is ``id.timestamp.body``. ``v1`` is HMAC-SHA256 with a secret that both sides know
(``whsec_``). ``v1a`` is Ed25519 with the sender's key (``whsk_``); anybody can check it with the
public half (``whpk_``). Source: https://www.standardwebhooks.com, specification 1.0.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets as randomness
from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dispaccio.errors import (
    MalformedSecret,
    SignatureExpired,
    SignatureInvalid,
    SignatureMissing,
)

TOLERANCE = timedelta(minutes=5)
"""How far the time of signing may be from the receiver's clock."""

_SECRET, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"
_SECRET_LENGTHS = range(24, 65)
_REMEMBERED = 64
_MOST = 16
"""So many signatures of one message are looked at."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


class SigningKey:
    """The wire's Ed25519 key (RFC 8032).

    Args:
        text: ``whsk_`` and base64 of the 32 bytes of the seed, the public key behind them or not.

    Raises:
        MalformedSecret: it is something else.
    """

    def __init__(self, text: str) -> None:
        raw = _decode(text, _PRIVATE, (32, 64))
        key = Ed25519PrivateKey.from_private_bytes(raw[:32])
        public = key.public_key().public_bytes_raw()
        if raw[32:] not in {b"", public}:
            raise MalformedSecret("The two halves of that key do not belong together.")
        self.public = _PUBLIC + _encode(public)
        """``whpk_`` and base64: what receivers check with."""

        def signature(webhook_id: str, timestamp: str, body: bytes) -> str:
            return f"v1a,{_encode(key.sign(_content(webhook_id, timestamp, body)))}"

        # Every endpoint gets the same bytes in the same second; signing costs ten times a delivery.
        self.signature = lru_cache(_REMEMBERED)(signature)

    @classmethod
    def of(cls, key: Ed25519PrivateKey) -> SigningKey:
        """The same for a key that is kept elsewhere."""
        return cls(_PRIVATE + _encode(key.private_bytes_raw()))


def secret_bytes(secret: str) -> bytes:
    """The bytes of a secret (``whsec_``). Raises MalformedSecret."""
    return _decode(secret, _SECRET, _SECRET_LENGTHS)


def new_secret() -> str:
    """Make a secret of 32 random bytes."""
    return _SECRET + _encode(randomness.token_bytes(32))


def new_key() -> str:
    """Make a private key, as ``SigningKey`` takes it."""
    seed = Ed25519PrivateKey.generate()
    return _PRIVATE + _encode(seed.private_bytes_raw() + seed.public_key().public_bytes_raw())


def sign(
    webhook_id: str,
    at: datetime,
    body: bytes,
    *,
    secrets: Sequence[str] = (),
    key: SigningKey | None = None,
) -> dict[str, str]:
    """Make the three headers of a message.

    Args:
        webhook_id: the same for every attempt and every endpoint.
        at: when this attempt is made, with its zone; whole seconds are used.
        body: the bytes as they are sent.
        secrets: those of the endpoint; two while one replaces the other.
        key: the wire's, for ``v1a``.

    Returns:
        ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``.

    Raises:
        MalformedSecret: a secret is none.
    """
    timestamp = str((at - _EPOCH) // timedelta(seconds=1))
    content = _content(webhook_id, timestamp, body)
    signatures = [f"v1,{_encode(_hmac(secret, content))}" for secret in secrets]
    if key is not None:
        signatures.append(key.signature(webhook_id, timestamp, body))
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def verify(
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    *,
    secrets: Sequence[str] = (),
    public_keys: Sequence[str] = (),
) -> str:
    """Check a message; one signature by one known secret or key is enough.

    Within the five minutes a message can be sent again by whoever saw it: the receiver drops an id
    that it has already taken.

    Returns:
        The ``webhook-id``.

    Raises:
        SignatureMissing: a header is absent or malformed.
        SignatureExpired: it was signed more than five minutes before or after ``now``.
        SignatureInvalid: no signature fits.
        MalformedSecret: a secret or key of the receiver is none.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    webhook_id, timestamp = lower.get("webhook-id", ""), lower.get("webhook-timestamp", "")
    signatures = lower.get("webhook-signature", "").split()[:_MOST]
    if not (webhook_id and signatures and _TIMESTAMP.fullmatch(timestamp)):
        raise SignatureMissing
    if abs(now - _EPOCH - timedelta(seconds=int(timestamp))) > TOLERANCE:
        raise SignatureExpired(id=webhook_id, timestamp=timestamp)
    content = _content(webhook_id, timestamp, body)
    wanted = [_hmac(secret, content) for secret in secrets]
    keys = [Ed25519PublicKey.from_public_bytes(_decode(key, _PUBLIC, (32,))) for key in public_keys]
    for version, _, text in (signature.partition(",") for signature in signatures):
        given = _signature_bytes(text)
        if version == "v1" and any(hmac.compare_digest(given, digest) for digest in wanted):
            return webhook_id
        if version == "v1a" and any(_is_signed(key, given, content) for key in keys):
            return webhook_id
    raise SignatureInvalid(id=webhook_id)


def _content(webhook_id: str, timestamp: str, body: bytes) -> bytes:
    return b"%b.%b.%b" % (webhook_id.encode(), timestamp.encode(), body)


def _hmac(secret: str, content: bytes) -> bytes:
    return hmac.digest(secret_bytes(secret), content, "sha256")


def _is_signed(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _signature_bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _decode(text: str, prefix: str, lengths: Container[int]) -> bytes:
    """Read a secret or key; the message never holds it."""
    if text.startswith(prefix):
        try:
            raw = base64.b64decode(text.removeprefix(prefix), validate=True)
        except ValueError:
            raw = b""
        if len(raw) in lengths:
            return raw
    raise MalformedSecret(f"That does not begin with {prefix}, or what follows is not its base64.")
