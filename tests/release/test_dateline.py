"""Datelines in nine languages, written out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.release.dateline import compose, write_day
from dispaccio.release.model import Dateline

DAY = date(2026, 11, 23)
WRITTEN = {
    "ar": "23 نوفمبر 2026",
    "de": "23. November 2026",
    "en": "November 23, 2026",
    "es": "23 de noviembre de 2026",
    "fr": "23 novembre 2026",
    "it": "23 novembre 2026",
    "pt": "23 de novembro de 2026",
    "sr": "23. новембар 2026.",
    "zh": "2026年11月23日",
}


@pytest.mark.parametrize(("language", "day"), WRITTEN.items())
def test_the_day_is_written_in_the_manner_of_the_language(language: str, day: str) -> None:
    written = write_day(DAY, language)
    assert written.replace("\u200f", "").translate(_WESTERN) == day
    made = compose("Bergamo", DAY, "Ponte", language)
    assert made == Dateline("Bergamo", DAY, "Ponte", f"BERGAMO, {written} /Ponte/ -")


_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


def test_regions_and_languages_that_nobody_knows() -> None:
    assert write_day(DAY, "en-GB") == "23 November 2026"
    for language in (None, "", "xx", "tlh-Latn", "no such language", "-", "e" * 5000, "中"):
        assert write_day(DAY, language) == "November 23, 2026"


@given(st.text(max_size=12))
def test_no_language_tag_breaks_it(language: str) -> None:
    assert "2026" in write_day(DAY, language).translate(_WESTERN) or write_day(DAY, language)


@pytest.mark.parametrize(
    ("place", "shown"),
    [("Weißenfels", "WEISSENFELS"), ("北京", "北京"), ("Élancourt", "ÉLANCOURT")],
)
def test_the_place_is_in_capitals_where_its_script_has_them(place: str, shown: str) -> None:
    made = compose(place, DAY, "Ponte", "en")
    assert made.text == f"{shown}, November 23, 2026 /Ponte/ -"
    assert made.place == place


@pytest.mark.parametrize("place", [None, ""])
def test_without_a_place_there_is_the_day_alone(place: str | None) -> None:
    assert compose(place, DAY, "Ponte", "it").text == "23 novembre 2026 /Ponte/ -"
