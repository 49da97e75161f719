"""One revision as webhooks carry it: its bytes once, signed for a second at a time."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from dispaccio.delivery.signature import SigningKey
from dispaccio.egress.headers import fields

if TYPE_CHECKING:
    from hashlib import _Hash

_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


class Key:
    """A secret that is signed with again and again: HMAC-SHA256 (RFC 2104) with its pads hashed.

    ``hmac.digest`` hashes them each time, and lets another thread have the interpreter each time.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: bytes) -> None:
        padded = (secret if len(secret) <= _BLOCK else sha256(secret).digest()).ljust(_BLOCK, b"\0")
        self._inner: _Hash = sha256(padded.translate(_INNER))
        self._outer: _Hash = sha256(padded.translate(_OUTER))

    def sign(self, content: bytes) -> bytes:
        """The base64 of the signature."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(content)
        outer.update(inner.digest())
        return b2a_base64(outer.digest(), newline=False)


class Letter:
    """What is the same for every endpoint; each gets its first lines and its own signature.

    Args:
        webhook_id: ``<id>.v<n>``.
        body: the bytes.
        media_type: what they are.
        user_agent: who sends.
        key: the wire's, for ``v1a`` (Standard Webhooks 1.0).

    Raises:
        MalformedHeader: one of them cannot stand in a header.
    """

    def __init__(
        self, webhook_id: str, body: bytes, media_type: str, user_agent: str, key: SigningKey
    ) -> None:
        self._id, self._body, self._key = webhook_id, body, key
        said = {"webhook-id": webhook_id, "content-type": media_type, "user-agent": user_agent}
        self._said = fields(said).encode("latin-1")
        self._second = -1

    def _stamp(self, second: int) -> None:
        at = str(second)
        self._second = second
        self._content = b"%b.%d.%b" % (self._id.encode(), second, self._body)
        self._begins = b"%bwebhook-timestamp: %d\r\nwebhook-signature: v1," % (self._said, second)
        self._ends = b" %b\r\nContent-Length: %d\r\n\r\n%b" % (
            self._key.signature(self._id, at, self._body).encode(),
            len(self._body),
            self._body,
        )

    def request(self, first_lines: bytes, keys: Sequence[Key], second: int) -> bytes:
        """The whole request, signed with an endpoint's keys at a second since 1970."""
        if second != self._second:
            self._stamp(second)
        content = self._content
        if len(keys) == 1:
            signatures = keys[0].sign(content)
        else:
            signatures = b" v1,".join([key.sign(content) for key in keys])
        return b"".join((first_lines, self._begins, signatures, self._ends))
