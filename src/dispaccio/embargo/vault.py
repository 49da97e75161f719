"""The vault: every unreleased byte goes through here, and lies as ciphertext on any disk.

AES-256-GCM-SIV (RFC 8452) with one data key per release, itself wrapped by the home's
key-encryption key, which is not in the database. Destroying a data key is deletion.
"""

from __future__ import annotations

import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dispaccio.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12


class Vault:
    """Seals and opens with keys derived from the key-encryption key (32 bytes)."""

    def __init__(self, key_encryption_key: bytes) -> None:
        self._wrapping = AESGCMSIV(_derive(key_encryption_key, b"wrap"))
        self._likeness = _derive(key_encryption_key, b"likeness")
        self._replies = _derive(key_encryption_key, b"replies")
        self._unwrap = lru_cache(maxsize=1024)(self._unwrap_uncached)

    def new_key(self, owner: str) -> tuple[DataKey, bytes]:
        """A fresh data key for an owner (a release's id), and its wrapped form to be kept."""
        key = secrets.token_bytes(KEY_BYTES)
        return DataKey(key, owner), self.wrap(key, owner)

    def data_key(self, wrapped: bytes, owner: str) -> DataKey:
        """The data key from its wrapped form. Raises SealBroken."""
        return self._unwrap(wrapped, owner)

    def wrap(self, secret: bytes, owner: str) -> bytes:
        """A small secret (a key) as ciphertext that only this home can open."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, secret, owner.encode())

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """What was wrapped for that owner. Raises SealBroken."""
        return _decrypt(self._wrapping, wrapped, owner)

    def likeness(self, text: bytes) -> bytes:
        """A keyed hash by which the same text is known again without keeping it."""
        return hmac.digest(self._likeness, text, "sha256")

    def reply_mac(self, *fields: bytes) -> bytes:
        """A keyed hash of an idempotent request; each field is bounded by its length."""
        joined = b"".join(len(field).to_bytes(8, "big") + field for field in fields)
        return hmac.digest(self._replies, joined, "sha256")

    def _unwrap_uncached(self, wrapped: bytes, owner: str) -> DataKey:
        return DataKey(self.unwrap(wrapped, owner), owner)


class DataKey:
    """One release's key. ``name`` binds a ciphertext to its place: it opens nowhere else."""

    def __init__(self, key: bytes, owner: str) -> None:
        self._cipher = AESGCMSIV(key)
        self._owner = owner

    def seal(self, name: str, plain: bytes) -> bytes:
        """Ciphertext of ``plain``, nonce first."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, f"{self._owner}/{name}".encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """What was sealed under that name. Raises SealBroken."""
        return _decrypt(self._cipher, sealed, f"{self._owner}/{name}")


def _decrypt(cipher: AESGCMSIV, sealed: bytes, bound_to: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError):
        raise SealBroken from None


def _derive(key: bytes, purpose: bytes) -> bytes:
    hkdf = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"dispaccio/1 " + purpose)
    return hkdf.derive(key)
