"""DKIM (RFC 6376): a signature of the sending domain, relaxed/relaxed, rsa-sha256."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dispaccio.delivery.mailing.headers import END
from dispaccio.errors import KeysUnreadable

BITS = 2048
OVERSIGNED = ("from", "to", "subject", "date", "reply-to", "list-unsubscribe")
"""Named once more than they are there, so that nobody can add another one (section 8.15)."""
_PIECE = 250
_BLANKS = re.compile(rb"[ \t]+")


class Signer:
    """Signs for a domain with the key that its DNS holds under a selector.

    Raises KeysUnreadable where the key is not an RSA key of 2048 bits or more.
    """

    def __init__(self, pem: bytes, domain: str, selector: str) -> None:
        self._key = _read(pem)
        self._tags = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain};{END} s={selector};"

    def sign(self, fields: str, names: str, body_hash: bytes, at: int) -> str:
        """The DKIM-Signature field with its line end.

        Args:
            fields: those that are signed, in the relaxed form, in the order of ``names``.
            names: what the tag ``h`` says (``listed``).
            body_hash: SHA-256 of the relaxed body.
            at: seconds since 1970.
        """
        hashed = base64.b64encode(body_hash).decode()
        value = f"{self._tags} t={at};{END} bh={hashed};{END} h={names};{END} b="
        own = f"dkim-signature:{value.replace(END, '')}"  # what is folded begins with one blank
        signature = self._key.sign(
            (fields + own).encode("ascii"), padding.PKCS1v15(), hashes.SHA256()
        )
        written = base64.b64encode(signature).decode()
        lines = (written[start : start + 72] for start in range(0, len(written), 72))
        return f"DKIM-Signature: {value}{f'{END} '.join(lines)}{END}"


def listed(names: Sequence[str]) -> str:
    """The tag ``h``: the fields that are signed, those of ``OVERSIGNED`` once more."""
    return f":{END} ".join([*names, *OVERSIGNED])


def relaxed(body: bytes) -> bytes:
    """Whole lines of a body in the relaxed form (section 3.4.4); empty last lines stay."""
    return _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")


def ended(body: bytes) -> bytes:
    """The last lines of a body in the relaxed form without the empty ones at its end."""
    kept = body.rstrip(b"\r\n")
    return kept + b"\r\n" if kept else b""


def body_hash(canonical: Sequence[bytes]) -> bytes:
    """The hash of a body that was made of such lines."""
    digest = hashlib.sha256()
    for piece in canonical:
        digest.update(piece)
    return digest.digest()


def new_key() -> bytes:
    """A fresh key in PEM (PKCS #8)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def record(pem: bytes, domain: str, selector: str) -> str:
    """The line for the domain's DNS zone (section 3.6). Raises KeysUnreadable."""
    public = (
        _read(pem)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    value = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    pieces = (value[at : at + _PIECE] for at in range(0, len(value), _PIECE))
    said = " ".join(f'"{piece}"' for piece in pieces)
    return f"{selector}._domainkey.{domain}. IN TXT ( {said} )"


def _read(pem: bytes) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        raise KeysUnreadable(
            "The DKIM key is not a private key in PEM without a password."
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < BITS:
        raise KeysUnreadable(f"The DKIM key is not an RSA key of {BITS} bits or more.")
    return key
