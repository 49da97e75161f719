"""NewsML-G2 as agencies send it: dialects, kinds of item, messages, and what is broken."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.errors import DispaccioError, NotARelease
from dispaccio.formats.base import Options
from dispaccio.formats.newscodes import GENRES
from dispaccio.formats.newsml_g2 import newsml_g2
from dispaccio.intake.submission import Wishes, receive
from dispaccio.release.body import BlockKind
from dispaccio.release.label import LabelKind
from dispaccio.release.model import (
    Copyright,
    Dateline,
    Hop,
    Identifier,
    ItemKind,
    Media,
    Reading,
    Subject,
    WireMark,
)
from dispaccio.release.state import Kind, Status
from dispaccio.testing import releases
from tests.support.broken import samples
from tests.support.source import ROOT

DATA = ROOT / "tests" / "data"
FIRST = "La società Ondachiara ha presentato oggi un sensore che misura la salinità"
PARAGRAPH = "The Harbour of Lowmere opens its new ferry dock to travellers on Monday."
HEAD = "<body.head><hedline><hl1>A title</hl1></hedline></body.head>"
NITF = "<inlineXML><nitf>{}<body><body.content>{}</body.content></body></nitf></inlineXML>".format
"""NITF within an item: what stands before its body, and its text."""


def item(
    content: str = f"<inlineXML><p>{PARAGRAPH}</p></inlineXML>",
    meta: str = "",
    about: str = "",
    headline: str = "Lowmere opens a dock",
) -> str:
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:example:1">'
        f'<itemMeta><itemClass qcode="ninat:text"/>{meta}</itemMeta>'
        f"<contentMeta><headline>{headline}</headline>{about}</contentMeta>"
        f"<contentSet>{content}</contentSet></newsItem>"
    )


def read(document: str | bytes, options: Options | None = None) -> Reading:
    data = document if isinstance(document, bytes) else document.encode()
    (found,) = newsml_g2.read(data, options or Options())
    return found


def sample(name: str, options: Options | None = None) -> list[Reading]:
    return newsml_g2.read((DATA / "newsml-g2" / name).read_bytes(), options or Options())


# Dialects


def test_an_agencys_item_with_nitf() -> None:
    (found,) = sample("agency-nitf.xml")
    said = found.revision
    assert said.headline == "Ondachiara presenta il sensore che misura la salinità"
    assert said.subhead == "Prime consegne a dicembre"
    assert [(block.kind, block.text) for block in said.body] == [
        (
            BlockKind.PARAGRAPH,
            f"{FIRST} in 30 secondi.",
        ),
        (BlockKind.HEADING, "I prezzi"),
        (BlockKind.TABLE, "Modello\tPrezzo\nS1\t90 euro"),
        (BlockKind.LIST, "Ordinare\nMisurare"),
        (BlockKind.IMAGE, "Il lago"),
        (BlockKind.PARAGRAPH, "Il sensore S1 costa 90 euro."),
    ]
    assert said.body[3].ordered
    assert said.label
    assert (said.label.kind, said.label.commissioned) == (LabelKind.PROMOTIONAL, True)
    assert said.label.text == "COMUNICATO STAMPA - CONTENUTO PROMOZIONALE"
    assert (said.wire, said.author) == (WireMark("Tamerice"), "Anna Serra")
    assert said.hops == (
        Hop("Ondachiara", "created", date(2026, 11, 22)),
        Hop("Tamerice", "enhanced", datetime(2026, 11, 23, 5, 10, tzinfo=UTC)),
    )
    assert said.embargo == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert (said.status, said.kind) == (Status.USABLE, Kind.CORRECTION)
    assert said.first_created == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert said.version_created == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert said.created == date(2026, 11, 22)
    assert said.copyright == Copyright("© 2026 Ondachiara S.p.A.", 2026, "Ondachiara")
    assert said.usage_terms == "Riproduzione libera\ncon l'etichetta"
    assert said.identifiers == (
        Identifier("guid", "tag:tamarisk.example,2026:newsml:88123"),
        Identifier("tam:number", "88123"),
    )
    assert said.subjects == (
        Subject("medtop", "20000763", "tecnologia"),
        Subject("http://tamarisk.example/codes/", "EC/12"),
    )
    assert said.tags == ("acqua", "mare")
    assert (said.place, said.language, said.urgency, said.version) == ("Roma", "it", 4, 3)
    assert said.dateline == Dateline("Roma")


def test_an_agencys_pictures() -> None:
    (found,) = sample("agency-nitf.xml")
    address = "http://tamarisk.example/foto/{}.jpg".format
    assert found.revision.media == (
        Media(href=address(8), type="image/jpeg", caption="Il lago di prova", alt="Il lago"),
        Media(href=address(9), type="image/jpeg", caption="Il sensore"),
        Media(href=address(7), name="highres", type="image/jpeg", size=9000),
    )


def test_nothing_of_an_agencys_item_is_dropped_unsaid() -> None:
    (found,) = sample("agency-nitf.xml")
    for said in (
        "A body (text/plain)", "link to tag:tamarisk", "dataMining", "service Economia", "hop 3",
        "description", "headline is empty", "author of the NITF", "partMeta", "itemMeta/memberOf",
    ):  # fmt: skip
        assert any(said in warning for warning in found.warnings), said


def test_no_namespace_html_in_fields_and_windows_1252() -> None:
    (found,) = sample("no-namespace.xml")
    said = found.revision
    assert said.headline == "Oakmarsh & Sons recall two kettles"
    assert [block.text for block in said.body] == [
        "Oakmarsh & Sons recall two kettles that were sold between May and June.",
        "Customers of the café get their money back.",
    ]
    assert (said.status, said.author) == (Status.WITHHELD, "Lantern, Desk")
    assert said.dateline == Dateline(text="OAKMARSH, Nov. 23")
    assert said.version_created is None
    for repaired in (
        "windows-1252", "HTML in a field", "'v2' is no number", "states no zone",
        f"{UNCLEAR} its end is not stated", "none of 1 to 9",
    ):  # fmt: skip
        assert any(repaired in warning for warning in found.warnings), repaired
    (zoned,) = sample("no-namespace.xml", Options(zone=ZoneInfo("Europe/Rome")))
    assert zoned.revision.version_created == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (f"<inlineData>{PARAGRAPH}\n\nMore.</inlineData>", [PARAGRAPH, "More."]),
        ("<inlineXML>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</inlineXML>", ["One.", "Two."]),
        ("<inlineData contenttype='text/html'>&lt;p&gt;One.&lt;/p&gt;</inlineData>", ["One."]),
        ("<inlineXML><HTML><BODY><P>One.</P></BODY></HTML></inlineXML>", ["One."]),
        ("<inlineXML><p>One.</p><p>Two.</p></inlineXML>", ["One.", "Two."]),
        ("<inlineData>One <b>two</b> three.</inlineData>", ["One two three."]),
        ("<inlineXML><div> <p/></div></inlineXML><inlineData>One.</inlineData>", ["One."]),
        (NITF("", "<p>One.</p>"), ["One."]),
        (
            NITF("", "<p>One.</p>")
            .replace("<nitf>", "<![CDATA[<nitf>")
            .replace("</nitf>", "</nitf>]]>"),
            ["One."],
        ),
        (
            "<inlineData contenttype='text/plain' encoding='encd:base64'>T25lLg==</inlineData>",
            ["One."],
        ),
        (
            "<inlineData contenttype='text/plain'>a &lt;b and c&gt; d</inlineData>",
            ["a <b and c> d"],
        ),
    ],
)
def test_bodies_of_every_kind(content: str, texts: list[str]) -> None:
    assert [block.text for block in read(item(content)).revision.body] == texts


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<inlineData encoding='encd:base64'>====</inlineData>", "base64"),
        ("<inlineData contenttype='application/pdf'>x</inlineData>", "does not read its type"),
        (
            "<remoteContent href='https://a.example/x' contenttype='text/html'/>",
            "it lies elsewhere, and is not fetched",
        ),
        (
            "<remoteContent href='https://a.example/x' contenttype='application/nitf+xml'/>",
            "it lies elsewhere, and is not fetched",
        ),
        ("<remoteContent/>", "it has no address"),
        ("<inlineStuff/>", "contentSet/inlineStuff was left out"),
        ("", "holds no text"),
    ],
)
def test_a_body_that_is_not_read_is_named(content: str, said: str) -> None:
    assert any(said in warning for warning in read(item(content)).warnings)


def test_of_two_bodies_the_better_one_is_read() -> None:
    plain = "<inlineData contenttype='text/plain'>Plain.</inlineData>"
    nitf = NITF("", "<p>N.</p>")
    html = "<inlineXML contenttype='application/xhtml+xml'><div><p>Best.</p></div></inlineXML>"
    for content in (plain + nitf + html, html + nitf + plain):
        found = read(item(content))
        assert [block.text for block in found.revision.body] == ["Best."]
        assert sum("another one was read" in warning for warning in found.warnings) == 2


@pytest.mark.parametrize(
    "content",
    [
        "<inlineXML><html><head><title>A title</title></head><p>x</p></html></inlineXML>",
        f"<inlineXML><nitf><body>{HEAD}<p>x</p></body></nitf></inlineXML>",
    ],
)
def test_a_title_elsewhere_is_the_headline_if_there_is_none(content: str) -> None:
    found = read(item(content, headline=""))
    assert found.revision.headline == "A title"
    assert any("headline is empty" in warning for warning in found.warnings)
    titled = read(item(content, "<title>Another</title>", headline="Said"))
    assert titled.revision.headline == "Said"


# Embargo and status


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (item(meta="<embargoed>2026-11-24T06:00:00+0100</embargoed>"), "05:00"),
        (item(meta="<embargoed>20261124T060000+01</embargoed>"), "05:00"),
        (item(meta="<edNote>EMBARGO until 24 November 2026, 07:00 UTC</edNote>"), "07:00"),
        (item(meta="<edNote>X<br/>Sperrfrist: 24. November 2026, 10:00 Uhr MEZ</edNote>"), "09:00"),
        (
            item(
                meta="<embargoed>2026-11-24T05:00:00Z</embargoed>"
                "<edNote>Embargo fino alle 9.00 UTC del 24 novembre 2026</edNote>"
            ),
            "09:00",
        ),
        (item("<inlineData>EMBARGO FINO AL 24 novembre 2026, ore 8.00 UTC</inlineData>"), "08:00"),
        (
            item(
                NITF(
                    "<head><docdata management-status='embargoed'>"
                    "<date.release norm='20261124T113000Z'/></docdata></head>",
                    "<p>x</p>",
                ),
                "<embargoed>2026-11-24T05:00:00Z</embargoed>",
            ),
            "11:30",
        ),
    ],
)  # fmt: skip
def test_an_embargo_holds_wherever_it_is_stated(document: str, expected: str) -> None:
    usable = document.replace("</itemMeta>", '<pubStatus qcode="stat:usable"/></itemMeta>')
    embargo = read(usable).revision.embargo
    assert embargo
    assert f"{embargo:%d %H:%M}" == f"24 {expected}"


@pytest.mark.parametrize(
    "meta",
    [
        "<embargoed/>",
        "<embargoed>soon</embargoed>",
        "<embargoed>2026-11-24T06:00:00</embargoed>",
        "<edNote>EMBARGO until 24 November 2026, 07:00</edNote>",
    ],
)
def test_an_embargo_whose_end_is_not_clear_is_warned_of(meta: str) -> None:
    found = read(item(meta=f"{meta}<pubStatus qcode='stat:usable'/>"))
    assert any(UNCLEAR in warning for warning in found.warnings)


def test_an_embargo_is_not_lost_among_very_many_warnings() -> None:
    many = "".join(f"<memberOf{n}/><signal qcode='x:{n}'/>" for n in range(400))
    found = read(item(meta=f"{many}<embargoed/>"))
    assert len(found.warnings) < 110
    assert any(UNCLEAR in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("<pubStatus qcode='stat:withheld'/>", Status.WITHHELD),
        ("<pubStatus uri='http://cv.iptc.org/newscodes/pubstatusg2/canceled'/>", Status.CANCELED),
        ("<pubStatus>usable</pubStatus>", Status.USABLE),
        ("", None),
    ],
)
def test_statuses(said: str, status: Status | None) -> None:
    assert read(item(meta=said)).revision.status is status


def test_the_nitf_within_may_be_stricter() -> None:
    content = NITF("<head><docdata management-status='canceled'/></head>", "<p>x</p>")
    found = read(item(content, "<pubStatus qcode='stat:usable'/>"))
    assert found.revision.status is Status.CANCELED


@pytest.mark.parametrize(
    ("genres", "kind", "paid"),
    [
        (f"<genre uri='{GENRES}Advertiser_Supplied'/>", "promotional", True),
        ("<genre qcode='x:Press_Release'/>", "institutional", False),
        ("<genre><name>Pressemitteilung – Anzeige</name></genre>", "promotional", True),
        (
            "<genre qcode='g:a'><name>Press Release</name></genre><genre qcode='g:Sponsored'/>",
            "promotional",
            True,
        ),
        ("<genre qcode='genre:Analysis'><name>Analysis</name></genre>", None, False),
    ],
)  # fmt: skip
def test_labels_from_genres(genres: str, kind: str | None, paid: bool) -> None:
    label = read(item(about=genres)).revision.label
    assert (label.kind if label else None) == kind
    assert bool(label and label.paid) is paid


def test_a_paid_label_in_the_text_wins() -> None:
    content = f"<inlineXML><div><p>ADVERTISEMENT</p><p>{PARAGRAPH}</p></div></inlineXML>"
    found = read(item(content, about="<genre qcode='genre:Press_Release'/>"))
    assert found.revision.label
    assert found.revision.label.paid


# Several items, other kinds


def test_a_message_of_several_kinds() -> None:
    found = sample("message.xml")
    assert [(reading.item.value, reading.revision.headline) for reading in found] == [
        ("picture", "The new dock"),
        ("text", "Lowmere opens a dock"),
        ("package", "Lowmere today"),
        ("planning", "The dock opens on Monday"),
        ("concept", "Lowmere"),
    ]
    (largest,) = found[0].revision.media
    assert largest.href == "https://lantern.example/dock-4000.jpg"
    assert (largest.caption, largest.credit) == ("The dock at low tide.", "Ben Tarn")
    assert found[0].warnings == (
        "Item 3 was left out. guid is missing.",
        "Item 7 was left out. <somethingElse> is no item of NewsML-G2.",
    )
    assert [block.text for block in found[1].revision.body] == [
        "The Harbour of Lowmere opens its new ferry dock on Monday."
    ]


def test_a_message_declares_schemes_for_its_items() -> None:
    inner = item(about="<subject qcode='mt:20000763'/>")
    catalog = '<scheme alias="mt" uri="http://cv.iptc.org/newscodes/mediatopic/"/>'
    found = read(
        f"<newsMessage><header><catalog>{catalog}</catalog></header>"
        f"<itemSet>{inner}</itemSet></newsMessage>"
    )
    assert found.revision.subjects == (Subject("medtop", "20000763"),)


KINDS = sorted(path.stem for path in (DATA / "items" / "newsml-g2").glob("*.xml"))


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_that_is_no_text_is_said_to_be_that(kind: str) -> None:
    data = (DATA / "items" / "newsml-g2" / f"{kind}.xml").read_bytes()
    found = read(data)
    assert found.item is ItemKind(kind)
    assert found.revision.headline == "Lowmere opens a dock"
    assert found.revision.body == ()
    with pytest.raises(NotARelease, match=f"holds {kind}, and no text"):
        receive(data, newsml_g2.about.media_types[0], Wishes())


def test_every_kind_is_there() -> None:
    assert len(KINDS) == 7


# Broken


@pytest.mark.parametrize(("path", "code"), samples("newsml-g2"))
def test_a_broken_document(path: Path, code: str) -> None:
    if code == "warning":
        assert read(path.read_bytes()).warnings
        return
    with pytest.raises(DispaccioError) as raised:
        newsml_g2.read(path.read_bytes(), Options())
    assert raised.value.code() == code
    assert raised.value.message.endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        b"<newsItem>", b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><n:newsMessage x='1'>",
        b"<!DOCTYPE newsItem SYSTEM 'x'>\n<packageItem\n>", b"<planningItem/>", b"<conceptItem >",
        "<?xml version='1.0' encoding='utf-16'?><knowledgeItem>".encode("utf-16"),
    ],
)  # fmt: skip
def test_newsml_g2_is_recognised(data: bytes) -> None:
    assert newsml_g2.about.recognises(data)


@pytest.mark.parametrize(
    "data", [b"<NewsML>", b"<newsItems>", b"<nitf><newsItem>", b"text <newsItem>", b"{}", b"<rss>"]
)
def test_other_documents_are_not(data: bytes) -> None:
    assert not newsml_g2.about.recognises(data)


_MANY = 200_000


@pytest.mark.parametrize(
    "data",
    [
        item(f"<inlineXML><p>{'word ' * _MANY * 10}</p></inlineXML>"),
        item(f"<inlineXML><div>{'<p>word</p>' * _MANY}</div></inlineXML>"),
        item(f"<inlineXML><p>{'<b>w</b>' * _MANY}</p></inlineXML>"),
        item(f"<inlineData>{'<![CDATA[<p>]]>' * _MANY}</inlineData>"),
        item("<inlineData>x</inlineData>" * _MANY),
        item(meta="<edNote>x</edNote>" * _MANY),
        item(meta=f"<edNote>{'embargo until ' * _MANY}</edNote>"),
        item(about=f"<description>{'<br/>' * _MANY}</description>"),
        item(about=f"<keyword>{'&lt;b>' * _MANY}</keyword>"),
        item(headline="x" * 5_000_000),
        "<?a?>" * 50 + "<!--" * _MANY,
        f"<newsMessage><itemSet>{'<newsItem/>' * 20_000}</itemSet></newsMessage>",
    ],
    ids=range(12),
)
def test_whatever_is_sent_is_answered_soon(data: str) -> None:
    begun = time.process_time()
    newsml_g2.about.recognises(data.encode())
    with suppress(DispaccioError):
        read(data)
    assert time.process_time() - begun < 2


@given(seed=st.integers(0, 2**32), rounds=st.integers(1, 30))
def test_noise_gives_readings_or_errors_of_this_product(seed: int, rounds: int) -> None:
    rng = random.Random(seed)
    sources = [path.read_bytes() for path in sorted((DATA / "newsml-g2").glob("*.xml"))]
    sources.append(newsml_g2.write(releases.english()))
    data = bytearray(rng.choice(sources))
    for _ in range(rounds):
        at, size = rng.randrange(len(data)), rng.randrange(1, 12)
        kind = rng.randrange(4)
        if kind == 0:
            data[at : at + size] = rng.choice((b"", b"x", b"1", b"T", b" ", b"&amp;", b":"))
        elif kind == 1:
            where = rng.randrange(len(data))
            data[at:at] = data[where : where + size * 8]
        else:
            word = rng.choice((b"qcode", b"uri", b"2026", b"text", b"name", b"href", b"stat:"))
            found = data.find(word, at)
            if found >= 0:
                data[found : found + len(word)] = rng.choice((b"", b"x", b"9", b"dispaccio-id:"))
    with suppress(DispaccioError):
        assert all(isinstance(r, Reading) for r in newsml_g2.read(bytes(data), Options()))
