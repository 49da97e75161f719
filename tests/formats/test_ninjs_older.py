"""ninjs 2.2 and 1.6 as written: valid in every state, and read back whole by ``ninjs``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema.protocols import Validator

from dispaccio.errors import UnknownFormat
from dispaccio.formats import registry
from dispaccio.formats.base import Options
from dispaccio.formats.ninjs import OlderNinjs, ninjs, ninjs_1, ninjs_2
from dispaccio.release.canonical import canonical_bytes
from dispaccio.release.model import Identifier, Media, Revision, Subject
from dispaccio.release.notice import shown
from dispaccio.release.state import Status
from dispaccio.testing import releases
from tests.formats import ninjs_schema
from tests.formats.revisions import revisions

VERSIONS = {"1.6": ninjs_1, "2.2": ninjs_2}
older = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture(scope="module")
def judges(shared: Path) -> dict[str, Validator]:
    return {version: ninjs_schema.validator(shared, version) for version in VERSIONS}


def faults(judge: Validator, document: Any) -> list[str]:
    return [error.message for error in judge.iter_errors(document)]


def written(version: str, revision: Revision) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(VERSIONS[version].write(revision))
    return document


def undisclosed(version: str, revision: Revision) -> dict[str, Any]:
    """The item as any reader sees it who knows nothing of ours."""
    document = written(version, revision)
    if version == "1.6":
        del document["body_dispaccio"]
    else:
        document["bodies"] = [b for b in document["bodies"] if b["role"] != "disclosure"]
    return document


def read(document: Any) -> Revision:
    (found,) = ninjs.read(json.dumps(document).encode(), Options())
    return found.revision


@older
def test_every_state_is_valid(judges: dict[str, Validator], version: str) -> None:
    for state, revision in releases.in_every_state():
        assert faults(judges[version], written(version, revision)) == [], state


@older
@pytest.mark.parametrize("wrong", [{"pubstatus": "ready"}, {"versionCreated": "x"}, {"rel": "x"}])
def test_the_schema_judges(judges: dict[str, Validator], version: str, wrong: Any) -> None:
    assert faults(judges[version], written(version, releases.english()) | wrong)


@older
@given(revision=revisions)
def test_any_revision_is_valid(
    judges: dict[str, Validator], version: str, revision: Revision
) -> None:
    assert faults(judges[version], written(version, revision)) == []


@older
@given(revision=revisions)
def test_the_whole_revision_comes_back(version: str, revision: Revision) -> None:
    (found,) = ninjs.read(VERSIONS[version].write(revision), Options())
    assert found.revision == shown(revision)
    assert canonical_bytes(found.revision) == canonical_bytes(shown(revision))
    assert found.warnings == ()


@older
def test_what_a_stranger_finds(version: str) -> None:
    for original in releases.samples():
        found = read(undisclosed(version, original))
        assert found.headline == original.headline
        assert found.subhead == original.subhead
        assert [b.text for b in found.body] == [b.text for b in original.body]
        assert found.label
        assert original.label
        assert (found.label.kind, found.label.text) == (original.label.kind, original.label.text)
        assert found.label.paid == original.label.paid
        assert found.issuer and original.issuer
        assert found.issuer.name == original.issuer.name
        for name in ("id", "number", "version", "status", "first_created", "version_created"):
            assert getattr(found, name) == getattr(original, name), name
        assert found.wire == original.wire
        assert found.boilerplate == original.boilerplate
        assert found.subjects == original.subjects
        assert found.tags == original.tags
        assert found.relates and original.relates
        assert (found.relates.id, found.relates.kind) == (
            original.relates.id,
            original.relates.kind,
        )
        assert [m.alt for m in found.media] == [m.alt for m in original.media]
        assert [c.visibility for c in found.contacts] == [c.visibility for c in original.contacts]


@older
def test_a_stranger_finds_embargo_and_status(version: str) -> None:
    held = releases.in_state(releases.english(), "embargoed")
    assert read(undisclosed(version, held)).embargo == held.embargo
    gone = releases.in_state(releases.italian(), "withdrawn")
    assert read(undisclosed(version, gone)).status is Status.CANCELED


@older
def test_nothing_of_a_text_that_was_taken_back(version: str) -> None:
    for sample in releases.samples():
        for state in ("withheld", "withdrawn"):
            whole = json.dumps(
                written(version, releases.in_state(sample, state)), ensure_ascii=False
            )
            assert not [
                words for words in releases.own_words(sample) if len(words) > 3 and words in whole
            ]


@older
def test_an_item_changed_on_its_way_is_read_by_its_own_fields(version: str) -> None:
    revision = releases.in_state(releases.english(), "withdrawn")
    document = written(version, revision) | {"pubstatus": "usable", "slugline": "other"}
    (found,) = ninjs.read(json.dumps(document).encode(), Options())
    assert found.revision.status is Status.CANCELED
    assert found.revision.slugline == "other"
    assert "changed after it was written" in found.warnings[0]


@pytest.mark.parametrize("value", [None, 5, "", "{", '{"title": "x", "title": "y"}'])
def test_a_broken_disclosure_of_1_6_is_left_aside(value: Any) -> None:
    document = written("1.6", releases.english()) | {"body_dispaccio": value}
    (found,) = ninjs.read(json.dumps(document).encode(), Options())
    assert found.revision.headline == releases.english().headline
    assert "left aside" in found.warnings[0]


def test_names_that_stand_twice_are_kept_in_1_6(judges: dict[str, Validator]) -> None:
    revision = replace(
        releases.english(),
        identifiers=(Identifier("desk", "1"), Identifier("desk", "2"), Identifier("desk", "3")),
        legal=("First.", "Second."),
        media=(Media(href="https://a.example/1"), Media(name="media 0"), Media(name="…")),
    )
    document = written("1.6", revision)
    assert faults(judges["1.6"], document) == []
    assert {n: v for n, v in document["altids"].items() if n.startswith("desk")} == {
        "desk": "1",
        "desk_2": "2",
        "desk_3": "3",
    }
    assert list(document["associations"])[:3] == ["media_0", "media_0_2", "item"]
    assert read(undisclosed("1.6", revision)).legal == ("First.", "Second.")


@older
def test_subjects_of_any_scheme(judges: dict[str, Validator], version: str) -> None:
    subjects = (
        Subject("medtop", "20000764", "sports coaching"),
        Subject("https://topics.example/", "7", "Seven"),
        Subject("house", "A1", "A one"),
    )
    revision = replace(releases.english(), subjects=subjects)
    assert faults(judges[version], written(version, revision)) == []
    assert read(undisclosed(version, revision)).subjects == subjects


@older
def test_it_is_only_written(version: str) -> None:
    fmt: OlderNinjs = VERSIONS[version]
    assert not fmt.about.reads
    assert not fmt.about.twin
    assert registry.by_name(fmt.name) is fmt
    data = fmt.write(releases.english())
    assert registry.detect(data).name == "ninjs"
    with pytest.raises(UnknownFormat, match="ninjs"):
        fmt.read(data, Options())
    with pytest.raises(UnknownFormat):
        registry.read(data, fmt.name)
