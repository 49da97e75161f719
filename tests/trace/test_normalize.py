"""Text as words, the same for search and for tracing."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.trace.normalize import MAX_QUERY_WORDS, fold, phrases, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aurora's 3 dairies, CO₂!", ["aurora", "s", "3", "dairies", "co2"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("ＦＵＬＬ ﬁne", ["full", "fine"]),
        ("za\u200bni\u00admal", ["zanimal"]),
        ("中国北京 2026", ["中", "国", "北", "京", "2026"]),
        ("コーヒー", ["コ", "ー", "ヒ", "ー"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("한국어 뉴스", ["한국어", "뉴스"]),
        ("Émile e\u0301mile", ["émile", "émile"]),
        ("snake_case", ["snake_case"]),
        ("हिन्दी में समाचार।", ["हिन्दी", "में", "समाचार"]),
        ("தமிழ் செய்தி", ["தமிழ்", "செய்தி"]),
        ("كِتَاب", ["كِتَاب"]),
        ("x\u0302y", ["x\u0302y"]),
        (" \t\n-–—", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_thai_marks_are_not_lost() -> None:
    assert "".join(words("ที่")) == fold("ที่")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("北京 aurora", [["北", "京"], ["aurora"]]),
        ("aurora北京", [["aurora"], ["北", "京"]]),
        ('"a AND b" OR NOT c* (d) near/2 -e ^f col:g', [
            ["a"], ["and"], ["b"], ["or"], ["not"], ["c"], ["d"], ["near"], ["2"], ["e"], ["f"],
            ["col"], ["g"],
        ]),
        ("", []),
        ("***", []),
    ],
)  # fmt: skip
def test_phrases(query: str, expected: list[list[str]]) -> None:
    assert list(phrases(query)) == expected


def test_a_query_has_a_bounded_number_of_words() -> None:
    assert len(list(phrases("a " * 1000))) == MAX_QUERY_WORDS


@given(st.text())
def test_words_hold_no_blank_and_do_not_change_when_read_again(text: str) -> None:
    found = words(text)
    assert all(word and not any(char.isspace() for char in word) for word in found)
    assert all('"' not in word for word in found)
    asked = list(phrases(text))
    assert len(asked) == MAX_QUERY_WORDS or [word for phrase in asked for word in phrase] == found


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_composed_or_not_a_word_is_the_same(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_cut_as_all_others_are(text: str) -> None:
    assert words(text) == re.findall(r"\w+", text.lower(), re.ASCII)
