"""When something may go: never before its instant by any clock, and never for want of a timer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.clock import MAX_DRIFT, Clock, ClockGuard
from dispaccio.embargo.schedule import (
    LATE,
    LONGEST_SLEEP,
    PREPARE,
    next_step,
    published_at,
    to_millisecond,
)

T = datetime(2026, 5, 26, 7, tzinfo=UTC)
seconds = st.floats(-200, 200).map(lambda value: timedelta(seconds=value))


@given(seconds, st.booleans())
def test_nothing_goes_before_its_instant_or_by_a_clock_that_is_not_trusted(
    away: timedelta, trusted: bool
) -> None:
    step = next_step(T + away, T, trusted=trusted)
    assert step.publish is (T + away >= T and trusted)


@given(seconds, st.none() | st.just(T), st.booleans())
def test_the_clock_is_looked_at_once_a_second_and_never_too_late(
    away: timedelta, due: datetime | None, trusted: bool
) -> None:
    step = next_step(T + away, due, trusted=trusted)
    assert timedelta(0) <= step.sleep <= LONGEST_SLEEP
    assert step.prepare_until == T + away + PREPARE
    if due is not None and not step.publish and away < timedelta(0):
        assert T + away + step.sleep <= T


def test_what_is_overdue_goes_at_once() -> None:
    assert next_step(T, T - timedelta(days=3), trusted=True).publish


@given(
    st.lists(
        st.tuples(
            st.floats(0, 3),  # how long it slept, in truth
            st.floats(-2, 2) | st.sampled_from([-3600.0, 3600.0]) | st.just(0.0),  # a step
        ),
        max_size=60,
    ),
    st.floats(0.1, 40),
)
def test_no_clock_publishes_early(moves: list[tuple[float, float]], away: float) -> None:
    """Loop as the server does, under a clock that steps: in true time, never early.

    A step of up to MAX_DRIFT is not noticed; what is noticed holds until the clock agreed with
    itself for ten seconds, and is then believed: so a test believes it as well.
    """
    truth, wall = 0.0, 0.0
    guard = ClockGuard(Clock(lambda: T + timedelta(seconds=wall), lambda: truth))
    due, believed = T + timedelta(seconds=away), 0.0
    for slept, jump in moves:
        truth += slept
        wall += slept + jump
        trusted = guard.trusted()
        if trusted and abs(wall - truth - believed) > MAX_DRIFT + 0.5:
            believed = wall - truth  # it stood still long enough
        step = next_step(T + timedelta(seconds=wall), due, trusted=trusted)
        if step.publish:
            assert trusted
            assert wall >= away
            assert truth + believed >= away - MAX_DRIFT - 0.5
            return


def test_the_guard_keeps_a_jump_ahead_from_publishing() -> None:
    truth, wall = 0.0, 0.0
    guard = ClockGuard(Clock(lambda: T + timedelta(seconds=wall), lambda: truth))
    due = T + timedelta(seconds=60)
    wall = 61.0
    for _ in range(10):
        now = T + timedelta(seconds=wall)
        assert not next_step(now, due, trusted=guard.trusted()).publish
        truth, wall = truth + 1, wall + 1


@pytest.mark.parametrize(
    ("late", "printed"),
    [
        (0.0, 0.0),
        (0.4, 0.0),
        (1.0, 0.0),
        (1.000001, 1.0),
        (1.9, 1.0),
        (3600.5, 3600.0),
    ],
)
def test_what_is_printed_is_t_or_the_commits_own_second(late: float, printed: float) -> None:
    found = published_at(T, T + timedelta(seconds=late))
    assert found == T + timedelta(seconds=printed)


@given(st.floats(0, 5000), st.integers(0, 999_999))
def test_what_is_printed_is_never_before_t_nor_after_the_commit(late: float, micro: int) -> None:
    at = T.replace(microsecond=micro)
    now = at + timedelta(seconds=late)
    assert at <= published_at(at, now) <= now
    assert now - published_at(at, now) <= LATE


def test_now_is_a_millisecond_that_has_passed() -> None:
    now = T.replace(microsecond=123_999)
    assert to_millisecond(now) == T.replace(microsecond=123_000)
