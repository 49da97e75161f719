"""Catch-up pull: every endpoint may come for what was due to it, and loses nothing by coming."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from dispaccio.access.actor import PUBLIC
from dispaccio.delivery import cursor
from dispaccio.errors import (
    EndpointNeeded,
    KeyNeeded,
    MalformedCursor,
    MalformedEndpoint,
    StoreFailed,
    UnknownEndpoint,
)
from dispaccio.release.state import Kind
from dispaccio.store import catch_up as rows
from dispaccio.store import endpoints as stored
from dispaccio.store import receipts
from dispaccio.store.receipts import DeliveryRow
from dispaccio.wire import catch_up, endpoints, organisations, replay
from dispaccio.wire.catch_up import CatchUp, Page
from dispaccio.wire.endpoints import Wanted
from tests.wire.world import HOUR, World

WEBHOOK = "https://cms.gazette.example/in"


class Reader:
    """Somebody who pulls for one endpoint, page after page."""

    def __init__(self, world: World, *, carrier: str = "pull", **wanted: Any) -> None:
        self.world, self.catch_up = world, CatchUp(world.wire)
        address = "-" if carrier in ("pull", "stream") else WEBHOOK
        said = endpoints.add(
            world.wire, world.olga, "gazette", address, Wanted(**wanted), carrier=carrier
        )
        self.id = str(said["endpoint"])
        self.next: str | None = None

    def pull(self, after: str | None = None, limit: int = 100) -> Page:
        """One page after a cursor; nothing is remembered."""
        row = self.catch_up.endpoint(self.world.sam, self.id)
        return self.catch_up.page(row, after, limit)

    def go_on(self, limit: int = 100) -> list[dict[str, Any]]:
        """The next page, as the API gives it."""
        page = self.pull(self.next, limit)
        self.next = page.next
        return [given.flat() for given in page.given]

    def deliveries(self, number: str) -> list[DeliveryRow]:
        with self.world.wire.store.read(self.world.now) as tx:
            found = receipts.of_release(tx, self.world.wire.find(tx, number).key)
        return [row for row in found if row.endpoint == self.id]

    def states(self, number: str) -> list[str]:
        return [row.state for row in self.deliveries(number)]

    def position(self) -> int:
        with self.world.wire.store.read(self.world.now) as tx:
            row = stored.by_id(tx, self.id)
        assert row is not None
        return row.position

    def attempts(self, number: str) -> list[tuple[str, str]]:
        """Outcome and hash of each attempt of a release, in their order."""
        query = text("SELECT outcome, sha256 FROM attempt WHERE release = :key ORDER BY key")
        with self.world.wire.store.read(self.world.now) as tx:
            found = tx.run(query, {"key": self.world.wire.find(tx, number).key})
            return [(row[0], row[1]) for row in found]


def seen(items: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(item["number"], item["version"]) for item in items]


def test_it_waits_until_it_is_fetched_and_the_cursor_settles_it(world: World) -> None:
    reader = Reader(world)
    number = world.published()
    assert reader.states(number) == ["due"]

    [item] = reader.go_on()
    assert item["number"] == number
    assert item["version"] == 1
    assert item["kind"] == "original"
    assert item["type"] == "release.published"
    assert item["title"] == "Aurora opens a dairy"
    assert item["webhook_id"] == f"{item['id'].removeprefix('urn:uuid:')}.v1"
    assert item["state"] == "due"
    assert reader.states(number) == ["due"]  # nobody came back yet

    assert reader.go_on() == []
    assert reader.states(number) == ["delivered"]
    [(offered, sha), (delivered, again)] = reader.attempts(number)
    assert (offered, delivered) == ("offered", "delivered")
    assert sha == again
    assert len(sha) == 64


def test_a_cursor_that_comes_twice_settles_once(world: World) -> None:
    reader = Reader(world)
    number = world.published()
    first = reader.pull()
    for _ in range(3):
        assert reader.pull(first.next).given == ()
    assert [outcome for outcome, _ in reader.attempts(number)] == ["offered", "delivered"]


def test_without_coming_back_it_is_given_again(world: World) -> None:
    reader = Reader(world)
    number = world.published()
    assert seen(reader.go_on()) == [(number, 1)]
    assert [given.flat()["number"] for given in reader.pull(None).given] == [number]
    assert reader.states(number) == ["due"]


def test_oldest_first_and_revisions_in_order(world: World) -> None:
    reader = Reader(world)
    first, second = world.published("One"), world.published("Two")
    world.correct(first, "One, better")
    assert seen(reader.go_on(limit=2)) == [(first, 1), (second, 1)]
    assert seen(reader.go_on(limit=2)) == [(first, 2)]
    assert reader.states(first) == ["delivered", "due"]
    assert reader.states(second) == ["delivered"]


def test_a_cursor_in_the_middle_settles_what_is_before_it(world: World) -> None:
    reader = Reader(world)
    first, second = world.published("One"), world.published("Two")
    page = reader.pull()
    assert [given.flat()["number"] for given in reader.pull(page.given[0].cursor).given] == [second]
    assert reader.states(first) == ["delivered"]
    assert reader.states(second) == ["due"]


@pytest.mark.parametrize("carrier", ["pull", "webhook"])
def test_what_is_withdrawn_meanwhile_is_a_notice(world: World, carrier: str) -> None:
    reader = Reader(world, carrier=carrier, payload="full", format="text")
    number = world.published("A secret dairy")
    world.notice(number, Kind.WITHDRAWAL)
    [item] = reader.go_on()
    assert (item["type"], item["status"], item["version"]) == ("release.withdrawn", "canceled", 1)
    assert "secret" not in json.dumps(item)
    assert "document" not in item


def test_what_is_withheld_meanwhile_is_a_notice_until_it_is_usable_again(world: World) -> None:
    reader = Reader(world)
    number = world.published("A secret dairy")
    world.notice(number, Kind.WITHHOLD)
    items = reader.go_on()
    assert [item["type"] for item in items] == ["release.withheld", "release.withheld"]
    assert "secret" not in json.dumps(items)
    world.notice(number, Kind.USABLE_AGAIN)
    again = [given.flat() for given in reader.pull(None).given]
    assert [item["type"] for item in again][-1] == "release.usable_again"
    assert again[-1]["title"] == "A secret dairy"


def test_whoever_was_given_a_text_gets_its_withdrawal(world: World) -> None:
    """Given and not settled: it may be there, so a withdrawal goes there, too."""
    reader = Reader(world)
    number = world.published()
    reader.go_on()
    world.notice(number, Kind.WITHDRAWAL)
    assert reader.states(number) == ["superseded", "due"]
    [item] = reader.go_on()
    assert (item["version"], item["kind"], item["reason"]) == (2, "withdrawal", "error")
    reader.go_on()
    assert reader.states(number) == ["superseded", "delivered"]


def test_a_withdrawal_between_reading_and_giving_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(world)
    number = world.published("A secret dairy")
    made: Callable[..., Any] = reader.catch_up._made

    def late(*given: Any) -> Any:
        monkeypatch.setattr(reader.catch_up, "_made", made)
        found = made(*given)
        world.notice(number, Kind.WITHDRAWAL)
        return found

    monkeypatch.setattr(reader.catch_up, "_made", late)
    assert "secret" not in json.dumps(reader.go_on())


def test_a_disabled_webhook_catches_up_and_a_withdrawal_reaches_it(world: World) -> None:
    reader = Reader(world, carrier="webhook")
    endpoints.switch(world.wire, world.sam, reader.id, on=False)
    number = world.published()
    assert seen(reader.go_on()) == [(number, 1)]
    assert reader.go_on() == []
    assert reader.states(number) == ["due"]  # the webhook is its way of receiving; it stays due
    world.notice(number, Kind.WITHDRAWAL)
    assert seen(reader.go_on()) == [(number, 2)]


def test_a_pull_that_is_switched_off_loses_nothing(world: World) -> None:
    reader = Reader(world)
    endpoints.switch(world.wire, world.sam, reader.id, on=False)
    number = world.published()
    endpoints.switch(world.wire, world.sam, reader.id, on=True)
    assert seen(reader.go_on()) == [(number, 1)]


def test_a_disabled_pull_that_comes_back_takes_the_withdrawal(world: World) -> None:
    reader = Reader(world)
    number = world.published()
    reader.go_on()
    endpoints.switch(world.wire, world.sam, reader.id, on=False)
    world.notice(number, Kind.WITHDRAWAL)
    assert seen(reader.go_on()) == [(number, 2)]
    reader.go_on()
    assert reader.states(number)[-1] == "delivered"


def test_a_crash_before_the_settlement_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(world)
    number, later = world.published("One"), world.published("Two")
    reader.go_on(limit=1)

    def broken(*args: object) -> None:
        raise StoreFailed

    with monkeypatch.context() as patch:
        patch.setattr(rows, "settle", broken)
        with pytest.raises(StoreFailed):
            reader.go_on(limit=1)
    assert reader.states(number) == ["due"]
    assert seen(reader.go_on(limit=1)) == [(later, 1)]
    assert reader.states(number) == ["delivered"]


def test_only_what_the_endpoint_is_subscribed_to(world: World) -> None:
    organisations.add_channel(world.wire, world.olga, "scienza", "Scienza")
    reader = Reader(world, channels=["scienza"])
    world.published("Economics")
    number = world.published("Science", channel="scienza")
    assert seen(reader.go_on()) == [(number, 1)]


def test_nothing_before_its_time(world: World) -> None:
    reader = Reader(world)
    id = world.sealed("Later")
    assert reader.go_on() == []
    before = reader.next
    world.wait(HOUR)
    world.publisher.publish_due()
    assert reader.next == before
    [item] = reader.go_on()
    assert item["id"] == f"urn:uuid:{id}"


def test_nothing_from_before_it_was_there(world: World) -> None:
    world.published("Old")
    reader = Reader(world)
    assert reader.go_on() == []
    assert reader.pull("start").given == ()


def test_a_full_payload_has_its_document(world: World) -> None:
    reader = Reader(world, payload="full", format="text")
    world.published()
    [item] = reader.go_on()
    document = item["document"]
    assert document["format"] == "text"
    assert document["media_type"].startswith("text/plain")
    assert "AURORA" in document["text"].upper()


def test_bytes_that_are_no_text_are_base64(world: World) -> None:
    profile = {"charset": "windows-1252"}
    reader = Reader(world, payload="full", format="text", profile=profile)
    world.published("Caffè")
    [item] = reader.go_on()
    assert "base64" in item["document"]


def test_long_spans_without_anything_are_crossed_in_steps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "SPAN", 2)
    organisations.add_channel(world.wire, world.olga, "scienza", "Scienza")
    reader = Reader(world, channels=["scienza"])
    for number in range(5):
        world.published(f"Economics {number}")
    wanted = world.published("Science", channel="scienza")
    pages = [reader.pull(None)]
    while pages[-1].more:
        pages.append(reader.pull(pages[-1].next))
    assert len(pages) == 4
    assert [given.flat()["number"] for page in pages for given in page.given] == [wanted]


@pytest.mark.parametrize(
    "after",
    ["", "1", "1-00000000", "x' OR 1=1", "-1", "9" * 40, "1-" + "0" * 99, "\u0661-00000000"],
)
def test_a_cursor_that_is_none(world: World, after: str) -> None:
    with pytest.raises(MalformedCursor):
        Reader(world).pull(after)


def test_another_endpoints_cursor_is_refused(world: World) -> None:
    mine, theirs = Reader(world), Reader(world)
    number = world.published()
    page = theirs.pull()
    with pytest.raises(MalformedCursor):
        mine.pull(page.next)
    assert mine.states(number) == ["due"]


def test_a_cursor_of_the_future_is_refused(world: World) -> None:
    reader = Reader(world)
    world.published()
    with pytest.raises(MalformedCursor):
        reader.pull(cursor.write(10**9, reader.id))
    assert reader.position() < 10**9


def test_the_only_endpoint_need_not_be_named(world: World) -> None:
    reader = Reader(world)
    assert reader.catch_up.endpoint(world.sam, None).id == reader.id
    Reader(world)
    with pytest.raises(EndpointNeeded):
        reader.catch_up.endpoint(world.sam, None)


def test_whose_they_are(world: World) -> None:
    reader = Reader(world)
    with pytest.raises(KeyNeeded):
        reader.catch_up.endpoint(PUBLIC, reader.id)
    with pytest.raises(KeyNeeded):
        reader.catch_up.endpoint(PUBLIC, None)
    with pytest.raises(UnknownEndpoint):
        reader.catch_up.endpoint(world.anna, reader.id)
    with pytest.raises(MalformedEndpoint, match="only a stream is streamed"):
        reader.catch_up.endpoint(world.sam, reader.id, streams=True)


@pytest.mark.parametrize("carrier", ["pull", "stream"])
def test_a_pull_has_no_address_and_no_settings(world: World, carrier: str) -> None:
    def add(address: str, settings: dict[str, Any]) -> None:
        wanted = Wanted(settings=settings)
        endpoints.add(world.wire, world.olga, "gazette", address, wanted, carrier=carrier)

    with pytest.raises(MalformedEndpoint, match="write - for its address"):
        add(WEBHOOK, {})
    with pytest.raises(MalformedEndpoint, match="no setting"):
        add("-", {"speed": 1})


def test_nothing_is_replayed_to_who_comes_by_itself(world: World) -> None:
    reader = Reader(world)
    number = world.published()
    reader.go_on()
    reader.go_on()
    with pytest.raises(MalformedEndpoint, match="after=start"):
        replay.replay(world.wire, world.sam, reader.id)
    assert [given.flat()["number"] for given in reader.pull("start").given] == [number]
    assert reader.states(number) == ["delivered"]


def test_the_public_gets_what_is_public(world: World) -> None:
    reader = CatchUp(world.wire)
    before = reader.last()
    first = world.published("One")
    world.sealed("Later")
    world.notice(world.published("A secret"), Kind.WITHDRAWAL)
    page = reader.public(before, 100)
    assert page.given[0].payload["data"]["number"] == first
    types = [given.payload["type"] for given in page.given]
    assert types == ["release.published", "release.withdrawn", "release.withdrawn"]
    assert "secret" not in json.dumps([given.payload for given in page.given])
    assert "Later" not in json.dumps([given.payload for given in page.given])
    assert reader.public(page.seq, 100).given == ()
