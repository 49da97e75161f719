from __future__ import annotations

import pytest

from dispaccio.delivery.breaker import IN_A_ROW, LEAST, REST, WINDOW, Breaker


def breaker(*ends: bool, every: float = 1.0) -> Breaker:
    made = Breaker()
    for number, good in enumerate(ends):
        made.note(good, number * every)
    return made


def test_failures_in_a_row_open_it() -> None:
    assert breaker(*[False] * (IN_A_ROW - 1)).may(9, 0)
    opened = breaker(*[False] * IN_A_ROW)
    assert not opened.may(IN_A_ROW, 0)
    assert not opened.may(IN_A_ROW - 1 + REST - 0.1, 0)


def test_half_open_lets_one_probe_through() -> None:
    half = breaker(*[False] * IN_A_ROW)
    then = IN_A_ROW - 1 + REST
    assert half.may(then, 0)
    assert not half.may(then, 1)


@pytest.mark.parametrize("good", [True, False])
def test_the_probe_decides(good: bool) -> None:
    probed = breaker(*[False] * IN_A_ROW)
    probed.note(good, 40.0)
    assert probed.may(41.0, 3) is good
    if good:
        assert breaker(*[False] * (IN_A_ROW - 1), True, False).may(9, 3)


def test_half_of_many_opens_it_and_half_of_few_does_not() -> None:
    few = [True, False] * (LEAST // 2 - 1)
    assert breaker(*few).may(99, 3)
    assert not breaker(*few, True, False).may(LEAST, 0)


def test_what_is_long_past_does_not_count() -> None:
    """Nine attempts, then one more after the window: ten in all, and yet few."""
    made = breaker(*[True, False] * 4, True)
    made.note(False, WINDOW + 60.0)
    assert made.may(WINDOW + 61.0, 3)


def test_many_good_ones_outweigh_some_failures() -> None:
    assert breaker(*[True] * 50, *[False] * (IN_A_ROW - 1)).may(99, 3)
