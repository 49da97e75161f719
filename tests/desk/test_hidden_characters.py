from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.desk.checks.base import Severity
from dispaccio.desk.checks.reading.characters import HIDDEN, named, shown
from dispaccio.release.model import Contact, Party
from tests.desk.cases import release, said, severities

CHECK = "hidden-characters"
ERROR, WARNING = Severity.ERROR, Severity.WARNING

HIDING = {
    "zero width space": "Can\u200btieri",
    "zero width joiner": "Can\u200dtieri",
    "word joiner": "Can\u2060tieri",
    "byte order mark": "\ufeffCantieri",
    "right-to-left override": "\u202eitnac",
    "isolate": "\u2066Cantieri\u2069",
    "direction mark in Latin": "Cantieri\u200f",
    "tags": "Cantieri\U000e0041\U000e0042",
    "tags behind a black flag": "🏴\U000e0068\U000e0069\U000e007f",
    "variation selector after a letter": "C\ufe0fantieri",
    "variation selector 17 after a letter": "C\U000e0100antieri",
    "Hangul filler": "Canti\u3164eri",
    "control": "Canti\x08eri",
    "two joiners in Persian": "کتاب\u200c\u200cها",
    "override in Arabic": "\u202eبيان",
}


@pytest.mark.parametrize("text", HIDING.values(), ids=HIDING)
def test_they_are_found(text: str) -> None:
    assert severities(CHECK, release(headline=text)) == [ERROR]
    assert severities(CHECK, release(contacts=(Contact(name=text),))) == [ERROR]
    assert severities(CHECK, release(issuer=Party(text))) == [ERROR]
    assert severities(CHECK, release(text)) == [WARNING]
    assert severities(CHECK, release(subhead=text, place=text)) == [WARNING, WARNING]


BELONGING = {
    "Persian": "کتاب\u200cها",
    "Hindi": "क्\u200dष",
    "Sinhala": "ශ්\u200dරී",
    "Thai break": "ท่าเรือ\u200bใหม่",
    "marks in Hebrew": "נמל (Porto)\u200f חדש\u200e",
    "emoji": "❤\ufe0f 👩🏽\u200d🔬 👩\u200d❤\ufe0f\u200d👩 ☎\ufe0e ©\ufe0f",
    "keycap": "1\ufe0f\u20e3",
    "flag of Scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "Han variant": "葛\U000e0100城市 直\ufe00",
    "Mongolian": "ᠭ\u180bᠠ",
    "no-break spaces and dashes": "48\u00a0milioni\u202f% – co\u2011op\u2009a",
}


@pytest.mark.parametrize("text", BELONGING.values(), ids=BELONGING)
def test_good_writing_is_let_be(text: str) -> None:
    assert said(CHECK, release(text, headline=text)) == []


@pytest.mark.parametrize(
    "figure",
    [
        "1\u200b000 euros",
        "48.\u200b5 million",
        "48\u2060,5",
        "€\u200b5",
        "12\u200b%",
        "20\u00ad26",
        "1\u202e2",
        "١\u200c٢",
        "1\u200b\u200d\u20600",
        "כ-1\u200f0",
    ],
)
def test_inside_a_figure_they_are_an_error_everywhere(figure: str) -> None:
    (finding,) = said(CHECK, release(f"It cost {figure} in all."))
    assert finding.severity is ERROR
    assert "inside a figure in block 1 of the text" in finding.message


def test_a_soft_hyphen_only_warns() -> None:
    assert severities(CHECK, release(headline="Hafen\u00aderöffnung")) == [WARNING]


def test_the_sentence_names_each_character_and_shows_none() -> None:
    (finding,) = said(CHECK, release(headline="Can\u200btieri Ar\u200bvello\u202e"))
    assert finding.message == (
        "Hidden in the headline: U+200B ZERO WIDTH SPACE (2 times), U+202E RIGHT-TO-LEFT OVERRIDE, "
        "near “Can⟨U+200B⟩tieri Ar⟨U+200B⟩vello⟨U+202E⟩”; take this out, or type the passage anew."
    )


def test_figure_and_rest_are_told_apart() -> None:
    first, second = said(CHECK, release("Can\u200btieri paid 1\u200b000 euros."))
    assert (first.severity, second.severity) == (ERROR, WARNING)
    assert "(2 times)" not in first.message + second.message


@given(text=st.text(st.one_of(st.characters(), st.from_regex(HIDDEN, fullmatch=True))))
def test_what_is_shown_can_be_seen(text: str) -> None:
    assert not HIDDEN.search(shown(text))
    assert "\n" not in shown(text)


def test_a_character_without_a_name_is_named_all_the_same() -> None:
    assert named("\x08") == "U+0008 control character"
