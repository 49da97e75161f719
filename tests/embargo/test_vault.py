"""The vault: what is sealed opens in its place, with its key, unaltered, and nowhere else."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.embargo.vault import KEY_BYTES, DataKey, Vault
from dispaccio.errors import SealBroken

KEK = bytes(range(KEY_BYTES))
VAULT = Vault(KEK)
OWNER, OTHER = "8f0e1b9c-one", "8f0e1b9c-two"


@given(st.binary(max_size=3000), st.text(max_size=20))
def test_what_is_sealed_opens(plain: bytes, name: str) -> None:
    key, wrapped = VAULT.new_key(OWNER)
    sealed = key.seal(name, plain)
    assert key.open(name, sealed) == plain
    assert VAULT.data_key(wrapped, OWNER).open(name, sealed) == plain
    assert Vault(KEK).data_key(wrapped, OWNER).open(name, sealed) == plain
    assert len(plain) < 8 or plain not in sealed + wrapped


def test_the_same_text_is_never_the_same_ciphertext() -> None:
    key, _ = VAULT.new_key(OWNER)
    assert len({key.seal("draft", b"text") for _ in range(50)}) == 50
    assert len({VAULT.wrap(b"secret", OWNER) for _ in range(50)}) == 50


def test_a_seal_is_bound_to_its_owner_and_its_name() -> None:
    key, wrapped = VAULT.new_key(OWNER)
    sealed = key.seal("draft", b"text")
    with pytest.raises(SealBroken):
        key.open("original/1", sealed)
    with pytest.raises(SealBroken):
        VAULT.data_key(wrapped, OTHER)
    secret = secrets.token_bytes(KEY_BYTES)
    assert DataKey(secret, OWNER).open("draft", DataKey(secret, OWNER).seal("draft", b"x")) == b"x"
    with pytest.raises(SealBroken):
        DataKey(secret, OTHER).open("draft", DataKey(secret, OWNER).seal("draft", b"x"))


def test_another_releases_key_opens_nothing() -> None:
    key, _ = VAULT.new_key(OWNER)
    other, _ = VAULT.new_key(OWNER)
    with pytest.raises(SealBroken):
        other.open("draft", key.seal("draft", b"text"))


def test_another_homes_key_opens_nothing() -> None:
    stranger = Vault(secrets.token_bytes(KEY_BYTES))
    _, wrapped = VAULT.new_key(OWNER)
    with pytest.raises(SealBroken):
        stranger.data_key(wrapped, OWNER)
    with pytest.raises(SealBroken):
        stranger.unwrap(VAULT.wrap(b"secret", OWNER), OWNER)
    assert stranger.likeness(b"text") != VAULT.likeness(b"text")
    assert stranger.reply_mac(b"text") != VAULT.reply_mac(b"text")


def test_every_altered_byte_is_noticed() -> None:
    key, wrapped = VAULT.new_key(OWNER)
    sealed = key.seal("draft", b"text")
    for at in range(len(sealed)):
        altered = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(SealBroken):
            key.open("draft", altered)
    for at in range(len(wrapped)):
        altered = wrapped[:at] + bytes([wrapped[at] ^ 0x80]) + wrapped[at + 1 :]
        with pytest.raises(SealBroken):
            VAULT.data_key(altered, OWNER)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 27])
def test_what_is_cut_is_noticed(length: int) -> None:
    key, wrapped = VAULT.new_key(OWNER)
    with pytest.raises(SealBroken):
        key.open("draft", key.seal("draft", b"a longer text")[:length])
    with pytest.raises(SealBroken):
        VAULT.unwrap(wrapped[:length], OWNER)


def test_a_wrapped_secret_comes_back_to_its_owner_alone() -> None:
    wrapped = VAULT.wrap(b"whsec_abc", "endpoint/1")
    assert VAULT.unwrap(wrapped, "endpoint/1") == b"whsec_abc"
    for owner in ("endpoint/2", "issuer/1", ""):
        with pytest.raises(SealBroken):
            VAULT.unwrap(wrapped, owner)


def test_a_likeness_is_the_same_for_the_same_text_and_tells_nothing() -> None:
    assert VAULT.likeness(b"text") == Vault(KEK).likeness(b"text")
    assert VAULT.likeness(b"text") != VAULT.likeness(b"text ")
    assert VAULT.likeness(b"text") != VAULT.reply_mac(b"text")
    assert len(VAULT.likeness(b"")) == 32


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_the_fields_of_a_request_are_not_confounded(one: list[bytes], two: list[bytes]) -> None:
    assert (VAULT.reply_mac(*one) == VAULT.reply_mac(*two)) is (one == two)


def test_nothing_secret_is_shown() -> None:
    secret = b"\x41" * KEY_BYTES
    assert "AAAA" not in repr(DataKey(secret, OWNER)) + repr(Vault(secret))
