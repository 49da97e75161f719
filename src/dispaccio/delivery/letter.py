"""One revision as webhooks carry it: its bytes once, signed for a second at a time."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Sequence

from dispaccio.delivery.signature import SigningKey
from dispaccio.egress.client import fields


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

    def request(self, first_lines: bytes, keys: Sequence[bytes], second: int) -> bytes:
        """The whole request, signed with an endpoint's keys at a second since 1970."""
        if second != self._second:
            self._stamp(second)
        content = self._content
        if len(keys) == 1:
            signature = b64encode(hmac.digest(keys[0], content, "sha256"))
        else:
            digests = (b64encode(hmac.digest(key, content, "sha256")) for key in keys)
            signature = b" v1,".join(digests)
        return b"%b%b%b%b" % (first_lines, self._begins, signature, self._ends)
