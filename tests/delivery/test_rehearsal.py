"""What endpoints are rehearsed with: TEST everywhere, in every format, and the same each time."""

from __future__ import annotations

import pytest

from dispaccio.delivery.rehearsal import STEPS, Step, number, revision, step
from dispaccio.formats.registry import formats
from dispaccio.release.state import Kind, Status

ID = "0b9ff0a6-7a0f-4d0e-a5b7-3d3c3c7d2b11"
WRITTEN = sorted(name for name, format in formats().items() if format.about.writes)


def test_eight_states_in_an_order_that_a_wire_would_send() -> None:
    assert len(STEPS) == 8
    life = [item.version for item in STEPS if item.story == "life"]
    assert life == [1, 2, 4, 5, 6, 3]
    assert [item.state for item in STEPS if item.may_refuse] == ["late old revision"]
    assert len({(item.story, item.version) for item in STEPS}) == 8
    assert step("life", 6) == STEPS[4]
    assert step("life", 7) is None


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("item", STEPS, ids=lambda item: item.state)
def test_every_document_says_test(item: Step, name: str) -> None:
    said = revision(item, ID, "Ponte", "https://wire.example")
    text = formats()[name].write(said).decode("utf-8", "replace")
    assert number(ID) == "TEST-0B9FF0A6"
    assert number(ID) in text
    assert "TEST – press release" in text or "TEST " in text
    assert formats()[name].write(said) == formats()[name].write(
        revision(item, ID, "Ponte", "https://wire.example")
    )


def test_what_is_taken_back_has_no_text() -> None:
    for item in STEPS:
        said = revision(item, ID, "Ponte", "https://wire.example")
        back = item.kind in (Kind.WITHHOLD, Kind.WITHDRAWAL)
        assert bool(said.body) is not back
        assert (said.status is Status.USABLE) is not back
