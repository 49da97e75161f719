"""Markdown nested absurdly: whatever stands in it, no word is lost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.formats.base import Options
from dispaccio.formats.markdown import blocks, markdown
from dispaccio.release.model import Reading

BEFORE, AFTER = "Alpha beta gamma.", "Delta epsilon zeta."
openings = st.sampled_from(["> ", ">", "* ", "- ", "+ ", "1. ", "> - ", "* > ", "- 2) "])


def read(middle: str) -> Reading:
    (only,) = markdown.read(f"# Bridge\n\n{BEFORE}\n\n{middle}\n\n{AFTER}\n".encode(), Options())
    return only


def texts(source: str) -> list[str]:
    return [passage.text for passage in blocks.parse(source).passages if passage]


@given(openings, st.integers(1, 120), st.integers(0, 40), st.booleans())
def test_no_word_is_lost(opening: str, times: int, closing: int, twice: bool) -> None:
    middle = opening * times + "Eta theta" + " *" * closing
    if twice:
        middle += "\n" + opening * (times // 2) + "Iota kappa"
    found = " ".join(texts(f"{BEFORE}\n\n{middle}\n\n{AFTER}\n"))
    words = re.findall(r"[A-Za-z]+", f"{BEFORE} {middle} {AFTER}")
    assert re.findall(r"[A-Za-z]+", found) == words
    assert BEFORE in found and AFTER in found


@given(st.integers(1, 60), st.sampled_from(["- ", "1. "]))
def test_no_item_of_a_deep_list_is_lost(depth: int, sign: str) -> None:
    lines = [" " * len(sign) * at + f"{sign}item{at}x" for at in range(depth)]
    found = "\n".join(texts("\n".join([*lines, "", AFTER])))
    assert all(f"item{at}x" in found for at in range(depth))
    assert AFTER in found


@pytest.mark.parametrize(
    "line",
    [
        "* * * * * * * * * * * NOTES OF THE DAY * * * * * * * * * * *",
        "- - - - Harbour - - - -",
        "1. 1. 1. 1. Harbour",
    ],
)
def test_a_row_of_list_signs_is_text(line: str) -> None:
    reading = read(line)
    assert [block.text for block in reading.revision.body] == [BEFORE, line, AFTER]
    assert reading.warnings == ()


def test_signs_that_are_nested_too_deeply_are_text_and_that_is_said() -> None:
    reading = read("> " * 20 + "deep")
    assert [block.text for block in reading.revision.body] == [BEFORE, "> > deep", AFTER]
    assert any("nested too deeply" in warning for warning in reading.warnings)


def test_twenty_thousand_signs_are_quick() -> None:
    begin = time.process_time()
    assert "deep" in texts("> " * 20_000 + "deep")[0]
    assert "deep" in texts("> - " * 10_000 + "deep")[0]
    assert time.process_time() - begin < 10


def test_a_definition_that_nothing_uses_is_said() -> None:
    reading = read("[one][a]\n\n[a]: https://a.example\n\n[Note]: embargoed")
    assert any(w.startswith("The definition of a link") and "(1 " in w for w in reading.warnings)
    used = read("[one][a] ![two][b]\n\n[a]: https://a.example\n[b]: https://b.example/x.png")
    assert used.warnings == ()


def test_a_deep_quote_of_very_many_lines_is_quick() -> None:
    begin = time.process_time()
    found = texts("> " * 20 + "deep\n" + "lazy line\n" * 39_000)[0]
    assert time.process_time() - begin < 10
    assert "deep" in found
    assert found.count("lazy line") == 39_000
