from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dispaccio.desk.checks.base import Severity
from dispaccio.release.body import Block, BlockKind
from dispaccio.release.model import Dateline
from dispaccio.release.state import Kind
from tests.desk.cases import NOW, around, quotes, release, said

CHECK = "dateline-day"


def test_a_missing_place_is_asked_for() -> None:
    (finding,) = said(CHECK, release(place=None))
    assert (finding.severity, finding.where) == (Severity.WARNING, "place")
    assert said(CHECK, release()) == []


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("PORTO LENATE, 26 maggio 2026 – Il bacino apre.", "PORTO LENATE, 26 maggio 2026 –"),
        ("Porto Lenate, 26 maggio – Il bacino apre.", "Porto Lenate, 26 maggio –"),
        ("Porto Lenate, martedì 26 maggio 2026 - Apre.", "Porto Lenate, martedì 26 maggio 2026 -"),
        ("(Porto Lenate, 26 maggio 2026) – Apre.", "(Porto Lenate, 26 maggio 2026) –"),
        (
            "LENATE, Calif., May 26, 2026 /Ponte/ -- It opens.",
            "LENATE, Calif., May 26, 2026 /Ponte/ --",
        ),
        ("LENATE, May 26, 2026 (Ponte) — It opens.", "LENATE, May 26, 2026 (Ponte) —"),
        ("Bad Bruma am See, 26. Mai 2026 – Es öffnet.", "Bad Bruma am See, 26. Mai 2026 –"),
        ("Lenate, den 26. Mai 2026 – Es öffnet.", "Lenate, den 26. Mai 2026 –"),
        ("Lenate, le 26 mai 2026 – Il ouvre.", "Lenate, le 26 mai 2026 –"),
        ("Lenate, 26 de mayo de 2026 – Abre.", "Lenate, 26 de mayo de 2026 –"),
        ("Lenate (26/05/2026) – Apre.", "Lenate (26/05/2026) –"),
        ("26 May 2026 – It opens.", "26 May 2026 –"),
        ("Porto Lenate – It opens.", "Porto Lenate –"),
        ("PORTO LENATE (Ponte) – It opens.", "PORTO LENATE (Ponte) –"),
    ],
)
def test_a_dateline_inside_the_text_is_found(text: str, dateline: str) -> None:
    (finding,) = said(CHECK, release(text))
    assert (finding.severity, finding.where, finding.quote) == (
        Severity.WARNING,
        "body/0",
        dateline,
    )
    assert "not the release day" not in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "On Tuesday, 26 May 2026 – the day of the sea – the dock opened.",
        "Porto Lenate-based Cantieri Arvello opens a dock.",
        "Porto Lenate opens a dock – its second – in May.",
        "Il 26 maggio 2026 – data attesa – apre il bacino.",
        "The dock of Porto Lenate, open since 26 May 2026, is long.",
        "Cantieri Arvello – founded in 1921 – opens a dock.",
        "x",
    ],
)
def test_other_beginnings_are_let_be(text: str) -> None:
    assert said(CHECK, release(text)) == []


def test_a_day_other_than_the_release_day_is_named() -> None:
    (finding,) = said(CHECK, release("LENATE, 25 May 2026 – It opens."))
    assert finding.message == (
        "The text begins with a dateline of its own, “LENATE, 25 May 2026 –”; take it out, since "
        "the wire writes place, day and its name itself, and its day is not the release day, "
        "May 26, 2026."
    )


def test_only_the_first_paragraph_is_read() -> None:
    heading = Block(BlockKind.HEADING, "Dock", level=2)
    first, second = (Block.paragraph(text) for text in ("It opens.", "LENATE, 26 May 2026 – x"))
    assert quotes(CHECK, release(body=(heading, second, first))) == ["LENATE, 26 May 2026 –"]
    assert quotes(CHECK, release(body=(heading, first, second))) == []


def test_the_day_that_a_reader_took_from_the_text_is_compared() -> None:
    stated = release(dateline=Dateline(place="Lenate", day=date(2026, 5, 25)))
    (finding,) = said(CHECK, stated)
    assert finding.where == "dateline"
    assert said(CHECK, release(dateline=Dateline(day=date(2026, 5, 26)))) == []


def test_the_release_day_is_that_of_the_wires_zone() -> None:
    midnight = datetime(2026, 5, 26, 22, 30, tzinfo=UTC)  # half past midnight in Rome
    stated = release(dateline=Dateline(day=date(2026, 5, 27)), release_time=midnight)
    assert said(CHECK, stated) == []


def test_a_correction_keeps_its_dateline() -> None:
    stated = release(dateline=Dateline(day=date(2026, 5, 26)), kind=Kind.CORRECTION)
    assert said(CHECK, stated, around(now=NOW + timedelta(days=9))) == []


def test_another_wires_dateline_is_its_own() -> None:
    assert said(CHECK, release("LENATE, 3 May 2026 – x", place=None), around(relayed=True)) == []
