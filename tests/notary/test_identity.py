"""Signatures, judged by joserfc and by openssl; thumbprints against RFC 8037."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from dispaccio.notary import identity
from dispaccio.notary.identity import SigningKey, verifies
from dispaccio.release.canonical import decode, encode

# RFC 8037, appendix A.1 to A.3
PRIVATE = decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
PUBLIC = decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
KEY = SigningKey(PRIVATE)
PAYLOAD = b'{"v":"dispaccio-manifest/1"}'


def test_the_thumbprint_of_rfc_8037() -> None:
    assert KEY.public == PUBLIC
    assert KEY.thumbprint == identity.thumbprint(PUBLIC) == THUMBPRINT
    assert identity.jwk(PUBLIC) == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": encode(PUBLIC),
        "kid": THUMBPRINT,
    }
    assert OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": encode(PUBLIC)}
    ).thumbprint() == (THUMBPRINT)


def test_the_raw_signature_of_rfc_8037() -> None:
    # Appendix A.4 signs with alg EdDSA; the bytes that are signed are the same kind.
    signing_input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    assert encode(KEY.sign_raw(signing_input)) == (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )


@given(st.binary(max_size=200))
def test_joserfc_accepts_what_we_sign(payload: bytes) -> None:
    header, middle, signature = KEY.sign(payload).split(".")
    assert middle == ""
    assert json.loads(decode(header)) == {"alg": "Ed25519", "kid": THUMBPRINT}
    found = jws.deserialize_compact(
        f"{header}.{encode(payload)}.{signature}",
        OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": encode(PUBLIC)}),
        algorithms=["Ed25519"],
    )
    assert found.payload == payload
    assert verifies(KEY.sign(payload), payload, PUBLIC)


def test_we_accept_what_joserfc_signs() -> None:
    key = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": encode(PUBLIC), "d": encode(PRIVATE)}
    )
    header = {"alg": "Ed25519", "kid": THUMBPRINT}
    signed = jws.serialize_compact(header, PAYLOAD, key, algorithms=["Ed25519"])
    first, _, last = signed.split(".")
    assert verifies(f"{first}..{last}", PAYLOAD, PUBLIC)


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl: apt-get install openssl")
def test_openssl_accepts_what_we_sign(tmp_path: Path) -> None:
    header, _, signature = KEY.sign(PAYLOAD).split(".")
    pem = Ed25519PublicKey.from_public_bytes(PUBLIC).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "signature").write_bytes(decode(signature))
    (tmp_path / "input").write_bytes(f"{header}.{encode(PAYLOAD)}".encode())
    files = ["-inkey", "key.pem", "-in", "input", "-sigfile", "signature"]
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", *files]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "input").write_bytes(f"{header}.{encode(PAYLOAD + b' ')}".encode())
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_another_key_or_another_text_does_not_verify() -> None:
    signed = KEY.sign(PAYLOAD)
    other = SigningKey.generate()
    assert not verifies(signed, PAYLOAD + b" ", PUBLIC)
    assert not verifies(signed, PAYLOAD, other.public)
    assert not verifies(other.sign(PAYLOAD), PAYLOAD, PUBLIC)
    assert not verifies(signed, PAYLOAD, b"short")


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": THUMBPRINT},
        {"alg": "EdDSA", "kid": THUMBPRINT},
        {"alg": "HS256", "kid": THUMBPRINT},
        {"alg": "Ed25519"},
        {"alg": "Ed25519", "kid": "another"},
        {"alg": "Ed25519", "kid": THUMBPRINT, "b64": False, "crit": ["b64"]},
        {"alg": "Ed25519", "kid": THUMBPRINT, "jwk": {"kty": "OKP"}},
        ["Ed25519"],
        "Ed25519",
    ],
    ids=json.dumps,
)
def test_a_header_that_says_anything_else(header: object) -> None:
    first = encode(json.dumps(header).encode())
    signature = encode(KEY.sign_raw(f"{first}.{encode(PAYLOAD)}".encode()))
    assert not verifies(f"{first}..{signature}", PAYLOAD, PUBLIC)


def test_a_signature_has_one_spelling() -> None:
    header, _, signature = KEY.sign(PAYLOAD).split(".")
    for other in (signature + "=", signature + "\n", signature[:40] + "!" + signature[40:]):
        assert not verifies(f"{header}..{other}", PAYLOAD, PUBLIC)
    standard = base64.b64encode(decode(signature)).decode()
    assert not verifies(f"{header}..{standard}", PAYLOAD, PUBLIC)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "...", "a.b", "a..b", f"{encode(b'[' * 90_000)}..", "é..é"],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_what_is_no_signature(text: str) -> None:
    assert not verifies(text, PAYLOAD, PUBLIC)


def test_an_attached_payload_is_refused() -> None:
    header, _, signature = KEY.sign(PAYLOAD).split(".")
    assert not verifies(f"{header}.{encode(PAYLOAD)}.{signature}", PAYLOAD, PUBLIC)


def test_a_key_is_kept_as_pem() -> None:
    key = SigningKey.generate()
    again = identity.from_pem(key.pem())
    assert (again.private, again.public) == (key.private, key.public)
    assert again.ed25519.private_bytes_raw() == key.private
    rsa = generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for pem in (rsa, b"", b"no key"):
        with pytest.raises(ValueError, match=r".+"):
            identity.from_pem(pem)
