"""Blocks and marks: what may be made, and that marks keep to their words when text is cleaned."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.errors import CrowdedCharacters, MalformedDocument
from dispaccio.release.body import MOST_MARKS, Block, BlockKind, Mark, MarkKind, clean

EM, LINK = MarkKind.EM, MarkKind.LINK
# Letters that compose, blanks that are stripped, every line end.
PIECES = ["a", "e", "o", "é", "\u0301", "\u0323", "\u1100", "\u1161", "\u11a8", "각", "中", "😀"]
BLANKS = [" ", "\t", "\n", "\r", "\r\n", "\u00a0", "\u2028"]
texts = st.lists(st.sampled_from(PIECES + BLANKS), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("  two\r\nlines \rthree\t\n\n", "two\nlines\nthree"),
        ("e\u0301", "é"),
        ("\u1100\u1161\u11a8", "각"),
        ("a\tb\nc\td", "a\tb\nc\td"),
        ("\ta", "\ta"),
        ("a\u00a0\u2003\nb", "a\nb"),
        ("\n \n", ""),
        ("", ""),
    ],
)
def test_clean_text(given_: str, expected: str) -> None:
    assert clean(given_) == expected


@given(st.text())
def test_clean_text_is_nfc_with_lf_and_no_blanks_around(text: str) -> None:
    found = clean(text)
    assert found == clean(found)
    assert unicodedata.is_normalized("NFC", found)
    assert "\r" not in found
    assert all(line == line.rstrip() for line in found.split("\n"))
    assert found == found.strip("\n ")


@given(texts, st.data())
def test_marks_keep_to_their_words(text: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=8).map(sorted))
    marks = [Mark(start, end, EM) for start, end in pairwise(places) if start < end]
    cleaned = Block(BlockKind.PARAGRAPH, text, tuple(marks)).cleaned()
    assert cleaned.text == clean(text)
    assert cleaned == cleaned.cleaned()
    expected = {_where(text, mark) for mark in marks} - {None}
    assert {(mark.start, mark.end) for mark in cleaned.marks} == expected


def _where(text: str, mark: Mark) -> tuple[int, int] | None:
    """Where a mark belongs, found the slow way: each boundary cleaned with its line alone."""
    start, end = (_place(text, at) for at in (mark.start, mark.end))
    return (start, end) if start < end else None


def _place(text: str, at: int) -> int:
    head = re.sub("\r\n|\r", "\n", text[:at])
    if text[at - 1 : at + 1] == "\r\n" and at:
        head = head[:-1] + "\n"
    *lines, last = head.split("\n")
    before = "".join(unicodedata.normalize("NFC", line).rstrip() + "\n" for line in lines)
    line = re.split("[\r\n]", text[at - len(last) :], maxsplit=1)[0]
    kept = unicodedata.normalize("NFC", line).rstrip()
    inside = min(len(unicodedata.normalize("NFC", last)), len(kept))
    whole = "\n".join(
        unicodedata.normalize("NFC", line).rstrip() for line in re.split("\r\n|\r|\n", text)
    )
    lead = len(whole) - len(whole.lstrip("\n "))
    return min(max(0, len(before) + inside - lead), len(clean(text)))


def test_a_mark_does_not_run_into_the_next_line() -> None:
    block = Block(BlockKind.PARAGRAPH, "bold   \nplain", (Mark(0, 7, MarkKind.STRONG),))
    assert block.cleaned().marks == (Mark(0, 4, MarkKind.STRONG),)


def test_a_link_is_kept_with_its_target_and_an_empty_mark_is_dropped() -> None:
    marks = (Mark(0, 2, EM), Mark(2, 4, LINK, "https://a.example/"))
    block = Block(BlockKind.QUOTE, "  e\u0301 ", marks).cleaned()
    assert block == Block(BlockKind.QUOTE, "é", (Mark(0, 1, LINK, "https://a.example/"),))


def test_a_block_keeps_what_is_not_text() -> None:
    block = Block(BlockKind.LIST, "a \nb", ordered=True)
    assert block.cleaned() == Block(BlockKind.LIST, "a\nb", ordered=True)
    assert Block(BlockKind.IMAGE, " x", media=3).cleaned().media == 3
    assert Block(BlockKind.HEADING, " x", level=2).cleaned().level == 2


def test_clean_blocks_are_left_as_they_are() -> None:
    block = Block.paragraph("a b", Mark(0, 1, EM))
    assert block.cleaned() is block


@pytest.mark.parametrize(
    "text",
    ["e\u0301 " * 150_000, "\u1112\u1161" * 150_000, "a \n" * 150_000],
    ids=["accents", "Hangul", "lines"],
)
def test_many_marks_in_a_long_text_take_no_time(text: str) -> None:
    marks = tuple(Mark(at, at + 2, EM) for at in range(0, len(text) - 2, 10))
    began = perf_counter()
    cleaned = Block(BlockKind.PARAGRAPH, text, marks).cleaned()
    assert len(cleaned.marks) > 0.5 * len(marks)
    assert perf_counter() - began < 20  # it is quadratic no more: that took hours


def test_crowds_of_combining_marks_are_refused() -> None:
    assert clean("a" + "\u0323" * MOST_MARKS)
    for crowd in ("a" + "\u0301" * 40, "\u0301\u0316" * 500_000, "x" + "\u0591" * 31):
        with pytest.raises(CrowdedCharacters):
            clean(crowd)


@pytest.mark.parametrize(
    "made",
    [
        {"kind": BlockKind.HEADING},
        {"kind": BlockKind.HEADING, "level": 1},
        {"kind": BlockKind.PARAGRAPH, "level": 2},
        {"marks": (Mark(0, 4, EM),)},
        {"marks": (Mark(-1, 2, EM),)},
        {"marks": (Mark(2, 2, EM),)},
        {"marks": (Mark(0, 1, LINK),)},
        {"marks": (Mark(0, 1, EM, "https://a.example/"),)},
    ],
    ids=str,
)
def test_what_is_no_block(made: dict[str, Any]) -> None:
    with pytest.raises(MalformedDocument):
        Block(**{"kind": BlockKind.PARAGRAPH, "text": "abc", **made})


def test_a_paragraph_sorts_its_marks() -> None:
    first, second = Mark(0, 1, EM), Mark(1, 2, EM)
    assert Block.paragraph("ab", second, first).marks == (first, second)
