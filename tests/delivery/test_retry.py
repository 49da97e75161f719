from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.delivery.retry import JITTER, STEPS, Decision, Outcome, Result, settle

NOW = datetime(2026, 5, 26, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TABLE = "5 s, 15 s, 1 min, 5 min, 15 min, 1 h, 3 h, 6 h, 12 h, 24 h"

attempts = st.integers(1, 20)
seeds = st.integers(0, 2**32)
outcomes = st.builds(
    Outcome,
    kind=st.just(Result.ANSWERED),
    detail=st.just("x"),
    took_ms=st.just(1),
    status=st.integers(200, 599).filter(lambda status: not 200 <= status < 300),
    retry_after=st.none() | st.text(max_size=30) | st.integers(-5, 10**12).map(str),
) | st.builds(
    Outcome,
    kind=st.sampled_from([Result.NETWORK, Result.REFUSED]),
    detail=st.just("x"),
    took_ms=st.just(1),
)


def answered(status: int, retry_after: str | None = None) -> Outcome:
    kind = Result.DELIVERED if 200 <= status < 300 else Result.ANSWERED
    return Outcome(kind, "said so", 12, status, retry_after)


NOTHING = Outcome(Result.NETWORK, "no answer", 15_000)
REFUSED = Outcome(Result.REFUSED, "not public", 0)


def after(outcome: Outcome, attempt: int = 1, *, withdrawal: bool = False) -> Decision:
    return settle(outcome, attempt, NOW, Random(7), withdrawal=withdrawal)


def test_the_steps() -> None:
    units = {"s": 1, "min": 60, "h": 3600}
    pairs = [step.split() for step in TABLE.split(", ")]
    assert [timedelta(seconds=int(n) * units[unit]) for n, unit in pairs] == list(STEPS)


@pytest.mark.parametrize(
    "outcome", [answered(status) for status in (408, 425, 429, 500, 503, 599)] + [NOTHING]
)
def test_what_may_pass_is_tried_along_the_whole_table(outcome: Outcome) -> None:
    assert [after(outcome, n).state for n in range(1, 13)] == ["due"] * 10 + ["exhausted"] * 2
    assert after(outcome, 10, withdrawal=True).state == "due"
    assert after(outcome, 11, withdrawal=True).state == "to_human"


@pytest.mark.parametrize(
    "outcome", [answered(status) for status in (301, 302, 307, 400, 401, 404, 413, 451)] + [REFUSED]
)
def test_what_will_not_pass_is_tried_three_times(outcome: Outcome) -> None:
    assert [after(outcome, n).state for n in range(1, 6)] == ["due"] * 3 + ["parked"] * 2
    assert after(outcome, 4, withdrawal=True).state == "to_human"


def test_taken_is_delivered() -> None:
    for status in (200, 201, 202, 204, 299):
        for attempt in (1, 11, 40):
            decision = after(answered(status), attempt, withdrawal=attempt > 1)
            assert (decision.state, decision.due_at, decision.unsubscribe) == (
                "delivered",
                None,
                False,
            )


def test_gone_unsubscribes_but_a_withdrawal_still_needs_somebody() -> None:
    decision = after(answered(410))
    assert (decision.state, decision.unsubscribe) == ("gone", True)
    decision = after(answered(410), withdrawal=True)
    assert (decision.state, decision.unsubscribe) == ("to_human", True)
    assert "withdrawn" in decision.reason


@given(outcomes, attempts, seeds, st.booleans())
def test_bounds_hold_whatever_the_receiver_says(
    outcome: Outcome, attempt: int, seed: int, withdrawal: bool
) -> None:
    decision = settle(outcome, attempt, NOW, Random(seed), withdrawal=withdrawal)
    assert decision.reason
    assert (decision.state == "due") is (decision.due_at is not None)
    assert decision.state != "delivered"
    if withdrawal:
        assert decision.state in {"due", "to_human"}, "never given up"
    if decision.due_at is not None:
        step = STEPS[attempt - 1]
        assert step * (1 - JITTER) <= decision.due_at - NOW
        assert decision.due_at - NOW <= max(2 * step, HOUR)
    assert decision == settle(outcome, attempt, NOW, Random(seed), withdrawal=withdrawal)


@given(st.integers(1, 10), st.lists(seeds, min_size=40, max_size=40, unique=True))
def test_the_jitter_spreads_retries(attempt: int, some: list[int]) -> None:
    step = STEPS[attempt - 1]
    waits = [settle(NOTHING, attempt, NOW, Random(seed)).due_at for seed in some]
    assert all(wait and step * 0.8 <= wait - NOW <= step * 1.2 for wait in waits)
    assert len(set(waits)) > 20


def wait_for(retry_after: str, attempt: int = 1) -> timedelta:
    due_at = after(answered(429, retry_after), attempt).due_at
    assert due_at is not None
    return due_at - NOW


@pytest.mark.parametrize("seconds", [30, 600, 3600])
def test_a_receiver_may_ask_for_more_time(seconds: int) -> None:
    asked = timedelta(seconds=seconds)
    until = NOW + asked
    assert wait_for(str(seconds)) == asked
    assert wait_for(f" {seconds} ") == asked
    assert wait_for(format_datetime(until, usegmt=True)) == asked
    assert wait_for(format_datetime(until.astimezone(UTC))) == asked
    assert wait_for(until.strftime("%A, %d-%b-%y %H:%M:%S GMT")) == asked
    assert wait_for(until.strftime("%a %b %d %H:%M:%S %Y")) == asked


def test_but_not_for_more_than_an_hour_or_twice_the_step() -> None:
    assert wait_for("86400") == HOUR
    assert wait_for("999999999", attempt=8) == 2 * STEPS[7]
    assert wait_for("Fri, 31 Dec 9999 23:59:59 GMT") == HOUR


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "0",
        "-60",
        "1.5",
        "1e3",
        "soon",
        "１２",
        "60, 60",
        "60\x1f",
        "9" * 5000,
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 99 Foo 2026 99:99:99 GMT",
        "Tue, 26 May 2026 10:00:00 +9999999",
        "1 Jan 99999999999999",
    ],
)
def test_odd_wishes_are_not_heard(odd: str) -> None:
    assert wait_for(odd) <= STEPS[0] * 1.2


@given(st.text(max_size=60))
def test_any_wish_is_survived(wish: str) -> None:
    assert STEPS[0] * 0.8 <= wait_for(wish) <= HOUR
