"""What is written in the native format is valid by its schema, which names every field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.errors import DispaccioError
from dispaccio.formats import codec, native
from dispaccio.formats.base import Options
from dispaccio.formats.schema import schema
from dispaccio.formats.text import text
from dispaccio.release.model import ItemKind, Reading, Revision
from dispaccio.testing import releases
from tests.formats.revisions import revisions

SCHEMA: dict[str, Any] = json.loads(schema())


def closed(part: Any) -> Any:
    """The schema with names forbidden that it does not list."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {name: closed(item) for name, item in part.items()}
    if made.get("type") == "object":
        made["additionalProperties"] = False
    return made


OPEN, STRICT = Draft202012Validator(SCHEMA), Draft202012Validator(closed(SCHEMA))


def errors(document: Any, validator: Draft202012Validator = STRICT) -> list[str]:
    return [error.message for error in validator.iter_errors(document)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert schema() == schema()


def test_every_state_is_valid() -> None:
    for state, revision in releases.in_every_state():
        assert errors(json.loads(native.native.write(revision))) == [], state


@given(revisions)
def test_whatever_is_written_is_valid(revision: Revision) -> None:
    assert errors(native.to_json(revision)) == []
    assert errors([native.to_json(revision)] * 2) == []


def test_readings_are_valid() -> None:
    for sample in releases.samples():
        (found,) = text.read(text.write(sample), Options())
        assert errors(native.reading_to_json(found)) == []
    other = Reading("ninjs", Revision(headline="A film"), warnings=(UNCLEAR,), item=ItemKind.VIDEO)
    assert errors(native.reading_to_json(other)) == []


WRONG: list[dict[str, Any]] = [
    {"standard": "dispaccio/2"},
    {"title": 1},
    {"title": None},
    {"status": "ready"},
    {"urgency": "4"},
    {"urgency": 2**60},
    {"urgency": True},
    {"body": {"kind": "paragraph", "text": "x"}},
    {"body": [{"kind": "poem", "text": "x"}]},
    {"body": [{"kind": "paragraph"}]},
    {"body": [{"kind": "heading", "text": "x"}]},
    {"body": [{"kind": "paragraph", "text": "x", "level": 2}]},
    {"body": [{"kind": "paragraph", "text": "x", "marks": [{"start": 0, "end": 1}]}]},
    {"body": [{"kind": "list", "text": "x", "marks": [{"start": 0, "end": 1, "kind": "link"}]}]},
    {"issuer": "Harbour of Lowmere"},
    {"issuer": {"domain": "harbour.example"}},
    {"label": {"text": "x", "details": [["a"]]}},
    {"tags": "dock"},
]


@pytest.mark.parametrize("document", WRONG, ids=str)
def test_the_schema_judges_what_the_reader_refuses(document: dict[str, Any]) -> None:
    assert errors(document, OPEN)
    if None not in document.values() and "standard" not in document:  # the reader is milder there
        with pytest.raises(DispaccioError):
            codec.decode(Revision, document)


def test_other_names_are_allowed_as_the_reader_allows_them() -> None:
    assert errors({"title": "x", "colour": "red"}, OPEN) == []
    assert errors({"title": "x", "colour": "red"}) != []
