"""What agencies send beside the standards: empty embargoes, wrong charsets, short datelines."""

from __future__ import annotations

import pytest

from dispaccio.anatomy.embargo import unclear
from dispaccio.errors import UnknownFormat
from dispaccio.formats import registry
from dispaccio.release.model import Reading

NITF = (
    '<?xml version="1.0" encoding="iso-8859-1"?><nitf><head><docdata>{}</docdata></head><body>'
    "<body.head><hedline><hl1>A mill closes</hl1></hedline>{}</body.head>"
    "<body.content><p>Caf\u00e9 owners wait.</p></body.content></body></nitf>"
)
TEXT = "A mill closes\n\n{}The mill in the north is old and closes. It was built in 1900.\n"
FEED = (
    '<rss version="2.0"><channel><title>A</title><item><guid>1</guid><title>A mill closes</title>'
    "<embargo/><description>The mill is old.</description></item></channel></rss>"
)


def read(document: str, charset: str = "utf-8") -> Reading:
    (found,) = registry.read(document.encode(charset))
    return found


@pytest.mark.parametrize(
    "document",
    [
        NITF.format('<date.release norm=""/>', ""),
        "---\ntitle: A mill closes\nembargo:\n---\nThe mill is old.\n",
        "From: a@foo.example\nSubject: A mill closes\nX-Embargo:\n\nThe mill is old.\n",
        '{"uri": "urn:x:1", "headline": "A mill", "body_text": "Old.", "embargoed": ""}',
        FEED,
    ],
)
def test_an_empty_embargo_holds(document: str) -> None:
    assert unclear(read(document).warnings)


def test_what_is_said_to_be_latin_1_and_is_utf_8_is_read_as_utf_8() -> None:
    found = read(NITF.format("", ""))
    assert [block.text for block in found.revision.body] == ["Caf\u00e9 owners wait."]
    assert any("it was read as UTF-8" in warning for warning in found.warnings)
    found = read(NITF.format("", ""), "iso-8859-1")
    assert [block.text for block in found.revision.body] == ["Caf\u00e9 owners wait."]
    assert not any("read as" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("head", "place", "wire", "day"),
    [
        ("OSLO (AP) - ", "OSLO", "AP", None),
        ("Berlin (abc) - ", "Berlin", "abc", None),
        ("OSLO, March 6 (abc) - ", "OSLO", "abc", None),
        ("OSLO, March 6 - ", "OSLO", None, None),
        ("OSLO, 6 March \u2013 ", "OSLO", None, None),
        ("KIEL, March 10, 2014 (x) -- ", "KIEL", "x", "2014-03-10"),
    ],
)
def test_short_datelines(head: str, place: str, wire: str | None, day: str | None) -> None:
    said = read(TEXT.format(head)).revision
    assert said.dateline is not None
    assert (said.dateline.place, said.dateline.wire) == (place, wire)
    assert str(said.dateline.day) == str(day)
    assert said.body[0].text.startswith("The mill")


@pytest.mark.parametrize("head", ["Orla Foods (ORLA) - ", "IBM (NYSE) - ", "NATO, allies - "])
def test_a_company_and_its_ticker_are_no_dateline(head: str) -> None:
    assert read(TEXT.format(head)).revision.dateline is None


def test_the_parts_of_a_dateline_in_nitf_are_joined() -> None:
    line = "<dateline><location>Oslo</location><story.date>March 6, 2027</story.date></dateline>"
    said = read(NITF.format("", line)).revision.dateline
    assert said is not None
    assert (said.place, str(said.day), said.text) == ("Oslo", "2027-03-06", "Oslo, March 6, 2027")


def test_only_formats_that_are_read_are_offered_to_a_reader() -> None:
    with pytest.raises(UnknownFormat) as raised:
        registry.read(b"A mill closes", "nope")
    assert "nitf" in raised.value.message
    assert "ninjs-1" not in raised.value.message
