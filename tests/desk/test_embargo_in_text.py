from __future__ import annotations

from datetime import timedelta

import pytest

from dispaccio.desk.checks.base import Severity
from tests.desk.cases import NOW, release, said, severities

CHECK = "embargo-in-text"
ERROR, WARNING = Severity.ERROR, Severity.WARNING

ORDERS = [
    "EMBARGO UNTIL 27 May 2026, 09:00 CET",
    "*** EMBARGOED UNTIL TOMORROW ***",
    "EMBARGO: 27 May",
    "EMBARGO",
    "Embargo: Wednesday 27 May, 09:00 CET",
    "Under embargo until Wednesday",
    "UNDER STRICT EMBARGO TILL 9 AM",
    "Strictly embargoed until Wednesday",
    "Embargoed for publication until Wednesday",
    "Not for release before 27 May",
    "HOLD FOR RELEASE: 27 May",
    "Embargo fino alle 9.00 di mercoledì",
    "SOTTO EMBARGO FINO AL 27 MAGGIO",
    "Da non diffondere prima delle 9",
    "Sperrfrist: 27. Mai, 9 Uhr",
    "Sperrfrist bis Mittwoch",
    "Bitte nicht vor Mittwoch veröffentlichen".removeprefix("Bitte "),
    "Sous embargo jusqu'au 27 mai",
    "Embargo hasta las 9:00 del miércoles",
    "Embargado hasta el miércoles",
    "SOB EMBARGO ATÉ 27 DE MAIO",
]


@pytest.mark.parametrize("line", ORDERS)
def test_an_order_without_a_time_set_stops(line: str) -> None:
    (finding,) = said(CHECK, release("It opens.", headline=line))
    assert (finding.severity, finding.where, finding.quote) == (ERROR, "headline", line)
    assert severities(CHECK, release(f"{line}\nIt opens.", "It is long.")) == [ERROR]
    assert severities(CHECK, release("It opens.", line)) == [ERROR]


def test_with_a_time_set_the_two_are_to_be_compared() -> None:
    later = NOW + timedelta(hours=2)
    (finding,) = said(CHECK, release(ORDERS[0], release_time=later))
    assert finding.severity is WARNING
    assert "2026-05-26 10:00:00 UTC" in finding.message
    assert severities(CHECK, release(ORDERS[0], embargo=later)) == [WARNING]


@pytest.mark.parametrize(
    "text",
    [
        "The oil embargo until 2030 costs 3 billion.",
        "Embargo on oil: what it means for ports",
        "Embargo: what the ministers decided in Lenate",
        "Embargo until 2030 for oil, ministers say",
        "Under embargo for decades, the island builds ports.",
        "Sotto embargo da anni, il porto riapre.",
        "Sperrfristen im Arbeitsrecht; die Sperrfrist endete.",
        "The dock was strictly built and embargoes lifted.",
        "Not for release: our fish stay in the tank.",
    ],
)
def test_texts_about_embargoes_are_let_be(text: str) -> None:
    assert said(CHECK, release(text, headline=text)) == []
