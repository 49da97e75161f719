"""Turns of the road that the state machine found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispaccio.clock import Clock
from dispaccio.errors import NothingOpen
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind, State
from dispaccio.testing import home as homes
from dispaccio.wire import review, submit
from dispaccio.wire.core import Wire
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed
from dispaccio.wire.take import take


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    wire = homes.make(tmp_path / "home").open()
    yield wire
    wire.store.close()


def handed(title: str, **more: object) -> Handed:
    document = homes.document(title, text=f"{title}, says Aurora.", **more)
    return Handed(json.dumps(document).encode(), "application/json")


@pytest.mark.parametrize("end", ["reject", "call off"])
def test_what_was_ended_cannot_be_handed_in_anew_under_its_id(wire: Wire, end: str) -> None:
    anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")
    id = submit.submit(wire, anna, handed("Aurora opens a plant")).id
    if end == "reject":
        review.decide(wire, dora, id, State.REJECTED, why="It is not for this wire.")
    else:
        review.call_off(wire, anna, id)
    with pytest.raises(NothingOpen, match="final"):
        submit.revise(wire, anna, id, handed("Aurora opens a plant"), kind=Kind.ORIGINAL)


def test_the_desk_can_publish_at_once_what_wanted_an_hour_that_passed(tmp_path: Path) -> None:
    passed = timedelta()
    start = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    clock = Clock(lambda: start + passed, lambda: passed / timedelta(seconds=1))
    wire = homes.make(tmp_path / "home", clock=clock).open(clock)
    anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")
    at = start + timedelta(minutes=5)
    id = submit.submit(wire, anna, handed("Aurora opens a plant", release_time=at)).id
    passed = timedelta(minutes=10)
    [done] = publish(wire, dora, id, confirm=True)
    assert done.published == start + passed
    wire.store.close()


def test_a_release_taken_again_is_the_one_we_have_though_its_correction_was_called_off(
    wire: Wire,
) -> None:
    dora, dino = homes.actor(wire, "dora"), homes.actor(wire, "dino")
    theirs = handed("Harbour gets a ferry", wire={"name": "Ponente", "number": "5530192"})
    first = take(wire, dora, theirs)
    [done] = publish(wire, dino, first.id, confirm=True)
    why = Reason("figures")
    submit.revise(wire, dora, first.id, handed("Two ferries"), kind=Kind.CORRECTION, reason=why)
    review.call_off(wire, dora, first.id)
    again = take(wire, dora, theirs)
    assert (again.id, again.number, again.new) == (first.id, done.number, False)
    assert again.state is State.PUBLISHED


REASON = {"code": "figures", "text": "A figure of the first version was wrong."}


def test_a_reason_in_what_is_handed_in_keeps_nothing_from_being_published(wire: Wire) -> None:
    """The export of a corrected release has one, and the log's first entry about ours has none."""
    anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")
    given = handed("Aurora opens a plant", reason=REASON, kind="correction")
    id = submit.submit(wire, anna, given).id
    [done] = publish(wire, dora, id, confirm=True)
    assert done.version == 1


def test_another_wires_correction_is_taken_over_and_published(wire: Wire) -> None:
    dora, dino = homes.actor(wire, "dora"), homes.actor(wire, "dino")
    odd = {"code": "Figures were wrong!", "text": "One was."}
    for number, reason in (("5530192", REASON), ("5530193", odd)):
        theirs = {"wire": {"name": "Ponente", "number": number}, "reason": reason}
        id = take(
            wire, dora, handed(f"Harbour gets ferry {number}", kind="correction", **theirs)
        ).id
        [done] = publish(wire, dino, id, confirm=True)
        assert done.version == 1


def test_a_returned_draft_handed_in_as_a_correction_is_still_the_first_version(wire: Wire) -> None:
    anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")
    id = submit.submit(wire, anna, handed("Aurora opens a plant")).id
    review.decide(wire, dora, id, State.RETURNED)
    why = Reason("figures")
    submit.revise(wire, anna, id, handed("Aurora opens it"), kind=Kind.CORRECTION, reason=why)
    [done] = publish(wire, dora, id, confirm=True)
    assert done.version == 1
