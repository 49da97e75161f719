"""The word diff says the truth about any two texts, and takes a bounded time."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.release.body import Block, Mark, MarkKind
from dispaccio.release.model import Revision
from dispaccio.site.diff import MOST_EDITS, MOST_WORK, Change, Passage, changes, compare
from tests.support.public import DAIRY, corrected, paragraphs

TEXTS = st.text(alphabet="ab 1.,北京\n", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off(before: str, after: str) -> None:
    runs = compare(before, after)
    assert "".join(run.text for run in runs if run.change is not Change.ADDED) == before
    assert "".join(run.text for run in runs if run.change is not Change.REMOVED) == after


@given(st.lists(TEXTS.filter(str.strip), max_size=6), st.lists(TEXTS.filter(str.strip), max_size=6))
def test_every_paragraph_of_both_is_accounted_for(before: list[str], after: list[str]) -> None:
    passages = changes(Revision(body=paragraphs(*before)), Revision(body=paragraphs(*after)))
    kept = sum(passage.skipped for passage in passages)

    def count(other: Change) -> int:
        return sum(any(r.change is not other for r in p.runs) for p in passages)

    assert kept + count(Change.ADDED) == len(before)
    assert kept + count(Change.REMOVED) == len(after)


def _marked(before: str, after: str) -> str:
    signs = {Change.SAME: "{}", Change.REMOVED: "[-{}]", Change.ADDED: "[+{}]"}
    return "".join(signs[run.change].format(run.text) for run in compare(before, after))


def test_it_reads_well() -> None:
    assert _marked("for 120 people", "for 112 people") == "for [-120][+112] people"
    assert _marked("costs 14 million.", "costs 14.5 million.") == "costs [-14][+14.5] million."
    assert _marked("on the old quay", "on a new quay") == "on [-the old][+a new] quay"
    assert _marked("共享未来北京", "共享未来上海") == "共享未来[-北京][+上海]"


def test_a_correction_shows_what_it_changed_and_skips_the_rest() -> None:
    found = changes(DAIRY, corrected(DAIRY))
    removed = [r.text for p in found for r in p.runs if r.change is Change.REMOVED]
    added = [r.text for p in found for r in p.runs if r.change is Change.ADDED]
    assert removed == ["120", "14", "120"]
    assert added[:3] == ["112", "14.6", "112"]
    assert added[3].startswith("Eight further people")
    assert Passage(skipped=1) in found


def test_a_link_that_leads_elsewhere_is_a_change() -> None:
    def linked(href: str) -> Revision:
        text = "Read it here."
        return Revision(body=(Block.paragraph(text, Mark(8, 12, MarkKind.LINK, href)),))

    runs = changes(linked("https://a.example/"), linked("https://b.example/"))[0].runs
    assert [(r.change, r.text) for r in runs if r.change is not Change.SAME] == [
        (Change.REMOVED, "a"),
        (Change.ADDED, "b"),
    ]


def test_equal_texts_have_no_passage_that_differs() -> None:
    assert all(passage.skipped for passage in changes(DAIRY, DAIRY))
    assert changes(Revision(), replace(Revision(), language="it")) == []


@pytest.mark.long
def test_the_work_is_bounded_and_what_is_beyond_counts_as_replaced() -> None:
    words = random.Random(7)
    before, after = (" ".join(words.choice("abcd") for _ in range(60_000)) for _ in range(2))
    budget = [MOST_WORK]
    runs = compare(before, after, budget)
    assert [run.change for run in runs if len(run.text) > 1000] == [Change.REMOVED, Change.ADDED]
    assert budget[0] > -60_000 * MOST_EDITS
    texts = [" ".join(words.choice("ab") for _ in range(400)) for _ in range(400)]
    found = changes(
        Revision(body=paragraphs(*texts[:200])), Revision(body=paragraphs(*texts[200:]))
    )
    assert len(found) == 200
