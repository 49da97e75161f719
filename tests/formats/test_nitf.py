"""NITF: dialects in, a valid document out in every state, and the whole revision back."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dispaccio.errors import DispaccioError, MalformedDocument, NotARelease, TooLarge
from dispaccio.formats.base import Options
from dispaccio.formats.nitf import nitf
from dispaccio.formats.nitf.text import NAMESPACE
from dispaccio.formats.text import text
from dispaccio.intake.submission import Wishes, receive
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.label import LabelKind
from dispaccio.release.model import (
    Dateline,
    Hop,
    Identifier,
    ItemKind,
    Media,
    Reading,
    Revision,
    Subject,
    Visibility,
    WireMark,
)
from dispaccio.release.notice import shown
from dispaccio.release.state import Status
from dispaccio.testing import releases
from tests.formats.revisions import revisions
from tests.support.broken import samples
from tests.support.source import ROOT

DATA = ROOT / "tests" / "data"
TEXT = "The Harbour of Lowmere opens its new ferry dock to travellers on Monday."
DISCLOSURE = re.compile(rb'<meta name="dispaccio-disclosure"[^>]*/>\s*')
IN = {"n": NAMESPACE}


def read(data: bytes | str, options: Options | None = None) -> Reading:
    data = data.encode() if isinstance(data, str) else data
    (found,) = nitf.read(data, options or Options())
    return found


def item(
    docdata: str = "", content: str = f"<p>{TEXT}</p>", *, above: str = "", status: str = "usable"
) -> str:
    """A document as an agency sends it: no namespace, few elements."""
    return (
        f'<nitf uno="x:1"><head><title>Dock</title><docdata management-status="{status}">{docdata}'
        f"</docdata></head><body><body.head><hedline><hl1>Lowmere opens a dock</hl1></hedline>"
        f"{above}</body.head><body.content>{content}</body.content></body></nitf>"
    )


def undisclosed(revision: Revision) -> bytes:
    """The document as any reader sees it who knows nothing of ours."""
    found, count = DISCLOSURE.subn(b"", nitf.write(revision))
    assert count == 1
    return found


def changed(revision: Revision, change: Callable[[etree._Element], None]) -> bytes:
    """The document of a revision as somebody else changed it on its way."""
    root = etree.fromstring(nitf.write(revision))
    change(root)
    written: bytes = etree.tostring(root)
    return written


def texts(found: Reading) -> list[str]:
    return [block.text for block in found.revision.body]


# Written


@pytest.fixture(scope="module")
def schema(shared: Path) -> etree.XMLSchema:
    """The IPTC's schema of 3.6."""
    return etree.XMLSchema(etree.parse(shared / "standards/nitf/nitf-3-6.xsd"))


def faults(schema: etree.XMLSchema, data: bytes) -> list[str]:
    schema.validate(etree.fromstring(data))
    return [error.message for error in schema.error_log]


def test_every_state_is_valid(schema: etree.XMLSchema) -> None:
    for state, revision in releases.in_every_state():
        assert faults(schema, nitf.write(revision)) == [], state


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"<hl1>", b"<hl3>"),
        (b"</head>", b"<title>x</title></head>"),
        (b'noteclass="hd"', b'noteclass="label"'),
        (b"<bq><block>", b"<bq><p/><block>"),
    ],
)
def test_the_schema_judges(schema: etree.XMLSchema, right: bytes, wrong: bytes) -> None:
    data = nitf.write(releases.english()).replace(right, wrong).replace(b"</hl1>", b"</hl1>")
    if b"<hl3>" in wrong:
        data = data.replace(b"</hl1>", b"</hl3>")
    assert faults(schema, data)


@given(revision=revisions)
def test_any_revision_is_valid(schema: etree.XMLSchema, revision: Revision) -> None:
    assert faults(schema, nitf.write(revision)) == []


@given(revision=revisions)
def test_the_whole_revision_comes_back(revision: Revision) -> None:
    found = read(nitf.write(revision))
    assert found.revision == shown(revision)
    assert found.warnings == ()


@given(
    st.text(
        st.sampled_from("a\u200c\u200d\u0634\u00ad\ufe0f\U000e0041\x85\x0b\r\ufffe"), max_size=9
    )
)
def test_unseen_characters_come_back_from_the_disclosure_alone(hidden: str) -> None:
    revision = replace(releases.english(), headline=f"A dock {hidden} opens")
    assert read(nitf.write(revision)).revision == revision


def test_a_real_release_comes_back_whole(shared: Path) -> None:
    data = (shared / "seed" / "press-release.txt").read_bytes()
    (seed,) = text.read(data, Options())
    assert read(nitf.write(seed.revision)).revision == seed.revision
    stranger = read(undisclosed(seed.revision))
    assert stranger.revision.headline == seed.revision.headline
    assert texts(stranger) == [block.text for block in seed.revision.body]


def test_what_a_stranger_finds() -> None:
    for original in releases.samples():
        found = read(undisclosed(original)).revision
        assert found.headline == original.headline
        assert found.subhead == original.subhead
        assert [b.text for b in found.body] == [b.text for b in original.body]
        assert [b.kind for b in found.body] == [b.kind for b in original.body]
        assert found.label
        assert original.label
        assert (found.label.kind, found.label.text) == (original.label.kind, original.label.text)
        assert found.label.paid == original.label.paid
        assert found.label.paid_by == original.label.paid_by
        for name in ("id", "number", "version", "status", "first_created", "version_created"):
            assert getattr(found, name) == getattr(original, name), name
        for name in ("issuer", "wire", "boilerplate", "contacts", "media", "tags", "subjects"):
            assert getattr(found, name) == getattr(original, name), name
        for name in ("copyright", "usage_terms", "slugline", "urgency", "identifiers"):
            assert getattr(found, name) == getattr(original, name), name
        assert found.dateline
        assert original.dateline
        assert found.dateline.text == original.dateline.text
        assert found.dateline.day == original.dateline.day
        assert [c.visibility for c in found.contacts] == [c.visibility for c in original.contacts]


def test_what_a_stranger_finds_of_a_notice() -> None:
    for state, status in (("withheld", Status.WITHHELD), ("withdrawn", Status.CANCELED)):
        found = read(undisclosed(releases.in_state(releases.italian(), state))).revision
        assert found.status is status
        assert found.number == "T100000002"
        assert "The number of boats was wrong." in (found.editorial_note or "")
        assert not any("biblioteca" in block.text for block in found.body)


def test_an_embargo_is_data_and_words() -> None:
    revision = releases.in_state(releases.english(), "embargoed")
    root = etree.fromstring(nitf.write(revision))
    assert root.find(".//n:docdata", IN).get("management-status") == "embargoed"
    assert root.find(".//n:date.release", IN).get("norm") == "20261123T080000Z"
    assert "Under embargo until" in "".join(root.find(".//n:body.head", IN).itertext())
    found = read(undisclosed(revision)).revision
    assert (found.embargo, found.status) == (revision.embargo, None)


def test_an_embargo_that_has_ended_is_no_status() -> None:
    revision = replace(releases.english(), embargo=releases.PUBLISHED)
    root = etree.fromstring(nitf.write(revision))
    assert root.find(".//n:docdata", IN).get("management-status") == "usable"


def test_an_instant_between_two_seconds_is_never_earlier() -> None:
    embargo = datetime(2026, 11, 24, 6, 0, 0, 250_000, tzinfo=UTC)
    found = read(undisclosed(replace(releases.english(), embargo=embargo))).revision
    assert found.embargo == datetime(2026, 11, 24, 6, 0, 1, tzinfo=UTC)


def test_the_label_is_there_as_codes_as_message_and_as_words() -> None:
    paid, unpaid = nitf.write(releases.chinese()), nitf.write(releases.italian())
    root = etree.fromstring(paid)
    kinds = [node.attrib.values()[0] for node in root.iterfind(".//n:tobject.property", IN)]
    assert kinds == ["genre:Press_Release", "genre:Advertiser_Supplied"]
    assert root.find(".//n:ed-msg", IN).get("info") == "新闻稿——推广内容"
    assert "".join(root.find(".//n:note[@noteclass='hd']", IN).itertext()).strip() == (
        "新闻稿——推广内容"
    )
    assert b"Advertiser" not in unpaid


def test_marks_are_nested_as_the_schema_has_it(schema: etree.XMLSchema) -> None:
    marks = (
        Mark(0, 6, MarkKind.SUB),
        Mark(2, 9, MarkKind.LINK, "https://a.example/"),
        Mark(4, 12, MarkKind.STRONG),
        Mark(5, 7, MarkKind.SUP),
        Mark(8, 10, MarkKind.EM),
    )
    body = (
        Block.paragraph("ab cd ef gh ij", *marks),
        Block(BlockKind.LIST, "x\ny", (Mark(0, 3, MarkKind.EM),)),
    )
    revision = replace(releases.arabic(), body=body)
    assert faults(schema, nitf.write(revision)) == []
    first, second = read(undisclosed(revision)).revision.body
    assert first.text == body[0].text
    assert {mark.kind for mark in first.marks} == set(MarkKind)
    assert second.text == "x\ny"


def test_links_to_other_schemes_stay_in_the_disclosure_alone() -> None:
    evil = Block.paragraph("Click here", Mark(6, 10, MarkKind.LINK, "javascript:alert(1)"))
    assert b"javascript" not in undisclosed(replace(releases.english(), body=(evil,)))


def test_a_picture_of_no_block_stands_behind_the_text() -> None:
    other = Media(href="https://harbour.example/plan.pdf", type="application/pdf", name="plan")
    film = Media(href="https://harbour.example/dock.mp4", type="video/mp4", role="video")
    revision = releases.english()
    revision = replace(revision, media=(*revision.media, other, film))
    found = read(undisclosed(revision)).revision
    assert found.media == revision.media
    assert sum(block.kind is BlockKind.IMAGE for block in found.body) == 1


def test_a_code_that_xml_takes_for_no_name_is_classified(schema: etree.XMLSchema) -> None:
    topic = Subject("https://a.example/codes/", "a b/c", "Ferries")
    revision = replace(releases.english(), subjects=(topic,), category="Transport")
    assert faults(schema, nitf.write(revision)) == []
    found = read(undisclosed(revision)).revision
    assert (found.subjects, found.category) == ((topic,), "Transport")


# The disclosure


def test_a_document_changed_on_its_way_is_read_by_its_own_fields() -> None:
    def change(root: etree._Element) -> None:
        root.find(".//n:hl1", IN).text = "Lowmere closes the dock"

    found = read(changed(releases.english(), change))
    assert found.revision.headline == "Lowmere closes the dock"
    assert found.revision.channel is None
    assert "changed after it was written" in found.warnings[0]


@pytest.mark.parametrize("state", ["withdrawn", "withheld"])
def test_nobody_makes_a_release_usable_again_on_its_way(state: str) -> None:
    def change(root: etree._Element) -> None:
        root.find(".//n:docdata", IN).set("management-status", "usable")

    revision = releases.in_state(releases.english(), state)
    assert read(changed(revision, change)).revision.status is revision.status


def test_a_relay_may_withdraw_what_it_passed_on() -> None:
    data = nitf.write(releases.english())
    data = data.replace(b'management-status="usable"', b'management-status="canceled"')
    assert read(data).revision.status is Status.CANCELED


def test_an_embargo_or_label_taken_out_on_the_way_still_holds() -> None:
    def change(root: etree._Element) -> None:
        for name in ("date.release", "note", "ed-msg", "tobject", "identified-content"):
            for node in list(root.iterfind(f".//n:{name}", IN)):
                node.getparent().remove(node)
        root.find(".//n:docdata", IN).set("management-status", "usable")

    revision = releases.in_state(releases.english(), "embargoed")
    found = read(changed(revision, change)).revision
    assert (found.embargo, found.label) == (revision.embargo, revision.label)


def test_indenting_the_xml_anew_changes_nothing() -> None:
    for revision in releases.samples():
        data = changed(revision, _indent)
        found = read(data)
        assert found.revision == revision
        assert found.warnings == ()


def _indent(root: etree._Element) -> None:
    for parent in (root, *root):
        parent.text = "\n      "
        for child in parent:
            child.tail = "\n\t  "
    root.find(".//n:body.content", IN)[0].tail = "\n\n"


@pytest.mark.parametrize("value", ["", "{", "[]", '{"title": 5}', '{"title": "x", "title": "y"}'])
def test_a_broken_disclosure_is_left_aside(value: str) -> None:
    def change(root: etree._Element) -> None:
        root.find(".//n:meta[@name='dispaccio-disclosure']", IN).set("content", value)

    found = read(changed(releases.english(), change))
    assert found.revision.headline == releases.english().headline
    assert "left aside" in found.warnings[0]


def test_a_document_without_a_canonical_form_is_read_by_its_own_fields() -> None:
    data = nitf.write(releases.english()).replace(b"<docdata", b'<docdata xmlns:x="relative"', 1)
    found = read(data)
    assert found.revision.headline == releases.english().headline
    assert "changed after it was written" in found.warnings[0]


# Read


def test_an_agencys_document_of_3_2() -> None:
    found = read((DATA / "nitf" / "3.2-agency.xml").read_bytes())
    said = found.revision
    assert said.headline == "Ondachiara presenta il sensore che misura la salinità"
    assert said.subhead == "Prime consegne a dicembre"
    assert [(block.kind.value, block.text) for block in said.body] == [
        (
            "paragraph",
            (
                "La società Ondachiara ha presentato oggi a Roma un sensore che misura la salinità "
                "in 30 secondi e costa 1/3 del prezzo di prima."
            ),
        ),
        ("quote", "“Lo aspettavamo da anni”, dice Lia Brandi.\nLia Brandi, presidente"),
        ("image", "Il sensore in acqua"),
        ("heading", "I numeri"),
        ("paragraph", "Vendite"),
        ("table", "Anno\tPezzi\n2025\t120"),
        ("list", "una sonda\nun manuale"),
        ("paragraph", "Il premio è stato meritato."),
    ]
    assert said.body[0].marks == (Mark(73, 81, MarkKind.STRONG),)
    assert said.media == (
        Media(
            href="https://tamerice.example/photo/9.jpg",
            name="featured",
            type="image/jpeg",
            caption="Il sensore S1",
            credit="Foto: Ondachiara",
            alt="Il sensore in acqua",
        ),
    )
    assert said.label
    assert (said.label.kind, said.label.commissioned) == (LabelKind.PROMOTIONAL, True)
    assert said.dateline == Dateline("ROMA", date(2026, 11, 23), None, "ROMA, 23 novembre 2026 -")
    assert said.wire == WireMark("Tamerice")
    assert said.version_created == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert said.first_created is None
    assert said.embargo == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert said.status is Status.USABLE
    assert said.hops == (Hop("Rete Nord", "enhanced"), Hop("Tamerice", "enhanced"))
    assert said.identifiers == (
        Identifier("tamerice", "88123"),
        Identifier("uno", "tamerice.example.20261123.88123"),
    )
    assert said.subjects == (Subject("subj", "06000000", "ambiente"),)
    assert (said.tags, said.slugline) == (("acqua",), "ondachiara-sensore")
    assert (said.version, said.urgency) == (3, 4)
    assert said.author == "di Redazione Tamerice"
    assert said.editorial_note == "Attenzione: foto a parte\nTesto dell'azienda, non verificato"
    assert found.warnings == (
        (
            "Left out, since the wire has no place for it: pubdata, date.expire, meta desk, "
            "meta slugtarget."
        ),
        "Not elements of NITF: sidebar; their text was kept.",
    )


def test_a_kill_in_capitals() -> None:
    said = read((DATA / "nitf" / "upper-case-kill.xml").read_bytes()).revision
    assert said.status is Status.CANCELED
    assert said.id == "urn:uuid:0d8c1f0e-1111-4222-8333-944455566677"
    assert said.headline == "KILL: Harbour of Lowmere"
    assert (said.body, said.created) == ((), date(2026, 11, 23))
    assert "The figures are wrong." in (said.editorial_note or "")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("HOLD", Status.WITHHELD),
        ("withheld", Status.WITHHELD),
        ("KILL", Status.CANCELED),
        ("Cancelled", Status.CANCELED),
        ("stat:usable", Status.USABLE),
    ],
)
def test_the_words_of_agencies_for_a_status(word: str, status: Status) -> None:
    assert read(item(status=word)).revision.status is status


@pytest.mark.parametrize("prefix", ["", "n:"])
def test_namespaces_say_nothing(prefix: str) -> None:
    bound = f'xmlns{":n" if prefix else ""}="{NAMESPACE}"'
    data = re.sub(r"<(/?)(?=[a-z])", rf"<\1{prefix}", item()).replace(
        f"<{prefix}nitf", f"<{prefix}nitf {bound}", 1
    )
    found = read(data)
    assert (found.revision.headline, texts(found)) == ("Lowmere opens a dock", [TEXT])


@pytest.mark.parametrize(
    ("docdata", "expected"),
    [
        ('<date.release norm="20261124T060000+0100"/>', "05:00"),
        ('<date.release norm="2026-11-24T06:00:00.000Z"/>', "06:00"),
        ("<date.release>20261124T060000Z</date.release>", "06:00"),
        ('<date.release norm="20261124T050000Z"/><date.release norm="20261124T090000Z"/>', "09:00"),
        ('<ed-msg info="EMBARGO until 24 November 2026, 07:00 UTC"/>', "07:00"),
        ('<ed-msg info="Sperrfrist: 24. November 2026, 10:00 Uhr MEZ"/>', "09:00"),
    ],
)
def test_an_embargo_holds_wherever_it_is_stated(docdata: str, expected: str) -> None:
    embargo = read(item(docdata)).revision.embargo
    assert embargo
    assert f"{embargo:%H:%M}" == expected


def test_an_embargo_in_a_note_or_in_the_text_holds() -> None:
    words = "EMBARGO FINO AL 24 novembre 2026, ore 8.00 UTC"
    note = f'<note noteclass="editorsnote"><body.content><p>{words}</p></body.content></note>'
    for data in (item(above=note), item(content=f"<p>{words}</p><p>{TEXT}</p>")):
        assert read(data).revision.embargo == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("docdata", "status"),
    [
        ('<date.release norm="20261124T060000"/>', "usable"),
        ('<date.release norm="20261124"/>', "usable"),
        ('<date.release norm="soon"/>', "usable"),
        ('<ed-msg info="EMBARGO until 24 November 2026, 07:00"/>', "usable"),
        ("", "embargoed"),
    ],
)
def test_an_embargo_that_is_not_clear_is_warned_of(docdata: str, status: str) -> None:
    found = read(item(docdata, status=status))
    assert any("Under embargo, but" in warning for warning in found.warnings)
    assert found.revision.embargo is None


def test_times_without_zone_take_that_of_the_options() -> None:
    docdata = '<date.issue norm="20261123T090000"/><date.release norm="20261124T060000"/>'
    found = read(item(docdata), Options(zone=ZoneInfo("Europe/Rome")))
    assert found.revision.version_created == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert found.revision.embargo == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert found.warnings == ()
    warnings = read(item('<date.issue norm="20261123T090000"/>')).warnings
    assert warnings == ("date.issue was left out: it states no zone, and none is set.",)


def test_without_a_headline_the_title_is_taken() -> None:
    found = read(item().replace("<hl1>Lowmere opens a dock</hl1>", "<hl1/>"))
    assert found.revision.headline == "Dock"
    assert found.warnings == ("The document has no headline; its title was taken.",)


@pytest.mark.parametrize(
    "content",
    [
        "<p>&lt;p&gt;One &lt;b&gt;bold&lt;/b&gt;.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</p>",
        "&lt;p&gt;One <![CDATA[<b>bold</b>.</p><p>Two.</p>]]>",
        "<block>&lt;div&gt;One bold.&lt;br/&gt;&lt;br/&gt;Two.&lt;/div&gt;</block>",
    ],
)
def test_html_that_stands_escaped_is_read_as_html(content: str) -> None:
    found = read(item(content=content))
    assert texts(found) == ["One bold.", "Two."]
    assert found.warnings == ("HTML that stood escaped in the text was read as HTML.",)


def test_a_sign_below_is_no_html() -> None:
    assert texts(read(item(content="<p>Use &lt;p&gt; for text if 3 &lt; 4.</p>"))) == [
        "Use <p> for text if 3 < 4."
    ]


def test_two_texts_are_read_one_after_the_other() -> None:
    data = item().replace(
        "</body>", "<body.content><p>Forty boats cross.</p></body.content></body>"
    )
    found = read(data)
    assert texts(found) == [TEXT, "Forty boats cross."]
    assert found.warnings == ("The document has 2 texts; they were read one after the other.",)


def test_of_two_texts_that_say_the_same_one_is_read() -> None:
    again = f"<body.content>&lt;p&gt;{TEXT}&lt;/p&gt;</body.content></body>"
    found = read(item().replace("</body>", again))
    assert texts(found) == [TEXT]
    assert "another says the same" in found.warnings[0]


def test_text_outside_of_its_element_is_read() -> None:
    data = re.sub(r"</?body\.content>", "", item())
    found = read(data)
    assert texts(found) == [TEXT]
    assert "outside of body.content" in found.warnings[0]


def test_plain_text_without_paragraphs() -> None:
    found = read(item(content=f"\n{TEXT}\n\nForty boats cross every day of the week.\n"))
    assert texts(found) == [TEXT, "Forty boats cross every day of the week."]


def test_windows_1252_that_is_said_to_be_utf_8() -> None:
    data = '<?xml version="1.0" encoding="UTF-8"?>' + item(
        content="<p>“Così è”, dice la città.</p>"
    )
    found = read(data.encode("cp1252"))
    assert texts(found) == ["“Così è”, dice la città."]
    assert "windows-1252" in found.warnings[0]


def test_what_readers_cannot_see_is_taken_out() -> None:
    found = read(item(content="<p>The do\u200bck &#xAD;opens.</p>"))
    assert texts(found) == ["The dock opens."]
    assert "invisible" in found.warnings[0]


def test_bylines_name_authors_and_organisations_issuers() -> None:
    above = (
        "<byline>By <person>Ada Fenwick</person></byline>"
        '<byline><byttl><org idsrc="domain" value="harbour.example">Harbour of Lowmere</org>'
        "</byttl></byline>"
    )
    said = read(item(above=above)).revision
    assert said.author == "By Ada Fenwick"
    assert said.issuer
    assert (said.issuer.name, said.issuer.domain) == ("Harbour of Lowmere", "harbour.example")


@pytest.mark.parametrize(
    ("docdata", "kind"),
    [
        ('<ed-msg info="COMUNICATO STAMPA - CONTENUTO PROMOZIONALE"/>', LabelKind.PROMOTIONAL),
        ('<ed-msg info="Press release"/>', LabelKind.INSTITUTIONAL),
    ],
)
def test_a_message_may_be_the_label(docdata: str, kind: LabelKind) -> None:
    label = read(item(docdata)).revision.label
    assert label
    assert label.kind is kind


def test_the_paid_label_of_the_text_wins() -> None:
    content = f"<p>COMUNICATO STAMPA - CONTENUTO PROMOZIONALE</p><p>{TEXT}</p>"
    label = read(item('<ed-msg info="Press release"/>', content)).revision.label
    assert label
    assert label.paid


def test_media_without_an_address_are_kept_beside_the_text() -> None:
    content = (
        f'<p>{TEXT}</p><media media-type="image"><media-reference source="dock.jpg"/>'
        "<media-caption>The dock</media-caption></media>"
        '<media media-type="video"><media-reference source="https://a.example/f.mp4"/></media>'
    )
    found = read(item(content=content)).revision
    assert found.media == (
        Media(name="dock.jpg", caption="The dock"),
        Media(href="https://a.example/f.mp4", role="video"),
    )
    assert [block.kind for block in found.body] == [BlockKind.PARAGRAPH]


def test_numbers_that_are_none_are_named() -> None:
    found = read(item('<urgency ed-urg="high"/><du-key version="2a"/>'))
    assert found.warnings == (
        "urgency/@ed-urg was left out: 'high' is no number.",
        "du-key/@version was left out: '2a' is no number.",
    )


def test_contacts_for_the_media_stay_for_the_media() -> None:
    hidden = read(undisclosed(releases.english())).revision.contacts[1]
    assert hidden.visibility is Visibility.MEDIA_ONLY


def test_a_picture_is_said_to_be_one() -> None:
    data = (DATA / "items" / "nitf" / "picture.xml").read_bytes()
    found = read(data)
    assert found.item is ItemKind.PICTURE
    assert found.revision.media[0].caption == "The dock."
    assert found.revision.identifiers[0] == Identifier("lantern", "photo-17")
    with pytest.raises(NotARelease, match="holds picture, and no text"):
        receive(data, nitf.about.media_types[0], Wishes())


# Broken


@pytest.mark.parametrize(("path", "code"), samples("nitf"))
def test_a_broken_document(path: Path, code: str) -> None:
    """``warning`` stands for a document that is read, with a warning that says what is wrong."""
    if code == "warning":
        found = read(path.read_bytes())
        assert found.revision.body
        assert len(found.warnings) == 1
        return
    with pytest.raises(DispaccioError) as raised:
        read(path.read_bytes())
    assert raised.value.code() == code
    assert raised.value.message.endswith(".")


@pytest.mark.parametrize(
    "content",
    [
        "<p/>" * 50_000,
        "<em class='bold italic sub'>" * 190 + "x" + "</em>" * 190,
    ],
)
def test_what_is_beyond_all_limits(content: str) -> None:
    with pytest.raises(MalformedDocument):
        read(item(content=content))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "data",
    [
        item('<ed-msg info="Embargo until 24 May"/>' * 20_000),
        item('<correction info="x"/><ed-msg info="a: b"/>' * 20_000),
        item().replace(
            "</body>", f"<body.content><p>{TEXT}</p></body.content>" * 15_000 + "</body>"
        ),
        item(content="<block class='dispaccio-media'><media/></block>" * 15_000 + "<p>x</p>"),
        item("<del-list>" + "<from-src level-number='9'/>" * 40_000 + "</del-list>"),
        item(content="<p>&lt;b&gt;x&lt;/b&gt;</p>" * 20_000),
    ],
    ids=["messages", "corrections", "texts", "blocks", "trail", "escaped"],
)
@pytest.mark.long
def test_many_of_everything_costs_little(data: str) -> None:
    """Each is read, or refused as too large, within the test's limit."""
    with suppress(TooLarge, MalformedDocument):
        read(data)


@given(st.data())
def test_any_damage_gives_a_reading_or_an_error(data: st.DataObject) -> None:
    whole = (DATA / "nitf" / "3.2-agency.xml").read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    to = data.draw(st.integers(at, min(len(whole), at + 60)))
    put = data.draw(st.sampled_from([b"", b"<p>", b"</p>", b"&lt;", b"\xff", b'"', b"<x/>"]))
    with suppress(DispaccioError):
        read(whole[:at] + put + whole[to:])


@pytest.mark.parametrize(
    "data",
    [
        item(),
        "\ufeff<?xml version='1.0'?>\n<!-- x --><NITF>",
        '<!DOCTYPE nitf SYSTEM "nitf-3-2.dtd">\n<n:nitf xmlns:n="x">',
        '<!DOCTYPE nitf [<!ENTITY a "b">]><nitf/>',
    ],
)
def test_nitf_is_recognised(data: str) -> None:
    for charset in ("utf-8", "utf-16"):
        assert nitf.about.recognises(data.encode(charset))


@pytest.mark.parametrize(
    "data", ["<nitfs/>", "<html><nitf/></html>", "nitf", "<NewsML><nitf/></NewsML>", "{}"]
)
def test_other_documents_are_not_recognised(data: str) -> None:
    assert not nitf.about.recognises(data.encode())
