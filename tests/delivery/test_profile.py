"""Profiles: what a receiver gets otherwise, and that nothing is lost in silence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import etree

from dispaccio.delivery import profile as profiles
from dispaccio.delivery.profile import FILE_NAME, Profile
from dispaccio.errors import MalformedProfile
from dispaccio.formats.base import Options
from dispaccio.formats.registry import by_name
from dispaccio.release import subjects
from dispaccio.testing import releases

SAID = replace(releases.english(), headline="Żubr dairy opens its third plant — 120 jobs")


def test_a_headline_is_cut_at_a_word_and_said() -> None:
    cut, notes = profiles.fit(SAID, Profile(headline=30))
    assert cut.headline == "Żubr dairy opens its third…"
    assert notes == ("The headline was cut to 30 characters.",)
    whole, notes = profiles.fit(SAID, Profile(headline=len(SAID.headline)))
    assert (whole, notes) == (SAID, ())
    assert (
        len(profiles.fit(replace(SAID, headline="x" * 90), Profile(headline=30))[0].headline) == 30
    )


def test_a_section_is_a_subject_of_the_receiver() -> None:
    said = replace(SAID, subjects=(subjects.subject("20000209"),))
    above = subjects.write("medtop", subjects.parent("20000209") or "")
    sent, notes = profiles.fit(said, Profile(sections={above: "economia"}))
    assert [(item.scheme, item.code) for item in sent.subjects][-1] == ("section", "economia")
    assert notes == ()
    kept, notes = profiles.fit(SAID, Profile(sections={"medtop:15000000": "sport"}))
    assert kept.subjects == SAID.subjects
    assert notes == ("No section fits the subjects of this release.",)


@pytest.mark.parametrize("name", ["nitf", "newsml-g2", "ninjs", "dispaccio"])
@pytest.mark.parametrize("charset", ["windows-1252", "us-ascii", "iso-8859-1"])
def test_structured_documents_lose_nothing(name: str, charset: str) -> None:
    format = by_name(name)
    body, media_type, notes = profiles.encode(
        format.write(SAID), format.about.media_types[0], charset
    )
    assert notes == ()
    if name in ("nitf", "newsml-g2"):
        assert etree.fromstring(body).getroottree().docinfo.encoding.lower() == charset
        assert media_type.endswith(f"; charset={charset}")
        assert format.read(body, Options())[0].revision.headline == SAID.headline
    else:
        assert body.isascii()
        assert json.loads(body) == json.loads(format.write(SAID))


def test_what_a_text_lacks_is_replaced_by_the_nearest_and_named() -> None:
    body, media_type, notes = profiles.encode(
        "Żubr — “cena” 漢".encode(), "text/plain; charset=utf-8", "iso-8859-1"
    )
    assert body.decode("iso-8859-1") == 'Zubr - "cena" ?'
    assert media_type == "text/plain; charset=iso-8859-1"
    assert notes == ("iso-8859-1 lacks Ż — “ ” 漢; they were replaced.",)


def test_the_usual_profile_changes_nothing() -> None:
    assert Profile().plain
    assert Profile().write() is None
    assert profiles.read(None) == Profile()
    assert profiles.encode(b"\xc3\xa9", "text/plain", "utf-8") == (b"\xc3\xa9", "text/plain", ())
    said = {"charset": "windows-1252", "headline": 80, "sections": {"medtop:04000000": "eco"}}
    made = profiles.parse(said)
    assert made.data() == said
    assert profiles.read(made.write()) == made
    assert not made.plain
    assert profiles.parse({"file_name": "a/{number}-{version}.xml"}).plain
    assert profiles.parse({"charset": "latin-1"}).charset == "iso-8859-1"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"colour": 1}, "A profile has no 'colour'; there are charset, file_name, headline"),
        ({"charset": "utf-16"}, "charset: there are utf-8, us-ascii"),
        ({"charset": 8}, "charset: there are"),
        ({"headline": 5}, "headline: give the most characters, 20 to 1000"),
        ({"headline": True}, "headline: give"),
        ({"sections": {"economy": "x"}}, 'write "medtop:04000000": "economy"'),
        ({"sections": []}, "sections: give up to 200"),
        ({"file_name": "../{number}.v{version}"}, "write a path below the folder"),
        ({"file_name": "/tmp/{number}.v{version}"}, "write a path below the folder"),
        ({"file_name": "{number}.v{colour}"}, "in braces there may be channel, date"),
        ({"file_name": "{number}.xml"}, "{version} has to be in it"),
        ({"file_name": "{number}{version"}, "in braces there may be"),
        ({"file_name": "a\n{number}{version}"}, "give a path of up to 300"),
    ],
)
def test_what_it_refuses(said: dict[str, object], words: str) -> None:
    with pytest.raises(MalformedProfile) as caught:
        profiles.parse(said)
    assert words in caught.value.message
    assert FILE_NAME == "{number}.v{version}{suffix}"
