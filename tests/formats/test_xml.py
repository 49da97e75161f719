"""XML from strangers, and times as they write them."""

from __future__ import annotations

import time
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.errors import DispaccioError, MalformedDocument, NotText, TimeWithoutZone
from dispaccio.formats import times, xml
from dispaccio.formats.feeds import sight

NINE = datetime(2026, 5, 26, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "text", "warned"),
    [
        (b'<a xmlns="urn:x"><b>caf\xc3\xa9</b></a>', "café", ""),
        (b"<?xml version='1.0' encoding='utf-8'?><a>caf\xe9 \x93\x94</a>", "café “”", "windows"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a>caf\xe9</a>', "café", ""),
        ('<?xml version="1.0" encoding="utf-16"?><a>café</a>'.encode("utf-16"), "café", ""),
        (b"\xef\xbb\xbf<a>caf&eacute;&nbsp;&amp;amp;</a>", "café &amp;", "&eacute;, &nbsp;"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a>x</a>', "x", ""),
        (b"<a>x<!-- no --><?pi no?><![CDATA[<b>]]></a>", "x<b>", ""),
    ],
)  # fmt: skip
def test_what_is_taken(data: bytes, text: str, warned: str) -> None:
    found = xml.parse(data)
    assert xml.text_of(found.root) == text
    assert bool(found.warnings) == bool(warned)
    assert warned in " ".join(found.warnings)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "Line 1: the document declares its own"),
        (b'\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "Line 2: the doc"),
        (b'<!DOCTYPE a SYSTEM "x.dtd" [\n<!ENTITY x "y">]><a>&x;</a>', "declares its own"),
        (b"<a>" * 100_000 + b"</a>" * 100_000, "nested deeper than 256"),
        (b"<a>\n<b></a>", "line 2, column"),
        (b"<a>&unheard;</a>", "Entity 'unheard' not defined"),
        (b"<a>x", "line 1, column"),
        (b"", "This is not XML"),
        (b"<a/><a/>", "Extra content"),
    ],
)
def test_what_is_refused(data: bytes, said: str) -> None:
    begun = time.monotonic()
    with pytest.raises(MalformedDocument, match=said):
        xml.parse(data)
    assert time.monotonic() - begun < 2


def test_binary_is_no_xml() -> None:
    with pytest.raises(NotText):
        xml.parse(b"<a>\x00</a>")


@given(st.binary(max_size=80))
def test_any_bytes_give_a_tree_or_an_error_of_ours(data: bytes) -> None:
    for given_ in (data, b"<a>" + data + b"</a>"):
        with suppress(DispaccioError):
            xml.parse(given_)


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-26T09:00:00+02:00",
        "2026-05-26T09:00+0200",
        "20260526T0900+0200",
        "20260526T090000+02",
        "20260526T070000Z",
        "2026-05-26T07:00:00.123Z",
        "2026-05-26 09:00 Europe/Rome",
        "Tue, 26 May 2026 09:00:00 +0200",
        "26 May 2026 07:00 GMT",
    ],
)
def test_an_instant_in_many_spellings(written: str) -> None:
    assert times.instant(written).replace(microsecond=0) == NINE


def test_no_part_of_a_second_is_lost() -> None:
    assert times.instant("20260526T070000.25Z").microsecond == 250_000
    assert times.instant("2026-05-26T07:00:00,1234567+00:00").microsecond == 123_456


def test_no_zone_is_guessed() -> None:
    for written in ("20260526T0900", "Tue, 26 May 2026 09:00:00 -0000", "2026-05-26T09:00:00"):
        with pytest.raises(TimeWithoutZone):
            times.instant(written)
        assert times.instant(written, ZoneInfo("Europe/Rome")) == NINE
        warnings: list[str] = []
        assert times.stated(written, "sent", None, warnings) is None
        assert warnings == ["sent was left out: it states no zone, and none is set."]


def test_an_embargo_that_cannot_be_read_still_holds() -> None:
    warnings: list[str] = []
    assert times.embargo("20260526T0900", "embargoed", None, warnings) is None
    assert times.embargo("next week", "embargoed", None, warnings) is None
    assert all(UNCLEAR in warning for warning in warnings)
    assert len(warnings) == 2
    assert times.embargo("20260526T0900+0200", "embargoed", None, warnings) == NINE
    assert times.embargo(None, "embargoed", None, warnings) is None


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_an_error_of_ours(text: str) -> None:
    with suppress(DispaccioError):
        assert times.instant(text).tzinfo is UTC


@pytest.mark.parametrize("item", ["<p>one</p>", "<dc:p>one</dc:p>"])
def test_one_emoji_does_not_multiply_the_memory(item: str) -> None:
    """Python keeps a text with an emoji in four bytes a character: one such copy has to do."""
    data = f"<?xml version='1.0'?><rss><t>\N{RED APPLE}</t>{item * 100_000}</rss>".encode()
    tracemalloc.start()
    try:
        sight.parse(data, None, b"item")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * len(data)  # to encode it, Python asks for four times as much again
