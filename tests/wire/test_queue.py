"""The desk's queue, and who has which text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event

from dispaccio.errors import ClaimedByOther, MalformedCursor, NoSuchRelease, NotAllowed, NothingOpen
from dispaccio.release.state import State
from dispaccio.testing import home as homes
from dispaccio.wire import queue, report, review
from tests.wire.world import HOUR, SECOND, START, World


def held_by(world: World, id: str) -> str | None:
    [found] = [item for item in queue.waiting(world.wire, world.dora) if item.id == id]
    return found.claim.holder if found.claim else None


def test_a_text_is_claimed_and_given_back(world: World) -> None:
    id = world.submit().id
    assert held_by(world, id) is None
    assert queue.claim(world.wire, world.dora, id).since == START
    world.wait(SECOND)
    assert queue.claim(world.wire, world.dora, id).since == START, "claiming twice changes nothing"
    assert held_by(world, id) == "dora"
    assert report.show(world.wire, world.dora, id)["open"]["claimed_by"] == "dora"
    queue.give_back(world.wire, world.dora, id)
    queue.give_back(world.wire, world.dora, id)
    assert held_by(world, id) is None
    assert world.events().count("claimed") == world.events().count("given_back") == 1


def test_somebody_elses_text_is_taken_over_only_on_purpose(world: World) -> None:
    id, dino = world.submit().id, homes.actor(world.wire, "dino")
    queue.claim(world.wire, world.dora, id)
    with pytest.raises(ClaimedByOther, match="dora has had this text since 2026-11-23 09:00 UTC"):
        queue.claim(world.wire, dino, id)
    with pytest.raises(ClaimedByOther):
        queue.give_back(world.wire, dino, id)
    assert held_by(world, id) == "dora"
    queue.claim(world.wire, dino, id, take_over=True)
    assert held_by(world, id) == "dino"
    said = report.show(world.wire, world.dora, id)["history"]
    assert [item.get("from") for item in said if item["what"] == "claimed"] == [None, "dora"]


def test_a_claim_blocks_nobody(world: World) -> None:
    id, dino = world.submit().id, homes.actor(world.wire, "dino")
    queue.claim(world.wire, world.dora, id)
    assert review.approve(world.wire, dino, id, confirm=True) is State.APPROVED


def test_a_claim_ends_with_its_revision(world: World) -> None:
    number = world.published()
    world.hand_in_correction(number, "Aurora opens a second dairy")
    queue.claim(world.wire, world.dora, number)
    review.decide(world.wire, world.dora, number, State.REJECTED)
    with pytest.raises(NothingOpen):
        queue.claim(world.wire, world.dora, number)
    world.hand_in_correction(number, "Aurora opens a third dairy")
    [waiting] = queue.waiting(world.wire, world.dora)
    assert (waiting.number, waiting.claim) == (number, None)


def test_only_the_desk_claims(world: World) -> None:
    id = world.submit().id
    for actor, error in (
        (world.anna, NotAllowed),
        (world.olga, NotAllowed),
        (world.sam, NoSuchRelease),
    ):
        for do in (queue.claim, queue.give_back):
            with pytest.raises(error):
                do(world.wire, actor, id)  # type: ignore[operator]


def test_the_states_that_are_asked_for(world: World) -> None:
    sealed, waiting = world.sealed(), world.submit("Another").id
    for states, ids in {
        ("sealed",): [sealed],
        ("in_review", "parked"): [waiting],
        ("parked",): [],
        queue.STATES: [sealed, waiting],
    }.items():
        assert [item.id for item in queue.waiting(world.wire, world.dora, states)] == ids
    assert queue.count(world.wire, world.dora) == {"sealed": 1, "in_review": 1}
    with pytest.raises(NotAllowed):
        queue.count(world.wire, world.anna)


def test_a_list_is_one_query_however_long_and_holds_no_text(world: World) -> None:
    for number in range(12):
        world.submit(f"Number {number}", text="The secret of Aurora.")
    statements: list[str] = []

    def note(_c: Any, _d: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    readers = world.wire.store._readers
    event.listen(readers, "before_cursor_execute", note)
    found = report.queue(world.wire, world.dora)["submissions"]
    event.remove(readers, "before_cursor_execute", note)
    assert len(found) == 12
    assert len([one for one in statements if one.startswith("SELECT")]) == 1
    assert "secret" not in json.dumps(found)
    assert found[0]["open"]["label"]["code"] == "promotional"


def test_a_long_list_has_pages_and_none_is_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one release time for some, and none for others; each once, whatever the page's size."""
    for number in range(3):
        world.sealed(f"Number {number}", HOUR)
    world.sealed("Later", 2 * HOUR)
    for number in range(4):
        world.submit(f"Untimed {number}")
    every = [item.id for item in queue.waiting(world.wire, world.dora)]
    assert len(every) == 8
    for most in (1, 2, 3, 8, 9):
        monkeypatch.setattr(queue, "MOST", most)
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = queue.page(world.wire, world.dora, after=cursor)
            assert len(page.texts) <= most
            found += [item.id for item in page.texts]
            cursor = page.next
        assert found == every, most


@pytest.mark.parametrize("cursor", ["x", "-1", "1", "1.", ".1", "1.1.1", "9" * 30 + ".1", "١.١"])
def test_a_cursor_that_is_none(world: World, cursor: str) -> None:
    with pytest.raises(MalformedCursor):
        queue.page(world.wire, world.dora, after=cursor)
