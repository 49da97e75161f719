"""Texts of thousands of lines: what they cost grows with their length, and not with its square."""

from __future__ import annotations

import time

import pytest

from dispaccio.anatomy import reader
from dispaccio.anatomy.layout import lay_out
from dispaccio.release.model import Identifier

MANY = 9_000


@pytest.mark.parametrize(
    "line",
    [
        "The plant opens in the valley today. It serves everybody in all the towns around it.",
        "Lumora University",
        "doi: 10.1234/{}",
        "Comunicato stampa n. {}",
        "Rome, 3 May 2026",
    ],
)
@pytest.mark.long
def test_thousands_of_lines_are_quick(line: str) -> None:
    document = lay_out("\n\n".join(line.format(1_000 + at) for at in range(MANY)))
    begin = time.process_time()
    reader.read(document, "text")
    assert time.process_time() - begin < 20  # one look too many at each line takes minutes


def test_every_identifier_is_stated_once() -> None:
    text = "A plant\n\nIt is in doi:10.1234/a and doi:10.1234/b, as in doi:10.1234/a."
    found = reader.read(lay_out(text), "text").revision.identifiers
    assert found == (Identifier("doi", "10.1234/a"), Identifier("doi", "10.1234/b"))
