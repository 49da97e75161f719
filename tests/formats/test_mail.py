"""E-mail: what a message says, whatever its charset and parts; what is ambiguous is refused."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.anatomy.embargo import UNCLEAR, unclear
from dispaccio.errors import DispaccioError, MalformedDocument, TooLarge, UnknownFormat
from dispaccio.formats import registry
from dispaccio.formats.base import Options
from dispaccio.formats.mail import headers, mail
from dispaccio.formats.text import text
from dispaccio.release.body import BlockKind
from dispaccio.release.model import Identifier, ItemKind, Reading, Revision
from tests.support.broken import samples
from tests.support.source import ROOT

DATA = ROOT / "tests" / "data" / "mail"
BODY = (
    "The Harbour of Lowmere opens its new ferry dock to travellers on Monday.\n\n"
    "It has ten berths and a waiting room for those who come early.\n"
)
TITLE = "Lowmere opens the first dock for electric ferries"
SENT = datetime(2026, 5, 26, 7, 0, 17, tzinfo=UTC)


def read(data: bytes | str, options: Options | None = None) -> Reading:
    (found,) = mail.read(data.encode() if isinstance(data, str) else data, options or Options())
    return found


def sample(name: str) -> Reading:
    return read((DATA / name).read_bytes())


def message(*fields: str, body: str = BODY) -> str:
    known = "".join(f"{field}\n" for field in fields)
    sender = "" if "From:" in known else "From: Ada Fenwick <ada@harbour.example>\n"
    return f"{sender}{known}\n{body}"


# What a message says


def test_a_plain_message() -> None:
    found = sample("plain.eml")
    said = found.revision
    assert found.warnings == ()
    assert said.headline == TITLE
    assert said.place == "LOWMERE"
    assert said.created == SENT
    assert said.author == "Ada Fenwick"
    assert said.identifiers == (Identifier("message-id", "dock-1@harbour.example"),)
    assert said.issuer is None, "who sends a text need not be who issues it"


def test_the_senders_address_belongs_to_the_contact_of_that_name_only() -> None:
    (contact,) = sample("plain.eml").revision.contacts
    assert (contact.name, contact.email) == ("Ada Fenwick", "ada@harbour.example")
    other = (DATA / "plain.eml").read_bytes().replace(b"From: Ada Fenwick", b"From: Ben Tarn")
    (contact,) = read(other).revision.contacts
    assert (contact.name, contact.email) == ("Ada Fenwick", None)


def test_line_ends_may_be_either() -> None:
    data = (DATA / "alternatives.eml").read_bytes()
    assert read(data.replace(b"\n", b"\r\n")) == read(data)


def test_the_subject_is_the_title_only_where_the_text_has_none() -> None:
    assert sample("plain.eml").revision.headline != "A dock"
    assert sample("no-title.eml").revision.headline == (
        "Lowmere eröffnet den ersten Steg für Fähren"
    )


def test_charsets() -> None:
    assert "Fähren" in sample("no-title.eml").revision.body[0].text
    assert "十个泊位" in sample("chinese.eml").revision.body[0].text
    wrong = read(message("Content-Type: text/plain; charset=utf-8").encode() + b"Caf\xe9 \x96 so.")
    assert "Café – so." in wrong.revision.body[-1].text
    assert "read as windows-1252" in " ".join(wrong.warnings)
    head = message("Subject: A dock", "Content-Type: text/plain; charset=iso-8859-1").encode()
    latin = read(head + b"\nThe \x93Caf\xe9\x94 opens on Monday too.")
    assert latin.revision.body[-1].text == "The “Café” opens on Monday too."
    assert latin.warnings == ()


def test_the_better_alternative_is_read() -> None:
    found = sample("alternatives.eml")
    said = found.revision
    assert said.headline == TITLE
    assert [block.text for block in said.body] == [
        "The Harbour of Lowmere opens its new ferry dock to travellers on Monday. More:"
    ]
    assert said.body[0].marks[0].href == "https://harbour.example/dock"
    assert not any("alternative" in warning for warning in found.warnings)


def test_an_alternative_that_says_something_else_is_named() -> None:
    data = (DATA / "alternatives.eml").read_text()
    plain = "The Harbour of Lowmere opens its new ferry dock to travellers on \nMonday."
    other = read(data.replace(plain, "EMBARGO: 27 May 2026, 10:00 CEST\n\nNothing opens at all."))
    assert "The alternative in text/plain says something else; not read." in other.warnings
    assert other.revision.embargo == datetime(2026, 5, 27, 8, tzinfo=UTC)
    long = BODY * 3
    more = read(data.replace(plain, long))
    assert "ten berths" in more.revision.body[-1].text
    assert "The alternative in text/html says something else; not read." in more.warnings


def test_what_is_attached_is_named_and_pictures_are_media() -> None:
    found = sample("alternatives.eml")
    assert (
        "An attachment was not read: müll.json (application/vnd.iptc.ninjs+json)." in found.warnings
    )
    (picture,) = found.revision.media
    assert (picture.name, picture.type, picture.size) == ("dock.png", "image/png", 5)


def test_a_file_name_that_hides_a_line_is_none() -> None:
    data = (DATA / "alternatives.eml").read_text()
    hidden = data.replace('filename="../../dock.png"', 'filename="=?utf-8?q?a=0ab.png?="')
    (picture,) = read(hidden).revision.media
    assert picture.name is None


def test_a_forwarded_message_is_the_release() -> None:
    found = sample("forwarded.eml")
    said = found.revision
    assert said.headline == TITLE
    assert said.author == "Ada Fenwick"
    assert said.created == SENT
    assert said.editorial_note
    assert "Please hold this back." in said.editorial_note
    assert said.embargo == datetime(2026, 5, 27, 8, tzinfo=UTC)
    assert {item.value for item in said.identifiers} == {
        "dock-1@harbour.example",
        "out-1@agency.example",
    }
    assert any("forwards another one" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Messaggio inoltrato ---------",
    ],
)
def test_a_message_forwarded_as_text_is_the_release(marker: str) -> None:
    inner = "From: Ben Tarn <ben@agency.example>\nDate: Mon, 25 May 2026 08:00:00 +0200\n"
    inner += f"Subject: Lowmere gets a dock\nTo: me@x.example\n\n{BODY}"
    note = "Please hold.\n\nEmbargo: 27 May 2026, 10:00 CEST\n\n"
    found = read(message("Subject: Fwd: dock", body=f"{note}{marker}\n{inner}"))
    said = found.revision
    assert said.headline == "Lowmere gets a dock"
    assert said.author == "Ben Tarn"
    assert said.created == datetime(2026, 5, 25, 6, tzinfo=UTC)
    assert said.embargo == datetime(2026, 5, 27, 8, tzinfo=UTC)
    assert said.editorial_note == f"dock\n\n{note.strip()}"
    assert [block.text[:11] for block in said.body] == ["The Harbour", "It has ten "]
    assert any("forwards another message" in warning for warning in found.warnings)


def test_a_mailbox_gives_every_message() -> None:
    first, second, picture = mail.read((DATA / "mailbox.mbox").read_bytes(), Options())
    assert "Item 2 was left out. Line 1 of the head is no header field." in first.warnings
    assert second.revision.body[0].text.startswith("From Monday on"), "unquoted"
    assert second.revision.body[0].kind is BlockKind.PARAGRAPH
    assert second.revision.headline == "The second"
    assert picture.item is ItemKind.PICTURE
    assert picture.revision.headline == "Only a picture"


def test_a_report_of_a_mail_server_is_no_text() -> None:
    found = read(
        message(
            "Content-Type: multipart/report; boundary=x",
            body="--x\n\nYour message could not be delivered.\n--x--\n",
        )
    )
    assert found.item is ItemKind.OTHER


# The embargo


@pytest.mark.parametrize(
    "field",
    [
        "Subject: EMBARGO 27 May 2026, 10:00 CEST: A dock",
        "Subject: Sperrfrist: 27.05.2026, 10:00 Uhr MESZ",
        "Subject: Embargo fino alle 10:00 del 27 maggio 2026, ora italiana",
        "Subject: =?utf-8?q?EMBARGO_27_May_2026=2C_10=3A00_CEST?=",
        "X-Embargo: 2026-05-27T10:00:00+0200",
        "Embargo-Until: Wed, 27 May 2026 10:00:00 +0200",
        "X-Embargo-Until: 27 May 2026, 10:00 CEST",
    ],
)
def test_an_embargo_in_the_head_holds(field: str) -> None:
    assert read(message(field)).revision.embargo == datetime(2026, 5, 27, 8, tzinfo=UTC)


def test_the_latest_embargo_holds() -> None:
    body = f"EMBARGO: 28 May 2026, 10:00 CEST\n\n{BODY}"
    found = read(message("Subject: EMBARGO 27 May 2026, 10:00 CEST", body=body))
    assert found.revision.embargo == datetime(2026, 5, 28, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "field",
    [
        "Subject: [EMBARGO] A dock opens in Lowmere",
        "Subject: A dock opens in Lowmere (under embargo)",
        "Subject: Embargo 27 May 2026, 10:00",
        "Subject: Fwd: EMBARGO: A dock opens in Lowmere",
        "X-Embargo: tomorrow, ten o'clock",
        "Sperrfrist: 2026-05-27T10:00:00",
    ],
)
def test_an_embargo_without_a_clear_end_is_said_to_be_unclear(field: str) -> None:
    found = read(message(field))
    assert unclear(found.warnings), found.warnings
    assert any(UNCLEAR in warning for warning in found.warnings)


def test_an_embargo_in_the_note_above_holds_however_long_it_is() -> None:
    data = (DATA / "forwarded.eml").read_text()
    long = "".join(f"Please hold this back, for reason {at}.\n\n" for at in range(90))
    found = read(data.replace("Please hold this back.\n\n", long))
    assert found.revision.embargo == datetime(2026, 5, 27, 8, tzinfo=UTC)
    assert "The editorial note was cut to 2,000 characters." in found.warnings
    bare = read(data.replace("Embargo: 27 May 2026, 10:00 CEST", "Under embargo!"))
    assert unclear(bare.warnings)


def test_an_embargo_on_trade_is_none() -> None:
    found = read(message("Subject: Lowmere protests against the oil embargo"))
    assert not unclear(found.warnings)


def test_a_date_without_a_zone_takes_the_one_that_is_set_or_is_left_out() -> None:
    field = "Date: Tue, 26 May 2026 09:00:17 -0000"
    assert "states no zone" in " ".join(read(message(field)).warnings)
    told = read(message(field), Options(zone=ZoneInfo("Europe/Rome")))
    assert told.revision.created == SENT
    odd = read(message("Date: Tue, 31 Feb 2026 09:00:17 +0200"))
    assert odd.revision.created is None
    assert any(warning.startswith("Date was left out") for warning in odd.warnings)


# What is refused


@pytest.mark.parametrize(("path", "code"), samples("mail"))
def test_broken_samples(path: Path, code: str) -> None:
    started = time.process_time()
    with pytest.raises(DispaccioError) as raised:
        mail.read(path.read_bytes(), Options())
    assert raised.value.code() == code
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ada@harbour.example", None),
        ("<ada@harbour.example>", None),
        ("Ada Fenwick <ada@harbour.example>", "Ada Fenwick"),
        ('"Fenwick, Ada" <ada@harbour.example>', "Fenwick, Ada"),
        ('"ada@harbour.example" <ada@harbour.example>', "ada@harbour.example"),
        ("ada@harbour.example (Ada Fenwick)", "Ada Fenwick"),
        ("=?iso-8859-1?q?Ad=E4?= <ada@harbour.example>", "Adä"),
        ("Адa <ada@harbour.example>", "Адa"),
    ],
)
def test_senders(said: str, name: str | None) -> None:
    assert headers.mailbox(said.encode(), []) == headers.Mailbox(name, "ada@harbour.example")


@pytest.mark.parametrize(
    "said",
    [
        "alice@example.org)bob@evil.example",
        "alice@example.org, <bob@evil.example",
        "alice@example.org(x)bob@evil.example",
        "<alice@example.org><bob@evil.example>",
        "Harbour, Lowmere <ada@harbour.example>",
        "<@relay.example:ada@harbour.example>",
        "group: ada@harbour.example;",
        "ada@harbour@evil.example",
        "Ada",
        "=?utf-8?q?alice=40example.org?= <bob@evil.example>",
        "<" * 5000,
    ],
)
def test_senders_that_can_be_read_in_two_ways(said: str) -> None:
    with pytest.raises(MalformedDocument):
        headers.mailbox(said.encode(), [])


def test_large_messages_are_bounded() -> None:
    started = time.process_time()
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(30_000)
    )
    with pytest.raises(MalformedDocument, match="deeper"):
        read(message(nested.removesuffix("\n")))
    with pytest.raises(TooLarge):
        read(message("Content-Type: multipart/mixed; boundary=x", body="--x\n\n" * 500_000))
    with pytest.raises(TooLarge):
        read(message("X: y\n" * 200_000))
    with pytest.raises(TooLarge):
        read(message("Subject: " + "=?a?q?" * 5_000))
    assert time.process_time() - started < 4


PIECES = [
    b"From: a@b.example\n",
    b"Subject: x\n",
    b"\n",
    b"--x\n",
    b"--x--\n",
    b"=?utf-8?q?=0a?=",
    b"Content-Type: multipart/mixed; boundary=x\n",
    b"Content-Type: multipart/alternative; boundary=x\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Type: text/html\n",
    b"Content-Transfer-Encoding: base64\n",
    b"\xff\x00",
    b"<p>Text & more",
    b" folded\n",
    b"From x Tue May 26 09:00:17 2026\n",
    b"Text that goes on.\n",
    b"; name*0*=utf-8''%ff",
    b"X-Embargo: ",
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=6), max_size=20))
def test_nothing_else_than_an_error_of_ours(pieces: list[bytes]) -> None:
    try:
        found = mail.read(b"".join(pieces), Options())
    except DispaccioError:
        return
    assert all(isinstance(item, Reading) for item in found)


# Which documents are mail


@pytest.mark.parametrize(
    "head",
    [
        "From: a@foo.example\nFrom: b@foo.example\nSubject: A dock",
        "From: a@foo.example\nTo: b@foo.example",
        "Subject: A dock\nFrom: =?utf-8?Q?a=0Ab?=",
        "From: Ada\n <a@foo.example>\nSubject: A dock",
    ],
)
def test_a_head_with_a_senders_address_is_mail(head: str) -> None:
    assert registry.detect(f"{head}\n\n{BODY}".encode()).name == "mail"


def test_a_pasted_mail_stays_text() -> None:
    pasted = f"From: Ada Fenwick\nSubject: A dock\nDate: 26 May 2026\n\n{BODY}".encode()
    assert registry.detect(pasted).name == "text"
    (found,) = text.read(pasted, Options())
    assert found.revision.author == "Ada Fenwick"
    for path in DATA.iterdir():
        if path.name != "forwarded.eml":
            assert registry.detect(path.read_bytes()).name == "mail", path.name


def test_a_part_in_base64_that_is_cut_short_is_said_to_be() -> None:
    packed = base64.b64encode(BODY.encode()).decode().rstrip("=")
    cut = packed[: len(packed) // 4 * 4 - 3]
    found = read(message("Subject: A dock", "Content-Transfer-Encoding: base64", body=cut))
    assert "A part in base64 is cut short." in found.warnings
    assert "Harbour of Lowmere" in found.revision.body[0].text


def test_mail_is_not_written() -> None:
    with pytest.raises(UnknownFormat):
        mail.write(Revision())
