"""Mail as bytes: headers that nothing breaks out of, signatures, tokens, the time of a digest."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import dkim as judge
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.delivery.carriers.mail import Mail
from dispaccio.delivery.mailing import address, days, dkim, headers, letters, tokens
from dispaccio.delivery.mailing.bounces import is_hard
from dispaccio.delivery.mailing.message import PLACE, Letter, Recipient, Stencil
from dispaccio.egress.policy import Policy
from dispaccio.errors import (
    DispaccioError,
    KeysUnreadable,
    MalformedEndpoint,
    MalformedHeader,
    MalformedMailAddress,
)
from dispaccio.testing.releases import in_every_state

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEM = dkim.new_key()
SIGNER = dkim.Signer(PEM, "ponte.example", "s1")
RITA = Recipient("Rita", "rita@gazette.example", f"https://ponte.example/u/{'x' * 43}")
KEY = b"k" * 32
HIDDEN = [
    "=?utf-8?q?hi=0d=0aBcc:_x?=",
    "=?utf-8?b?aGkNCkJjYzogeA==?=",
    "=?iso-8859-1?q?a=0Ab?= and more",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0db=3F=3D?=",
    "one\r\nBcc: x@y.example",
    "one\nX: y",
    "nul\0",
    "escape\x1b[31m",
    "line\u2028separator",
]


def letter(subject: str = "Hello", text: str = f"Text\n{PLACE}\n", **more: object) -> Letter:
    made = Letter(
        sender=("Ponte", "news@ponte.example"),
        subject=subject,
        message_id="a.v1@ponte.example",
        list_id=("Ponte", "releases.ponte.example"),
        text=text,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def holds(data: bytes) -> bool:
    record = "".join(re.findall(r'"([^"]*)"', dkim.record(PEM, "ponte.example", "s1")))
    return bool(judge.verify(data, dnsfunc=lambda name, timeout=5: record.encode()))


# Headers


@pytest.mark.parametrize("text", HIDDEN)
def test_no_text_breaks_out_of_its_header(text: str) -> None:
    for broken in (
        letter(text),
        letter(sender=(text, "news@ponte.example")),
        letter(list_id=(text, "releases.ponte.example")),
        letter(reply_to=(text, "press@aurora.example")),
    ):
        with pytest.raises(MalformedHeader):
            Stencil(broken)
    with pytest.raises(MalformedHeader):
        Stencil(letter()).write(replace(RITA, name=text), NOW)


@pytest.mark.parametrize("field", ["message_id", "follows"])
def test_no_id_breaks_out_either(field: str) -> None:
    with pytest.raises(MalformedHeader):
        Stencil(letter(**{field: "a>\r\nBcc: <x"}))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300))
def test_what_is_written_is_what_is_read(text: str) -> None:
    try:
        field = headers.text("Subject", text)
    except MalformedHeader:
        assert "=?" in text
        return
    assert field.isascii()
    assert all(len(line) <= 78 for line in field.split("\r\n"))
    assert all(line.startswith(" ") for line in field.split("\r\n")[1:])
    value = field.partition(": ")[2].replace("\r\n", "")
    if "=?" not in text:
        assert str(make_header(decode_header(value))) == text


@given(st.text(st.characters(codec="utf-8", exclude_characters=PLACE), max_size=2000))
def test_any_text_is_read_as_it_was_and_signed(text: str) -> None:
    body = f"Text: {text}\n.\nFrom me {PLACE}\n"
    data = Stencil(letter(text=body, html=f"<p>{PLACE}</p>\n")).write(RITA, NOW, SIGNER)
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    lines = [line for line in data.split(b"\r\n") if not line.startswith(b"List-Unsubscribe:")]
    assert all(len(line) <= 78 for line in lines)
    assert holds(data)
    read = message_from_bytes(data, policy=policy.default).get_body(("plain",))
    assert read is not None
    expected = body.replace(PLACE, RITA.leave).replace("\r\n", "\n").replace("\r", "\n")
    assert read.get_content().replace("\r\n", "\n") == expected


def test_a_signature_covers_what_matters_and_lets_nothing_be_added() -> None:
    data = Stencil(letter()).write(RITA, NOW, SIGNER)
    assert holds(data)
    for broken in (
        data.replace(b"rita@gazette", b"rosa@gazette"),
        data.replace(b"One-Click", b"Two-Click"),
        data.replace(b"/u/xx", b"/u/yx"),
        data.replace(b"Text", b"Test"),
        *(name + b": x\r\n" + data for name in (b"From", b"To", b"Subject", b"Reply-To", b"Date")),
    ):
        assert broken != data and not holds(broken)


@pytest.mark.parametrize(("state", "revision"), list(in_every_state()))
def test_a_release_in_every_state_has_a_mail(state: str, revision: object) -> None:
    house = letters.House("Ponte", "news@ponte.example")
    for style in (letters.Style(), letters.Style("aurora")):
        said = letters.release(revision, style, house)  # type: ignore[arg-type]
        data = Stencil(said).write(RITA, NOW, SIGNER)
        assert holds(data)
        message = message_from_bytes(data, policy=policy.default)
        label = revision.label  # type: ignore[attr-defined]
        if label:
            assert message["subject"].startswith(f"[{label.text}]")
        for part in message.walk():
            assert part.get_content_type() in {
                "text/plain",
                "text/html",
                "multipart/alternative",
            }
            if part.get_content_type() == "text/html":
                page = part.get_content()
                assert not re.search(r"<(?:img|script|iframe|link|object)\b|@import|url\(", page)


def test_a_digest_of_every_state_is_one_mail() -> None:
    house = letters.House("Ponte", "news@ponte.example")
    revisions = [revision for _, revision in in_every_state()]
    said = letters.digest(revisions, str(uuid.uuid4()), house)
    assert holds(Stencil(said).write(RITA, NOW, SIGNER))
    assert said.html and '<div lang="ar" dir="rtl">' in said.html
    assert said.message_id != letters.digest(revisions[1:], str(uuid.uuid4()), house).message_id


@pytest.mark.parametrize("pem", [b"", b"junk", PEM[:200]])
def test_a_key_that_is_none(pem: bytes) -> None:
    with pytest.raises(KeysUnreadable):
        dkim.Signer(pem, "ponte.example", "s1")


# Addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rita@gazette.example", "rita@gazette.example"),
        (" Rita+x@GAZETTE.example ", "Rita+x@gazette.example"),
        ("rita@bücher.example", "rita@xn--bcher-kva.example"),
    ],
)
def test_addresses(text: str, found: str) -> None:
    assert address.parse(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rita",
        "rita@",
        "@gazette.example",
        "rita@gazette",
        "a b@gazette.example",
        '"a b"@gazette.example',
        "rita@gazette.example)bob@evil.test",
        "alice@example.org, bob@evil.test",
        "Rita <rita@gazette.example>",
        "rita@gazette.example\r\nBcc: x@y.example",
        "rita\n@gazette.example",
        "ri..ta@gazette.example",
        "rità@gazette.example",
        "rita@[127.0.0.1]",
        "a" * 65 + "@gazette.example",
        "rita@" + "a" * 64 + ".example",
        "rita@-x.example",
        "rita@gazette.example\0",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(MalformedMailAddress):
        address.parse(text)


# Tokens


@given(st.uuids())
def test_tokens_are_read_back_and_are_nobody_elses(id: uuid.UUID) -> None:
    token, back = tokens.leaving(KEY, str(id)), tokens.returning(KEY, str(id), "ponte.example")
    assert len(token) == 43 and len(back.partition("@")[0]) <= 64
    assert tokens.left(KEY, token) == str(id)
    assert tokens.returned(KEY, back) == tokens.returned(KEY, back.upper()) == str(id)
    assert tokens.left(b"o" * 32, token) is None
    assert tokens.returned(b"o" * 32, back) is None


@given(st.text(max_size=80))
def test_anything_else_is_no_token(text: str) -> None:
    assert tokens.left(KEY, text) is None
    assert tokens.returned(KEY, f"bounces+{text}@ponte.example") is None


@given(st.uuids(), st.integers(0, 42))
def test_a_token_with_one_letter_changed_is_none(id: uuid.UUID, at: int) -> None:
    token = tokens.leaving(KEY, str(id))
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    assert tokens.left(KEY, changed) is None


# Digests and bounces


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("UTC", "2026-11-23T06:59Z", "2026-11-22T07:00Z"),
        ("UTC", "2026-11-23T07:00Z", "2026-11-23T07:00Z"),
        ("Europe/Rome", "2026-11-23T06:00Z", "2026-11-23T06:00Z"),
        ("Pacific/Kiritimati", "2026-11-22T17:30Z", "2026-11-22T17:00Z"),
        ("America/Los_Angeles", "2026-11-23T01:00Z", "2026-11-22T15:00Z"),
    ],
)
def test_when_a_digest_was_due(zone: str, now: str, due: str) -> None:
    found = days.last({"digest": "07:00", "zone": zone}, datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(due)


@given(
    st.datetimes(NOW.replace(tzinfo=None), timezones=st.just(UTC)),
    st.sampled_from(["Europe/Rome", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"]),
    st.sampled_from(["00:00", "02:30", "23:59"]),
)
def test_a_digest_is_due_once_a_day_on_every_day(now: datetime, zone: str, at: str) -> None:
    settings = {"digest": at, "zone": zone}
    due = days.last(settings, now)
    assert due <= now < due + timedelta(hours=25, minutes=30)
    assert days.last(settings, due) == due


@pytest.mark.parametrize(
    "settings", [{"digest": "7:00"}, {"digest": "24:00"}, {"digest": 7}, {"zone": 3}]
)
def test_what_is_no_time_of_day(settings: dict[str, object]) -> None:
    with pytest.raises(MalformedEndpoint):
        days.check(settings)
    with pytest.raises(DispaccioError):
        days.check({"digest": "07:00", "zone": "Europe/Nowhere"})


def test_the_style_of_an_endpoint_is_the_one_that_the_docs_name() -> None:
    Mail().check("rita@gazette.example", {"style": "personal", "list": "aurora"}, Policy())
    with pytest.raises(MalformedEndpoint, match="there is personal, not 'only'"):
        Mail().check("rita@gazette.example", {"style": "only"}, Policy())


def test_which_bounces_are_hard() -> None:
    assert all(is_hard(status) for status in ("5.1.1", "5.1.10", "5.1.0", "5.2.1"))
    assert not any(is_hard(s) for s in ("5.1.7", "5.1.8", "5.2.2", "5.7.1", "4.1.1", "5.0.0", ""))
