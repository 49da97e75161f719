"""Plain text: which bytes are a text, how much of it is taken, and how a release is written."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.errors import DispaccioError, MalformedDocument, NotText, TooLarge, WrongCharset
from dispaccio.formats import registry
from dispaccio.formats.base import Options
from dispaccio.formats.markdown import markdown
from dispaccio.formats.text import text
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import Contact, Dateline, Party, Reading, Reason, Revision, SignedBy
from dispaccio.release.state import Kind, Status

FRAMES = Path(__file__).parents[1] / "data" / "frames"
T = datetime(2026, 5, 26, 7, tzinfo=UTC)


def read(data: bytes, **options: str) -> Reading:
    (only,) = text.read(data, Options(**options))  # type: ignore[arg-type]
    return only


# Bytes


def test_bytes_that_are_not_utf_8_are_an_error_with_their_offset() -> None:
    with pytest.raises(WrongCharset, match=r"Byte 3\b"):
        read(b"Caf\xe9 opens\n\nA text.")


def test_utf_16_is_read_by_its_byte_order_mark() -> None:
    for name in ("utf-16-le", "utf-16-be"):
        found = read("\ufeffCafé opens\n\nA text.".encode(name)).revision
        assert found.headline == "Café opens"


def test_a_stated_charset_holds_and_is_checked() -> None:
    assert read(b"Caf\xe9 opens\n\nA text.", charset="latin-1").revision.headline == "Café opens"
    with pytest.raises(WrongCharset):
        read(b"Caf\x81 opens", charset="windows-1252")
    with pytest.raises(WrongCharset):
        read(b"Title", charset="klingon")


def test_windows_1252_is_taken_only_from_asianet() -> None:
    data = (FRAMES / "asianet-windows-1252.txt").read_bytes()
    assert any("windows-1252" in warning for warning in read(data).warnings)
    other = re.sub(rb"PRNewswire-AsiaNet|MEDIA RELEASE PR\d+", b"", data)
    with pytest.raises(WrongCharset):
        read(other)
    with pytest.raises(WrongCharset):
        read(data, charset="utf-8")


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"%PDF-1.7 text", "PDF"),
        (b"PK\x03\x04word/document.xml", "ZIP"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0JFIF", "JPEG"),
        (b"{\\rtf1 text}", "Rich Text"),
        (b"Title\x00text", "NUL"),
        (b"\x01\x02\x03\x04text", "control characters"),
    ],
)
@pytest.mark.parametrize("reader", [text, markdown], ids=lambda it: it.name)
def test_what_is_not_text_is_named(reader: object, data: bytes, looks_like: str) -> None:
    with pytest.raises(NotText, match=looks_like):
        reader.read(data, Options())  # type: ignore[attr-defined]


def test_invisible_characters_are_taken_out_and_counted() -> None:
    reading = read("Bri\u200bdge\ufe0f of \U000e0041it\n\nA te\u00adxt, 1\u200b3 % of it.".encode())
    assert reading.revision.headline == "Bridge of it"
    assert reading.revision.body[0].text == "A text, 13 % of it."
    assert reading.warnings == ("5 invisible characters were taken out, the first in line 1.",)


def test_what_joins_letters_is_spelling() -> None:
    spelt = "می\u200cخواهم و 👩\u200d🚀 و क्\u200dष"
    assert read(f"Bridge\n\n{spelt}. Yes.".encode()).revision.body[0].text == f"{spelt}. Yes."


def test_marks_of_direction_stay_and_are_warned_of() -> None:
    reading = read("Bridge \u202eelttiT\n\nA text.".encode())
    assert "\u202e" in reading.revision.headline
    assert "direction" in reading.warnings[0]


def test_line_ends_of_every_system_are_one() -> None:
    lines = "Bridge\n\nA first text, long enough.\n\nA second text.\n"
    readings = [read(lines.replace("\n", end).encode()) for end in ("\n", "\r\n", "\r")]
    assert readings[0] == readings[1] == readings[2]
    assert read(b"\xef\xbb\xbf" + lines.encode()) == readings[0]


# How much

MILLIONS = 4 * 1024 * 1024


@pytest.mark.parametrize("reader", [text, markdown], ids=lambda it: it.name)
@pytest.mark.parametrize(
    "sign",
    ["a", "word ", "[", "![", "<http://", "$1 ", "“a” said ", "«", "A. ", "> ", "北说：“京”"],
)
def test_a_line_of_four_megabytes_is_refused(reader: object, sign: str) -> None:
    with pytest.raises(TooLarge):
        reader.read(
            (sign * MILLIONS).encode()[:MILLIONS].decode(errors="ignore").encode(), Options()
        )  # type: ignore[attr-defined]


@pytest.mark.parametrize("reader", [text, markdown], ids=lambda it: it.name)
@pytest.mark.parametrize("sign", ["a", "word ", "(", "$1 ", "“a” said ", "A. ", "北说：“京”", "1,"])
def test_the_longest_line_is_read_in_linear_time(reader: object, sign: str) -> None:
    line = (sign * 1_000_000)[:999_000]
    (reading,) = reader.read(line.encode(), Options())  # type: ignore[attr-defined]
    assert reading.revision.body[0].text == line.strip()


def test_too_many_paragraphs_lines_or_links_are_refused() -> None:
    for data in ("a\n\n" * 10_001, "a\n" * 100_001, "http://a.example " * 5_001):
        with pytest.raises(TooLarge):
            read(data.encode())


@given(st.text(max_size=400) | st.binary(max_size=200))
def test_whatever_is_handed_in_is_read_or_refused_in_words(data: str | bytes) -> None:
    raw = data if isinstance(data, bytes) else data.encode()
    for reader in (text, markdown):
        try:
            (reading,) = reader.read(raw, Options())
        except DispaccioError as error:
            assert error.message.endswith((".", "!"))  # noqa: PT017
        else:
            text.write(reading.revision)
            markdown.write(reading.revision)


# Authors' files


def test_an_authors_simplest_file() -> None:
    said = read(b"The bridge opens\n\nIt opens at nine. It is new.\n\nIt cost much.").revision
    assert said.headline == "The bridge opens"
    assert [block.text for block in said.body] == ["It opens at nine. It is new.", "It cost much."]
    assert (said.subhead, said.label, said.issuer, said.contacts) == (None, None, None, ())


def test_front_matter_counts_in_a_text_too() -> None:
    said = read(b"---\nissuer: Example Ltd\nlabel: science\n---\nBridge\n\nA text. It is.").revision
    assert said.issuer == Party("Example Ltd")
    assert said.label == of_kind(LabelKind.SCIENCE, None)
    assert said.headline == "Bridge"


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert read(b"---\n\nBridge of it\n\nA text. It is.").revision.headline == "Bridge of it"


def test_front_matter_weakens_neither_label_nor_embargo() -> None:
    front = "---\nlabel: institutional\nembargo: 2026-05-26T10:00Z\n---\n"
    body = "ADVERTISEMENT\n\nEmbargo: 2026-05-27T10:00Z\n\nBridge\n\nA text. It is."
    said = read((front + body).encode()).revision
    assert said.label is not None
    assert said.label.kind is LabelKind.PROMOTIONAL
    assert said.embargo == datetime(2026, 5, 27, 10, tzinfo=UTC)


def test_front_matter_without_an_end_is_an_error() -> None:
    with pytest.raises(MalformedDocument, match="no end"):
        read(b"---\nissuer: X\n\nTitle")


# Writing

RELEASE = Revision(
    headline="Il ponte apre",
    subhead="Da giugno",
    body=(
        Block.paragraph("Il ponte apre.", Mark(3, 8, MarkKind.LINK, "https://a.example/ponte")),
        Block(BlockKind.HEADING, "Gli orari", level=2),
        Block(BlockKind.LIST, "lunedì\nmartedì", ordered=True),
        Block(BlockKind.QUOTE, "È bello."),
    ),
    boilerplate="Chi siamo\nSiamo la città.",
    contacts=(Contact("Maria Rossi", "Ufficio stampa", None, "stampa@a.example"),),
    language="it",
    number="100000001",
    version=2,
    issuer=Party("Città di A"),
    label=of_kind(LabelKind.PROMOTIONAL, "it", paid_by="Banca B"),
    legal=("Messaggio a pagamento.",),
    dateline=Dateline("COMO", date(2026, 5, 26), "Ponte", "COMO, 26 maggio 2026 /Ponte/ -"),
    first_created=T,
    url="https://wire.example/r/100000001",
    signed_by=SignedBy.CUSTODIAL,
)


def test_a_release_as_a_person_would_paste_it() -> None:
    assert text.write(RELEASE).decode() == (
        "Comunicato stampa – contenuto promozionale\n\n"
        "Messaggio a pagamento.\n\n"
        "Il ponte apre\n\n"
        "Da giugno\n\n"
        "COMO, 26 maggio 2026 /Ponte/ - Il ponte <https://a.example/ponte> apre.\n\n"
        "Gli orari\n\n"
        "1. lunedì\n2. martedì\n\n"
        "> È bello.\n\n"
        "Chi siamo\nSiamo la città.\n\n"
        "Contatti stampa:\nMaria Rossi, Ufficio stampa, stampa@a.example\n\n"
        "Emesso da Città di A\n"
        "A pagamento, per conto di Banca B\n"
        "Numero 100000001, revisione 2\n"
        "Pubblicato 2026-05-26 07:00:00 UTC\n"
        "https://wire.example/r/100000001\n"
        "Firmato da questa agenzia per conto dell'emittente\n"
    )


def test_what_we_write_is_read_again() -> None:
    said = read(text.write(RELEASE)).revision
    assert said.headline == RELEASE.headline
    assert said.subhead == RELEASE.subhead
    assert said.label is not None
    assert said.label.kind is LabelKind.PROMOTIONAL
    assert said.dateline == RELEASE.dateline
    assert said.boilerplate == RELEASE.boilerplate
    assert said.contacts == RELEASE.contacts
    assert said.issuer == RELEASE.issuer


def test_an_embargo_stands_first_until_it_is_over() -> None:
    held = replace(RELEASE, number=None, embargo=T)
    first = text.write(held).decode().split("\n", 1)[0]
    assert "2026-05-26 07:00:00 UTC" in first
    assert "embargo" not in text.write(replace(RELEASE, embargo=T, version_created=T)).decode()


@pytest.mark.parametrize("writer", [text, markdown], ids=lambda it: it.name)
@pytest.mark.parametrize("status", [Status.WITHHELD, Status.CANCELED])
def test_a_release_taken_back_is_a_notice_without_text(writer: object, status: Status) -> None:
    back = replace(
        RELEASE,
        status=status,
        kind=Kind.WITHDRAWAL if status is Status.CANCELED else Kind.WITHHOLD,
        reason=Reason("error", "Una cifra era sbagliata."),
        version_created=T,
    )
    document = writer.write(back).decode()  # type: ignore[attr-defined]
    for gone in ("ponte", "Da giugno", "Gli orari", "bello", "Chi siamo", "Maria"):
        assert gone not in document
    for kept in ("Una cifra era sbagliata.", "100000001", "Città di A"):
        assert kept in document


@pytest.mark.parametrize(
    "document",
    [
        '<?xml version="1.0"?><invoice><item>A dock opens on Monday.</item></invoice>',
        '<invoice xmlns="urn:x"><item>A dock opens on Monday.</item></invoice>',
        '\ufeff<!DOCTYPE x [<!ENTITY l "lol">]><rss version="2.0"><channel>&l;</channel></rss>',
        f'<!DOCTYPE nitf [<!ENTITY x "{"a" * 90_000}">]><nitf><body>&x;</body></nitf>',
    ],
)
def test_xml_of_an_unknown_format_is_no_text(document: str) -> None:
    """Its tags are no headline, and entities in front of a known root hide it from nobody."""
    with pytest.raises(MalformedDocument):
        registry.read(document.encode())


def test_a_text_may_begin_with_an_angle() -> None:
    (found,) = registry.read(b"<Lowmere opens a dock>\n\nThe dock opens on Monday, it said.")
    assert found.revision.headline == "<Lowmere opens a dock>"
