from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from dispaccio.delivery.signature import (
    TOLERANCE,
    SigningKey,
    new_key,
    new_secret,
    sign,
    verify,
)
from dispaccio.errors import (
    MalformedSecret,
    SignatureExpired,
    SignatureInvalid,
    SignatureMissing,
)

ID = "0b9ff0a6-7a0f-4d0e-a5b7-3d3c3c7d2b11.v1"
NOW = datetime(2026, 5, 26, 9, 0, 0, 700_000, tzinfo=UTC)
BODY = '{"type": "release.published", "title": "Café"}'.encode()
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
KEY = SigningKey(new_key())

# The example of the specification's authors for v1a: private key, public key, message, signature.
PRIVATE = (
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
)
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
VECTOR = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZ"
    "dpXwVLPo3mNl8EM+m7TBAg==",
}
VECTOR_BODY = b'{"test": 2432232314}'
VECTOR_TIME = datetime.fromtimestamp(1614265330, UTC)


def test_the_published_example_of_v1a() -> None:
    key = SigningKey(PRIVATE)
    assert key.public == PUBLIC
    assert sign(VECTOR["webhook-id"], VECTOR_TIME, VECTOR_BODY, key=key) == VECTOR
    assert verify(VECTOR, VECTOR_BODY, VECTOR_TIME, public_keys=[PUBLIC]) == VECTOR["webhook-id"]


@given(
    webhook_id=st.uuids(version=4).map(lambda uuid: f"{uuid}.v1"),
    text=st.text(max_size=200),
    secret=st.binary(min_size=24, max_size=64).map(
        lambda raw: "whsec_" + base64.b64encode(raw).decode()
    ),
)
def test_the_reference_library_agrees_both_ways(webhook_id: str, text: str, secret: str) -> None:
    now = datetime.now(UTC)
    judge = Webhook(secret)
    body = text.encode("utf-8", "replace")
    headers = sign(webhook_id, now, body, secrets=[new_secret(), secret], key=KEY)
    judge.verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        judge.verify(body + b".", headers, json_parse=False)
    theirs = headers | {"webhook-signature": judge.sign(webhook_id, now, body.decode())}
    assert verify(theirs, body, now, secrets=[secret]) == webhook_id


@given(seconds=st.floats(86_400, 4e9), hours=st.integers(-12, 14))
def test_any_zone_gives_the_same_bytes(seconds: float, hours: int) -> None:
    utc = datetime.fromtimestamp(seconds, UTC)
    local = utc.astimezone(timezone(timedelta(hours=hours)))
    headers = sign(ID, utc, BODY, secrets=[SECRET])
    assert headers == sign(ID, local, BODY, secrets=[SECRET])
    assert verify(headers, BODY, local, secrets=[SECRET]) == ID


def test_a_time_without_a_zone_is_not_signed() -> None:
    with pytest.raises(TypeError):
        sign(ID, datetime(2026, 5, 26), BODY, secrets=[SECRET])  # noqa: DTZ001


def test_rotation_old_and_new_secret_both_hold() -> None:
    old, new = new_secret(), new_secret()
    during = sign(ID, NOW, BODY, secrets=[new, old])
    for known in ([old], [new], [old, new]):
        assert verify(during, BODY, NOW, secrets=known) == ID
    after = sign(ID, NOW, BODY, secrets=[new])
    with pytest.raises(SignatureInvalid):
        verify(after, BODY, NOW, secrets=[old])


def test_either_kind_of_signature_is_enough() -> None:
    headers = sign(ID, NOW, BODY, secrets=[SECRET], key=KEY)
    assert [part[:3] for part in headers["webhook-signature"].split()] == ["v1,", "v1a"]
    assert verify(headers, BODY, NOW, secrets=[SECRET]) == ID
    assert verify(headers, BODY, NOW, public_keys=[KEY.public]) == ID
    with pytest.raises(SignatureInvalid):
        verify(headers, BODY, NOW)


@given(st.integers(-400, 400))
def test_five_minutes_either_way(seconds: int) -> None:
    """Bad input 31: a webhook replayed after ten minutes."""
    signed = NOW.replace(microsecond=0)
    headers = sign(ID, signed, BODY, secrets=[SECRET])
    now = signed + timedelta(seconds=seconds)
    if abs(seconds) <= TOLERANCE.total_seconds():
        assert verify(headers, BODY, now, secrets=[SECRET]) == ID
    else:
        with pytest.raises(SignatureExpired):
            verify(headers, BODY, now, secrets=[SECRET])


@given(
    name=st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "body"]),
    at=st.integers(0, 40),
    data=st.data(),
)
def test_one_changed_character_is_noticed(name: str, at: int, data: st.DataObject) -> None:
    headers = sign(ID, NOW, BODY, secrets=[SECRET], key=KEY)
    text = BODY.decode() if name == "body" else headers[name]
    at %= len(text)
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    body = BODY
    if name == "body":
        body = changed.encode()
    else:
        headers[name] = changed
    known = {"secrets": [SECRET]} if name == "webhook-signature" else {"public_keys": [KEY.public]}
    with pytest.raises((SignatureInvalid, SignatureExpired, SignatureMissing)):
        verify(headers, body, NOW, **known)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", ""),
        ("webhook-signature", " "),
        ("webhook-timestamp", "now"),
        ("webhook-timestamp", "1e9"),
        ("webhook-timestamp", "-1"),
        ("webhook-timestamp", "１７"),
        ("webhook-timestamp", "9" * 400),
    ],
)
def test_malformed_headers(name: str, value: str) -> None:
    headers = sign(ID, NOW, BODY, secrets=[SECRET])
    with pytest.raises(SignatureMissing):
        verify(headers | {name: value}, BODY, NOW, secrets=[SECRET])
    with pytest.raises(SignatureMissing):
        verify({key: text for key, text in headers.items() if key != name}, BODY, NOW)


@pytest.mark.parametrize(
    "signature",
    ["v1", "v1,", "v1,é", "v1,====", "v2,AAAA", "v1a,AAAA", "v1a,", ",", "v1," + "A" * 44],
)
def test_signatures_that_are_none(signature: str) -> None:
    headers = sign(ID, NOW, BODY, secrets=[SECRET]) | {"webhook-signature": signature}
    with pytest.raises(SignatureInvalid):
        verify(headers, BODY, NOW, secrets=[SECRET], public_keys=[KEY.public])


def test_header_names_in_any_case() -> None:
    headers = sign(ID, NOW, BODY, secrets=[SECRET])
    assert verify({key.title(): text for key, text in headers.items()}, BODY, NOW, secrets=[SECRET])


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_AAAA",
        "whsec_é",
        "whsec_" + "A" * 100,
        SECRET.removeprefix("whsec_"),
        SECRET + "=A",
        PUBLIC,
    ],
)
def test_secrets_that_are_none(secret: str) -> None:
    with pytest.raises(MalformedSecret) as caught:
        sign(ID, NOW, BODY, secrets=[secret])
    assert not secret[8:] or secret[8:] not in caught.value.message
    with pytest.raises(MalformedSecret):
        SigningKey(secret)


def test_halves_of_two_keys() -> None:
    one, other = (base64.b64decode(new_key().removeprefix("whsk_")) for _ in range(2))
    with pytest.raises(MalformedSecret):
        SigningKey("whsk_" + base64.b64encode(one[:32] + other[32:]).decode())


def test_a_key_that_is_kept_elsewhere() -> None:
    private = Ed25519PrivateKey.generate()
    headers = sign(ID, NOW, BODY, key=SigningKey.of(private))
    public = "whpk_" + base64.b64encode(private.public_key().public_bytes_raw()).decode()
    assert verify(headers, BODY, NOW, public_keys=[public]) == ID


def test_new_secrets_are_new() -> None:
    assert new_secret() != new_secret()
    assert new_key() != new_key()
