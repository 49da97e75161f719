"""The home's people: somebody can always manage it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispaccio.errors import OperatorNeeded
from dispaccio.wire import people
from tests.wire.road import Road


def test_the_last_operator_cannot_leave_the_others_alone(tmp_path: Path) -> None:
    road = Road(tmp_path)
    with pytest.raises(OperatorNeeded):
        people.remove(road.wire, road.operator, "olga")
    people.add(road.wire, road.operator, "ugo", None, ["operator"])
    people.remove(road.wire, road.operator, "olga")
    left = people.everybody(road.wire, people.by_name(road.wire, "ugo"))
    assert [person["name"] for person in left] == ["anna", "bruno", "ugo"]


def test_the_first_person_has_to_be_an_operator(tmp_path: Path) -> None:
    road = Road(tmp_path)
    for name in ("anna", "bruno"):
        people.remove(road.wire, road.operator, name)
    people.remove(road.wire, road.operator, "olga")
    with pytest.raises(OperatorNeeded):
        people.add(road.wire, people.FOUNDER, "rosa", None, ["desk"])
