"""Signing keys: the wire's own, and those it keeps for issuers that have none (custodial).

Ed25519 (RFC 8032). Signatures are detached JWS (RFC 7515 appendix F) with alg ``Ed25519``
(RFC 9864) and the key's RFC 7638 thumbprint as ``kid``.
"""

from __future__ import annotations

import hashlib
import json

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dispaccio.release.canonical import decode, encode


class SigningKey:
    """An Ed25519 key that signs."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()
        self.thumbprint = thumbprint(self.public)
        header = {"alg": "Ed25519", "kid": self.thumbprint}
        self._header = encode(rfc8785.dumps(header)).encode()

    @classmethod
    def generate(cls) -> SigningKey:
        """A fresh key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def private(self) -> bytes:
        """The 32 secret bytes."""
        return self._key.private_bytes_raw()

    @property
    def ed25519(self) -> Ed25519PrivateKey:
        """The key as ``cryptography`` has it, for who signs by other rules."""
        return self._key

    def pem(self) -> bytes:
        """The private key as PKCS #8 PEM."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign(self, payload: bytes) -> str:
        """A detached JWS over the payload: ``header..signature``."""
        signed = self._key.sign(self._header + b"." + encode(payload).encode())
        return f"{self._header.decode()}..{encode(signed)}"

    def sign_raw(self, payload: bytes) -> bytes:
        """The bare 64-byte signature over the payload."""
        return self._key.sign(payload)


def from_pem(pem: bytes) -> SigningKey:
    """The key of a PKCS #8 PEM. Raises ValueError where it holds no Ed25519 key."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the file holds no Ed25519 key")
    return SigningKey(key.private_bytes_raw())


def verifies(jws: str, payload: bytes, public: bytes) -> bool:
    """Whether a detached JWS is that public key's signature over the payload.

    Its header says ``alg`` and ``kid`` and nothing else: nobody here understands more (``crit``).
    """
    try:
        header, middle, signature = jws.split(".")
        said = json.loads(decode(header))
        if middle or said != {"alg": "Ed25519", "kid": thumbprint(public)}:
            return False
        signing_input = f"{header}.{encode(payload)}".encode()
        Ed25519PublicKey.from_public_bytes(public).verify(decode(signature), signing_input)
    except (ValueError, RecursionError, InvalidSignature):
        return False
    return True


def thumbprint(public: bytes) -> str:
    """The JWK thumbprint of an Ed25519 public key (RFC 7638, RFC 8037)."""
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": encode(public)}
    return encode(hashlib.sha256(rfc8785.dumps(jwk)).digest())


def jwk(public: bytes) -> dict[str, str]:
    """The public key as a JWK."""
    return {"kty": "OKP", "crv": "Ed25519", "x": encode(public), "kid": thumbprint(public)}
