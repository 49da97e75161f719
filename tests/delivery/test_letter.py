from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.delivery.letter import Key, Letter
from dispaccio.delivery.signature import SigningKey, new_key, new_secret, secret_bytes, verify
from dispaccio.errors import MalformedHeader

NOW = datetime(2026, 5, 26, 7, tzinfo=UTC)
WIRE = SigningKey(new_key())


@given(secret=st.binary(min_size=1, max_size=100), content=st.binary(max_size=3000))
def test_a_key_signs_as_hmac_does(secret: bytes, content: bytes) -> None:
    key = Key(secret)
    for _ in range(2):
        assert key.sign(content) == b64encode(hmac.digest(secret, content, "sha256"))


def test_a_request_is_signed_for_everybody_who_may_check_it() -> None:
    secrets = [new_secret(), new_secret()]
    keys = [Key(secret_bytes(secret)) for secret in secrets]
    letter = Letter("an-id.v2", b"the body", "text/plain", "wire/1", WIRE)
    for second in (NOW.timestamp(), NOW.timestamp(), NOW.timestamp() + 3):
        request = letter.request(b"POST / HTTP/1.1\r\nHost: x\r\n", keys, int(second))
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        assert (first, body) == ("POST / HTTP/1.1", b"the body")
        assert headers["Content-Length"] == "8"
        assert headers["webhook-timestamp"] == str(int(second))
        assert (headers["content-type"], headers["user-agent"]) == ("text/plain", "wire/1")
        for secret in secrets:
            assert verify(headers, body, NOW, secrets=[secret]) == "an-id.v2"
        assert verify(headers, body, NOW, public_keys=[WIRE.public]) == "an-id.v2"


def test_what_would_begin_another_line_is_refused() -> None:
    with pytest.raises(MalformedHeader):
        Letter("an-id.v2", b"", "text/plain\r\nX: y", "wire/1", WIRE)
