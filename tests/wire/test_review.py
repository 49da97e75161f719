"""The desk's moves: who may, what stops, who else has to look, and what the clock allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dispaccio.access.actor import PUBLIC, Actor
from dispaccio.access.roles import Action
from dispaccio.errors import (
    ChangedMeanwhile,
    FindingsStop,
    IllegalMove,
    KeyNeeded,
    NoSuchRelease,
    NotAllowed,
    NothingOpen,
    SecondPersonNeeded,
    TimeOutOfRange,
    WarningsUnconfirmed,
)
from dispaccio.release.label import LabelKind
from dispaccio.release.state import State
from dispaccio.store import leaves
from dispaccio.testing import home as homes
from dispaccio.wire import people, review
from dispaccio.wire.draft import Draft
from dispaccio.wire.publish import publish
from tests.wire.world import HOUR, SECOND, World

PAID = {"code": "promotional", "text": "Press release", "paid_by": "Aurora Dairy"}
FREE = {"code": "institutional", "text": "Press release"}
DECISIONS = [State.RETURNED, State.REJECTED, State.PARKED, State.IN_REVIEW]


def draft(world: World, ref: str) -> Draft:
    with world.wire.store.read(world.now) as tx:
        return review.open_of(world.wire, tx, world.dora, Action.APPROVE_WIRE, ref)[2]


def test_approval_without_a_time_waits(world: World) -> None:
    id = world.submit().id
    assert review.approve(world.wire, world.dora, id, confirm=True) is State.APPROVED
    row = world.newest(id)
    assert (row.state, row.approved_by, row.policy, row.release_time) == (
        "approved",
        "dora",
        "always",
        None,
    )
    assert world.publisher.next_due() is None
    assert review.set_time(world.wire, world.dora, id, world.now + HOUR) is State.SEALED


def test_approval_with_a_time_seals(world: World) -> None:
    id = world.submit(release_time=world.now + HOUR).id
    before = len(world.log())
    assert review.approve(world.wire, world.dora, id, confirm=True) is State.SEALED
    assert world.publisher.next_due() == world.now + HOUR
    [seal] = world.log()[before:]
    assert set(seal) == {"t", "commitment"}


def test_the_desks_time_goes_before_the_texts(world: World) -> None:
    id = world.submit(release_time=world.now + HOUR).id
    review.approve(world.wire, world.dora, id, confirm=True, at=world.now + 2 * HOUR)
    assert world.publisher.next_due() == world.now + 2 * HOUR


@pytest.mark.parametrize("to", DECISIONS)
@pytest.mark.parametrize("now", [State.IN_REVIEW, State.PARKED, State.APPROVED, State.SEALED])
def test_decisions_follow_the_table(world: World, now: State, to: State) -> None:
    id = world.submit().id
    if now is State.PARKED:
        review.decide(world.wire, world.dora, id, State.PARKED)
    if now in (State.APPROVED, State.SEALED):
        at = world.now + HOUR if now is State.SEALED else None
        review.approve(world.wire, world.dora, id, confirm=True, at=at)
    allowed = {
        State.IN_REVIEW: {State.RETURNED, State.REJECTED, State.PARKED},
        State.PARKED: {State.IN_REVIEW},
    }
    if to in allowed.get(now, set()):
        assert review.decide(world.wire, world.dora, id, to, why="Wrong figure") is to
        assert world.state(id) is to
    else:
        with pytest.raises(IllegalMove):
            review.decide(world.wire, world.dora, id, to)
        assert world.state(id) is now


def test_the_desks_reason_stays_in_the_vault(world: World) -> None:
    id = world.submit().id
    review.decide(world.wire, world.dora, id, State.RETURNED, why="The figure is wrong")
    assert any("The figure is wrong" in said for said in draft(world, id).warnings)
    for path in world.folder.rglob("*"):
        assert not path.is_file() or b"The figure is wrong" not in path.read_bytes()


def test_errors_stop_and_warnings_ask(world: World) -> None:
    id = world.submit(contacts=[]).id
    with pytest.raises(WarningsUnconfirmed, match="The checks ask"):
        review.approve(world.wire, world.dora, id)
    assert world.state(id) is State.IN_REVIEW
    assert review.approve(world.wire, world.dora, id, confirm=True) is State.APPROVED


def test_what_time_has_made_wrong_stops(world: World) -> None:
    id = world.submit(release_time=world.now + HOUR).id
    world.wait(2 * HOUR)
    with pytest.raises(FindingsStop, match="past"):
        review.approve(world.wire, world.dora, id, confirm=True)
    assert world.state(id) is State.IN_REVIEW
    [done] = publish(world.wire, world.dora, id, confirm=True)
    assert done.published == world.now


@pytest.mark.parametrize("away", [timedelta(0), -SECOND, timedelta(days=3000)])
def test_a_time_that_is_past_or_absurd(world: World, away: timedelta) -> None:
    id = world.sealed()
    with pytest.raises(TimeOutOfRange):
        review.set_time(world.wire, world.dora, id, world.now + away)
    assert world.publisher.next_due() == world.now + HOUR


def test_another_time_is_another_seal(world: World) -> None:
    id = world.sealed()
    first = world.newest(id)
    review.set_time(world.wire, world.dora, id, world.now + HOUR)
    second = world.newest(id)
    assert first.sealed != second.sealed
    assert first.seal_leaf != second.seal_leaf
    commitments = [entry["commitment"] for entry in world.log() if entry["t"] == "seal"]
    assert len(set(commitments)) == 2


@pytest.mark.parametrize(
    ("policy", "label", "asked"),
    [
        ("always", PAID, True),
        ("always", FREE, True),
        ("paid", PAID, True),
        ("paid", FREE, False),
        ("paid", FREE | {"commissioned": True, "paid_by": "Aurora Dairy"}, True),
        ("never", PAID, False),
    ],
)
def test_who_else_has_to_look(
    open_world: Callable[..., World], policy: str, label: dict[str, Any], asked: bool
) -> None:
    world = open_world(second_person=policy)
    people.add(world.wire, world.olga, "both", None, ["author:aurora", "desk"])
    world.anna = homes.actor(world.wire, "both")
    id = world.submit(label=label).id
    if asked:
        with pytest.raises(SecondPersonNeeded, match="both submitted this text"):
            review.approve(world.wire, world.anna, id, confirm=True)
        assert world.state(id) is State.IN_REVIEW
        review.approve(world.wire, world.dora, id, confirm=True)
    else:
        review.approve(world.wire, world.anna, id, confirm=True)
    assert world.newest(id).policy == policy


def test_a_label_that_makes_it_paid_asks_for_a_second_person(
    open_world: Callable[..., World],
) -> None:
    world = open_world(second_person="paid")
    people.add(world.wire, world.olga, "both", None, ["author:aurora", "desk"])
    world.anna = homes.actor(world.wire, "both")
    id = world.submit(label=FREE).id
    with pytest.raises(SecondPersonNeeded):
        review.approve(world.wire, world.anna, id, confirm=True, label=LabelKind.PROMOTIONAL)


def test_the_desk_sets_the_label(world: World) -> None:
    id = world.submit(label=FREE | {"details": [["study", "none"]]}).id
    review.approve(world.wire, world.dora, id, confirm=True, label=LabelKind.SCIENCE)
    label = draft(world, id).revision.label
    assert label is not None
    assert (label.kind, label.text, label.details) == (
        LabelKind.SCIENCE,
        "Research press release",
        (("study", "none"),),
    )


def test_a_release_without_a_label_becomes_institutional(world: World) -> None:
    id = world.submit(label=None).id
    review.approve(world.wire, world.dora, id, confirm=True)
    label = draft(world, id).revision.label
    assert label is not None
    assert label.kind is LabelKind.INSTITUTIONAL


def test_what_changed_while_it_was_looked_at_is_not_approved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = world.submit().id
    look = review._look_again

    def slow(*args: Any, **named: Any) -> Any:
        found = look(*args, **named)
        review.decide(world.wire, world.dora, id, State.PARKED)
        return found

    monkeypatch.setattr(review, "_look_again", slow)
    with pytest.raises(ChangedMeanwhile):
        review.approve(world.wire, world.dora, id, confirm=True)
    assert world.state(id) is State.PARKED


def test_calling_off(world: World) -> None:
    for id in (world.submit().id, world.sealed("Two")):
        assert review.call_off(world.wire, world.anna, id) is State.CALLED_OFF
        with pytest.raises(NothingOpen, match="the last one is called off"):
            review.call_off(world.wire, world.anna, id)
    world.wait(2 * HOUR)
    assert world.publisher.publish_due() == []


def test_what_is_public_cannot_be_called_off(world: World) -> None:
    number = world.published()
    with pytest.raises(NothingOpen, match="the last one is published"):
        review.call_off(world.wire, world.anna, number)


CALLS: dict[str, Callable[[World, Actor, str], object]] = {
    "approve": lambda w, who, ref: review.approve(w.wire, who, ref, confirm=True),
    "set_time": lambda w, who, ref: review.set_time(w.wire, who, ref, w.now + HOUR),
    "decide": lambda w, who, ref: review.decide(w.wire, who, ref, State.PARKED),
    "publish": lambda w, who, ref: publish(w.wire, who, ref, confirm=True),
    "call_off": lambda w, who, ref: review.call_off(w.wire, who, ref),
}


@pytest.mark.parametrize("call", CALLS)
def test_who_may_not_learns_nothing(world: World, call: str) -> None:
    people.add(world.wire, world.olga, "bea", None, ["subscriber:gazette"])
    bea = homes.actor(world.wire, "bea")
    hidden = world.submit().id
    public = world.published("Two")
    world.hand_in_correction(public, "Two, corrected")
    size = len(world.events())
    with world.wire.store.read(world.now) as tx:
        log = leaves.size(tx)
    for ref in (hidden, public, "00000000-0000-4000-8000-000000000000", "T100000009", "\x00"):
        with pytest.raises(KeyNeeded):
            CALLS[call](world, PUBLIC, ref)
    for ref in (hidden, "00000000-0000-4000-8000-000000000000", "T100000009", "\x00"):
        with pytest.raises(NoSuchRelease):
            CALLS[call](world, bea, ref)
    with pytest.raises(NotAllowed):
        CALLS[call](world, bea, public)
    if call != "call_off":
        with pytest.raises(NotAllowed):
            CALLS[call](world, world.anna, hidden)
    with pytest.raises(NotAllowed):
        CALLS[call](world, world.olga, hidden)
    assert len(world.events()) == size
    with world.wire.store.read(world.now) as tx:
        assert leaves.size(tx) == log


def test_nothing_open(world: World) -> None:
    number = world.published()
    for call in CALLS.values():
        with pytest.raises(NothingOpen):
            call(world, world.dora, number)


def test_every_move_is_recorded_with_who_made_it(world: World) -> None:
    id = world.submit().id
    review.decide(world.wire, world.dora, id, State.PARKED)
    review.decide(world.wire, world.dora, id, State.IN_REVIEW)
    review.approve(world.wire, world.dora, id, confirm=True, at=world.now + HOUR)
    review.call_off(world.wire, world.dora, id)
    assert world.events()[-6:] == [
        "submitted",
        "parked",
        "in_review",
        "approved",
        "sealed",
        "called_off",
    ]
