"""The grammar of the log's entries: codes, hashes and numbers; no text, no person, 1 KiB."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.errors import MalformedLeaf
from dispaccio.log import leaf

T = datetime(2026, 5, 26, 7, tzinfo=UTC)
KEY = "Nv8kXbVv0cJmUeY3Q4mD1qf3xW8t4X9h2yUXo1cZr7A"
HASH = hashlib.sha256(b"statement").hexdigest()
ABOUT: dict[str, Any] = {
    "number": "T100000001",
    "revision": 1,
    "statement": b"statement",
    "published": T,
    "by": "custodial",
}


def test_entries_written_out() -> None:
    assert leaf.seal(KEY) == f'{{"commitment":"{KEY}","t":"seal"}}'.encode()
    assert leaf.policy("paid") == b'{"second_person":"paid","t":"policy"}'
    added = leaf.key_event("add", owner="did:web:ponte.example", thumbprint=KEY)
    assert added == (
        f'{{"action":"add","key":"{KEY}","owner":"did:web:ponte.example","t":"key"}}'.encode()
    )
    opened = leaf.public(
        "publish", **ABOUT, issuer="did:web:aurora.example", label="promotional", seal=0, nonce=KEY
    )
    assert (
        opened
        == (
            '{"by":"custodial","issuer":"did:web:aurora.example","label":"promotional",'
            f'"nonce":"{KEY}","number":"T100000001","published":"2026-05-26T07:00:00Z","revision":1,'
            f'"seal":0,"statement":"{HASH}","t":"publish"}}'
        ).encode()
    )


@pytest.mark.parametrize(
    "body",
    [
        leaf.seal(KEY),
        leaf.policy("always"),
        leaf.key_event("revoke", owner="did:web:127.0.0.1%3A8000:wire", thumbprint=KEY),
        leaf.public("publish", **ABOUT),
        leaf.public("relay", **(ABOUT | {"by": "observed"}), manifest=HASH),
        leaf.public("archive", **(ABOUT | {"by": "observed"}), manifest=HASH),
        leaf.public("correct", **ABOUT, reason="wrong-date", signature=HASH, key=KEY),
        leaf.public("withhold", **ABOUT, reason="legal-check"),
        leaf.public("usable_again", **ABOUT),
        leaf.public("withdraw", **ABOUT, reason="error"),
    ],
    ids=lambda body: json.loads(body)["t"],
)
def test_what_is_written_is_read(body: bytes) -> None:
    assert leaf.parse(body) == json.loads(body)


def test_every_kind_is_tested() -> None:
    mark = next(m for m in test_what_is_written_is_read.pytestmark if m.name == "parametrize")
    assert {json.loads(body)["t"] for body in mark.args[1]} == leaf.KINDS


def test_the_longest_entry_there_can_be_fits() -> None:
    body = leaf.public(
        "withdraw",
        number="T" + "9" * 16,
        revision=999_999_999,
        statement=b"",
        published=T.replace(microsecond=1),
        by="custodial",
        issuer=f"did:{'w' * 20}:{'a' * 240}",
        key="k" * 43,
        manifest="f" * 64,
        signature="f" * 64,
        label="l" * 32,
        reason="r" * 32,
        seal=10**15 - 1,
        nonce="n" * 43,
    )
    assert len(body) <= leaf.MAX_BYTES


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("publish", {"label": "Promotional content, paid by Aurora"}),
        ("publish", {"issuer": "Aurora Dairy"}),
        ("publish", {"issuer": "did:web:aurora.example Ann Weiss"}),
        ("publish", {"issuer": "did:web:" + "a" * 300}),
        ("publish", {"title": "Aurora opens a dairy"}),
        ("publish", {"reason": "error"}),
        ("publish", {"number": "100"}),
        ("publish", {"revision": 0}),
        ("publish", {"revision": True}),
        ("publish", {"by": "Ann"}),
        ("publish", {"manifest": "abc"}),
        ("publish", {"seal": -1}),
        ("publish", {"seal": "0"}),
        ("withdraw", {}),
        ("withhold", {}),
        ("withdraw", {"reason": "Ann Weiss lied."}),
        ("withdraw", {"reason": "r" * 33}),
        ("withdraw", {"reason": "error\n"}),
        ("erase", {}),
        ("seal", {}),
    ],
)
def test_nothing_else_can_be_said(kind: str, change: dict[str, Any]) -> None:
    with pytest.raises(MalformedLeaf):
        leaf.public(kind, **(ABOUT | change))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'"seal"',
        b'{"t":["seal"]}',
        b'{"t":"seal"}',
        b'{"t":"policy","second_person":"paid"}',
        b'{"second_person": "paid","t":"policy"}',
        b'{"second_person":"paid","t":"policy"}\n',
        b'{"second_person":"paid","second_person":"paid","t":"policy"}',
        b'{"second_person":"now and then","t":"policy"}',
        b'{"second_person":NaN,"t":"policy"}',
        b'{"second_person":"\xff","t":"policy"}',
        b'{"second_person":"\\ud800","t":"policy"}',
        b"[" * 1024,
        b" " * 1025,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_breaks_the_grammar(body: bytes) -> None:
    with pytest.raises(MalformedLeaf):
        leaf.parse(body)


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=20) | st.integers() | st.none()))
def test_any_json_is_judged(entry: dict[str, Any]) -> None:
    body = json.dumps({"t": "publish", **entry}).encode()
    with pytest.raises(MalformedLeaf):
        leaf.parse(body)


def test_what_the_log_can_name() -> None:
    assert leaf.is_identity("did:web:aurora.example")
    assert not leaf.is_identity("Aurora")
    assert not leaf.is_identity("")
    assert leaf.is_code("wrong-date")
    for text in ("", "Wrong date", "wrong date", "-x", "x" * 33, "è"):
        assert not leaf.is_code(text)


def test_the_hash_of_a_leaf() -> None:
    # RFC 6962, section 2.1; the empty entry is the first of its well-known test vectors.
    empty = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf.hash_of(b"").hex() == empty


def test_a_commitment_is_blind_and_can_be_opened() -> None:
    nonce, manifest = bytes(32), b'{"v":"dispaccio-manifest/1"}'
    found = leaf.commitment(nonce, manifest)
    digest = hashlib.sha256(b"dispaccio-seal/1\x00" + nonce + manifest).digest()
    assert found == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert found != leaf.commitment(b"\x01" + nonce[1:], manifest)
    assert leaf.parse(leaf.seal(found)) == {"t": "seal", "commitment": found}
