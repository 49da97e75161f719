"""The hub as use cases: leases that end, what stays of a subscription, and what is sent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from dispaccio.access.actor import PUBLIC
from dispaccio.delivery.carriers.websub import signature, websub
from dispaccio.egress.policy import Policy
from dispaccio.errors import (
    HubRefused,
    KeyNeeded,
    MalformedEndpoint,
    NotAllowed,
    PortNotAllowed,
)
from dispaccio.release.state import Kind
from dispaccio.store import endpoints as stored
from dispaccio.store import outbox, receipts
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.outbox import Class
from dispaccio.testing import home as homes
from dispaccio.wire import endpoints, hub, organisations
from dispaccio.wire.endpoints import Wanted
from tests.wire.world import HOUR, World

CALLBACK = "https://reader.example/callback"


def form(world: World, **more: str) -> dict[str, str]:
    said = {
        "mode": "subscribe",
        "topic": f"{world.wire.settings.url}/atom.xml",
        "callback": CALLBACK,
    }
    return {f"hub.{name}": value for name, value in (said | more).items()}


def subscribe(world: World, **more: str) -> None:
    hub.confirm(world.wire, hub.judge(world.wire, form(world, **more)))


def held(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.subscriptions(world.wire, world.olga)["subscriptions"]
    return found


def row(world: World) -> EndpointRow:
    with world.wire.store.read(world.now) as tx:
        found = stored.by_id(tx, held(world)[0]["endpoint"])
    assert found is not None
    return found


def states(world: World, number: str) -> list[str]:
    with world.wire.store.read(world.now) as tx:
        rows = receipts.of_release(tx, world.wire.find(tx, number).key)
    return [item.state for item in rows]


def test_what_is_known_of_a_subscription(world: World) -> None:
    assert hub.subscriptions(world.wire, world.olga) == {
        "hub": f"{world.wire.settings.url}/hub",
        "subscriptions": [],
    }
    subscribe(world, lease_seconds="7200")
    [said] = held(world)
    assert said["callback"] == CALLBACK
    assert said["topic"] == f"{world.wire.settings.url}/atom.xml"
    assert said["state"] == "active"
    assert row(world).expires == world.now + timedelta(hours=2)
    assert endpoints.everyone(world.wire, world.olga) == []


def test_a_lease_ends(world: World) -> None:
    subscribe(world, lease_seconds="3600")
    early = world.published("In time")
    world.wait(HOUR)
    late = world.published("Too late")  # although nobody has looked at the leases yet
    assert (states(world, early), states(world, late)) == (["due"], [])
    assert hub.end_leases(world.wire) == 1
    assert hub.end_leases(world.wire) == 0
    assert (held(world)[0]["state"], held(world)[0]["why"]) == ("gone", "Its lease ended.")
    assert states(world, early) == ["gone"]
    subscribe(world)
    assert len(held(world)) == 1
    assert held(world)[0]["state"] == "active"
    assert states(world, world.published("Again")) == ["due"]


def test_who_has_left_is_nobody_that_a_human_knows(world: World) -> None:
    subscribe(world)
    number = world.published()
    with world.wire.store.write(world.now) as tx:
        [claim] = outbox.claim(tx, most=1, lease=HOUR, token=1)
    assert claim.class_ == Class.ORIGINAL
    subscribe(world, mode="unsubscribe")
    world.notice(number, Kind.WITHDRAWAL)
    assert states(world, number)[-1] == "gone"


def test_unsubscribing_what_is_not_there_changes_nothing(world: World) -> None:
    subscribe(world, mode="unsubscribe")
    assert held(world) == []


def test_a_channels_feed_brings_the_channel_only(world: World) -> None:
    organisations.add_channel(world.wire, world.olga, "scienza", "Scienza")
    subscribe(world, topic=f"{world.wire.settings.url}/c/scienza/rss.xml")
    assert states(world, world.published("Economics")) == []
    assert states(world, world.published("Science", channel="scienza")) == ["due"]


def test_one_callback_may_have_many_topics(world: World) -> None:
    for topic in ("atom.xml", "rss.xml"):
        subscribe(world, topic=f"{world.wire.settings.url}/{topic}")
    assert len(held(world)) == 2


def test_spellings_of_a_callback_are_one(world: World) -> None:
    subscribe(world)
    subscribe(world, callback="HTTPS://Reader.EXAMPLE:443/callback")
    assert len(held(world)) == 1


@pytest.mark.parametrize("host", ["re_der.example", "reader.example.org", "xreader.example"])
def test_only_the_same_host_counts(world: World, host: str) -> None:
    settings = world.wire.settings
    object.__setattr__(settings, "hub_per_host", 1)
    subscribe(world)
    subscribe(world, callback=f"https://{host}/callback")
    with pytest.raises(HubRefused, match="of one host"):
        subscribe(world, callback="https://reader.example:8443/other")


def test_a_subscribers_name_may_be_hub(world: World) -> None:
    organisations.add_subscriber(world.wire, world.olga, "hub", "A company named Hub")
    subscribe(world)
    assert len(held(world)) == 1


def test_whose_the_list_is(world: World) -> None:
    with pytest.raises(KeyNeeded):
        hub.subscriptions(world.wire, PUBLIC)
    with pytest.raises(NotAllowed):
        hub.subscriptions(world.wire, world.sam)


def test_the_secret_is_kept_wrapped(world: World) -> None:
    subscribe(world, secret="a secret of theirs")
    assert b"a secret of theirs" not in row(world).wrapped_secret
    assert "a secret of theirs" not in repr(hub.judge(world.wire, form(world, secret="a secret")))


class TestTheCarrier:
    """What may be set up by hand."""

    def test_a_topic_is_needed(self) -> None:
        with pytest.raises(MalformedEndpoint, match="needs the setting topic"):
            websub.check(CALLBACK, {}, Policy())
        with pytest.raises(MalformedEndpoint, match="no setting"):
            websub.check(CALLBACK, {"topic": "x", "colour": "red"}, Policy())
        with pytest.raises(PortNotAllowed):
            websub.check("https://reader.example:22/", {"topic": "x"}, Policy())

    def test_a_signature_by_the_rec(self) -> None:
        known = "sha256=5031fe3d989c6d1537a013fa6e739da23463fdaec3b70137d828e36ace221bd0"
        assert signature("key", b"data") == known

    def test_by_hand(self, world: World) -> None:
        topic = f"{world.wire.settings.url}/atom.xml"
        wanted = Wanted(settings={"topic": topic})
        said = endpoints.add(
            world.wire, world.olga, homes.SUBSCRIBER, CALLBACK, wanted, carrier=websub.name
        )
        assert said["settings"] == {"topic": topic}
        assert json.dumps(said["secret"])
        assert states(world, world.published()) == ["due"]
