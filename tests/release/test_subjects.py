"""The Media Topics: two levels, two languages, and how a subject is written."""

from __future__ import annotations

import re

import pytest

from dispaccio.release import subjects
from dispaccio.release.model import Subject


def test_seventeen_top_terms_and_what_lies_below_them() -> None:
    tops = subjects.top_terms()
    assert [topic.code for topic in tops] == [f"{n:02}000000" for n in range(1, 18)]
    assert len(subjects.topics()) == 137
    for topic in subjects.topics().values():
        assert re.fullmatch(r"(?:0[1-9]|1[0-7])000000|2000[0-9]{4}", topic.code)
        assert (topic.parent is None) == topic.code.endswith("000000")
        assert subjects.parent(topic.code) in (None, *(top.code for top in tops))


def test_names_are_there_in_both_languages_and_nobody_elses() -> None:
    for language in subjects.LANGUAGES:
        names = [topic.names[language] for topic in subjects.topics().values()]
        assert all(name and name == name.strip() for name in names)
        doubles = {name for name in names if names.count(name) > 1}
        assert not doubles


@pytest.mark.parametrize(
    ("code", "language", "expected"),
    [
        ("04000000", "en", "economy, business and finance"),
        ("04000000", "it", "economia, affari e finanza"),
        ("04000000", "it-CH", "economia, affari e finanza"),
        ("04000000", "de", "economy, business and finance"),
        ("20000344", "it", "economia"),
        ("20000119", "en", None),
        ("", "en", None),
    ],
)
def test_names(code: str, language: str, expected: str | None) -> None:
    assert subjects.name_of(code, language) == expected


def test_parents() -> None:
    assert subjects.parent("20000344") == "04000000"
    assert subjects.parent("04000000") is None
    assert subjects.parent("99999999") is None


@pytest.mark.parametrize("ref", ["medtop:04000000", "house:A-1", "subj:x.y", "m:1"])
def test_a_subject_comes_back_as_it_was_written(ref: str) -> None:
    parsed = subjects.parse(ref)
    assert parsed
    assert subjects.write(*parsed) == ref


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "04000000",
        "medtop:",
        ":1",
        "a b:1",
        "a:b c",
        "a:b/c",
        "https://x.example/1",
        "a:b:c",
        "x:\u0661",
        "m:1\n",
    ],
)
def test_what_is_no_subject(ref: str) -> None:
    assert subjects.parse(ref) is None


def test_a_release_is_listed_under_its_subjects_and_above() -> None:
    said = (
        Subject("medtop", "20000344"),
        Subject("medtop", "20000349"),
        Subject("house", "04000000"),
        Subject("https://topics.example/", "7"),
        Subject("medtop", "99999999"),
    )
    assert subjects.facets(said) == (
        "medtop:20000344",
        "medtop:04000000",
        "medtop:20000349",
        "house:04000000",
        "medtop:99999999",
    )
    assert len(subjects.facets(tuple(Subject("house", str(n)) for n in range(99)))) == 16
