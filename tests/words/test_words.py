"""Sentences remember how they were made, and are their English text in every other way."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.words import (
    Making,
    Sentence,
    Value,
    either,
    in_a_row,
    keepable,
    recalled,
    say,
    say_of,
    term,
    told,
)

DAY, MOMENT = date(2026, 5, 26), datetime(2026, 5, 26, 9, tzinfo=timezone(timedelta(hours=2)))
PLAIN = st.one_of(
    st.text(max_size=8),
    st.integers(0, 10**9),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)


class Shouting:
    """A language of the tests."""

    def form(self, text: str, many: str | None, count: int) -> str:
        return (many if many and count != 1 else text).upper().replace("{QUOTE}", "{quote}")

    def value(self, value: Value) -> str:
        return f"<{value}>"


def made_of(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """Sentences of values, and of one another."""
    named = st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), values, max_size=3)
    text = st.text(alphabet="ab {}%", max_size=12)
    return st.builds(
        lambda said, values: Sentence(
            Making(said + "".join(f"{{{name}}}" for name in values), values, said or None)
        ),
        text,
        named,
    )


SENTENCES = st.recursive(PLAIN, made_of, max_leaves=6).filter(lambda v: isinstance(v, Sentence))


def test_a_sentence_is_its_english_text() -> None:
    said = say("{quote} {inside} is {day}, {at}: {most}.", quote="“x”", inside=say("in the text"),
               day=DAY, at=MOMENT, most=1234)  # fmt: skip
    assert said == "“x” in the text is May 26, 2026, 2026-05-26 07:00:00 UTC: 1,234."
    assert f"{said}" == str(said) == said
    assert json.loads(json.dumps([said])) == [said]


def test_it_is_said_in_another_language_with_all_that_is_in_it() -> None:
    said = say("no {quote} here, {why}", quote="Ü", why=say("see {quote}", quote=7))
    assert told(said, Shouting()) == "NO <Ü> HERE, {WHY}"
    assert told(say("a {quote}", quote=say("b {quote}", quote=DAY)), Shouting()) == (
        "A B <2026-05-26>"
    )


@pytest.mark.parametrize(("count", "text"), [(0, "0 lines"), (1, "1 line"), (2, "2 lines")])
def test_several_have_a_form_of_their_own(count: int, text: str) -> None:
    assert say_of("{count} line", "{count} lines", count=count) == text


def test_a_row_keeps_what_is_in_it() -> None:
    row = in_a_row((say("see {quote}", quote="x"), "y", 3), "; ")
    assert row == "see x; y; 3"
    assert isinstance(row.making.values["0"], Sentence)
    assert in_a_row(()) == ""
    assert either(("it",)) == "it"
    assert either(("it", "de", "fr")) == "it or de or fr"


def test_what_stands_in_a_value_is_no_place() -> None:
    assert say("{a} {b}", a="{b}", b="{a}") == "{b} {a}"
    assert say("{a} {missing} {", a="x") == "x {missing} {"


@given(SENTENCES)
def test_what_is_kept_comes_back_as_it_was(said: Sentence) -> None:
    back = json.loads(json.dumps(keepable({"message": said, "more": [said]})), object_hook=recalled)
    for again in (
        back["message"],
        *back["more"],
        copy.deepcopy(said),
        pickle.loads(pickle.dumps(said)),
    ):
        assert isinstance(again, Sentence)
        assert (again, again.making) == (said, said.making)
        assert told(again, Shouting()) == told(said, Shouting())


def test_what_was_kept_before_there_were_sentences_is_text() -> None:
    assert json.loads('{"message": "Old."}', object_hook=recalled) == {"message": "Old."}
    assert term("desk") == "desk"
