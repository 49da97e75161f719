"""Much that waits for one endpoint keeps nothing from the others."""

from __future__ import annotations

from datetime import timedelta

from dispaccio.store import outbox
from tests.store.rows import NOW, Rows

MINUTE = timedelta(minutes=1)


def test_what_waits_for_a_busy_endpoint_hides_nothing_behind_it(rows: Rows) -> None:
    press = rows.channel("press")
    busy = rows.endpoint("busy", [press])
    for number in range(20):
        rows.publish(rows.release(f"r{number}"), 1, channel=press)
    assert [claim.endpoint for claim in rows.claim(most=1)] == [busy]
    rows.now += MINUTE
    sport, arts = rows.channel("sport"), rows.channel("arts")
    late, other = rows.endpoint("late", [sport]), rows.endpoint("other", [arts])
    for name, channel in (("s", sport), ("a", arts)):
        rows.publish(rows.release(name), 1, channel=channel)
    assert {claim.endpoint for claim in rows.claim(most=2)} == {late, other}
    assert rows.claim(most=2) == []


def test_behind_a_busy_endpoint_only_what_is_due_is_taken(rows: Rows) -> None:
    press, sport = rows.channel("press"), rows.channel("sport")
    rows.endpoint("busy", [press])
    rows.endpoint("off", [sport], state="disabled")
    later = rows.endpoint("later", [sport])
    for number in range(20):
        rows.publish(rows.release(f"r{number}"), 1, channel=press)
    rows.claim(most=1)
    rows.now += 2 * MINUTE
    rows.publish(rows.release("s"), 1, channel=sport)
    rows.now -= MINUTE
    assert rows.claim(most=1) == []
    rows.now += 2 * MINUTE
    assert [claim.endpoint for claim in rows.claim(most=1)] == [later]


def test_what_is_due_next_is_the_first_of_any_class(rows: Rows) -> None:
    press = rows.channel("press")
    rows.endpoint("a", [press])
    assert rows.read(outbox.next_due) is None
    rows.now = NOW + MINUTE
    rows.publish(rows.release("r1"), 1, channel=press, kind="correction")
    rows.now = NOW
    rows.publish(rows.release("r2"), 1, channel=press)
    due = rows.read(outbox.next_due)
    assert due is not None
    assert NOW - timedelta(milliseconds=9) < due <= NOW
