"""Lanes and gates: what may be claimed when, and that nothing overtakes, is lost or comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from dispaccio.store import endpoints, outbox, receipts, releases
from dispaccio.store.delivery_tables import delivery
from dispaccio.store.outbox import Claim, Class, Due
from dispaccio.store.releases import FIRST_ORDINAL
from tests.store.rows import LEASE, NOW, Rows

SECOND = timedelta(seconds=1)


def versions(claims: list[Claim]) -> list[int]:
    return [claim.version for claim in claims]


def states(rows: Rows, release: int) -> dict[tuple[int, str], str]:
    return {
        (row.version, row.endpoint): row.state for row in rows.read(receipts.of_release, release)
    }


def gates(rows: Rows) -> dict[int, int]:
    """The gate of each version's row."""
    with rows.store.read(rows.now) as tx:
        return {v: g for v, g in tx.run(select(delivery.c.version, delivery.c.gate))}  # noqa: C416


def test_of_two_couriers_one_gets_a_row(rows: Rows) -> None:
    first, second = rows.endpoint("first"), rows.endpoint("second")
    release = rows.release("r")
    rows.publish(release, 1)
    with rows.store.write(rows.now) as tx:

        def choose(due: Sequence[Due], most: int) -> Sequence[Due]:
            """Somebody else, who believes that the shard is theirs, was faster."""
            assert outbox.take(tx, [(release, 1, 0, first)], LEASE, 7) == 1
            return due[:most]

        claims = outbox.claim(tx, most=10, lease=LEASE, token=8, choose=choose)
    assert [claim.endpoint for claim in claims] == [second]


def test_a_revision_goes_to_who_is_subscribed(rows: Rows) -> None:
    press, sport = rows.channel("press"), rows.channel("sport")
    everything = rows.endpoint("everything")
    both = rows.endpoint("both", [press, sport])
    rows.endpoint("sport", [sport])
    release = rows.release("r")
    assert rows.publish(release, 1, channel=press) == 2
    assert {claim.endpoint for claim in rows.claim()} == {everything, both}


def test_a_release_without_a_channel_goes_to_who_takes_everything(rows: Rows) -> None:
    rows.endpoint("sport", [rows.channel("sport")])
    everything = rows.endpoint("everything")
    assert rows.publish(rows.release("r"), 1) == 1
    assert [claim.endpoint for claim in rows.claim()] == [everything]


def test_what_is_claimed_names_its_revision(rows: Rows) -> None:
    thin = rows.endpoint("thin")
    full = rows.endpoint("full", payload="full")
    none = rows.endpoint("none", payload="full", format="nitf")
    release = rows.release("the-id")
    rows.publish(release, 1)
    loads = {load.endpoint.key: load for load in rows.read(outbox.loads, rows.claim())}
    assert set(loads) == {thin, full, none}
    assert {load.release_id for load in loads.values()} == {"the-id"}
    assert {(load.kind, load.status, load.ordinal) for load in loads.values()} == {
        ("original", "usable", FIRST_ORDINAL)
    }


def test_a_claim_is_nobody_elses(rows: Rows) -> None:
    rows.endpoint("a")
    rows.publish(rows.release("r"), 1)
    [claim] = rows.claim()
    assert (claim.attempt, claim.class_) == (1, Class.ORIGINAL)
    assert rows.claim() == []
    assert rows.settle(claim) == 1
    assert rows.claim() == []


def test_an_endpoint_has_one_request_in_flight(rows: Rows) -> None:
    rows.endpoint("a")
    first, second = rows.release("r1"), rows.release("r2")
    rows.publish(first, 1)
    rows.publish(second, 1)
    [one] = rows.claim()
    assert rows.claim() == []
    rows.settle(one)
    [two] = rows.claim()
    assert {one.release, two.release} == {first, second}


def test_nothing_is_claimed_before_it_is_due(rows: Rows) -> None:
    rows.endpoint("a")
    rows.publish(rows.release("r"), 1)
    [claim] = rows.claim()
    rows.settle(claim, after=5 * SECOND)
    assert rows.read(outbox.next_due) == NOW + 5 * SECOND
    rows.now += 4.999 * SECOND
    assert rows.claim() == []
    rows.now += 0.001 * SECOND
    [again] = rows.claim()
    assert (again.attempt, again.class_) == (2, Class.RETRY)


@pytest.mark.parametrize("first", ["due", "leased", "retry", "expired"])
def test_a_correction_never_overtakes_the_original(rows: Rows, first: str) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    claims = rows.claim() if first != "due" else []
    if first == "retry":
        rows.settle(claims[0], after=60 * SECOND)
    rows.publish(release, 2, "correction")
    if first == "expired":
        rows.now += LEASE + SECOND
        assert rows.write(outbox.release_expired) == 1
    if first in ("due", "expired"):
        claims = rows.claim()
    if first == "retry":
        assert rows.claim() == []
        rows.now += 60 * SECOND
        claims = rows.claim()
    assert versions(claims) == [1]
    assert rows.claim() == []
    rows.settle(claims[0])
    assert versions(rows.claim()) == [2]


@pytest.mark.parametrize("end", ["delivered", "parked", "exhausted", "gone", "to_human"])
def test_a_correction_goes_when_the_original_is_settled(rows: Rows, end: str) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    [claim] = rows.claim()
    rows.publish(release, 2, "correction")
    rows.publish(release, 3, "correction")
    rows.settle(claim, end)
    assert rows.deliver() == [(release, 2, claim.endpoint), (release, 3, claim.endpoint)]


def test_lanes_do_not_wait_for_each_other(rows: Rows) -> None:
    slow, quick = rows.endpoint("slow"), rows.endpoint("quick")
    release = rows.release("r")
    rows.publish(release, 1)
    for claim in rows.claim():
        if claim.endpoint == quick:
            rows.settle(claim)
    rows.publish(release, 2, "correction")
    assert [(c.version, c.endpoint) for c in rows.claim()] == [(2, quick)]
    assert states(rows, release)[1, "slow"] == "leased"
    assert slow != quick


def test_a_late_settlement_changes_nothing(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    [late] = rows.claim()
    rows.now += LEASE + SECOND
    assert rows.write(outbox.release_expired) == 1
    [current] = rows.claim()
    assert rows.settle(late, "parked") == 0
    assert states(rows, release) == {(1, "a"): "leased"}
    assert rows.settle(current) == 1
    assert rows.settle(late, after=SECOND) == 0
    assert states(rows, release) == {(1, "a"): "delivered"}
    assert len(rows.read(receipts.taken, release, 1).times) == 1


def test_leases_end_and_a_start_gives_everything_back(rows: Rows) -> None:
    rows.endpoint("a")
    rows.publish(rows.release("r"), 1)
    rows.claim()
    rows.now += LEASE
    assert rows.read(outbox.next_due) == rows.now
    assert rows.write(outbox.release_expired) == 0
    assert rows.write(outbox.release_expired, everything=True) == 1
    assert versions(rows.claim()) == [1]


def test_urgent_classes_go_first(rows: Rows) -> None:
    channels = {name: rows.channel(name) for name in ("withdrawn", "corrected", "retried", "new")}
    release = {name: rows.release(name) for name in channels}
    for name, channel in channels.items():
        rows.endpoint(name, [channel])
        if name != "new":
            rows.publish(release[name], 1, channel=channel)
    for claim in rows.claim():
        rows.settle(claim, after=SECOND if claim.release == release["retried"] else None)
    rows.now += 2 * SECOND
    rows.publish(release["new"], 1, channel=channels["new"])
    rows.publish(release["corrected"], 2, "correction", channel=channels["corrected"])
    rows.publish(release["withdrawn"], 2, "withdrawal", status="canceled")
    assert [claim.class_ for claim in rows.claim()] == [*Class][: Class.REPLAY]


def test_few_claims_are_the_most_urgent_ones(rows: Rows) -> None:
    busy = rows.endpoint("busy")
    withdrawn = rows.release("withdrawn")
    rows.publish(withdrawn, 1)
    rows.deliver()
    for number in range(3):
        rows.publish(rows.release(f"r{number}"), 1)
    rows.endpoint("other")
    rows.publish(rows.release("last"), 1)
    rows.publish(withdrawn, 2, "withdrawal", status="canceled")
    [claim] = rows.claim(1)
    assert (claim.release, claim.endpoint, claim.class_) == (withdrawn, busy, Class.WITHDRAWAL)


def test_claims_are_as_many_as_asked_for(rows: Rows) -> None:
    for number in range(10):
        rows.endpoint(f"e{number}")
    rows.publish(rows.release("r"), 1)
    assert [len(rows.claim(3)) for _ in range(5)] == [3, 3, 3, 1, 0]


def test_a_withdrawal_reaches_who_may_have_got_anything_and_nobody_else(rows: Rows) -> None:
    for name in ("delivered", "retrying", "flying", "parked", "waiting"):
        rows.endpoint(name)
    release = rows.release("r")
    rows.publish(release, 1)
    rows.endpoint("later")
    claims = {c.endpoint: c for c in rows.claim(4)}
    keys = dict(zip(("delivered", "retrying", "flying", "parked"), claims, strict=True))
    rows.settle(claims[keys["delivered"]])
    rows.settle(claims[keys["retrying"]], after=60 * SECOND)
    rows.settle(claims[keys["parked"]], "parked")
    assert rows.publish(release, 2, "withdrawal", status="canceled") == 4
    told = {claim.endpoint for claim in rows.claim()}
    assert told == {keys["delivered"], keys["retrying"], keys["parked"]}
    rows.settle(claims[keys["flying"]], after=SECOND)  # the answer was lost: it may have come
    assert [(c.version, c.endpoint) for c in rows.claim()] == [(2, keys["flying"])]
    left = states(rows, release)
    assert sorted(state for (version, _), state in left.items() if version == 1) == [
        "delivered",
        "parked",
        "superseded",
        "superseded",
        "superseded",
    ]
    assert not any(endpoint == "later" for _, endpoint in left)
    rows.now += 3600 * SECOND
    assert [c for c in rows.claim() if c.version == 1] == []


def test_a_withdrawal_waits_only_for_what_is_in_flight(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    [flying] = rows.claim()
    rows.publish(release, 2, "correction")
    rows.publish(release, 3, "withdrawal", status="canceled")
    assert rows.claim() == []
    assert gates(rows) == {1: 0, 2: 1, 3: 1}
    rows.settle(flying)
    assert gates(rows)[3] == 0
    assert versions(rows.claim()) == [3]
    assert states(rows, release)[2, "a"] == "superseded"


def test_a_withdrawal_goes_when_the_lease_in_flight_ends(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    rows.claim()
    rows.publish(release, 2, "withdrawal", status="canceled")
    rows.now += LEASE + SECOND
    rows.write(outbox.release_expired)
    assert versions(rows.claim()) == [2]
    assert states(rows, release)[1, "a"] == "superseded"


def test_what_is_given_back_goes_at_once_and_was_no_attempt(rows: Rows) -> None:
    rows.endpoint("a")
    rows.publish(rows.release("r"), 1)
    rows.write(outbox.give_back, rows.claim())
    [again] = rows.claim()
    assert again.attempt == 1


def test_a_withdrawal_goes_when_what_it_waited_for_is_given_back(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    claims = rows.claim()
    rows.publish(release, 2, "withdrawal", status="canceled")
    assert rows.claim() == []
    rows.write(outbox.give_back, claims)
    assert versions(rows.claim()) == [2]
    assert states(rows, release)[1, "a"] == "superseded"


def test_a_withdrawal_stays_first_when_it_is_tried_again(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    rows.deliver()
    rows.publish(release, 2, "withdrawal", status="canceled")
    [claim] = rows.claim()
    rows.settle(claim, after=SECOND)
    rows.now += SECOND
    assert [claim.class_ for claim in rows.claim()] == [Class.WITHDRAWAL]


def test_nobody_is_told_of_the_withdrawal_of_what_they_never_got(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    assert rows.publish(release, 2, "withdrawal", status="canceled") == 0
    rows.endpoint("b")
    assert rows.deliver() == []


@pytest.mark.parametrize("off", ["disabled", "gone"])
def test_a_withdrawal_for_an_endpoint_that_is_off_goes_to_a_human(rows: Rows, off: str) -> None:
    endpoint = rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    rows.deliver()
    rows.write(endpoints.set_state, endpoint, off, "why")
    rows.publish(release, 2, "withdrawal", status="canceled")
    assert states(rows, release)[2, "a"] == "to_human"
    assert rows.read(receipts.count_by_state) == {"to_human": 1}
    assert rows.claim() == []


def test_a_withheld_text_is_not_sent_and_the_notice_is(rows: Rows) -> None:
    rows.endpoint("got")
    rows.endpoint("retrying")
    release = rows.release("r")
    rows.publish(release, 1)
    got, retrying = rows.claim()
    rows.settle(got)
    rows.settle(retrying, after=SECOND)
    rows.publish(release, 2, "withhold", status="withheld")
    rows.now += 60 * SECOND
    assert {claim.version for claim in rows.claim()} == {2}
    assert "superseded" in states(rows, release).values()


def test_a_withheld_text_in_flight_is_not_tried_again(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    [flying] = rows.claim()
    rows.publish(release, 2, "withhold", status="withheld")
    rows.settle(flying, after=SECOND)
    rows.now += SECOND
    assert versions(rows.claim()) == [2]


def test_the_notice_that_a_text_is_withheld_is_tried_again(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    rows.deliver()
    rows.publish(release, 2, "withhold", status="withheld")
    [notice] = rows.claim()
    rows.write(releases.change, release, version=3)  # a correction, which is not sent yet
    rows.settle(notice, after=SECOND)
    rows.now += SECOND
    assert versions(rows.claim()) == [2]


def test_a_text_that_is_usable_again_is_not_sent_when_it_is_withheld_anew(rows: Rows) -> None:
    rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    rows.deliver()
    rows.publish(release, 2, "withhold", status="withheld")
    rows.deliver()
    rows.publish(release, 3, "usable_again")
    [flying] = rows.claim()
    rows.publish(release, 4, "withhold", status="withheld")
    rows.settle(flying, after=SECOND)
    rows.now += SECOND
    assert versions(rows.claim()) == [4]


def test_what_is_published_while_an_endpoint_is_off_waits_for_it(rows: Rows) -> None:
    endpoint = rows.endpoint("a")
    first, second = rows.release("r1"), rows.release("r2")
    rows.publish(first, 1)
    rows.write(endpoints.set_state, endpoint, "disabled", "holiday")
    rows.write(outbox.hold, endpoint)
    rows.publish(first, 2, "correction")
    rows.publish(second, 1)
    rows.now += 3600 * SECOND
    assert rows.claim() == []
    assert rows.read(outbox.next_due) is None
    rows.write(endpoints.set_state, endpoint, "active", None)
    rows.write(outbox.resume, endpoint)
    sent = rows.deliver()
    assert sorted(sent) == [(first, 1, endpoint), (first, 2, endpoint), (second, 1, endpoint)]
    assert [version for release, version, _ in sent if release == first] == [1, 2]


def test_a_retry_of_an_endpoint_that_was_switched_off_waits_as_well(rows: Rows) -> None:
    endpoint = rows.endpoint("a")
    release = rows.release("r")
    rows.publish(release, 1)
    [flying] = rows.claim()
    rows.write(endpoints.set_state, endpoint, "disabled", "holiday")
    rows.write(outbox.hold, endpoint)
    rows.settle(flying, after=SECOND)
    rows.publish(release, 2, "correction")
    rows.now += 2 * SECOND
    assert rows.claim() == []
    rows.write(endpoints.set_state, endpoint, "active", None)
    rows.write(outbox.resume, endpoint)
    assert [version for _, version, _ in rows.deliver()] == [1, 2]


def test_nothing_waits_for_an_endpoint_that_is_gone(rows: Rows) -> None:
    endpoint = rows.endpoint("a")
    withdrawn, other = rows.release("withdrawn"), rows.release("other")
    rows.publish(withdrawn, 1)
    rows.deliver()
    rows.publish(withdrawn, 2, "withdrawal", status="canceled")
    rows.publish(other, 1)
    rows.write(endpoints.set_state, endpoint, "gone", "410")
    rows.write(outbox.end, endpoint)
    assert rows.read(receipts.count_by_state) == {"to_human": 1, "gone": 1}
    assert rows.publish(other, 2, "correction") == 0
    assert rows.claim() == []


def test_a_later_revision_goes_to_who_left_the_channel_meanwhile(rows: Rows) -> None:
    press = rows.channel("press")
    endpoint = rows.endpoint("a", [press])
    release = rows.release("r")
    rows.publish(release, 1, channel=press)
    rows.deliver()
    assert rows.publish(release, 2, "correction", channel=rows.channel("other")) == 1
    assert rows.deliver() == [(release, 2, endpoint)]


def test_reports(rows: Rows) -> None:
    rows.endpoint("a")
    rows.endpoint("b")
    release = rows.release("r")
    rows.publish(release, 1)
    first, second = rows.claim()
    rows.settle(first)
    rows.settle(second, after=5 * SECOND)
    found = rows.read(receipts.of_release, release)
    assert [(row.endpoint, row.state, row.attempt) for row in found] == [
        ("a", "delivered", 1),
        ("b", "due", 1),
    ]
    assert found[0].settled == NOW + timedelta(milliseconds=20)
    assert (found[1].due_at, found[1].settled) == (NOW + 5 * SECOND, None)
    assert (found[1].outcome, found[1].status) == ("answered", 503)
    assert (found[0].subscriber, found[0].address) == ("gazette", "https://a.example/in")
    assert rows.read(receipts.taken, release, 1).times == [(NOW, 20)]
    assert rows.read(receipts.count, release, 1) == 2
    assert rows.read(receipts.count_by_state) == {"due": 1}


def test_settling_nothing_is_nothing(rows: Rows) -> None:
    assert rows.write(outbox.settle, []) == 0
    assert rows.write(outbox.release_expired) == 0
    assert rows.read(outbox.next_due) is None
