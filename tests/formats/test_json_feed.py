"""JSON Feed: judged by its schema, 1.0 and 1.1 read, the extension object."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from dispaccio.formats import json_feed
from dispaccio.formats.base import Options
from dispaccio.formats.feeds.feed import Feed
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Media, Revision
from dispaccio.testing import releases
from tests.formats.revisions import revisions
from tests.support.source import ROOT

FEED = Feed(
    "Ponte",
    "https://w.example/feed.json",
    "https://w.example/",
    "https://w.example/feed.json",
    next="https://w.example/feed.json?before=3",
    hub="https://w.example/hub",
)


@pytest.fixture(scope="module")
def validator(shared: Path) -> Draft4Validator:
    """The schema of JSON Feed 1.1; nothing is fetched."""
    folder = shared / "standards" / "jsonfeed"
    schemas = {
        name: json.loads((folder / f"{name}.json").read_text()) for name in ("feed", "feed-1")
    }
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema, default_specification=DRAFT4))
        for name, schema in schemas.items()
    )
    return Draft4Validator(schemas["feed"], registry=registry)


def written(*given: Revision) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json_feed.write(FEED, given))
    return document


def errors(validator: Draft4Validator, document: dict[str, Any]) -> list[str]:
    return [error.message for error in validator.iter_errors(document)]


def test_every_state_is_valid(validator: Draft4Validator) -> None:
    for state, revision in releases.in_every_state():
        assert errors(validator, written(revision)) == [], state
        assert errors(validator, json.loads(json_feed.json_feed.write(revision))) == [], state
    assert errors(validator, written(*releases.samples())) == []
    assert errors(validator, written()) == []


def test_the_schema_judges(validator: Draft4Validator) -> None:
    document = written(releases.english())
    for wrong in ({"items": 3}, {"hubs": [{"url": 5}]}, {"x": 1}, {"version": 1}):
        assert errors(validator, document | wrong)


@given(revision=revisions)
def test_any_revision_is_valid(validator: Draft4Validator, revision: Revision) -> None:
    assert errors(validator, written(revision)) == []


def test_what_stands_in_the_feed_and_in_an_item() -> None:
    document = written(releases.english())
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["hubs"] == [{"type": "WebSub", "url": "https://w.example/hub"}]
    assert document["language"] == "en"
    assert document["next_url"].endswith("?before=3")
    (item,) = document["items"]
    assert item["id"] == releases.english().id
    assert item["authors"] == [{"name": "Harbour of Lowmere", "url": "https://harbour.example/"}]
    assert item["date_published"] == "2026-11-23T08:00:00Z"
    assert item["tags"] == ["Press release – promotional content", "water"]
    ours = item["_dispaccio"]
    assert ours["about"]
    assert ours["label"]["kind"] == "promotional"
    assert ours["label"]["paid_by"] == "Lowmere Ferries Ltd"
    assert ours["pubStatus"] == "usable"
    assert ours["issuer"]["did"] == "did:web:harbour.example"
    assert ours["number"] == "T100000001"
    assert ours["proof"] == "https://wire.example/r/T100000001.proof.json"


def test_the_extension_comes_back() -> None:
    (found,) = json_feed.json_feed.read(json_feed.write(FEED, [releases.english()]), Options())
    said, sample = found.revision, releases.english()
    for same in ("label", "status", "kind", "issuer", "number", "version", "channel", "subjects"):
        assert getattr(said, same) == getattr(sample, same), same


def test_version_1_0_with_a_bad_item() -> None:
    data = (ROOT / "tests" / "data" / "json-feed" / "wire.json").read_bytes()
    first, second = json_feed.json_feed.read(data, Options())
    said = first.revision
    assert said.headline == "I Mulini aprono un negozio"
    assert len(said.body) == 2
    assert (said.author, said.category, said.tags) == ("Levante", "Economia", ("alimentari",))
    assert said.label
    assert said.label.kind is LabelKind.INSTITUTIONAL
    assert said.original_url == "https://mulini.example/news/1"
    assert said.first_created == datetime(2027, 5, 26, 7, tzinfo=UTC)
    assert said.media[0] == Media(
        "https://levante.example/1.pdf", "Scheda", "application/pdf", size=4000
    )
    assert "_views" in first.warnings[0]
    assert first.warnings[-1] == "Item 3 was left out. items[2].title should be a text."
    assert second.revision.identifiers[0].value == "2"


def test_odd_values_of_an_extension_are_left_aside() -> None:
    document = written(replace(releases.english(), status=None))
    ours = document["items"][0]["_dispaccio"]
    ours |= {"pubStatus": "ready", "kind": "x", "version": True, "issuer": 3, "label": []}
    (found,) = json_feed.json_feed.read(json.dumps(document).encode(), Options())
    assert found.revision.status is None
    assert found.revision.kind is None
    assert found.revision.version is None
    assert found.revision.label
    assert any("'ready' is not known" in warning for warning in found.warnings)


def test_only_addresses_that_are_carried_are_read() -> None:
    item = {"id": "1", "url": "javascript:alert(1)", "content_text": "x", "image": "data:,x"}
    (found,) = json_feed.json_feed.read(json.dumps({"items": [item]}).encode(), Options())
    assert found.revision.original_url is None
    assert found.revision.media == ()
