"""Suggested subjects: seldom wrong, often silent, and with the words that led there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from dispaccio.desk.checks.base import Severity
from dispaccio.desk.topics import MOST, records, suggest
from dispaccio.release import subjects
from dispaccio.release.body import Block
from dispaccio.release.model import Revision, Subject
from tests.desk.cases import release, said
from tests.support.source import ROOT


@dataclass(frozen=True)
class Text:
    language: str
    accepted: frozenset[str]
    title: str
    text: str

    def revision(self, **more: object) -> Revision:
        body = (Block.paragraph(self.text),)
        return Revision(headline=self.title, body=body, language=self.language, **more)  # type: ignore[arg-type]


def texts() -> Iterator[Text]:
    data = (ROOT / "tests/data/subjects/texts.txt").read_text("utf-8")
    for record in data.split("\n\n"):
        lines = [line for line in record.strip().split("\n") if not line.startswith("#")]
        if lines:
            language, *codes = lines[0].split()
            yield Text(language, frozenset(codes) - {"none"}, lines[1], " ".join(lines[2:]))


TEXTS = list(texts())


def codes(revision: Revision) -> list[str]:
    return [found.subject.code for found in suggest(revision)]


def test_four_suggestions_in_five_are_right() -> None:
    given = [(text, code) for text in TEXTS for code in codes(text.revision())]
    wrong = [(text.title, code) for text, code in given if code not in text.accepted]
    labelled = [text for text in TEXTS if text.accepted]
    found = [text for text in labelled if codes(text.revision())]
    assert len(TEXTS) >= 40
    assert len(wrong) <= 0.2 * len(given), wrong
    assert len(found) >= 0.7 * len(labelled), [t.title for t in labelled if t not in found]


def test_the_first_suggestion_is_right_nine_times_in_ten() -> None:
    first = [(text, codes(text.revision())[:1]) for text in TEXTS]
    given = [(text, code) for text, said in first for code in said]
    wrong = [(text.title, code) for text, code in given if code not in text.accepted]
    assert len(wrong) <= 0.1 * len(given), wrong


def test_a_text_about_nothing_of_the_list_gets_none() -> None:
    for text in TEXTS:
        if not text.accepted:
            assert codes(text.revision()) == [], text.title


def test_the_accepted_codes_are_media_topics() -> None:
    assert all(text.accepted <= subjects.topics().keys() for text in TEXTS)


def test_the_words_that_led_there_stand_in_the_text() -> None:
    for text in TEXTS:
        folded = " ".join((text.title + " " + text.text).casefold().replace("-", " ").split())
        for found in suggest(text.revision()):
            assert found.words
            assert found.subject.name == subjects.name_of(found.subject.code, text.language)
            for word in found.words:
                assert word.split()[0] in folded


def test_at_the_most_three_and_the_likeliest_first() -> None:
    everything = " ".join(
        word.strip("!?*").replace("_", " ")
        for _, language, listed in records()
        if language == "en"
        for word in listed
    )
    found = suggest(Revision(headline="A list", body=(Block.paragraph(everything),), language="en"))
    assert len(found) == MOST
    assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)


def test_one_word_is_not_enough() -> None:
    assert codes(Revision(headline="Strike", language="en")) == []
    repeated = Block.paragraph("The strike. The strike! A strike?")
    assert codes(Revision(headline="Strike", body=(repeated,), language="en")) == []


def test_two_ordinary_words_are_not_enough() -> None:
    said = Block.paragraph("There is a degree course on the campus.")
    assert codes(Revision(headline="News", body=(said,), language="en")) == []
    assert codes(Revision(headline="News of the campus", body=(said,), language="en")) != []


def test_a_language_without_words_gets_none() -> None:
    text = next(text for text in TEXTS if text.accepted)
    for language in ("zh", "sr", "", None):
        assert codes(Revision(headline=text.title, language=language)) == []


def test_the_words_are_well_formed() -> None:
    for code, language, words in records():
        assert code in subjects.topics()
        assert language in ("en", "it", "de", "fr", "es")
        assert len(words) == len(set(words)) > 2, (code, language)
        for word in words:
            bare = word.lstrip("!?").rstrip("*")
            assert len(bare) > 1, word
            assert "?" not in bare and "!" not in bare, word


def test_a_long_text_costs_little() -> None:
    body = tuple(Block.paragraph("strike wages hospital vaccine " * 500) for _ in range(40))
    began = time.process_time()
    suggest(Revision(headline="Strike", body=body, language="en"))
    assert time.process_time() - began < 0.5


# The check


def test_the_check_names_what_the_text_may_be_about() -> None:
    text = TEXTS[0]
    (found,) = said("subject-missing", text.revision())
    assert found.severity is Severity.NOTE
    assert found.where == "subjects"
    assert "medtop:20000349" in found.message
    assert "business enterprise" in found.message
    assert "factory" in found.message


def test_the_check_is_silent_where_there_is_a_subject() -> None:
    has = TEXTS[0].revision(subjects=(Subject("medtop", "04000000"),))
    assert said("subject-missing", has) == []


def test_without_a_suggestion_the_check_says_where_subjects_are_listed() -> None:
    (found,) = said("subject-missing", release("Nothing to see.", subjects=()))
    assert found.severity is Severity.NOTE
    assert "17 top terms" in found.message or "Media Topics" in found.message
