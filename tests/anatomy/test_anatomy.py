"""What holds for every anatomy: its spans cover the document, and nothing is invented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.anatomy import embargo, reader
from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.layout import lay_out
from dispaccio.formats import charset, native
from dispaccio.formats.base import Options
from tests.anatomy.frames import SAMPLES

LINES = [
    line
    for path in SAMPLES
    if path.suffix == ".txt"
    for line in charset.decode(path.read_bytes(), Options(), wire_texts=True).text.split("\n")
]
NORMALISED = {
    "standard", "format", "kind", "language", "code", "date", "wire", "action", "party", "time",
    "created", "embargo", "release_time", "role", "scheme", "value", "unit", "year", "level",
    "ordered", "commissioned", "start", "end", "warnings", "holder",
}  # fmt: skip
"""Names whose values are codes, numbers and days, or the name of a known wire."""


@given(st.lists(st.sampled_from(LINES), max_size=25).map("\n".join))
def test_spans_cover_the_document(text: str) -> None:
    document = lay_out(text)
    anatomy = reader.take_apart(document)
    whole = {(passage.start, passage.end) for passage in document.passages}
    found = [(span.start, span.end) for span in anatomy.spans]
    covered = sorted(span for span in found if span in whole)
    for passage in document.passages:
        inside = [span for span in found if passage.start <= span[0] <= span[1] <= passage.end]
        assert sum(end - start for start, end in inside) >= len(passage.text.rstrip()) - 1
    assert all(0 <= start <= end <= len(document.text) for start, end in found)
    assert covered == sorted(set(covered))


@given(st.lists(st.sampled_from(LINES), max_size=25).map("\n".join))
def test_every_block_of_the_body_is_a_passage(text: str) -> None:
    document = lay_out(text)
    anatomy = reader.take_apart(document)
    bodies = [span for span in anatomy.spans if span.kind is SpanKind.BODY]
    texts = [document.text[span.start : span.end] for span in bodies]
    assert [block.text for block in anatomy.revision.body] == texts


def values(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        for name, value in item.items():
            if name not in NORMALISED:
                yield from values(value)
    elif isinstance(item, list):
        for value in item:
            yield from values(value)
    elif isinstance(item, str):
        yield from re.split(r"[\n\t]", item)


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_nothing_is_invented(path: Path) -> None:
    source = bare(charset.decode(path.read_bytes(), Options(), wire_texts=True).text)
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    for value in values(expected):
        if path.suffix == ".md" and value == "Comunicato stampa":
            continue  # the words of the kind that its front matter names
        for piece in value.split(", "):
            assert bare(piece) in source, value


def test_a_sources_zone_counts_where_the_text_names_none() -> None:
    text = "EMBARGO until 09:00 on 27 May 2026\n\nBridge of it\n\nThe text follows here."
    anatomy = reader.take_apart(lay_out(text), ZoneInfo("Europe/Rome"))
    said = native.to_json(anatomy.revision)
    assert said["embargo"] == "2026-05-27T07:00:00Z"
    assert not embargo.unclear(anatomy.warnings)
