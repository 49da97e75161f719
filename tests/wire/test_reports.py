"""What the wire says of itself, and to whom."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from dispaccio.access.actor import PUBLIC
from dispaccio.errors import ClockUntrusted, KeyNeeded, NoSuchRelease, NotAllowed
from dispaccio.release.state import Kind, State
from dispaccio.store import outbox
from dispaccio.testing import home as homes
from dispaccio.wire import deliveries, organisations, people, report, review, submit
from tests.wire.world import HOUR, SECOND, World, handed

NOWHERE = ["00000000-0000-4000-8000-000000000000", "T100000009", "x", "", "\x00", "9" * 400]


def settle(
    world: World,
    *states: str,
    after: timedelta = 30 * SECOND,
    answered: tuple[str, int | None] = ("answered", 503),
) -> None:
    """Send everything that can be sent; the claims end in these states, in turn.

    ``answered`` is the outcome and status of what was not delivered.
    """
    with world.wire.store.write(world.now) as tx:
        claims = outbox.claim(tx, most=9, lease=30 * SECOND, token=len(world.events()) + 1)
    for claim, state in zip(claims, states, strict=True):
        done = outbox.Settlement(
            claim=claim,
            state=state,
            due_at=world.now + after if state == "due" else None,
            outcome="delivered" if state == "delivered" else answered[0],
            status=204 if state == "delivered" else answered[1],
            detail="said",
            at=world.now,
            took_ms=20,
            sha256="ab" * 32,
        )
        with world.wire.store.write(world.now) as tx:
            outbox.settle(tx, [done])


def test_a_text_on_its_way_as_those_see_it_who_work_on_it(world: World) -> None:
    id = world.submit(contacts=[{"name": "Night", "visibility": "media_only"}]).id
    said = report.show(world.wire, world.anna, id)
    assert (said["id"], said["issuer"], said["channel"]) == (id, "aurora", "economia")
    assert said["open"]["state"] == "in_review"
    assert said["open"]["release"]["title"] == "Aurora opens a dairy"
    assert said["open"]["release"]["contacts"][0]["visibility"] == "media_only"
    assert {finding["check"] for finding in said["open"]["findings"]} >= {"new-issuer"}
    assert [event["what"] for event in said["history"]] == ["submitted"]


def test_every_read_of_unreleased_text_is_logged_and_shown(world: World) -> None:
    id = world.submit().id
    for actor in (world.anna, world.dora, world.olga):
        report.show(world.wire, actor, id)
    history = report.show(world.wire, world.anna, id)["history"]
    reads = [event["by"] for event in history if event["what"] == "read_unreleased"]
    assert reads == ["anna", "dora", "olga"]


def test_what_is_public_is_read_without_a_trace(world: World) -> None:
    number = world.published()
    before = world.events()
    said = report.show(world.wire, world.anna, number)
    assert (said["number"], said["status"], said["version"]) == (number, "usable", 1)
    assert "open" not in said
    assert world.events() == before


def test_who_may_not_gets_the_answer_for_nothing(world: World) -> None:
    organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [])
    people.add(world.wire, world.olga, "bea", None, ["author:bruma"])
    bea = homes.actor(world.wire, "bea")
    hidden, number = world.submit().id, world.published("Two")
    before = world.events()
    for actor in (PUBLIC, world.sam, bea):
        for ref in (hidden, number, *NOWHERE):
            with pytest.raises(NoSuchRelease):
                report.show(world.wire, actor, ref)
    for ref in (hidden, *NOWHERE):
        for actor in (world.sam, bea):
            with pytest.raises(NoSuchRelease):
                deliveries.report(world.wire, actor, ref)
    for ref in (hidden, number, *NOWHERE):
        with pytest.raises(KeyNeeded):
            deliveries.report(world.wire, PUBLIC, ref)
    with pytest.raises(NotAllowed):
        deliveries.report(world.wire, bea, number)
    assert world.events() == before


def test_the_queue_of_an_author_holds_nobody_elses_texts(world: World) -> None:
    organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [])
    for name, roles in {
        "bea": ["author:bruma"],
        "ada": ["approver:aurora"],
        "both": ["author:bruma", "approver:aurora"],
        "reader": ["vetted_reader:gazette"],
    }.items():
        people.add(world.wire, world.olga, name, None, roles)
    bea = homes.actor(world.wire, "bea")
    theirs = submit.submit(world.wire, bea, handed("Bruma's secret")).id
    ours, taken = (
        world.submit("Aurora's secret").id,
        world.take("Another wire's text\n\nIt says much.").id,
    )
    for name, ids in {
        "bea": {theirs},
        "anna": {ours},
        "ada": {ours},
        "both": {ours, theirs},
        "dora": {ours, theirs, taken},
        "olga": {ours, theirs, taken},
    }.items():
        found = report.queue(world.wire, homes.actor(world.wire, name))["submissions"]
        assert {item["id"] for item in found} == ids, name
    assert "Aurora's" not in json.dumps(report.queue(world.wire, bea))
    for name in ("sam", "reader"):
        with pytest.raises(NotAllowed, match="may not list the texts that are on their way"):
            report.queue(world.wire, homes.actor(world.wire, name))
    with pytest.raises(KeyNeeded):
        report.queue(world.wire, PUBLIC)


def test_the_queue_soonest_first(world: World) -> None:
    later, sooner = world.sealed("Later", after=2 * HOUR), world.sealed("Sooner", after=HOUR)
    waiting = world.submit("Waiting").id
    review.decide(world.wire, world.dora, world.submit("Gone").id, State.REJECTED)
    world.published("Public")
    found = report.queue(world.wire, world.dora)["submissions"]
    assert [item["id"] for item in found] == [sooner, later, waiting]
    assert [item["open"]["title"] for item in found] == ["Sooner", "Later", "Waiting"]
    assert not any("release" in item["open"] for item in found), "texts are read one by one"
    for actor, error in ((world.sam, NotAllowed), (PUBLIC, KeyNeeded)):
        with pytest.raises(error):
            report.queue(world.wire, actor)


def test_deliveries_with_receipts_and_times(world: World) -> None:
    homes.subscribe(world.wire, [f"http://127.0.0.1:9/{n}" for n in range(3)])
    number = world.published()
    world.wait(0.1 * SECOND)
    settle(world, "delivered", "due", "delivered")
    said = deliveries.report(world.wire, world.anna, number)
    [version] = said["versions"]
    assert version["states"] == {"delivered": 2, "due": 1}
    assert (version["first_ms"], version["last_ms"]) == (100.0, 120.0)
    assert said["receipts_mean"] == {"webhook": "the receiver's server took it"}
    assert version["sentence"] == (
        "Original at 09:00:00 UTC; 2 of 3 endpoints have it; 1 on their way; "
        "median 120 ms, slowest 120 ms."
    )
    assert version["curve"] == [(120.0, 1), (120.0, 2)]
    assert sorted(row["state"] for row in said["deliveries"]) == ["delivered", "delivered", "due"]
    assert {row["address"] for row in said["deliveries"]} == {"http://127.0.0.1/…"}
    whole = deliveries.report(world.wire, world.dora, number)["deliveries"]
    assert "http://127.0.0.1:9/1" in {row["address"] for row in whole}
    retry = next(row for row in said["deliveries"] if row["state"] == "due")
    assert (retry["status"], retry["attempts"]) == (503, 1)
    assert retry["next_try"] == "2026-11-23T09:00:30.100000Z"
    json.dumps(said)


def test_a_withdrawal_names_who_has_not_confirmed_it(world: World) -> None:
    homes.subscribe(world.wire, [f"http://127.0.0.1:9/{n}" for n in range(2)])
    number = world.published()
    settle(world, "delivered", "delivered")
    world.notice(number, Kind.WITHDRAWAL)
    settle(world, "delivered", "to_human")
    versions = deliveries.report(world.wire, world.dora, number)["versions"]
    recall = versions[-1]["recall"]
    assert recall["states"] == {"received": 1, "unreachable": 1}
    assert [item["address"] for item in recall["open"]] == ["http://127.0.0.1:9/1"]


class TestStatus:
    """One sentence and six panels."""

    def status(self, world: World) -> dict[str, Any]:
        return report.status(world.wire, world.dora)

    def test_all_well(self, world: World) -> None:
        said = self.status(world)
        assert said["well"]
        assert said["sentence"] == (
            "All well; no release is scheduled, 0 due within a day, 0 deliveries on their way."
        )
        assert set(said) == {
            "sentence",
            "well",
            "next_due",
            "due_within_a_day",
            "on_their_way",
            "clock",
            "outbox",
            "carriers",
            "intake",
            "log",
            "store",
        }
        json.dumps(said)

    def test_what_is_on_its_way(self, world: World) -> None:
        homes.subscribe(world.wire, ["http://127.0.0.1:9/a"])
        world.published("One")
        world.sealed("Two", after=HOUR)
        world.sealed("Three", after=48 * HOUR)
        said = self.status(world)
        assert said["sentence"] == (
            "All well; next release 2026-11-23 10:00:00 UTC, 1 due within a day, "
            "1 delivery on its way."
        )
        assert said["outbox"] == {"due": 1}
        assert said["intake"] == {"sealed": 2}
        assert said["carriers"] == {"endpoints": {"active": 1}}
        assert "One" not in json.dumps(said)

    def test_what_needs_a_person(self, world: World) -> None:
        homes.subscribe(world.wire, ["http://127.0.0.1:9/a"])
        number = world.published()
        settle(world, "delivered")
        world.notice(number, Kind.WITHDRAWAL)
        settle(world, "to_human")
        said = self.status(world)
        assert not said["well"]
        assert said["sentence"].startswith("1 subscriber has to be told of a withdrawal")

    def test_a_clock_that_jumped(self, world: World) -> None:
        world.sealed(after=HOUR)
        world.now += 2 * HOUR
        with pytest.raises(ClockUntrusted):
            world.publisher.publish_due()
        said = self.status(world)
        assert not said["well"]
        assert said["clock"]["jump"] == pytest.approx(7200)
        assert said["clock"]["overdue"] == 1

    def test_it_is_for_those_who_work_here(self, world: World) -> None:
        for actor in (world.anna, world.sam):
            with pytest.raises(NotAllowed):
                report.status(world.wire, actor)
        with pytest.raises(KeyNeeded):
            report.status(world.wire, PUBLIC)
