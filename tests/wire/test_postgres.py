"""The whole road on PostgreSQL: what the use cases ask of a store, it gives as SQLite does."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispaccio.clock import Clock
from dispaccio.errors import HomeExists, SearchUnavailable
from dispaccio.formats.feeds.kinds import ATOM
from dispaccio.release.state import Kind, State
from dispaccio.store import outbox, receipts
from dispaccio.store.shards import Locks
from dispaccio.testing import home as homes
from dispaccio.wire import (
    deliveries,
    endpoints,
    hub,
    mine,
    people,
    queue,
    recent,
    redirects,
    report,
)
from dispaccio.wire.catch_up import CatchUp
from dispaccio.wire.deliveries import Part
from dispaccio.wire.parcels import Packer
from tests.wire.test_archive import bring, other
from tests.wire.test_catch_up import Reader, seen
from tests.wire.test_hub import held, subscribe
from tests.wire.test_proof import proof_of, verify
from tests.wire.test_relay import native
from tests.wire.world import HOUR, SECOND, START, World


def send(world: World) -> list[int]:
    """Everything that waits is sent; the versions."""
    with world.wire.store.write(world.now) as tx:
        claims = outbox.claim(tx, most=9, lease=30 * SECOND, token=len(world.events()))
        packed = [Packer(world.wire).pack(tx, load) for load in outbox.loads(tx, claims)]
        done = [
            outbox.Settlement(c, "delivered", None, "delivered", 204, "", world.now, 5, "00" * 32)
            for c in claims
        ]
        outbox.settle(tx, done)
    return [claim.version for claim, body in zip(claims, packed, strict=True) if body]


def test_coming_for_what_is_due_and_the_hub(postgres_database: str, tmp_path: Path) -> None:
    clock = Clock(lambda: START, lambda: 0.0)
    homes.make(tmp_path / "home", clock=clock, database=postgres_database)
    world = World(tmp_path / "home")
    reader = Reader(world)
    subscribe(world, lease_seconds="3600")
    first = world.published("One")
    assert seen(reader.go_on()) == [(first, 1)]
    assert reader.go_on() == []
    assert reader.states(first) == ["delivered"]
    assert [given.webhook_id[-2:] for given in CatchUp(world.wire).public(0, 9).given] == ["v1"]
    world.notice(first, Kind.WITHDRAWAL)
    assert seen(reader.go_on()) == [(first, 2)]
    world.wait(HOUR)
    assert hub.end_leases(world.wire) == 1
    assert held(world)[0]["state"] == "gone"
    subscribe(world)
    world.close()


def told(world: World, number: str) -> None:
    """What reports and lists say of a release that was delivered."""
    for words in ("9/in", "GAZETTE", ""):
        said = deliveries.report(world.wire, world.olga, number, Part(words))
        assert [row["state"] for row in said["deliveries"]] == ["delivered"]
        assert mine.listed(world.wire, world.olga, words).endpoints[0]["arrived"] == 1
    assert deliveries.report(world.wire, world.olga, number, Part("%"))["deliveries"] == []
    assert recent.latest(world.wire, world.olga)[0]["states"] == {"delivered": 1}
    assert {item.issuer for item in queue.waiting(world.wire, world.anna)} == {"aurora"}


def test_the_road(postgres_database: str, tmp_path: Path) -> None:
    clock = Clock(lambda: START, lambda: 0.0)
    homes.make(tmp_path / "home", clock=clock, database=postgres_database)
    world = World(tmp_path / "home")
    [endpoint] = homes.subscribe(world.wire, ["http://127.0.0.1:9/in"])
    assert people.by_key(
        world.wire, people.new_key(world.wire, world.olga, "anna")["key"]
    ).issuers == {"aurora"}

    first, again = (world.submit("One", key="k") for _ in range(2))
    assert (first.new, again.new, first.id) == (True, False, again.id)
    sealed = world.sealed("Two", after=HOUR)
    world.publisher.prepare(world.now + HOUR)
    world.wait(HOUR)
    [done] = world.publisher.publish_due()
    assert (done.number, done.deliveries, world.state(sealed)) == (
        "T100000001",
        1,
        State.PUBLISHED,
    )
    assert send(world) == [1]
    told(world, done.number)

    number = done.number
    world.correct(number, "Two, corrected")
    endpoints.switch(world.wire, world.olga, endpoint.id, on=False)
    world.notice(number, Kind.WITHHOLD)
    world.notice(number, Kind.USABLE_AGAIN)
    assert send(world) == []
    endpoints.switch(world.wire, world.olga, endpoint.id, on=True)
    assert [send(world) for _ in range(3)] == [[3], [4], []]
    world.notice(number, Kind.WITHDRAWAL)
    assert send(world) == [5]
    verify(proof_of(world, number), world.log())

    taken = world.take(native(), publish_now=True, confirm=True)
    assert world.take(native()).id == taken.id
    assert [shown.number for shown in world.public.latest(9)] == ["T100000002", number]
    assert [entry.number for entry in world.public.changed(ATOM, 9)] == ["T100000002", number]
    with pytest.raises(SearchUnavailable):
        world.public.search("One", 9)

    [old] = bring(world, other(1))
    redirects.add(world.wire, world.olga, [("/old", old.number or ""), ("/old", number)])
    redirects.add(world.wire, world.olga, [("/old", old.number or "")])
    assert [shown.number for shown in world.public.archived(9)] == [old.number]
    assert world.public.archived(9, 100_000_003) == []
    assert world.public.moved("/old") == world.public.archived(9)[0]
    assert [shown.number for shown in world.public.latest(9)] == ["T100000002", number]
    assert bring(world, other(1))[0].number == old.number

    said = deliveries.report(world.wire, world.dora, number)
    assert [row["state"] for row in said["deliveries"]][-1] == "delivered"
    assert report.status(world.wire, world.dora)["carriers"]["couriers"] == 0
    assert [item["id"] for item in report.queue(world.wire, world.dora)["submissions"]] == [
        first.id
    ]
    with world.wire.store.read(world.now) as tx:
        assert receipts.count_by_state(tx) == {"due": 1}
    world.close()

    with pytest.raises(HomeExists, match="The database holds a wire already"):
        homes.make(tmp_path / "second", clock=clock, database=postgres_database)
    assert not (tmp_path / "second" / "keys" / "wire.pem").exists()


def test_the_status_says_how_many_couriers_there_are(
    postgres_database: str, tmp_path: Path
) -> None:
    clock = Clock(lambda: START, lambda: 0.0)
    homes.make(tmp_path / "home", clock=clock, database=postgres_database)
    world = World(tmp_path / "home")
    assert report.status(world.wire, world.dora)["well"]
    homes.subscribe(world.wire, ["http://127.0.0.1:9/in"])
    world.published("One")
    status = report.status(world.wire, world.dora)
    assert (status["well"], status["carriers"]["couriers"]) == (False, 0)
    assert status["sentence"].startswith("No courier runs, and nothing is delivered: start `dis")
    locks = Locks(world.wire.store)
    locks.look()
    status = report.status(world.wire, world.dora)
    assert (status["well"], status["carriers"]["couriers"]) == (True, 1)
    locks.close()
    world.close()
