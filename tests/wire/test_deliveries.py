"""Receipts, recall, acknowledgements, links to the report, and sending again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from dispaccio.access.actor import PUBLIC
from dispaccio.errors import (
    KeyNeeded,
    NoSuchPage,
    NoSuchRelease,
    NotAllowed,
    NotPublished,
    TimeOutOfRange,
    UnknownDelivery,
    UnknownEndpoint,
)
from dispaccio.release.state import Kind
from dispaccio.store import outbox
from dispaccio.store.delivery_tables import attempt
from dispaccio.store.outbox import Claim, Class
from dispaccio.testing import home as homes
from dispaccio.wire import (
    deliveries,
    endpoints,
    links,
    organisations,
    people,
    recent,
    replay,
    report,
)
from dispaccio.wire.endpoints import Wanted
from dispaccio.wire.private import Private
from tests.wire.test_reports import settle
from tests.wire.world import HOUR, SECOND, World


def subscribed(world: World, count: int = 2) -> list[str]:
    """The ids of endpoints that get everything."""
    added = homes.subscribe(world.wire, [f"http://127.0.0.1:9/{n}" for n in range(count)])
    return [item.id for item in added]


def recall(world: World, number: str) -> dict[str, int]:
    versions = deliveries.report(world.wire, world.dora, number)["versions"]
    return dict(versions[-1]["recall"]["states"])


def test_everyone_who_may_hold_it_is_named(world: World) -> None:
    ids = subscribed(world, 4)
    number = world.published()
    settle(world, "delivered", "delivered", "delivered", "parked")
    endpoints.remove(world.wire, world.olga, ids[0])
    world.notice(number, Kind.WITHDRAWAL)
    assert recall(world, number) == {"unreachable": 1, "pending": 3}
    settle(world, "delivered", "due", "to_human")
    assert recall(world, number) == {"unreachable": 2, "received": 1, "pending": 1}
    said = deliveries.report(world.wire, world.dora, number)["versions"][-1]["recall"]
    assert [item["state"] for item in said["open"]] == ["unreachable", "pending", "unreachable"]
    assert said["holders"] == 4
    assert said["unknown"].startswith("whoever read it in a feed")


def test_nobody_who_was_sent_nothing_is_recalled(world: World) -> None:
    subscribed(world, 2)
    number = world.published()
    world.notice(number, Kind.WITHDRAWAL)
    said = deliveries.report(world.wire, world.dora, number)["versions"][-1]
    assert said["recall"]["holders"] == 0
    assert said["sentence"].endswith("nobody was to get it.")


@pytest.mark.parametrize(
    ("outcome", "status", "may_hold"),
    [
        ("answered", 503, True),
        ("answered", 500, True),
        ("network", None, True),
        ("unsent", None, False),
        ("refused", None, False),
        ("bounced", None, False),
        ("answered", 400, False),
        ("answered", 410, False),
        ("answered", 307, False),
    ],
)
@pytest.mark.parametrize("kind", [Kind.WITHDRAWAL, Kind.CORRECTION])
def test_an_attempt_that_certainly_failed_makes_no_holder(
    world: World, kind: Kind, outcome: str, status: int | None, *, may_hold: bool
) -> None:
    """What the receiver may have kept is recalled; what it cannot have is not."""
    subscribed(world, 1)
    number = world.published()
    for _ in range(2):
        settle(world, "due", answered=(outcome, status))
        world.wait(HOUR)
    if kind is Kind.WITHDRAWAL:
        world.notice(number, kind)
    else:
        world.correct(number, "Aurora opens two dairies")
    said = deliveries.report(world.wire, world.dora, number)
    assert said["versions"][-1]["recall"]["holders"] == int(may_hold)
    if kind is Kind.WITHDRAWAL:
        assert said["versions"][-1]["deliveries"] == int(may_hold)


def test_an_attempt_without_an_end_may_have_been_taken(world: World) -> None:
    """The courier was killed in the middle: there is no receipt, and no failure either."""
    subscribed(world, 1)
    number = world.published()
    settle(world, "due", answered=("unsent", None))
    world.wait(HOUR)
    with world.wire.store.write(world.now) as tx:
        assert outbox.claim(tx, most=9, lease=30 * SECOND, token=7)
    world.notice(number, Kind.WITHDRAWAL)
    assert recall(world, number) == {"pending": 1}


def test_who_came_after_the_original_holds_nothing_before(world: World) -> None:
    number = world.published()
    subscribed(world, 1)
    world.correct(number, "Aurora opens two dairies")
    versions = deliveries.report(world.wire, world.dora, number)["versions"]
    assert (versions[-1]["deliveries"], versions[-1]["recall"]["holders"]) == (1, 0)


def test_a_receiver_says_what_it_did(world: World) -> None:
    first, second = subscribed(world, 2)
    number = world.published()
    settle(world, "delivered", "delivered")
    world.notice(number, Kind.WITHDRAWAL)
    settle(world, "delivered", "delivered")
    ref = f"{world.row(number).id}.v2"
    said = deliveries.acknowledge(
        world.wire, world.sam, ref, applied=True, removed_at=world.now, endpoint=first
    )
    assert said["endpoints"] == [first]
    assert recall(world, number) == {"acknowledged": 1, "received": 1}
    deliveries.acknowledge(world.wire, world.sam, ref, applied=False, endpoint=second)
    assert recall(world, number) == {"acknowledged": 1, "received": 1}
    deliveries.acknowledge(world.wire, world.sam, ref, applied=True)
    assert recall(world, number) == {"acknowledged": 2}
    rows = deliveries.report(world.wire, world.dora, number)["deliveries"]
    assert [row.get("applied") for row in rows] == [None, None, True, True]


def test_nobody_acknowledges_what_they_were_not_sent(world: World) -> None:
    subscribed(world, 1)
    number = world.published()
    ref = f"{world.row(number).id}.v1"
    wrong = [ref, ref[:-1] + "9", "x", "", ref.replace(".v1", ".v0"), ref.replace(".v1", ".vx")]
    for said in wrong:
        with pytest.raises(UnknownDelivery):
            deliveries.acknowledge(world.wire, world.sam, said, applied=True)
    settle(world, "delivered")
    for actor, error in ((world.dora, UnknownDelivery), (PUBLIC, KeyNeeded)):
        with pytest.raises(error):
            deliveries.acknowledge(world.wire, actor, ref, applied=True)
    assert deliveries.acknowledge(world.wire, world.sam, ref, applied=True)["applied"]


def test_nothing_was_removed_at_an_impossible_time(world: World) -> None:
    subscribed(world, 1)
    number = world.published()
    settle(world, "delivered")
    world.wait(HOUR)
    world.notice(number, Kind.WITHDRAWAL)
    settle(world, "delivered")
    ref = f"{world.row(number).id}.v2"
    year_one = datetime(1, 1, 1, tzinfo=UTC)
    for wrong in (year_one, world.now - 2 * HOUR, world.now + HOUR, year_one.replace(year=9999)):
        with pytest.raises(TimeOutOfRange, match="after 2026-11-23T09:00:00Z, when it became"):
            deliveries.acknowledge(world.wire, world.sam, ref, applied=True, removed_at=wrong)
    assert "acknowledged" not in world.events()
    assert "acknowledged" not in recall(world, number)
    for fine in (world.now - HOUR, world.now + SECOND):
        deliveries.acknowledge(world.wire, world.sam, ref, applied=True, removed_at=fine)


def test_an_endpoint_counts_once_whatever_was_sent_there_again(world: World) -> None:
    subscribed(world, 2)
    number = world.published()
    settle(world, "delivered", "parked")
    world.wait(HOUR)
    rows = deliveries.report(world.wire, world.dora, number)["deliveries"]
    [has_it] = [row["endpoint"] for row in rows if row["state"] == "delivered"]
    assert replay.replay(world.wire, world.sam, has_it)["deliveries"] == 1
    said = deliveries.report(world.wire, world.dora, number)["versions"][0]
    assert (said["deliveries"], said["states"]) == (2, {"delivered": 1, "parked": 1})
    settle(world, "delivered")
    said = deliveries.report(world.wire, world.dora, number)["versions"][0]
    assert (said["states"], said["last_ms"]) == ({"delivered": 1, "parked": 1}, 20.0)
    assert "slowest 20 ms" in said["sentence"]
    [line] = recent.latest(world.wire, world.dora)
    assert (line["number"], line["states"]) == (number, said["states"])
    for actor, error in ((world.sam, NotAllowed), (PUBLIC, KeyNeeded)):
        with pytest.raises(error):
            recent.latest(world.wire, actor)


def test_who_fetches_is_not_timed(world: World) -> None:
    subscribed(world, 1)
    for carrier, address, settings in (
        ("pull", "-", {}),
        ("mail", "rita@gazette.example", {"digest": "07:00"}),
    ):
        wanted = Wanted(settings=settings)
        endpoints.add(world.wire, world.olga, "gazette", address, wanted, carrier=carrier)
    number = world.published()
    settle(world, "delivered")
    world.wait(HOUR)
    release = world.row(number).key
    with world.wire.store.write(world.now) as tx:
        for key in (2, 3):
            claim = Claim(release, 1, 0, key, 1, Class.ORIGINAL, 7)
            tx.run(insert(attempt), fetched(claim, world))
    [version] = deliveries.report(world.wire, world.dora, number)["versions"]
    assert version["untimed"] == 2
    assert (version["p99_ms"], version["last_ms"], version["skew_ms"]) == (20.0, 20.0, 0.0)
    assert "not timed, since they fetch or gather: 2." in version["sentence"]


def fetched(claim: Claim, world: World) -> dict[str, object]:
    """A receipt as somebody's own coming leaves it."""
    said = {"release": claim.release, "version": 1, "run": 0, "endpoint": claim.endpoint}
    return said | {
        "number": 1,
        "at": world.now,
        "took_ms": 0,
        "outcome": "delivered",
        "sha256": "ab" * 32,
    }


def test_what_is_not_public_yet_says_so(world: World) -> None:
    id = world.sealed()
    with pytest.raises(NotPublished, match=f"{id} is not published, so it was sent to nobody"):
        deliveries.report(world.wire, world.dora, id)
    for actor in (world.sam, world.dora):
        with pytest.raises(NoSuchRelease):
            deliveries.report(world.wire, actor, "00000000-0000-4000-8000-000000000000")


def test_a_person_tells_who_could_not_be_reached(world: World) -> None:
    [id] = subscribed(world, 1)
    number = world.published()
    settle(world, "delivered")
    world.notice(number, Kind.WITHDRAWAL)
    settle(world, "to_human")
    [waiting] = deliveries.for_persons(world.wire, world.dora)
    assert (waiting["number"], waiting["endpoint"], waiting["last_answer"]) == (number, id, "said")
    assert not report.status(world.wire, world.dora)["well"]
    with pytest.raises(UnknownDelivery, match="recall list"):
        deliveries.told(world.wire, world.dora, number, "nobody", "by telephone")
    deliveries.told(world.wire, world.dora, number, id, "by telephone")
    assert deliveries.for_persons(world.wire, world.dora) == []
    assert recall(world, number) == {"acknowledged": 1}
    assert report.status(world.wire, world.dora)["well"]
    with pytest.raises(NotAllowed, match="sam may not tell subscribers of withdrawals; that is up"):
        deliveries.for_persons(world.wire, world.sam)
    for actor, error in ((world.sam, NotAllowed), (PUBLIC, KeyNeeded)):
        with pytest.raises(error):
            deliveries.for_persons(world.wire, actor)
        with pytest.raises(error):
            deliveries.told(world.wire, actor, number, id, "by telephone")


class TestReplay:
    """Sending again."""

    def states(self, world: World, number: str) -> list[tuple[int, int, str]]:
        rows = deliveries.report(world.wire, world.olga, number)["deliveries"]
        return [(row["version"], row.get("run", 0), row["state"]) for row in rows]

    def test_a_range_goes_once_more_as_it_stands(self, world: World) -> None:
        numbers = [world.published(f"Plant {n}") for n in range(3)]
        world.correct(numbers[1], "Plant 1, corrected")
        [id] = subscribed(world, 1)
        said = replay.replay(world.wire, world.sam, id, first=numbers[1])
        assert said == {"endpoint": id, "looked_at": 2, "deliveries": 2}
        assert self.states(world, numbers[0]) == []
        assert self.states(world, numbers[1]) == [(2, 0, "due")]
        assert replay.replay(world.wire, world.sam, id, first=numbers[1])["deliveries"] == 0
        settle(world, "delivered")
        settle(world, "delivered")
        assert replay.replay(world.wire, world.sam, id, last=numbers[1])["deliveries"] == 2
        assert self.states(world, numbers[1]) == [(2, 0, "delivered"), (2, 1, "due")]

    def test_what_is_taken_back_does_not_go(self, world: World) -> None:
        held, gone, here = (world.published(f"Plant {n}") for n in range(3))
        world.notice(held, Kind.WITHHOLD)
        world.notice(gone, Kind.WITHDRAWAL)
        [id] = subscribed(world, 1)
        assert replay.replay(world.wire, world.sam, id)["deliveries"] == 1
        assert self.states(world, here) == [(1, 0, "due")]
        world.notice(here, Kind.WITHDRAWAL)
        assert self.states(world, here) == [(1, 0, "superseded")]

    def test_the_subscription_counts(self, world: World) -> None:
        number = world.published("A comet")
        said = endpoints.add(
            world.wire,
            world.sam,
            "gazette",
            "https://cms.example/in",
            Wanted(filter={"words": "meteor"}),
        )
        id = said["endpoint"]
        assert replay.replay(world.wire, world.sam, id)["deliveries"] == 0
        endpoints.change(world.wire, world.sam, id, Wanted(filter={"words": "comet"}))
        later = world.now + HOUR
        assert replay.replay(world.wire, world.sam, id, since=later)["deliveries"] == 0
        assert replay.replay(world.wire, world.sam, id, since=world.now - HOUR)["deliveries"] == 1
        assert self.states(world, number) == [(1, 0, "due")]

    def test_only_to_ones_own(self, world: World) -> None:
        [id] = subscribed(world, 1)
        organisations.add_subscriber(world.wire, world.olga, "corriere", None)
        people.add(world.wire, world.olga, "tess", None, ["subscriber:corriere"])
        with pytest.raises(UnknownEndpoint):
            replay.replay(world.wire, homes.actor(world.wire, "tess"), id)
        with pytest.raises(NoSuchRelease):
            replay.replay(world.wire, world.sam, id, first="12")


class TestLinks:
    """Links to the report, for a browser."""

    def test_whoever_holds_it_sees_it_for_a_while(self, world: World) -> None:
        subscribed(world, 1)
        number = world.published()
        path = f"/r/{number}/report"
        made = links.make(world.wire, world.dora, path)
        token = made["url"].partition("?key=")[2]
        private = Private(world.wire, world.public)
        found = private.report(number, path, token)
        assert found is not None
        assert found.said["versions"][0]["deliveries"] == 1
        other = world.published("Another")
        for wrong in ("", "x", token[:-2], token + "AAAA", "é"):
            assert private.report(number, path, wrong) is None
        assert private.report(other, f"/r/{other}/report", token) is None
        world.now += links.LASTS - SECOND
        assert private.report(number, path, token) is not None
        world.now += SECOND
        assert private.report(number, path, token) is None

    def test_a_link_speaks_for_whoever_made_it(self, world: World) -> None:
        number = world.published()
        path = f"/r/{number}/report"
        bea = people.add(world.wire, world.olga, "bea", None, ["desk"])
        assert bea
        made = links.make(world.wire, homes.actor(world.wire, "bea"), path)
        token = made["url"].partition("?key=")[2]
        assert Private(world.wire, world.public).report(number, path, token)
        people.remove(world.wire, world.olga, "bea")
        assert Private(world.wire, world.public).report(number, path, token) is None
        with pytest.raises(NotAllowed):
            links.make(world.wire, world.sam, path)
        with pytest.raises(NotPublished):
            links.make(world.wire, world.dora, f"/r/{world.sealed()}/report")
        with pytest.raises(KeyNeeded):
            links.make(world.wire, PUBLIC, path)
        for wrong in ("/", "/r/x", "//evil.example/report", "/r/" + "1" * 3000 + "/report"):
            with pytest.raises(NoSuchPage):
                links.make(world.wire, world.dora, wrong)
