"""ninjs: dialects in, a valid item out in every state, and the whole revision back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from jsonschema.protocols import Validator

from dispaccio.errors import DispaccioError, NotARelease, TooLarge
from dispaccio.formats import items
from dispaccio.formats.base import Options
from dispaccio.formats.ninjs import ninjs
from dispaccio.formats.text import text
from dispaccio.intake.submission import Wishes, receive
from dispaccio.release.body import Block
from dispaccio.release.label import LabelKind
from dispaccio.release.model import (
    Hop,
    Identifier,
    ItemKind,
    Media,
    Party,
    Reading,
    Revision,
    Subject,
    Visibility,
    WireMark,
)
from dispaccio.release.notice import shown
from dispaccio.release.state import Status
from dispaccio.testing import releases
from tests.formats import ninjs_schema
from tests.formats.revisions import revisions
from tests.support.broken import samples
from tests.support.source import ROOT

DATA = ROOT / "tests" / "data" / "ninjs"
ITEM = {
    "uri": "urn:example:1",
    "headline": "Lowmere opens a dock",
    "body_text": "The Harbour of Lowmere opens its new ferry dock to travellers on Monday.",
}


def read(document: Any, options: Options | None = None) -> Reading:
    (found,) = ninjs.read(json.dumps(document).encode(), options or Options())
    return found


def written(revision: Revision) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(ninjs.write(revision))
    return document


def undisclosed(revision: Revision) -> dict[str, Any]:
    """The item as any reader sees it who knows nothing of ours."""
    document = written(revision)
    document["bodies"] = [b for b in document["bodies"] if b["role"] != "disclosure"]
    return document


def sample(name: str, options: Options | None = None) -> Reading:
    (found,) = ninjs.read((DATA / name).read_bytes(), options or Options())
    return found


# Written


@pytest.fixture(scope="module")
def validator(shared: Path) -> Validator:
    """The IPTC's schema of 3.1."""
    return ninjs_schema.validator(shared, "3.1")


def test_every_state_is_valid(validator: Validator) -> None:
    for state, revision in releases.in_every_state():
        errors = [error.message for error in validator.iter_errors(written(revision))]
        assert errors == [], state


def test_the_schema_judges(validator: Validator) -> None:
    document = written(releases.english())
    for wrong in (
        {"pubStatus": "ready"},
        {"uri": "no address"},
        {"firstCreated": "today"},
        {"x": 1},
    ):
        assert list(validator.iter_errors(document | wrong))


@given(revision=revisions)
def test_any_revision_is_valid(validator: Validator, revision: Revision) -> None:
    assert [error.message for error in validator.iter_errors(written(revision))] == []


@given(revision=revisions)
def test_the_whole_revision_comes_back(revision: Revision) -> None:
    (found,) = ninjs.read(ninjs.write(revision), Options())
    assert found.revision == shown(revision)
    assert found.warnings == ()


def test_a_real_release_comes_back_whole(shared: Path) -> None:
    data = (shared / "seed" / "press-release.txt").read_bytes()
    (seed,) = text.read(data, Options())
    (found,) = ninjs.read(ninjs.write(seed.revision), Options())
    assert found.revision == seed.revision
    stranger = read(undisclosed(seed.revision)).revision
    assert stranger.headline == seed.revision.headline
    assert [b.text for b in stranger.body] == [b.text for b in seed.revision.body]


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
        for name in ("id", "number", "version", "status", "first_created", "version_created"):
            assert getattr(found, name) == getattr(original, name), name
        assert found.wire == original.wire
        assert [c.visibility for c in found.contacts] == [c.visibility for c in original.contacts]


def test_the_label_is_there_as_codes_and_as_words() -> None:
    paid, unpaid = written(releases.chinese()), written(releases.italian())
    assert [g.get("uri", "").rpartition("/")[2] for g in paid["genres"]] == [
        "Press_Release",
        "Advertiser_Supplied",
        "",
    ]
    assert paid["genres"][-1]["name"] == "新闻稿——推广内容"
    assert "Advertiser" not in json.dumps(unpaid)


def test_the_proof_is_linked() -> None:
    (link,) = written(releases.english())["trustIndicators"]
    assert link["href"] == "https://wire.example/r/T100000001.proof.json"


def test_a_withdrawal_says_what_and_why_to_the_desk() -> None:
    document = written(releases.in_state(releases.italian(), "withdrawn"))
    assert document["pubStatus"] == "canceled"
    assert "ritirato" in document["edNote"]
    assert "The number of boats was wrong." in document["edNote"]


def test_links_to_other_schemes_stay_in_the_disclosure_alone() -> None:
    from dispaccio.release.body import Mark, MarkKind

    evil = Block.paragraph("Click here", Mark(6, 10, MarkKind.LINK, "javascript:alert(1)"))
    assert "javascript" not in json.dumps(undisclosed(replace(releases.english(), body=(evil,))))


# The disclosure


def test_an_item_changed_on_its_way_is_read_by_its_own_fields() -> None:
    document = written(releases.english())
    document["headlines"][0]["value"] = "Lowmere closes the dock"
    found = read(document)
    assert found.revision.headline == "Lowmere closes the dock"
    assert found.revision.channel is None
    assert "changed after it was written" in found.warnings[0]


@pytest.mark.parametrize("state", ["withdrawn", "withheld"])
def test_nobody_makes_a_release_usable_again_on_its_way(state: str) -> None:
    revision = releases.in_state(releases.english(), state)
    document = written(revision) | {"pubStatus": "usable"}
    assert read(document).revision.status is revision.status


def test_a_relay_may_withdraw_what_it_passed_on() -> None:
    document = written(releases.english()) | {"pubStatus": "canceled"}
    assert read(document).revision.status is Status.CANCELED


def test_an_embargo_or_label_taken_out_on_the_way_still_holds() -> None:
    revision = releases.in_state(releases.english(), "embargoed")
    document = written(revision)
    del document["embargoedUntil"], document["genres"]
    found = read(document).revision
    assert (found.embargo, found.label) == (revision.embargo, revision.label)


def test_formatting_the_json_anew_changes_nothing() -> None:
    data = json.dumps(written(releases.arabic()), indent=4, sort_keys=True).encode()
    (found,) = ninjs.read(data, Options())
    assert found.revision == releases.arabic()


@pytest.mark.parametrize("value", ["", "{", "[]", '{"title": 5}', '{"title": "x", "title": "y"}'])
def test_a_broken_disclosure_is_left_aside(value: str) -> None:
    document = written(releases.english())
    document["bodies"][-1]["value"] = value
    found = read(document)
    assert found.revision.headline == releases.english().headline
    assert "left aside" in found.warnings[0]


# Read


def test_an_agencys_item_of_1_6() -> None:
    found = sample("1.6-agency.json")
    said = found.revision
    assert said.headline == "Ondachiara presenta il sensore che misura la salinità"
    assert said.subhead == "Prime consegne a dicembre"
    assert said.body[0].text.startswith("La società Ondachiara ha presentato oggi un sensore")
    assert len(said.body) == 2
    assert said.label
    assert (said.label.kind, said.label.commissioned) == (LabelKind.PROMOTIONAL, True)
    assert said.label.text == "COMUNICATO STAMPA - CONTENUTO PROMOZIONALE"
    assert said.dateline
    assert said.dateline.text == "ROMA, 23 novembre 2026 /PRNewswire/ --"
    assert said.wire == WireMark("PR Newswire")
    assert said.first_created == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert said.embargo == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert said.status is Status.USABLE
    assert said.hops == (Hop("Ondachiara", "created"), Hop("Tamerice", "enhanced"))
    assert said.identifiers == (
        Identifier("uri", "http://tamarisk.example/item/88123"),
        Identifier("tamarisk", "88123"),
        Identifier("internal", "4711"),
    )
    assert said.subjects == (Subject("medtop", "06000000", "environment"),)
    assert said.tags == ("acqua",)
    assert said.media == (
        Media(
            href="http://tamarisk.example/photo/9.jpg",
            name="featured",
            type="image/jpeg",
            caption="Il sensore",
            credit="Foto: Ondachiara",
            width=2400,
        ),
    )
    assert (said.version, said.urgency, said.author) == (3, 4, "Redazione Tamerice")
    assert said.editorial_note == "Attenzione: foto a parte"
    assert found.warnings == ("expires was left out: the wire has no place for it.",)


def test_a_wires_item_of_2_2() -> None:
    found = sample("2.2-wire.json")
    said = found.revision
    assert said.headline == "Oakmarsh & Sons recall two kettles"
    assert [block.text for block in said.body] == [
        "Oakmarsh & Sons recall two kettles that were sold between May and June.",
        "What to do",
        "Customers get their money back in every shop of the firm.",
    ]
    assert said.status is Status.WITHHELD
    assert said.label
    assert (said.label.kind, said.label.commissioned) == (LabelKind.INSTITUTIONAL, None)
    assert said.original_url == "https://lantern.example/news/77120031"
    assert said.identifiers[1] == Identifier("lantern", "77120031")
    assert found.warnings == (
        "A headline was left out: role short.",
        "A body was left out: role abstract, type text/plain.",
        "The text was kept, its formatting not: heading of level 4.",
    )


def test_a_kill() -> None:
    said = sample("3.1-cancelled.json").revision
    assert said.status is Status.CANCELED
    assert said.id == "urn:uuid:0d8c1f0e-1111-4222-8333-944455566677"
    assert (said.headline, said.body) == ("KILL: Harbour of Lowmere", ())


def test_a_foreign_address_is_an_identifier() -> None:
    assert read(ITEM).revision.identifiers == (Identifier("uri", "urn:example:1"),)
    assert read(ITEM).revision.id is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"embargoed": "2026-11-24T06:00:00+0100"}, "05:00"),
        ({"embargoedUntil": "2026-11-24T06:00:00.1234567Z", "embargoed": None}, "06:00"),
        ({"embargoed": "2026-11-24T05:00:00Z", "embargoeduntil": "2026-11-24T09:00:00Z"}, "09:00"),
        ({"ednote": "EMBARGO until 24 November 2026, 07:00 UTC"}, "07:00"),
        (
            {"ednote": "Sperrfrist: 24. November 2026, 10:00 Uhr MEZ", "pubstatus": "usable"},
            "09:00",
        ),
        ({"body_text": "EMBARGO FINO AL 24 novembre 2026, ore 8.00 UTC\n\nTesto."}, "08:00"),
    ],
)
def test_an_embargo_holds_wherever_it_is_stated(fields: dict[str, str], expected: str) -> None:
    embargo = read(ITEM | {"pubstatus": "usable"} | fields).revision.embargo
    assert embargo
    assert f"{embargo:%H:%M}" == expected


def test_an_embargo_in_a_note_that_names_no_zone_is_warned_of() -> None:
    found = read(ITEM | {"ednote": "EMBARGO until 24 November 2026, 07:00"})
    assert any("Under embargo" in warning for warning in found.warnings)


def test_times_without_zone_take_that_of_the_options() -> None:
    item = ITEM | {"embargoed": "2026-11-24T06:00:00", "versioncreated": "2026-11-23T09:00:00"}
    said = read(item, Options(zone=ZoneInfo("Europe/Rome"))).revision
    assert said.embargo == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert said.version_created == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_time_without_zone_is_left_out_and_said() -> None:
    found = read(ITEM | {"versioncreated": "2026-11-23T09:00:00"})
    assert found.revision.version_created is None
    assert "states no zone" in found.warnings[0]


@pytest.mark.parametrize(
    ("genres", "kind", "paid"),
    [
        ([{"uri": "http://cv.iptc.org/newscodes/genre/Advertiser_Supplied"}], "promotional", True),
        ([{"literal": "genre:Press_Release"}], "institutional", False),
        ([{"name": "Pressemitteilung – Anzeige"}], "promotional", True),
        (
            [{"uri": "https://cv.iptc.org/newscodes/genre/Sponsored", "name": "S"}],
            "promotional",
            True,
        ),
        ([{"uri": "http://cv.iptc.org/newscodes/genre/Analysis", "name": "Analysis"}], None, False),
    ],
)
def test_labels_from_genres(genres: list[Any], kind: str | None, paid: bool) -> None:
    label = read(ITEM | {"genres": genres}).revision.label
    assert (label.kind if label else None) == kind
    assert bool(label and label.paid) is paid


def test_a_paid_label_in_the_text_wins() -> None:
    body = "ADVERTISEMENT\n\nThe Harbour of Lowmere opens its new ferry dock to travellers."
    genres = [{"literal": "genre:Press_Release"}]
    label = read(ITEM | {"body_text": body, "genres": genres}).revision.label
    assert label
    assert label.paid


def test_markup_without_a_type_is_seen() -> None:
    said = read(ITEM | {"bodies": [{"value": "<p>One.</p><p>Two.</p>"}]}).revision
    assert [block.text for block in said.body] == ["One.", "Two."]


def test_what_is_left_out_is_named() -> None:
    item = ITEM | {"events": [{"name": "Fair"}], "infoSources": [{"name": "Someone", "role": "x"}]}
    assert read(item).warnings == (
        "infoSources[0] was left out: its role (x) is not known.",
        "events was left out: the wire has no place for it.",
    )


def test_issuer_domain_and_contacts() -> None:
    found = read(undisclosed(releases.italian())).revision
    assert found.issuer == Party("Comune di Valdombra", "comune-valdombra.example")
    (contact,) = found.contacts
    assert contact.email == "stampa@comune-valdombra.example"
    hidden = read(undisclosed(releases.english())).revision.contacts[1]
    assert hidden.visibility is Visibility.MEDIA_ONLY


# Several items, broken items


def test_a_bad_item_never_loses_the_good_ones() -> None:
    listed = [
        ITEM | {"type": "picture"},
        ITEM,
        ITEM | {"urgency": "high"},
        ITEM | {"uri": "urn:x:2"},
    ]
    for document in (listed, {"items": listed}):
        picture, first, second = ninjs.read(json.dumps(document).encode(), Options())
        assert first.revision.headline == second.revision.headline == ITEM["headline"]
        assert picture.item is ItemKind.PICTURE
        (warning,) = picture.warnings
        assert warning.startswith("Item 3 was left out.")
        assert "urgency" in warning


def test_too_many_items() -> None:
    with pytest.raises(TooLarge, match="more than 3 items"):
        items.read_each(["{}"] * 4, lambda one: Reading("ninjs", Revision()), most=3)


@pytest.mark.parametrize("kind", ["graphic", "package", "picture", "planning", "video"])
def test_an_item_that_is_no_text_is_said_to_be_that(kind: str) -> None:
    data = (ROOT / "tests/data/items/ninjs" / f"{kind}.json").read_bytes()
    (found,) = ninjs.read(data, Options())
    assert found.item == kind
    assert found.revision.identifiers or found.revision.id
    with pytest.raises(NotARelease, match=f"holds {kind}, and no text"):
        receive(data, ninjs.about.media_types[0], Wishes())


@pytest.mark.parametrize(("path", "code"), samples("ninjs"))
def test_a_broken_item(path: Path, code: str) -> None:
    with pytest.raises(DispaccioError) as raised:
        ninjs.read(path.read_bytes(), Options())
    assert raised.value.code() == code
    assert raised.value.message.endswith(".")


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("bodies-of-texts.json", "bodies[0]"),
        ("body-value-is-an-object.json", "bodies[0].value"),
        ("altids-of-lists.json", "altids.number"),
        ("genres-of-texts.json", "genre[0]"),
        ("impossible-day.json", "versioncreated"),
    ],
)
def test_the_error_says_where(name: str, where: str) -> None:
    data = (ROOT / "tests/data/broken/ninjs" / name).read_bytes()
    with pytest.raises(DispaccioError) as raised:
        ninjs.read(data, Options())
    assert raised.value.message.startswith(where)


@pytest.mark.parametrize(
    "document",
    [ITEM, [ITEM], written(releases.english()), {"$standard": {"name": "ninjs"}, "uri": "x:y"}],
)
def test_ninjs_is_recognised(document: Any) -> None:
    assert ninjs.about.recognises(json.dumps(document).encode())


@pytest.mark.parametrize(
    "data", [b'{"title": "x"}', b"[link](https://a.example)", b"{", b'{"uri": 1}']
)
def test_other_documents_are_not_recognised(data: bytes) -> None:
    assert not ninjs.about.recognises(data)
