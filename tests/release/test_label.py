"""Labels: their words in nine languages, and that they are known again when they are met."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.release import label
from dispaccio.release.label import PAID, WORDS, Label, LabelKind

LANGUAGES = ["ar", "de", "en", "es", "fr", "it", "pt", "sr", "zh"]
P, INST = LabelKind.PROMOTIONAL, LabelKind.INSTITUTIONAL


def test_every_kind_has_words_in_every_language() -> None:
    assert sorted(WORDS) == LANGUAGES
    assert all(set(table) == set(LabelKind) for table in WORDS.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LabelKind)
def test_our_words_are_recognised(language: str, kind: LabelKind) -> None:
    words = WORDS[language][kind]
    for written in (words, words.upper(), f" {words}: ", words.replace("–", "-"), f"*{words}*"):
        found = label.recognise(written)
        assert found is not None, written
        assert (found.kind, found.text) == (kind, written.strip())
        assert found.commissioned is (True if kind in PAID else None)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("COMUNICATO STAMPA - CONTENUTO PROMOZIONALE", P),
        ("(Contenuto sponsorizzato)", P),
        ("– ANZEIGE –", P),
        ("Sponsored content", P),
        ("广告", P),
        ("PRESSEMITTEILUNG", INST),
        ("/ NEWS RELEASE /", INST),
        ("Саопштење за јавност", INST),
        ("Saopštenje za javnost", INST),
        ("بيان صحفي", INST),
        ("Political advertisement", LabelKind.POLITICAL),
        ("Informazioni regolamentate", LabelKind.REGULATED),
        ("Research news", LabelKind.SCIENCE),
    ],
)
def test_others_words_are_recognised(line: str, kind: LabelKind) -> None:
    found = label.recognise(line)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    "line",
    [
        "",
        "-",
        "The press release was sent on Monday.",
        "Press release of the ministry",
        "Advertising revenue rises",
        "No advertisement",
        "广告收入上涨",
        "Press",
        "Press release " * 20,
    ],
)
def test_words_within_a_sentence_are_no_label(line: str) -> None:
    assert label.recognise(line) is None


@given(st.text(max_size=200))
def test_any_line_can_be_asked_about(line: str) -> None:
    found = label.recognise(line)
    assert found is None or found.text == line.strip()


def test_a_label_at_the_head_of_a_line() -> None:
    found = label.begins_with_label("PRESS RELEASE: Aurora opens a dairy: the third")
    assert found is not None
    assert (found[0].kind, found[1]) == (INST, "Aurora opens a dairy: the third")
    assert label.begins_with_label("新闻稿：奶酪") == (Label(INST, "新闻稿"), "奶酪")
    for line in ("Press release", "Aurora: a dairy", ""):
        assert label.begins_with_label(line) is None


def test_the_words_follow_the_language() -> None:
    assert label.words(P, "it") == "Comunicato stampa – contenuto promozionale"
    assert label.words(P, "de-AT") == label.words(P, "DE") == "Pressemitteilung – Anzeige"
    for language in (None, "", "sw", "xx-YY"):
        assert label.words(P, language) == "Press release – promotional content"


def test_only_a_paid_label_bears_the_mark_of_advertisers() -> None:
    for kind in LabelKind:
        genres = label.genres(label.of_kind(kind, "en"))
        assert genres[0] == "Press_Release"
        assert ("Advertiser_Supplied" in genres) is (kind in PAID)
    assert "Advertiser_Supplied" in label.genres(Label(INST, "Press release", commissioned=True))


def test_a_label_of_this_wire() -> None:
    assert label.of_kind(P, "en", paid_by="Aurora", paid_to="Ponte") == Label(
        P, "Press release – promotional content", True, "Aurora", "Ponte"
    )
    assert label.of_kind(INST, "it") == Label(INST, "Comunicato stampa", False)
    assert label.of_kind(INST, "it", commissioned=True, paid_by="").paid
    assert label.of_kind(P, "it", commissioned=False).paid
