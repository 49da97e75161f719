"""People and their keys, issuers, channels, subscribers: who may make what, under which names."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from dispaccio.access.actor import PUBLIC, Actor
from dispaccio.errors import (
    DispaccioError,
    KeyNeeded,
    MalformedName,
    NameTaken,
    NotAllowed,
    PersonNeeded,
    UnknownIssuer,
    UnknownKey,
    UnknownPerson,
    UnknownRole,
    UnknownSubscriber,
    WrongKey,
)
from dispaccio.notary.identity import SigningKey
from dispaccio.store import organisations as kept
from dispaccio.testing import home as homes
from dispaccio.wire import organisations, people
from tests.wire.world import World

NAMES = ["", "Anna", "anna maria", "-anna", "änna", "a" * 65, "a\n", "../x", "a/b", "a\x00"]


def test_a_persons_key_is_theirs_and_shown_once(world: World) -> None:
    added = people.add(world.wire, world.olga, "zoe", "zoe@x.example", ["desk", "author:aurora"])
    assert added["roles"] == ["desk", "author:aurora"]
    key = added["key"]
    assert key.startswith("dsp_")
    assert len(key) >= 47
    actor = people.by_key(world.wire, key)
    assert (actor.name, actor.issuers, actor.local) == ("zoe", {"aurora"}, False)
    for path in world.folder.rglob("*"):
        assert not path.is_file() or key[8:].encode() not in path.read_bytes()
    assert key not in json.dumps(people.everybody(world.wire, world.olga))


@pytest.mark.parametrize(
    "key", ["", "dsp_", "dsp_" + "A" * 43, "x" * 5000, "\udcff", "\x00", "ключ"]
)
def test_a_key_that_is_none(world: World, key: str) -> None:
    with pytest.raises(WrongKey):
        people.by_key(world.wire, key)


def test_a_revoked_key_and_a_person_who_left(world: World) -> None:
    first = people.add(world.wire, world.olga, "zoe", None, ["desk"])["key"]
    second = people.new_key(world.wire, world.olga, "zoe")["key"]
    people.revoke_key(world.wire, world.olga, "zoe", first[:10])
    with pytest.raises(WrongKey):
        people.by_key(world.wire, first)
    with pytest.raises(UnknownKey):
        people.revoke_key(world.wire, world.olga, "zoe", first[:10])
    assert people.by_key(world.wire, second).name == "zoe"
    people.remove(world.wire, world.olga, "zoe")
    with pytest.raises(WrongKey):
        people.by_key(world.wire, second)
    with pytest.raises(UnknownPerson):
        people.by_name(world.wire, "zoe")
    with pytest.raises(NameTaken, match="or was"):
        people.add(world.wire, world.olga, "zoe", None, [])


def test_everybody_manages_their_own_keys_and_nobody_elses(world: World) -> None:
    anna = people.by_key(world.wire, people.new_key(world.wire, world.anna, "anna")["key"])
    mine = people.new_key(world.wire, anna, "anna")["key"]
    people.revoke_key(world.wire, anna, "anna", mine[:10])
    for actor, error in ((anna, NotAllowed), (PUBLIC, KeyNeeded)):
        with pytest.raises(error):
            people.new_key(world.wire, actor, "dora")
        with pytest.raises(error):
            people.revoke_key(world.wire, actor, "dora", "dsp_xxxxxx")
    for name in ("public", "the public"):
        with pytest.raises(KeyNeeded):
            people.new_key(world.wire, PUBLIC, name)


def test_the_last_use_of_a_key_is_shown(world: World) -> None:
    key = people.add(world.wire, world.olga, "zoe", None, ["desk"])["key"]

    def last() -> str | None:
        [zoe] = [p for p in people.everybody(world.wire, world.olga) if p["name"] == "zoe"]
        used: str | None = zoe["keys"][0]["last_used"]
        return used

    assert last() is None
    people.by_key(world.wire, key)
    assert last() == "2026-11-23T09:00:00Z"
    world.wait(timedelta(seconds=30))
    people.by_key(world.wire, key)
    assert last() == "2026-11-23T09:00:00Z"
    world.wait(timedelta(seconds=31))
    people.by_key(world.wire, key)
    assert last() == "2026-11-23T09:01:01Z"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_plain_word(world: World, name: str) -> None:
    for make in (
        lambda: people.add(world.wire, world.olga, name, None, []),
        lambda: organisations.add_issuer(world.wire, world.olga, name, "X", []),
        lambda: organisations.add_subscriber(world.wire, world.olga, name, "X"),
    ):
        with pytest.raises(MalformedName):
            make()


@pytest.mark.parametrize("name", ["wire", "courier", "checks", "home", "operator"])
def test_nobody_is_named_like_a_part_of_the_wire(world: World, name: str) -> None:
    with pytest.raises(NameTaken):
        people.add(world.wire, world.olga, name, None, [])


@pytest.mark.parametrize(
    ("role", "error"),
    [
        ("boss", UnknownRole),
        ("", UnknownRole),
        ("author", UnknownIssuer),
        ("author:nobody", UnknownIssuer),
        ("subscriber", UnknownSubscriber),
        ("vetted_reader:nobody", UnknownSubscriber),
        ("desk:aurora", UnknownRole),
        ("operator:aurora", UnknownRole),
    ],
)
def test_a_role_that_is_none(world: World, role: str, error: type[DispaccioError]) -> None:
    before = world.events()
    with pytest.raises(error):
        people.add(world.wire, world.olga, "zoe", None, [role])
    assert world.events() == before


@pytest.mark.parametrize(
    ("role", "remedy"), [("author", "write author:ISSUER"), ("subscriber", "subscriber:SUBSCRIBER")]
)
def test_a_role_without_its_organisation(world: World, role: str, remedy: str) -> None:
    with pytest.raises(DispaccioError, match=f"The role {role} is held for one .*{remedy}"):
        people.add(world.wire, world.olga, "zoe", None, [role])


def test_a_role_given_twice_is_held_once(world: World) -> None:
    roles = ["desk", "author:aurora", "desk", "author:aurora"]
    assert people.add(world.wire, world.olga, "zoe", None, roles)["roles"] == [
        "desk",
        "author:aurora",
    ]


def test_on_the_machine_a_person_is_named(world: World) -> None:
    assert people.by_name(world.wire, "anna").local
    with pytest.raises(PersonNeeded, match=r"olga, .*anna"):
        people.by_name(world.wire, None)
    for name in ("nobody", "", "\x00"):
        with pytest.raises(UnknownPerson):
            people.by_name(world.wire, name)


def test_an_issuer_has_a_key_that_only_the_wire_can_use(world: World) -> None:
    said = organisations.add_issuer(
        world.wire, world.olga, "bruma", "Bruma", ["bruma.example", "bruma.example"]
    )
    assert said["did"] == "did:web:bruma.example"
    entry = world.log()[-1]
    assert entry == {
        "t": "key",
        "action": "add",
        "owner": "did:web:bruma.example",
        "key": said["key"],
    }
    with world.wire.store.read(world.now) as tx:
        issuer = kept.issuer_by(tx, slug="bruma")
        assert issuer is not None
        assert issuer.domains == ("bruma.example",)
        key = kept.current_key(tx, issuer.key)
    assert key is not None
    assert key.wrapped is not None
    private = world.wire.vault.unwrap(key.wrapped, f"issuer/{key.thumbprint}")
    assert SigningKey(private).public == key.public
    for path in world.folder.rglob("*"):
        assert not path.is_file() or private not in path.read_bytes()


def test_an_issuer_without_a_domain_is_named_by_the_wire(world: World) -> None:
    said = organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [])
    assert said["did"] == "did:web:127.0.0.1%3A8000:issuers:bruma"


def test_an_issuer_at_the_wires_own_domain_has_not_the_wires_identity(
    open_world: Callable[..., World],
) -> None:
    world = open_world(url="https://ponte.example")
    said = organisations.add_issuer(world.wire, world.olga, "ponte", "Ponte", ["ponte.example"])
    assert said["did"] == "did:web:ponte.example:issuers:ponte"
    assert said["domains"] == ["ponte.example"]


@pytest.mark.parametrize(
    "domain", ["press.bruma.example", "xn--bcher-kva.example", "a.xn--p1ai", "b-c.xn--90a3ac"]
)
def test_domains(world: World, domain: str) -> None:
    made = organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [domain])
    assert made["domains"] == [domain]


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "example",
        "Example.org",
        "bücher.example",
        "-a.example",
        "a-.example",
        "a..example",
        "a.example.",
        "https://a.example",
        "a.example/x",
        "a.example:80",
        "127.0.0.1",
        "a.xn--",
        f"{'a' * 64}.example",
        f"{'a.' * 130}example",
        "a.example\n",
    ],
)
def test_what_is_no_domain(world: World, domain: str) -> None:
    with pytest.raises(MalformedName):
        organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [domain])


@pytest.mark.parametrize(
    "name", ["", "Press", "a/b/c", "/a", "a/", "a b", "a_b", "é", "a" * 65, "a\n", "a/../b"]
)
def test_what_is_no_channel(world: World, name: str) -> None:
    with pytest.raises(MalformedName):
        organisations.add_channel(world.wire, world.olga, name, None)


HIDDEN = ["Au\u202erora", "Au\u200brora", "Au\u2066rora\u2069", "Aurora\ufeff", "Aur\x85ora"]


@pytest.mark.parametrize("title", ["", " ", "a\nb", "x" * 201, "a\x1b[2J", "Aurora\x7f", *HIDDEN])
def test_a_title_is_one_line(world: World, title: str) -> None:
    for make in (
        lambda: organisations.add_issuer(world.wire, world.olga, "bruma", title, []),
        lambda: organisations.add_channel(world.wire, world.olga, "sport", title or " "),
        lambda: organisations.add_subscriber(world.wire, world.olga, "corriere", title or " "),
    ):
        with pytest.raises(MalformedName):
            make()


def test_a_name_that_needs_an_unseen_character_keeps_it(world: World) -> None:
    for slug, title in (("iran", "می\u200cخواهم"), ("zion", "שלום\u200f!")):
        made = organisations.add_issuer(world.wire, world.olga, slug, title, [])
        assert made["name"] == title


def test_a_domain_and_the_identity_that_it_names_are_one_issuers(world: World) -> None:
    before = world.events()
    for domains in (["aurora-dairy.example"], ["bruma.example", "aurora-dairy.example"]):
        with pytest.raises(NameTaken, match="recorded for the issuer 'aurora' already"):
            organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", domains)
    assert world.events() == before
    assert [item["issuer"] for item in organisations.issuers(world.wire, world.dora)] == ["aurora"]


def test_lists_and_names_that_are_taken(world: World) -> None:
    organisations.add_channel(world.wire, world.olga, "relay/other-wire", None)
    organisations.add_subscriber(world.wire, world.olga, "corriere", "Il Corriere")
    assert organisations.channels(world.wire) == [
        {"channel": "economia", "title": "Economia"},
        {"channel": "relay/other-wire", "title": "relay/other-wire"},
    ]
    assert [item["subscriber"] for item in organisations.subscribers(world.wire, world.dora)] == [
        "gazette",
        "corriere",
    ]
    assert [item["issuer"] for item in organisations.issuers(world.wire, world.dora)] == ["aurora"]
    for make in (
        lambda: people.add(world.wire, world.olga, "anna", None, []),
        lambda: organisations.add_issuer(world.wire, world.olga, "aurora", "X", []),
        lambda: organisations.add_channel(world.wire, world.olga, "economia", None),
        lambda: organisations.add_subscriber(world.wire, world.olga, "gazette", None),
    ):
        with pytest.raises(NameTaken):
            make()


CALLS: dict[str, Callable[[World, Actor], object]] = {
    "people.add": lambda w, who: people.add(w.wire, who, "zoe", None, []),
    "people.everybody": lambda w, who: people.everybody(w.wire, who),
    "people.remove": lambda w, who: people.remove(w.wire, who, "sam"),
    "issuers.add": lambda w, who: organisations.add_issuer(w.wire, who, "bruma", "B", []),
    "channels.add": lambda w, who: organisations.add_channel(w.wire, who, "sport", None),
    "subscribers.add": lambda w, who: organisations.add_subscriber(w.wire, who, "x", None),
}


@pytest.mark.parametrize("call", CALLS)
def test_the_operator_alone_manages_the_home(world: World, call: str) -> None:
    before = world.events()
    for actor in (world.anna, world.dora, world.sam):
        with pytest.raises(NotAllowed):
            CALLS[call](world, actor)
    with pytest.raises(KeyNeeded):
        CALLS[call](world, PUBLIC)
    assert world.events() == before
    CALLS[call](world, world.olga)


def test_lists_are_for_those_who_work_here(world: World) -> None:
    for ask in (organisations.issuers, organisations.subscribers):
        with pytest.raises(NotAllowed):
            ask(world.wire, world.anna)
        with pytest.raises(KeyNeeded):
            ask(world.wire, PUBLIC)
    with pytest.raises(NotAllowed):
        organisations.subscribers(world.wire, world.sam)
    assert organisations.issuers(world.wire, world.sam), "a subscriber names them in filters"


def test_roles_of_an_author_hold_for_one_issuer(world: World) -> None:
    organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [])
    people.add(world.wire, world.olga, "bea", None, ["author:bruma"])
    bea = homes.actor(world.wire, "bea")
    assert (bea.issuers, bea.subscribers) == ({"bruma"}, frozenset())
