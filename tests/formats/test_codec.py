"""The model as JSON and back: nothing lost, nothing guessed, every mistake named by its path."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given

from dispaccio.errors import DispaccioError, MalformedDocument, SeveralReleases, TimeWithoutZone
from dispaccio.formats import codec, native
from dispaccio.formats.base import Options
from dispaccio.intake.submission import Wishes, receive
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.label import Label, LabelKind
from dispaccio.release.model import Contact, Dateline, Hop, Revision, Visibility
from tests.formats.revisions import revisions

DOCUMENT = {
    "title": "Aurora opens a dairy",
    "body": [
        {
            "kind": "paragraph",
            "text": "Aurora Dairy",
            "marks": [
                {"start": 0, "end": 6, "kind": "link", "href": "https://aurora.example/"},
                {"start": 7, "end": 12, "kind": "strong"},
            ],
        },
        {"kind": "heading", "text": "Figures", "level": 2},
        {"kind": "list", "text": "a\nb", "ordered": True},
    ],
    "contacts": [{"email": "desk@aurora.example", "visibility": "media_only"}],
    "label": {"code": "promotional", "text": "ADV", "details": [["study", "none"]]},
    "dateline": {"place": "Bergamo", "date": "2026-05-26"},
    "release_time": "2026-05-26T07:00:00Z",
    "hops": [
        {"party": "Aurora", "action": "created", "time": "2026-05-25"},
        {"party": "Ponte", "action": "enhanced", "time": "2026-05-26T07:00:00.500000Z"},
    ],
}
REVISION = Revision(
    headline="Aurora opens a dairy",
    body=(
        Block.paragraph(
            "Aurora Dairy",
            Mark(0, 6, MarkKind.LINK, "https://aurora.example/"),
            Mark(7, 12, MarkKind.STRONG),
        ),
        Block(BlockKind.HEADING, "Figures", level=2),
        Block(BlockKind.LIST, "a\nb", ordered=True),
    ),
    contacts=(Contact(email="desk@aurora.example", visibility=Visibility.MEDIA_ONLY),),
    label=Label(LabelKind.PROMOTIONAL, "ADV", details=(("study", "none"),)),
    dateline=Dateline("Bergamo", date(2026, 5, 26)),
    release_time=datetime(2026, 5, 26, 7, tzinfo=UTC),
    hops=(
        Hop("Aurora", "created", date(2026, 5, 25)),
        Hop("Ponte", "enhanced", datetime(2026, 5, 26, 7, 0, 0, 500_000, tzinfo=UTC)),
    ),
)


def test_an_example_written_out() -> None:
    assert codec.encode(REVISION) == DOCUMENT
    assert codec.decode(Revision, DOCUMENT) == REVISION


@given(revisions)
def test_everything_comes_back(revision: Revision) -> None:
    document = json.loads(json.dumps(codec.encode(revision)))
    assert codec.decode(Revision, document) == revision


@given(revisions)
def test_what_is_absent_is_left_out(revision: Revision) -> None:
    def holes(value: Any) -> bool:
        if isinstance(value, dict):
            return any(item is None or item == [] or holes(item) for item in value.values())
        return isinstance(value, list) and any(holes(item) for item in value)

    assert not holes(codec.encode(revision))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "The document should be an object, not []"),
        ("x", "The document should be an object"),
        (None, "The document should be an object, not null."),
        ({"title": True}, "title should be text, not true."),
        ({"title": 7}, "title should be text, not 7"),
        ({"title": ["x"]}, "title should be text"),
        ({"version": "1"}, "version should be a whole number"),
        ({"version": 1.5}, "version should be a whole number"),
        ({"version": True}, "version should be a whole number"),
        ({"version": 2**53}, "version should be a whole number"),
        ({"urgency": -(2**60)}, "urgency should be a whole number"),
        ({"kind": "nonsense"}, "kind should be one of original, addition"),
        ({"kind": []}, "kind should be one of"),
        ({"body": {}}, "body should be a list"),
        ({"body": [{"kind": "paragraph"}]}, "body[0].text is missing"),
        ({"body": [{}, "x"]}, "body[0].kind is missing"),
        ({"body": [{"kind": "heading", "text": "x"}]}, "body[0]: A heading has level 2 or 3"),
        (
            {"body": [{"kind": "paragraph", "text": "x", "marks": [{"start": 0}]}]},
            "body[0].marks[0].end is missing",
        ),
        (
            {
                "body": [
                    {
                        "kind": "paragraph",
                        "text": "x",
                        "marks": [{"start": 0, "end": 2, "kind": "em"}],
                    }
                ]
            },
            "body[0]: A mark (em 0-2) lies outside",
        ),
        ({"contacts": [{"visibility": "secret"}]}, "contacts[0].visibility should be one of"),
        ({"label": {"code": "promotional"}}, "label.text is missing"),
        ({"label": {"text": "x", "details": [["a"]]}}, "label.details should be a list of pairs"),
        (
            {"label": {"text": "x", "details": [["a", 1]]}},
            "label.details should be a list of pairs",
        ),
        ({"label": {"text": "x", "commissioned": "yes"}}, "label.commissioned should be true or"),
        ({"dateline": {"date": "26 May 2026"}}, "dateline.date should be a day"),
        ({"dateline": {"date": "2026-02-30"}}, "dateline.date should be a day"),
        ({"release_time": "2026-05-26"}, "release_time should be an instant"),
        ({"release_time": 1}, "release_time should be an instant"),
        ({"release_time": "2026-05-26T09:00+25:00"}, "release_time should be an instant"),
        *(
            ({"release_time": f"2026-05-26T09:00{odd}"}, "release_time should be an instant")
            for odd in ("zz", "zZ", "xZ", ":00x+01:00", ":00.Z Z")
        ),
        ({"release_time": "0001-01-01T00:00+14:00"}, "release_time should be an instant"),
        ({"hops": [{"party": "x", "action": "y", "time": "2026-13-01"}]}, "hops[0].time should be"),
        ({"tags": ["x"] * 10_001}, "tags should be a list of at most 10,000 items, not 10001"),
        (
            {"label": {"text": "x", "details": [["a", "b"]] * 10_001}},
            "label.details should be a list",
        ),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_mistake_is_named_by_its_path(document: Any, words: str) -> None:
    with pytest.raises(MalformedDocument) as error:
        codec.decode(Revision, document)
    assert words in error.value.message


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-12-01T09:00z", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01t09:00:00.1234567z", datetime(2026, 12, 1, 9, 0, 0, 123456, tzinfo=UTC)),
        ("2026-12-01T09:00:00.123456789+01:00", datetime(2026, 12, 1, 8, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_as_rfc_3339_has_it(written: str, instant: datetime) -> None:
    assert codec.decode(Revision, {"release_time": written}).release_time == instant


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(TimeWithoutZone, match="release_time"):
        codec.decode(Revision, {"release_time": "2026-05-26T09:00:00"})


def test_null_is_silence() -> None:
    names = codec.encode(REVISION)
    assert codec.decode(Revision, dict.fromkeys(names)) == Revision()


def test_what_is_not_known_is_named_and_left_out() -> None:
    document = DOCUMENT | {"standard": "dispaccio/1", "colour": 1, "contacts": [{"fax": "1"}]}
    reading = native.read_json(document)
    assert set(reading.warnings) == {
        "The field colour is not known; it was left out.",
        "The field contacts[0].fax is not known; it was left out.",
    }
    assert native.read_json(native.to_json(REVISION)).warnings == ()


class TestNative:
    """The native format as bytes."""

    def test_one_or_several(self) -> None:
        one = native.native.write(REVISION)
        assert [r.revision for r in native.native.read(one, Options())] == [REVISION]
        several = b"[" + one + b"," + one + b"]"
        assert len(native.native.read(several, Options())) == 2

    def test_the_same_revision_is_the_same_bytes(self) -> None:
        assert native.native.write(REVISION) == native.native.write(REVISION)
        assert native.native.write(REVISION).endswith(b"}\n")

    @pytest.mark.parametrize(
        "data",
        [b"{}", b'{"standard": "dispaccio/1"}', b' \n{"title": "x"}'],
    )
    def test_what_it_looks_like(self, data: bytes) -> None:
        assert native.native.about.recognises(data)

    @pytest.mark.parametrize("data", [b"", b"[]", b"title", b'{"standard": "ninjs"}'])
    def test_what_it_does_not_look_like(self, data: bytes) -> None:
        assert not native.native.about.recognises(data)

    @pytest.mark.parametrize("data", [b"7", b'"x"', b"null", b"[7]", b"[[]]", b"{"])
    def test_what_is_no_release(self, data: bytes) -> None:
        with pytest.raises(DispaccioError):
            native.native.read(data, Options())


def test_several_at_once_are_for_the_caller_to_refuse() -> None:
    one = native.native.write(REVISION)
    with pytest.raises(SeveralReleases, match="holds 2 releases"):
        receive(b"[" + one + b"," + one + b"]", "application/json", Wishes(format="dispaccio"))


def test_every_target_that_is_left_out_is_noted() -> None:
    marks = [{"start": 0, "end": 1, "kind": "link", "href": "javascript:one"}]
    document = {
        "title": "x",
        "body": [{"kind": "paragraph", "text": "a b", "marks": marks}],
        "links": [{"href": "data:two"}, {"href": "https://a.example/"}],
    }
    taken = receive(json.dumps(document).encode(), "application/json", Wishes(format="dispaccio"))
    assert taken.warnings == (
        "The link to 'javascript:one' was left out: the wire does not carry it.",
        "The link to 'data:two' was left out: the wire does not carry it.",
    )
    assert [link.href for link in taken.revision.links] == ["https://a.example/"]
    assert taken.revision.body[0].text == "a b"
