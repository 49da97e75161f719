"""The guard: publication is held while the wall clock cannot be trusted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.clock import MAX_DRIFT, SLEW, STEADY, Clock, ClockGuard, synchronised

START = datetime(2026, 5, 26, 12, tzinfo=UTC)


class Hands:
    """Two clocks that a test moves by hand, in seconds."""

    def __init__(self) -> None:
        self.wall, self.steady = 0.0, 100.0
        self.clock = Clock(lambda: START + timedelta(seconds=self.wall), lambda: self.steady)
        self.guard = ClockGuard(self.clock)

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


def test_time_that_passes_is_trusted() -> None:
    hands = Hands()
    for seconds in (0.0, 0.5, 3600.0, 86_400.0 * 30):
        hands.pass_(seconds)
        assert hands.guard.trusted()
    assert hands.guard.jump == 0.0


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 1.5, -1.5])
def test_a_jump_holds_until_ten_seconds_of_agreement(jump: float) -> None:
    hands = Hands()
    hands.wall += jump
    assert not hands.guard.trusted()
    assert hands.guard.jump == pytest.approx(jump)
    hands.pass_(STEADY - 0.01)
    assert not hands.guard.trusted()
    hands.pass_(0.01)
    assert hands.guard.trusted()
    assert hands.guard.jump == 0.0


def test_another_jump_begins_the_wait_anew_and_jumps_add_up() -> None:
    hands = Hands()
    hands.wall += 60
    assert not hands.guard.trusted()
    hands.pass_(9)
    hands.wall -= 20
    assert not hands.guard.trusted()
    assert hands.guard.jump == pytest.approx(40)
    hands.pass_(9)
    assert not hands.guard.trusted()
    hands.pass_(1)
    assert hands.guard.trusted()


def test_a_small_step_is_let_be() -> None:
    hands = Hands()
    hands.wall += MAX_DRIFT
    assert hands.guard.trusted()


def test_small_steps_that_add_up_are_a_jump() -> None:
    hands = Hands()
    seen = []
    for _ in range(4):
        hands.pass_(0.5)
        hands.wall += 0.4
        seen.append(hands.guard.trusted())
    assert seen == [True, True, False, False]


def test_a_slew_as_clocks_are_disciplined_is_no_jump() -> None:
    hands = Hands()
    for _ in range(10_000):
        hands.pass_(1.0)
        hands.wall += SLEW / 2
        assert hands.guard.trusted()


def test_somebody_may_accept_the_clock() -> None:
    hands = Hands()
    hands.wall += 3600
    assert not hands.guard.trusted()
    hands.guard.accept()
    assert hands.guard.trusted()
    assert hands.guard.jump == 0.0


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(-5, 5)), max_size=30))
def test_while_trusted_the_wall_clock_is_where_it_was_trusted(
    moves: list[tuple[float, float]],
) -> None:
    hands = Hands()
    offset, since = hands.wall - hands.steady, hands.steady
    for seconds, step in moves:
        hands.pass_(seconds)
        hands.wall += step
        now = hands.wall - hands.steady
        if not hands.guard.trusted():
            offset, since = now, hands.steady
        else:
            # Trusted: within a second of where it stood, but for slewing and one wait's agreement.
            allowed = MAX_DRIFT + SLEW * (hands.steady - since) + MAX_DRIFT
            assert abs(now - offset) <= allowed + 1e-6


def test_a_process_that_was_held_up_between_the_looks_sees_no_jump() -> None:
    hands = Hands()
    pauses = [5.0, 2.0]

    def now() -> datetime:
        seen = START + timedelta(seconds=hands.wall)
        if pauses:
            hands.pass_(pauses.pop())  # looked at the wall clock, and then was not run
        return seen

    guard = ClockGuard(Clock(now, lambda: hands.steady))
    pauses += [5.0, 2.0]
    assert guard.trusted()
    assert guard.jump == 0.0


def test_a_jump_is_counted_once_however_many_look() -> None:
    hands = Hands()
    hands.wall += 3600
    with ThreadPoolExecutor(8) as threads:
        assert not any(threads.map(lambda _: hands.guard.trusted(), range(400)))
    assert hands.guard.jump == pytest.approx(3600)


def test_the_machines_own_clocks() -> None:
    clock = Clock()
    before = clock.monotonic()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() >= before
    assert ClockGuard(clock).trusted()
    assert synchronised() in (True, False, None)
