"""Endpoints: what may be sent where, whose they are, and the operator's leave."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dispaccio.access.actor import PUBLIC
from dispaccio.errors import (
    AddressNotPublic,
    DispaccioError,
    EgressRefused,
    EndpointExists,
    KeyNeeded,
    MalformedAddress,
    MalformedEndpoint,
    MalformedFilter,
    MalformedProfile,
    MetadataAddress,
    NotAllowed,
    SecretsChanging,
    UnknownCarrier,
    UnknownChannel,
    UnknownEndpoint,
    UnknownFormat,
    UnknownLeave,
    UnknownSubscriber,
)
from dispaccio.store import endpoints as rows
from dispaccio.store import outbox
from dispaccio.testing import home as homes
from dispaccio.wire import (
    deliveries,
    egress,
    endpoints,
    organisations,
    parcels,
    people,
    subscriptions,
)
from dispaccio.wire.endpoints import Wanted
from tests.wire.world import HOUR, SECOND, World

ADDRESS = "https://cms.gazette.example/in"


def add(world: World, **more: object) -> dict[str, object]:
    subscriber = str(more.pop("subscriber", "gazette"))
    address, carrier = str(more.pop("address", ADDRESS)), str(more.pop("carrier", "webhook"))
    wanted = Wanted(**more)  # type: ignore[arg-type]
    return endpoints.add(world.wire, world.olga, subscriber, address, wanted, carrier=carrier)


def test_an_endpoint_with_its_secret_shown_once(world: World) -> None:
    said = add(world, channels=["economia", "economia"], payload="full", format="text")
    secret = str(said.pop("secret"))
    assert secret.startswith("whsec_")
    assert said == {
        "endpoint": said["endpoint"],
        "subscriber": "gazette",
        "carrier": "webhook",
        "address": ADDRESS,
        "format": "text",
        "payload": "full",
        "channels": ["economia"],
        "gets": "in economia",
        "state": "active",
    }
    assert endpoints.everyone(world.wire, world.olga) == [said]
    for path in world.folder.rglob("*"):
        assert not path.is_file() or secret[6:].encode() not in path.read_bytes()


def test_without_a_channel_it_gets_everything(world: World) -> None:
    assert add(world)["channels"] == "all"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"subscriber": "nobody"}, UnknownSubscriber),
        ({"channels": ["sport"]}, UnknownChannel),
        ({"format": "nonsense"}, UnknownFormat),
        ({"payload": "fat"}, UnknownFormat),
        ({"address": "cms.example"}, MalformedAddress),
        ({"address": "https://a@b.example/"}, MalformedAddress),
        ({"address": "https://169.254.169.254/"}, MetadataAddress),
        ({"address": "ftp://cms.example/"}, EgressRefused),
    ],
    ids=str,
)
def test_what_is_refused_changes_nothing(
    world: World, more: dict[str, object], error: type[DispaccioError]
) -> None:
    before = world.events()
    with pytest.raises(error):
        add(world, **more)
    assert world.events() == before
    assert endpoints.everyone(world.wire, world.olga) == []


def test_internal_hosts_by_the_operators_leave_only(
    open_world: Callable[..., World],
) -> None:
    world = open_world(test=False)
    inside = "http://10.1.2.3:8080/in"
    with pytest.raises(EgressRefused):
        add(world, address=inside)
    with pytest.raises(AddressNotPublic):
        add(world, address="https://10.1.2.3/in")
    said = egress.allow(world.wire, world.olga, "10.1.0.0/16:8080", "the newsroom's CMS")
    assert said == {"host": "10.1.0.0/16", "port": 8080, "why": "the newsroom's CMS"}
    assert add(world, address=inside)["state"] == "active"
    assert egress.allowed(world.wire, world.olga) == [said | {"by": "olga"}]
    egress.allow(world.wire, world.olga, "[fd00::1]:8443", "another")
    before = world.events()
    for other in ("10.1.0.0/16:8081", "nosuch:80"):
        with pytest.raises(UnknownLeave, match=r"are: 10\.1\.0\.0/16:8080, \[fd00::1\]:8443\."):
            egress.disallow(world.wire, world.olga, other)
    assert world.events() == before
    for where in ("10.1.0.0/16:8080", "[fd00::1]:8443"):
        egress.disallow(world.wire, world.olga, where)
    with pytest.raises(UnknownLeave, match="there is none at all"):
        egress.disallow(world.wire, world.olga, "10.1.0.0/16:8080")
    with pytest.raises(EgressRefused):
        add(world, address=inside)


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("cms.example:8080", ""),
        ("cms.example:8080", "  "),
        ("cms.example", "CMS"),
        ("169.254.169.254:80", "metadata"),
        ("", "CMS"),
    ],
)
def test_a_leave_that_nobody_can_give(world: World, where: str, why: str) -> None:
    before = world.events()
    with pytest.raises(EgressRefused):
        egress.allow(world.wire, world.olga, where, why)
    assert world.events() == before


def test_whose_endpoints_they_are(world: World) -> None:
    organisations.add_subscriber(world.wire, world.olga, "corriere", None)
    people.add(world.wire, world.olga, "carla", None, ["vetted_reader:corriere"])
    carla = homes.actor(world.wire, "carla")
    mine = endpoints.add(world.wire, world.sam, "gazette", ADDRESS)
    id = str(mine["endpoint"])
    assert [e["endpoint"] for e in endpoints.everyone(world.wire, world.sam, "gazette")] == [id]
    theirs = endpoints.add(world.wire, world.olga, "corriere", ADDRESS)["endpoint"]
    for who, ids in ((world.sam, [id]), (carla, [theirs]), (world.olga, [id, theirs])):
        assert [e["endpoint"] for e in endpoints.everyone(world.wire, who)] == ids
    for who, subscriber in (
        (carla, "gazette"),
        (world.sam, "corriere"),
        (world.sam, ""),
        (world.dora, "gazette"),
        (world.dora, None),
    ):
        with pytest.raises(NotAllowed):
            endpoints.everyone(world.wire, who, subscriber)
    with pytest.raises(NotAllowed):
        endpoints.add(world.wire, carla, "gazette", ADDRESS)
    with pytest.raises(KeyNeeded):
        endpoints.add(world.wire, PUBLIC, "gazette", ADDRESS)
    for other in (id, "nothing", "\x00"):
        for who in (carla, world.dora):
            with pytest.raises(UnknownEndpoint):
                endpoints.switch(world.wire, who, other, on=False)
        with pytest.raises(KeyNeeded):
            endpoints.switch(world.wire, PUBLIC, other, on=False)
    with pytest.raises(KeyNeeded):
        endpoints.everyone(world.wire, PUBLIC)
    assert [e["state"] for e in endpoints.everyone(world.wire, world.sam)] == ["active"]
    endpoints.switch(world.wire, world.sam, id, on=False, why="holiday")
    [said] = endpoints.everyone(world.wire, world.sam, "gazette")
    assert (said["state"], said["why"]) == ("disabled", "holiday")


def test_the_leave_is_the_operators(world: World) -> None:
    for who, error in ((world.dora, NotAllowed), (world.sam, NotAllowed), (PUBLIC, KeyNeeded)):
        with pytest.raises(error):
            egress.allow(world.wire, who, "cms.example:8080", "why")
        with pytest.raises(error):
            egress.disallow(world.wire, who, "cms.example:8080")
        with pytest.raises(error):
            egress.allowed(world.wire, who)


def test_what_is_published_while_it_is_off_is_sent_when_it_is_on(world: World) -> None:
    [endpoint] = homes.subscribe(world.wire, ["http://127.0.0.1:9/in"])
    endpoints.switch(world.wire, world.olga, endpoint.id, on=False, why="holiday")
    world.published("One")
    assert _claimed(world) == []
    endpoints.switch(world.wire, world.olga, endpoint.id, on=True)
    assert _claimed(world) == [1]


def _claimed(world: World) -> list[int]:
    with world.wire.store.write(world.now) as tx:
        claims = outbox.claim(tx, most=9, lease=30 * SECOND, token=len(world.events()))
    return [claim.version for claim in claims]


def test_an_event_names_an_endpoint_and_never_its_address(world: World) -> None:
    add(world, address=f"{ADDRESS}?token=4711")
    assert "4711" not in json.dumps(world.events())


def test_a_filter_decides_who_gets_a_release(world: World) -> None:
    add(world, address="https://all.example/in")
    add(world, address="https://words.example/in", filter={"words": "plant"})
    add(world, address="https://italian.example/in", filter={"languages": ["it"]})
    add(world, address="https://both.example/in", channels=["economia"], filter={"words": "plant"})
    number = world.published("A third plant")
    rows = deliveries.report(world.wire, world.olga, number)["deliveries"]
    assert [row["address"] for row in rows] == [
        "https://all.example/in",
        "https://words.example/in",
        "https://both.example/in",
    ]


def test_changing_what_an_endpoint_gets(world: World) -> None:
    id = str(add(world)["endpoint"])
    wanted = Wanted(filter={"languages": ["it"]}, format="nitf", rate=60, ordered=True)
    said = endpoints.change(world.wire, world.sam, id, wanted)
    assert said["gets"] == "in it"
    assert (said["format"], said["rate"], said["ordered"]) == ("nitf", 60, True)
    said = endpoints.change(world.wire, world.sam, id, Wanted(channels=["economia"]))
    assert said["gets"] == "in economia, in it"
    said = endpoints.change(world.wire, world.sam, id, Wanted(filter={}, channels=[], rate=0))
    assert said["gets"] == "everything"
    assert "rate" not in said
    assert endpoints.one(world.wire, world.sam, id) == said
    with pytest.raises(MalformedEndpoint, match="all and latest"):
        endpoints.change(world.wire, world.sam, id, Wanted(deliver="some"))
    with pytest.raises(MalformedEndpoint, match="webhook has no setting 'colour'; it has predial"):
        endpoints.change(world.wire, world.sam, id, Wanted(settings={"colour": "red"}))
    with pytest.raises(UnknownCarrier, match=r"there are .*webhook"):
        add(world, carrier="pigeon")


def test_a_second_secret_signs_for_a_day(world: World) -> None:
    first = add(world)
    id = str(first["endpoint"])
    said = endpoints.new_secret_for(world.wire, world.sam, id)
    assert said["secret"] != first["secret"]
    unwrap = parcels.unwrapper(world.wire)

    def secrets() -> tuple[str, ...]:
        with world.wire.store.read(world.now) as tx:
            return unwrap(rows.everyone(tx)[0])

    assert secrets() == (said["secret"], first["secret"])
    with pytest.raises(SecretsChanging, match="until 2026-11-24T09:00:00Z"):
        endpoints.new_secret_for(world.wire, world.sam, id)
    world.now += endpoints.ROTATION
    assert secrets() == (said["secret"],)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"issuers": ["aurra"]}, "no issuer 'aurra' on this wire; did you mean 'aurora'"),
        ({"languages": ["ita"]}, "did you mean 'it'"),
        ({"subjects": ["medtop:99999999"]}, "is no Media Topic"),
        ({"subjects": ["section:nowhere"]}, "no release bears it"),
    ],
)
def test_a_filter_names_what_there_is(world: World, said: dict[str, object], words: str) -> None:
    id = str(add(world)["endpoint"])
    for ask in (
        lambda: add(world, filter=said),
        lambda: endpoints.change(world.wire, world.sam, id, Wanted(filter=said)),
        lambda: subscriptions.preview(world.wire, world.sam, [], said),
    ):
        with pytest.raises(MalformedFilter, match=words):
            ask()
    assert len(endpoints.everyone(world.wire, world.olga)) == 1
    with pytest.raises(UnknownChannel, match=r"did you mean 'economia'.*`dispaccio channel list`"):
        add(world, channels=["economa"])


def test_an_issuer_of_another_wire_is_known_by_its_release(world: World) -> None:
    with pytest.raises(MalformedFilter, match="no issuer 'Lindau Observatory'"):
        add(world, filter={"issuers": ["Lindau Observatory"]})
    said = homes.document("A comet", issuer={"name": "Lindau Observatory"}, number="77")
    taken = world.take(said | {"url": "https://other.example/r/77"}, publish_now=True, confirm=True)
    assert taken
    assert add(world, filter={"issuers": ["lindau observatory"]})["state"] == "active"


def test_an_address_once_for_what_it_gets(world: World) -> None:
    id = str(add(world)["endpoint"])
    for same in (ADDRESS, "HTTPS://CMS.gazette.EXAMPLE/in"):
        with pytest.raises(EndpointExists, match=f"`dispaccio endpoint change {id}`") as refused:
            add(world, address=same)
        assert refused.value.details == {"endpoint": id}
    other = str(add(world, filter={"languages": ["it"]})["endpoint"])
    add(world, payload="full", format="nitf")
    add(world, address=f"{ADDRESS}/2")
    with pytest.raises(EndpointExists):
        endpoints.change(world.wire, world.sam, other, Wanted(filter={}))
    assert endpoints.one(world.wire, world.sam, other)["filter"] == {"languages": ["it"]}
    endpoints.switch(world.wire, world.sam, id, on=False)
    with pytest.raises(EndpointExists, match=f"`dispaccio endpoint enable {id}`"):
        add(world)
    endpoints.remove(world.wire, world.sam, id)
    add(world)
    organisations.add_subscriber(world.wire, world.olga, "corriere", None)
    add(world, subscriber="corriere")
    for _ in range(2):
        add(world, carrier="pull", address="-")


def test_a_mail_address_once_whatever_its_letters(world: World) -> None:
    add(world, carrier="mail", address="rita@Gazette.example")
    with pytest.raises(EndpointExists):
        add(world, carrier="mail", address="Rita@gazette.example")


@pytest.mark.parametrize(
    "profile", [{"charset": "us-ascii"}, {"headline": 40}, {"file_name": "x{number}{version}"}]
)
def test_a_profile_that_would_do_nothing(world: World, profile: dict[str, object]) -> None:
    with pytest.raises(MalformedProfile, match="a thin payload has none"):
        add(world, profile=profile)
    id = str(add(world, profile=profile, payload="full")["endpoint"])
    with pytest.raises(MalformedProfile):
        endpoints.change(world.wire, world.sam, id, Wanted(payload="thin"))
    assert endpoints.one(world.wire, world.sam, id)["payload"] == "full"
    endpoints.change(world.wire, world.sam, id, Wanted(payload="thin", profile={}))


@pytest.mark.parametrize(
    ("carrier", "address"), [("mail", "rita@gazette.example"), ("pull", "-"), ("stream", "-")]
)
def test_where_no_secret_signs_none_is_shown(world: World, carrier: str, address: str) -> None:
    said = add(world, carrier=carrier, address=address)
    assert "secret" not in said
    with pytest.raises(MalformedEndpoint, match=f"The carrier {carrier} signs with no secret"):
        endpoints.new_secret_for(world.wire, world.sam, str(said["endpoint"]))


def test_an_endpoint_that_is_out_gets_nothing_more(world: World) -> None:
    id = str(add(world)["endpoint"])
    world.published("Before")
    endpoints.remove(world.wire, world.sam, id)
    assert endpoints.one(world.wire, world.sam, id)["state"] == "gone"
    number = world.published("After")
    assert deliveries.report(world.wire, world.olga, number)["deliveries"] == []


def test_what_a_subscription_would_have_brought(world: World) -> None:
    world.published("An old plant")
    world.now += 8 * 24 * HOUR
    world.wire.guard.accept()
    world.published("A third plant")
    world.published("A comet")
    said = subscriptions.preview(world.wire, world.sam, [], {"words": "comet"})
    assert said["sentence"] == "Matched 1 of 2 releases in the last 7 days."
    assert [item["title"] for item in said["newest"]] == ["A comet"]
    assert subscriptions.preview(world.wire, world.sam, [], {})["matched"] == 2
    with pytest.raises(UnknownChannel):
        subscriptions.preview(world.wire, world.sam, ["nowhere"], {})
    with pytest.raises(KeyNeeded):
        subscriptions.preview(world.wire, PUBLIC, [], {})
