"""The table of states, written out a second time, and the status that follows from revisions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.errors import IllegalMove
from dispaccio.release.state import TEXT_KINDS, Kind, State, Status, may_follow, move, status_after

MOVES = """
    draft       submitted called_off
    submitted   in_review called_off
    in_review   approved returned rejected parked called_off
    returned    submitted called_off
    rejected
    parked      in_review called_off
    approved    sealed called_off
    sealed      published approved called_off
    published
    called_off
"""
TABLE = {row[0]: set(row[1:]) for row in map(str.split, MOVES.strip().splitlines())}
# What may follow, and the status after it; "-" stands for before the first publication.
FOLLOWS = """
    -         original     usable
    usable    addition     usable
    usable    correction   usable
    usable    refile       usable
    usable    withhold     withheld
    usable    withdrawal   canceled
    withheld  addition     withheld
    withheld  correction   withheld
    withheld  refile       withheld
    withheld  usable_again usable
    withheld  withdrawal   canceled
"""
AFTER = {(row[0], row[1]): row[2] for row in map(str.split, FOLLOWS.strip().splitlines())}


def test_the_table_has_every_state() -> None:
    assert set(TABLE) == set(State)


@pytest.mark.parametrize("now", State)
@pytest.mark.parametrize("to", State)
def test_a_move_is_one_of_the_table(now: State, to: State) -> None:
    if to in TABLE[now]:
        assert move(now, to) is to
        return
    with pytest.raises(IllegalMove) as error:
        move(now, to)
    assert (error.value.details["state"], error.value.details["to"]) == (now, to)
    for possible in TABLE[now]:
        assert possible.replace("_", " ") in error.value.message


def test_an_end_says_that_it_is_one() -> None:
    with pytest.raises(IllegalMove, match=r"called off cannot become draft.*nothing; it is final"):
        move(State.CALLED_OFF, State.DRAFT)


@given(st.lists(st.sampled_from(State), max_size=12))
def test_every_road_to_publication_was_approved_and_sealed(tries: list[State]) -> None:
    road = [State.DRAFT]
    for to in tries:
        if to in TABLE[road[-1]]:
            road.append(move(road[-1], to))
    if road[-1] is State.PUBLISHED:
        assert road[-2] is State.SEALED
        assert road[-3] is State.APPROVED
        assert State.IN_REVIEW in road


@pytest.mark.parametrize("status", [None, *Status])
@pytest.mark.parametrize("kind", Kind)
def test_what_may_follow(status: Status | None, kind: Kind) -> None:
    if (status or "-", kind) in AFTER:
        may_follow(status, kind)
        return
    with pytest.raises(IllegalMove, match=kind.replace("_", " ")) as error:
        may_follow(status, kind)
    assert error.value.details["kind"] == kind


@given(st.lists(st.sampled_from(Kind), max_size=12))
def test_the_status_follows_from_the_revisions(tries: list[Kind]) -> None:
    status, kinds = "-", []
    for kind in tries:
        if (status, kind) in AFTER:
            kinds.append(kind)
            status = AFTER[status, kind]
    if kinds:
        assert status_after(kinds) == status


def test_a_withdrawal_is_final() -> None:
    assert status_after([Kind.ORIGINAL, Kind.WITHDRAWAL, Kind.USABLE_AGAIN]) is Status.CANCELED


def test_notices_bring_no_text() -> None:
    assert set(Kind) - TEXT_KINDS == {Kind.WITHHOLD, Kind.USABLE_AGAIN, Kind.WITHDRAWAL}
