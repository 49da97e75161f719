"""NewsML-G2 as it is written: valid in every state, found by other readers, and whole again."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from lxml import etree

from dispaccio.formats import registry
from dispaccio.formats.base import Options
from dispaccio.formats.newsml_g2 import newsml_g2
from dispaccio.formats.newsml_g2.names import DISCLOSURE, G2
from dispaccio.formats.text import text
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.model import Identifier, Media, Party, Reading, Revision, WireMark
from dispaccio.release.notice import shown
from dispaccio.release.state import Kind, Status
from dispaccio.testing import releases
from tests.formats.revisions import revisions

N = {"g": G2, "h": "http://www.w3.org/1999/xhtml"}


def element(revision: Revision) -> etree._Element:
    return etree.fromstring(newsml_g2.write(revision))


def undisclosed(revision: Revision) -> etree._Element:
    """The item as any reader sees it who knows nothing of ours."""
    item = element(revision)
    (told,) = item.iter(DISCLOSURE)
    told.getparent().remove(told)
    return item


def read(item: etree._Element | bytes, options: Options | None = None) -> Reading:
    data = item if isinstance(item, bytes) else etree.tostring(item)
    (found,) = newsml_g2.read(data, options or Options())
    return found


def codes(item: etree._Element, path: str) -> list[str]:
    return [str(found.get("qcode")) for found in item.iterfind(path, N)]


def only(item: etree._Element, path: str) -> etree._Element:
    (found,) = item.iterfind(path, N)
    return found


# Valid


@pytest.fixture(scope="module")
def schema(shared: Path) -> etree.XMLSchema:
    """The IPTC's schema of 2.35, power conformance."""
    path = shared / "standards/newsml-g2/NewsML-G2_2.35-spec-All-Power.xsd"
    return etree.XMLSchema(etree.parse(path))


def errors(schema: etree.XMLSchema, data: bytes) -> list[str]:
    schema.validate(etree.fromstring(data))
    return [entry.message for entry in schema.error_log]


def test_every_state_is_valid(schema: etree.XMLSchema) -> None:
    for state, revision in releases.in_every_state():
        assert errors(schema, newsml_g2.write(revision)) == [], state
    assert errors(schema, newsml_g2.write(Revision())) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'qcode="stat:usable"', b'qcode="usable"'),
        (b"<versionCreated>2026", b"<versionCreated>in 2026"),
        (b"<urgency>5", b"<urgency>50"),
        (b"<itemClass ", b"<itemKlass "),
        (b"<generator>dispaccio</generator>", b"<disclosure xmlns='urn:x'/>"),
    ],
)
def test_the_schema_judges(schema: etree.XMLSchema, right: bytes, wrong: bytes) -> None:
    data = newsml_g2.write(releases.english())
    assert right in data
    data = data.replace(right, wrong)
    assert errors(schema, data)


@given(revision=revisions)
@example(revision=Revision(identifiers=(Identifier("\x1b", "0"),)))
def test_any_revision_is_valid(schema: etree.XMLSchema, revision: Revision) -> None:
    assert errors(schema, newsml_g2.write(revision)) == []


def test_what_no_xml_can_hold_does_not_break_the_item(schema: etree.XMLSchema) -> None:
    evil = "A\x01\x08\ufffe\uffff]]>&<b> \u2028\x85\r\ntext"
    link = Mark(0, 1, MarkKind.LINK, "https://a.example/\ufffe%zz[")
    revision = Revision(
        headline=evil,
        subhead=evil,
        body=(Block.paragraph(evil, link), Block(BlockKind.IMAGE, "", media=0)),
        identifiers=(Identifier("a scheme\n", evil), Identifier("", evil)),
        language="no language!",
        version=0,
        channel="a b",
        media=(
            Media(href="https://a.example/\ufffe"),
            Media(href="https://a.example/a b"),
            Media(name="\t", size=-1),
        ),
        boilerplate="a\n \nb\n",
        wire=WireMark("\x07"),
        issuer=Party("", did="did:web:a b"),
    )
    data = newsml_g2.write(revision)
    assert errors(schema, data) == []
    (found,) = newsml_g2.read(data, Options())
    assert found.revision == revision


# Whole again


@given(revision=revisions)
def test_the_whole_revision_comes_back(revision: Revision) -> None:
    (found,) = newsml_g2.read(newsml_g2.write(revision), Options())
    assert found.revision == shown(revision)
    assert found.warnings == ()


def test_a_real_release_comes_back_whole(shared: Path) -> None:
    data = (shared / "seed" / "press-release.txt").read_bytes()
    (seed,) = text.read(data, Options())
    (found,) = newsml_g2.read(newsml_g2.write(seed.revision), Options())
    assert found.revision == seed.revision
    stranger = read(undisclosed(seed.revision)).revision
    assert stranger.headline == seed.revision.headline
    assert [b.text for b in stranger.body] == [b.text for b in seed.revision.body]
    assert [(h.party, h.action) for h in stranger.hops] == [
        (h.party, h.action) for h in seed.revision.hops
    ]


def test_the_format_is_found_by_its_looks_and_types() -> None:
    data = newsml_g2.write(releases.arabic())
    assert registry.detect(data).name == "newsml-g2"
    for kind in ("newsitem", "newsmessage"):
        found = registry.by_media_type(f"application/vnd.iptc.g2.{kind}+xml; charset=utf-8")
        assert found.name == "newsml-g2"


# Said in the words of the standard


def test_what_a_stranger_finds() -> None:
    for original in releases.samples():
        found = read(undisclosed(original)).revision
        assert found.headline == original.headline
        assert [b.text for b in found.body] == [b.text for b in original.body]
        assert found.label
        assert original.label
        assert (found.label.kind, found.label.text) == (original.label.kind, original.label.text)
        assert found.label.paid == original.label.paid
        assert found.issuer
        assert original.issuer
        assert found.issuer.name == original.issuer.name
        for name in (
            "id", "number", "version", "kind", "status", "first_created", "version_created", "wire",
            "place", "subhead", "boilerplate", "channel", "contacts", "copyright", "language",
            "relates", "slugline", "subjects", "tags", "urgency", "usage_terms", "identifiers",
        ):  # fmt: skip
            assert getattr(found, name) == getattr(original, name), name


def test_a_stranger_finds_the_chain() -> None:
    original = releases.chinese()
    found = read(undisclosed(original)).revision
    assert [(h.party, h.action, h.time) for h in found.hops] == [
        (h.party, h.action, h.time) for h in original.hops
    ]
    assert found.original_url == original.original_url
    history = only(element(original), "g:hopHistory")
    assert [hop.get("seq") for hop in history] == ["1", "2"]
    assert [hop.get("timestamp") for hop in history] == ["2026-11-23", "2026-11-23T07:00:00Z"]
    assert codes(history, "g:hop/g:action") == ["hopaction:created", "hopaction:enhanced"]


def test_a_stranger_finds_the_embargo() -> None:
    held = releases.in_state(releases.english(), "embargoed")
    item = undisclosed(held)
    assert only(item, "g:itemMeta/g:embargoed").text == "2026-11-23T08:00:00Z"
    assert read(item).revision.embargo == held.embargo


@pytest.mark.parametrize(
    ("state", "status", "signal", "kind"),
    [
        ("usable", "stat:usable", [], "original"),
        ("corrected", "stat:usable", ["sig:correction"], "correction"),
        ("withheld", "stat:withheld", [], "withhold"),
        ("usable again", "stat:usable", ["sig:update"], "usable_again"),
        ("withdrawn", "stat:canceled", [], "withdrawal"),
    ],
)
def test_status_signal_and_role(state: str, status: str, signal: list[str], kind: str) -> None:
    item = undisclosed(releases.in_state(releases.english(), state))
    assert codes(item, "g:itemMeta/g:pubStatus") == [status]
    assert codes(item, "g:itemMeta/g:signal") == signal
    assert codes(item, "g:itemMeta/g:role") == [f"dispaccio-kind:{kind}"]
    found = read(item).revision
    assert (found.status, found.kind) == (Status(status[5:]), Kind(kind))


def test_the_iptcs_schemes_are_found_in_its_catalog() -> None:
    href = only(element(releases.english()), "g:catalogRef").get("href")
    assert href == "http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_41.xml"


def test_the_label_is_there_as_codes_and_as_words() -> None:
    paid, unpaid = element(releases.chinese()), newsml_g2.write(releases.italian())
    genres = list(paid.iterfind("g:contentMeta/g:genre", N))
    assert [genre.get("qcode") for genre in genres] == [
        "genre:Press_Release",
        "genre:Advertiser_Supplied",
        "dispaccio-label:promotional",
    ]
    assert genres[-1].findtext("g:name", namespaces=N) == "新闻稿——推广内容"
    assert b"Advertiser" not in unpaid


def test_every_alias_that_is_ours_is_declared() -> None:
    for _, revision in releases.in_every_state():
        item = element(revision)
        declared = {scheme.get("alias") for scheme in item.iterfind("g:catalog/g:scheme", N)}
        used = {
            value.partition(":")[0]
            for found in item.iter(f"{{{G2}}}*")
            for name, value in found.attrib.items()
            if name in ("qcode", "role", "type", "rel", "pubconstraint")
        }
        assert {alias for alias in used if alias.startswith("dispaccio")} <= declared
        assert used - declared <= {
            "ninat", "stat", "irel", "genre", "medtop", "hopaction", "sig", "drol"
        }  # fmt: skip


def test_a_withdrawal_says_what_and_why_to_the_desk() -> None:
    item = element(releases.in_state(releases.italian(), "withdrawn"))
    notes = ["".join(note.itertext()) for note in item.iterfind("g:itemMeta/g:edNote", N)]
    assert "ritirato" in notes[0]
    assert only(item, "g:contentMeta/g:headline").text == notes[0]
    assert "The number of boats was wrong." in notes[1]


def test_the_proof_is_linked() -> None:
    links = element(releases.english()).iterfind("g:itemMeta/g:link", N)
    assert "https://wire.example/r/T100000001.proof.json" in [link.get("href") for link in links]


def test_a_contact_for_media_only_is_marked_as_that() -> None:
    people = list(element(releases.english()).iterfind("g:contentMeta/g:contributor", N))
    assert [one.get("pubconstraint") for one in people] == [None, "dispaccio-for:media-only"]


def test_links_to_other_schemes_stay_in_the_disclosure_alone() -> None:
    evil = Block.paragraph("Click here", Mark(6, 10, MarkKind.LINK, "javascript:alert(1)"))
    revision = replace(releases.english(), body=(evil,), url="javascript:1", original_url="data:,")
    assert b"javascript" not in etree.tostring(undisclosed(revision))


def test_addresses_are_written_as_the_schema_takes_them() -> None:
    revision = replace(releases.english(), original_url="https://a.example/[ж]<%zz>%20")
    links = list(element(revision).iterfind("g:itemMeta/g:link", N))
    (found,) = (link.get("href") for link in links if link.get("rel") == "irel:derivedFrom")
    assert found == "https://a.example/%5Bж%5D%3C%25zz%3E%20"


def test_a_revision_without_times_states_none() -> None:
    draft = Revision(headline="A draft", id="urn:uuid:00000001-1c1f-4a51-9d0f-7f3a5b0c2d11")
    found = read(undisclosed(draft)).revision
    assert (found.version_created, found.wire, found.version) == (None, None, None)


# The disclosure


def test_an_item_changed_on_its_way_is_read_by_its_own_fields() -> None:
    item = element(releases.english())
    only(item, "g:contentMeta/g:headline[1]").text = "Lowmere closes the dock"
    found = read(item)
    assert found.revision.headline == "Lowmere closes the dock"
    assert found.revision.release_time is None
    assert "changed after it was written" in found.warnings[0]


@pytest.mark.parametrize("state", ["withdrawn", "withheld"])
def test_nobody_makes_a_release_usable_again_on_its_way(state: str) -> None:
    revision = releases.in_state(releases.english(), state)
    item = element(revision)
    only(item, "g:itemMeta/g:pubStatus").set("qcode", "stat:usable")
    assert read(item).revision.status is revision.status


def test_a_relay_may_withdraw_what_it_passed_on() -> None:
    item = element(releases.english())
    only(item, "g:itemMeta/g:pubStatus").set("qcode", "stat:canceled")
    assert read(item).revision.status is Status.CANCELED


def test_an_embargo_or_label_taken_out_on_the_way_still_holds() -> None:
    revision = releases.in_state(releases.english(), "embargoed")
    item = element(revision)
    for path in ("g:itemMeta/g:embargoed", "g:contentMeta/g:genre"):
        for found in list(item.iterfind(path, N)):
            found.getparent().remove(found)
    said = read(item).revision
    assert (said.embargo, said.label) == (revision.embargo, revision.label)


def test_laying_the_xml_out_anew_changes_nothing() -> None:
    revision = replace(releases.arabic(), boilerplate="One\n \nTwo")
    item = element(revision)
    etree.indent(item)
    for path in ("g:contentSet/g:inlineXML", "g:contentMeta/g:description"):
        mixed, before = only(item, path), only(element(revision), path)
        mixed.text, mixed[:] = before.text, list(before)
    assert b"\n    <" in etree.tostring(item)
    assert read(item).revision == revision


def test_an_item_put_into_a_message_stays_whole() -> None:
    items = b"".join(
        newsml_g2.write(sample).partition(b"?>")[2] for sample in releases.samples()
    ).replace(b"<newsItem ", b"\n  <newsItem ")
    message = (
        f'<n:newsMessage xmlns:n="{G2}" xmlns:x="urn:x"><n:header><n:sent>2026-11-23T08:00:00Z'
        "</n:sent></n:header><n:itemSet>"
    ).encode()
    found = newsml_g2.read(message + items + b"</n:itemSet></n:newsMessage>", Options())
    assert [reading.revision for reading in found] == list(releases.samples())


@pytest.mark.parametrize("value", ["", "{", "[]", '{"title": 5}', '{"title": "x", "title": "y"}'])
def test_a_broken_disclosure_is_left_aside(value: str) -> None:
    item = element(releases.english())
    next(item.iter(DISCLOSURE)).text = value
    found = read(item)
    assert found.revision.headline == releases.english().headline
    assert "left aside" in found.warnings[0]


def test_an_item_without_canonical_form_is_read_by_its_own_fields() -> None:
    data = newsml_g2.write(releases.english()).replace(b"<by>", b'<x xmlns="a"/><by>')
    found = read(data)
    assert found.revision.headline == releases.english().headline
    assert "changed after it was written" in found.warnings[0]


# Another reader


def judged(revision: Revision) -> Any:
    """The item as the IPTC's own newsmlg2 reads it.

    Its version 1.1 looks for ``altid`` where the standard says ``altId``, and cannot read the party
    of a hop, so the one is written its way and the other left out.
    """
    item = undisclosed(revision)
    for found in list(item.iter(f"{{{G2}}}hopHistory")):
        item.remove(found)
    for found in item.iter(f"{{{G2}}}altId"):
        found.tag = f"{{{G2}}}altid"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has escapes that Python will not know one day
        import NewsMLG2
    return NewsMLG2.NewsMLG2Document(etree.tostring(item)).get_item()


@pytest.mark.parametrize("state", [state for state in releases.STATES if state != "draft"])
def test_another_reader_finds_the_same(state: str) -> None:
    for sample in releases.samples():
        revision = releases.in_state(sample, state)
        item = judged(revision)
        meta, about = item.itemmeta, item.contentmeta
        assert revision.label
        assert revision.issuer
        assert revision.wire
        assert item.guid == revision.id
        assert not revision.version or item.version == str(revision.version)
        assert item.xml_lang == revision.language
        assert meta.itemclass.qcode == "ninat:text"
        assert meta.pubstatus.qcode == f"stat:{revision.status}"
        assert str(meta.provider.name) == revision.wire.name
        for said, wanted in (
            (meta.versioncreated, revision.version_created),
            (meta.firstcreated, revision.first_created),
            (meta.embargoed, revision.embargo),
        ):
            assert wanted is None or moment(said) == wanted
        assert str(about.genre[len(about.genre) - 1].name) == revision.label.text
        assert str(about.by[0]) == revision.issuer.name
        assert str(about.infosource[0].name) == revision.issuer.name
        assert not revision.number or str(about.altid[0]) == revision.number
        if state not in ("withheld", "withdrawn"):
            assert str(about.headline[0]) == revision.headline
            assert str(about.located[0].name) == revision.place
            (html,) = item.contentset.inlinexml[0]._xs_any_content
            words = " ".join("".join(html.itertext()).split())
            assert revision.body[0].text in words


def moment(said: object) -> datetime:
    return datetime.fromisoformat(str(said)).astimezone(UTC)
