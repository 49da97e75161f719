"""What agencies send against the letter of ninjs: taken where it can be, and every repair said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dispaccio.errors import WrongCharset
from dispaccio.formats.base import Options
from dispaccio.formats.ninjs import ninjs
from dispaccio.release.model import Reading
from dispaccio.release.state import Status

ITEM = {
    "uri": "urn:example:1",
    "headline": "Lowmere opens a dock",
    "body_text": "The Harbour of Lowmere opens its new ferry dock to travellers on Monday.",
}


def read(**fields: Any) -> Reading:
    document = {name: value for name, value in (ITEM | fields).items() if value is not None}
    (found,) = ninjs.read(json.dumps(document).encode(), Options())
    return found


@pytest.mark.parametrize(
    ("fields", "headline", "where"),
    [
        ({"headline": "<b>Lowmere</b> opens &amp; closes<br/>"}, "Lowmere opens & closes", 1),
        ({"headline": "Lowmere &amp; Sons &#8211; a dock"}, "Lowmere & Sons – a dock", 1),
        ({"headline": "Lowmere<br>opens"}, "Lowmere opens", 1),
        ({"headline": None, "title": "<i>Lowmere</i> opens"}, "Lowmere opens", 1),
        (
            {"headline": None, "headlines": [{"role": "main", "value": "<p>Lowmere</p>"}]},
            "Lowmere",
            1,
        ),
        (
            {"headline": None, "headlines": [{"value": "<p>Lo</p>", "contentType": "text/html"}]},
            "Lo",
            0,
        ),
        ({"headline": "R&D < 5 and > 3; A&B;"}, "R&D < 5 and > 3; A&B;", 0),
    ],
)
def test_html_in_a_headline(fields: dict[str, Any], headline: str, where: int) -> None:
    found = read(**fields)
    assert found.revision.headline == headline
    assert len([w for w in found.warnings if "held HTML" in w]) == where


def test_html_in_other_texts() -> None:
    found = read(
        byline="<i>Redazione</i>",
        usageterms="Terms &amp; more",
        ednote="<p>Note.</p><p>EMBARGO until 24 November 2026, 07:00 UTC</p>",
        headline_sub="<b>Below</b>",
    )
    said = found.revision
    assert (said.author, said.usage_terms, said.subhead) == ("Redazione", "Terms & more", "Below")
    assert said.editorial_note == "Note.\nEMBARGO until 24 November 2026, 07:00 UTC"
    assert said.embargo
    assert len(found.warnings) == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"body_text": "<p>One &amp; two.</p><p>Three.</p>"},
        {
            "body_text": None,
            "bodies": [
                {"contentType": "text/plain", "value": "<p>One &amp; two.</p><p>Three.</p>"}
            ],
        },
    ],
)
def test_html_said_to_be_plain_text(fields: dict[str, Any]) -> None:
    found = read(**fields)
    assert [block.text for block in found.revision.body] == ["One & two.", "Three."]
    assert any("read as HTML" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "fields",
    [
        {"headline": "", "title": "Lowmere from the title"},
        {"headline": " ", "headlines": [{"value": ""}], "title": "Lowmere from the title"},
        {"headline": None, "headlines": [{"role": "title", "value": "Lowmere from the title"}]},
        {
            "headline": "",
            "body_text": None,
            "body_html": "<h1>Lowmere from the title</h1><p>T.</p>",
        },
    ],
)
def test_an_empty_headline_with_a_title_elsewhere(fields: dict[str, Any]) -> None:
    assert read(**fields).revision.headline == "Lowmere from the title"


def test_of_two_bodies_the_best_is_read_and_the_other_named() -> None:
    found = read(body_text=None, body_html="<p>Best.</p>", body_summary="Less.")
    assert [block.text for block in found.revision.body] == ["Best."]
    assert found.warnings == ("A body was left out: role none, type summary.",)


@pytest.mark.parametrize(
    ("note", "hour"),
    [
        ("Embargo bis 24. November 2026, 10:00 Uhr MEZ", 9),
        ("Sperrfrist: 24.11.2026, 10.00 Uhr MEZ", 9),
        ("Embargo fino alle ore 10.00 CET del 24 novembre 2026", 9),
        ("Bajo embargo hasta el 24 de noviembre de 2026 a las 10:00 CET", 9),
        ("Sous embargo jusqu'au 24 novembre 2026 à 10h00 UTC", 10),
    ],
)
@pytest.mark.parametrize("status", ["usable", "stat:usable"])
def test_an_embargo_in_words_beats_usable(note: str, hour: int, status: str) -> None:
    found = read(ednote=note, pubstatus=status).revision
    assert found.status is Status.USABLE
    assert found.embargo
    assert (found.embargo.day, found.embargo.hour) == (24, hour)


@pytest.mark.parametrize(
    "note", ["embargo fino alle 10 del 24 novembre 2026", "Sperrfrist beachten!"]
)
def test_an_embargo_whose_end_is_not_clear_is_said(note: str) -> None:
    found = read(ednote=note, pubstatus="usable")
    assert any("Under embargo, but" in warning for warning in found.warnings), found.warnings


# Bytes


def test_windows_1252_is_read_and_said() -> None:
    document = json.dumps(ITEM | {"headline": "Città – l’apertura"}, ensure_ascii=False)
    (found,) = ninjs.read(document.encode("windows-1252"), Options())
    assert found.revision.headline == "Città – l’apertura"
    assert "read as windows-1252" in found.warnings[0]


def test_the_stated_charset_goes_before_windows_1252() -> None:
    document = json.dumps(ITEM | {"headline": "Ćevapčići"}, ensure_ascii=False)
    (found,) = ninjs.read(document.encode("iso-8859-2"), Options(charset="iso-8859-2"))
    assert found.revision.headline == "Ćevapčići"


def test_a_charset_that_is_wrongly_stated_does_no_harm() -> None:
    data = json.dumps(ITEM | {"headline": "Città"}, ensure_ascii=False).encode()
    (found,) = ninjs.read(data, Options(charset="iso-8859-1"))
    assert found.revision.headline == "Città"
    assert found.warnings == ()


def test_a_damaged_document_is_not_repaired() -> None:
    data = json.dumps(ITEM | {"headline": "Città"}, ensure_ascii=False).encode()
    with pytest.raises(WrongCharset):
        ninjs.read(data.replace(b"dock", b"d\xffck"), Options())
