"""Withhold, usable again, withdraw: what the addresses show then, and who is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dispaccio.access.actor import PUBLIC
from dispaccio.errors import (
    IllegalMove,
    KeyNeeded,
    NoSuchRelease,
    NotAllowed,
    NotPublished,
    ReasonNeeded,
)
from dispaccio.formats.feeds.kinds import KINDS
from dispaccio.formats.registry import formats
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind, State, Status
from dispaccio.store import outbox
from dispaccio.testing import home as homes
from dispaccio.wire import people, report, review
from dispaccio.wire.edition import THIN
from dispaccio.wire.parcels import Packer
from dispaccio.wire.withdraw import notice
from tests.wire.world import HOUR, SECOND, World

CANARY = "Zanzibar-Quetzal-4711"
# Everything an issuer can say in its text, each with the canary in it.
TEXT: dict[str, Any] = {
    "subhead": f"{CANARY} subhead",
    "place": f"{CANARY} place",
    "body": [
        {
            "kind": "paragraph",
            "text": f"{CANARY} text",
            "marks": [
                {"start": 0, "end": 4, "kind": "link", "href": f"https://a.example/{CANARY}"}
            ],
        },
        {"kind": "image", "text": f"{CANARY} alt", "media": 0},
    ],
    "boilerplate": f"{CANARY} boilerplate",
    "contacts": [{"name": f"{CANARY} contact", "email": "press@aurora-dairy.example"}],
    "media": [{"href": f"https://a.example/{CANARY}.jpg", "name": CANARY, "caption": CANARY}],
    "links": [{"href": f"https://a.example/{CANARY}", "role": "more"}],
    "tags": [CANARY],
    "category": CANARY,
    "slugline": CANARY,
    "editorial_note": CANARY,
    "usage_terms": CANARY,
    "subjects": [{"scheme": "x", "code": "y", "name": CANARY}],
}


def everything_public(world: World, number: str) -> dict[str, str]:
    """All that anybody can get of a release, by where it is."""
    found = {"proof": (world.public.proof(number) or b"").decode()}
    versions = len(world.versions(number))
    for version in (None, *range(1, versions + 1)):
        for name in [*formats(), THIN]:
            item = world.public.rendering(number, version, name)
            if item is not None:
                found[f"{name} v{version}"] = item.body.decode()
        if version is not None:
            found[f"page v{version}"] = repr(world.public.version(number, version))
    found["page"] = repr(world.public.release(number))
    found["list"] = repr(world.public.latest(9))
    for kind in KINDS.values():
        found[kind.name] = world.public.changed(kind, 9)[0].body.decode()
    found["search"] = repr(world.public.search("Zanzibar", 9))
    found["log"] = json.dumps(world.log())
    return found


@pytest.mark.parametrize("kind", [Kind.WITHHOLD, Kind.WITHDRAWAL])
def test_no_byte_of_the_text_is_left_anywhere(world: World, kind: Kind) -> None:
    number = world.published(CANARY, **TEXT)
    world.correct(number, f"{CANARY} corrected", **TEXT)
    before = everything_public(world, number)
    assert all(CANARY in said for name, said in before.items() if name not in ("log", "proof"))
    world.notice(number, kind, "wrong-figure")
    if kind is Kind.WITHHOLD:
        world.correct(number, f"{CANARY} corrected again", **TEXT)
    for name, said in everything_public(world, number).items():
        assert CANARY not in said, name
        assert CANARY.upper() not in said, name


@pytest.mark.parametrize("kind", [Kind.WITHHOLD, Kind.WITHDRAWAL])
def test_the_notice_says_what_is_left_to_say(world: World, kind: Kind) -> None:
    number = world.published()
    world.wait(HOUR)
    done = world.notice(number, kind, "wrong-figure")
    assert (done.number, done.version, done.published) == (number, 2, world.now)
    status = Status.WITHHELD if kind is Kind.WITHHOLD else Status.CANCELED
    for version in (None, 1, 2):
        found = world.public.rendering(number, version, "dispaccio")
        assert found is not None
        said = json.loads(found.body)
        assert said["status"] == status
        assert said["reason"] == {"code": "wrong-figure"}
        assert (said["number"], said["issuer"]["name"]) == (number, "Aurora Dairy")
        assert said["label"]["code"] == "promotional"
        assert said["first_created"] < said["version_created"]
    shown = world.public.release(number)
    assert shown is not None
    assert [version.kind for version in shown.versions] == [Kind.ORIGINAL, kind]
    assert shown.manifest_sha256
    assert world.public.search("dairy", 9) == []


def test_usable_again_shows_the_latest_text(world: World) -> None:
    number = world.published("One")
    world.notice(number, Kind.WITHHOLD)
    world.correct(number, "Two")
    assert world.public.search("Two", 9) == []
    world.notice(number, Kind.USABLE_AGAIN)
    shown = world.public.release(number)
    assert shown is not None
    assert (shown.shown.status, shown.shown.revision.headline) == (Status.USABLE, "Two")
    assert [item.number for item in world.public.search("Two", 9)] == [number]
    for version in (None, 3, 4):
        found = world.public.rendering(number, version, "dispaccio")
        assert found is not None
        assert (json.loads(found.body)["title"], json.loads(found.body)["status"]) == (
            "Two",
            "usable",
        )
    world.notice(number, Kind.WITHHOLD)
    world.notice(number, Kind.USABLE_AGAIN)
    assert [row.version for row in world.versions(number)] == [1, 2, 3, 4, 5, 6]


def test_usable_again_needs_no_reason_and_the_others_do(world: World) -> None:
    number = world.published()
    for kind in (Kind.WITHHOLD, Kind.WITHDRAWAL):
        for reason in (None, Reason(""), Reason("Two words"), Reason("x", "y" * 501)):
            with pytest.raises(ReasonNeeded):
                notice(world.wire, world.dora, number, kind, reason)
    world.notice(number, Kind.WITHHOLD)
    assert notice(world.wire, world.dora, number, Kind.USABLE_AGAIN, None).version == 3


def test_a_reason_in_words_is_public_and_not_in_the_log(world: World) -> None:
    number = world.published()
    words = Reason("wrong-figure", " It was 12, not 120.\r\n")
    notice(world.wire, world.dora, number, Kind.WITHDRAWAL, words)
    found = world.public.rendering(number, None, "dispaccio")
    assert found is not None
    assert json.loads(found.body)["reason"] == {
        "code": "wrong-figure",
        "text": "It was 12, not 120.",
    }
    assert world.log()[-1]["reason"] == "wrong-figure"
    assert "It was 12" not in json.dumps(world.log())


@pytest.mark.parametrize(
    ("kinds", "refused"),
    [
        ([], Kind.USABLE_AGAIN),
        ([Kind.WITHHOLD], Kind.WITHHOLD),
        ([Kind.WITHDRAWAL], Kind.WITHDRAWAL),
        ([Kind.WITHDRAWAL], Kind.WITHHOLD),
        ([Kind.WITHDRAWAL], Kind.USABLE_AGAIN),
        ([Kind.WITHHOLD, Kind.USABLE_AGAIN], Kind.USABLE_AGAIN),
    ],
)
def test_what_cannot_follow(world: World, kinds: list[Kind], refused: Kind) -> None:
    number = world.published()
    for kind in kinds:
        world.notice(number, kind)
    seen = world.events()
    with pytest.raises(IllegalMove):
        world.notice(number, refused)
    assert world.events() == seen


@pytest.mark.parametrize("state", ["in_review", "parked", "returned", "approved", "sealed"])
def test_a_withdrawal_calls_off_a_correction_on_its_way(world: World, state: str) -> None:
    number = world.published()
    world.hand_in_correction(number, "Two")
    if state in ("parked", "returned"):
        review.decide(world.wire, world.dora, number, State(state))
    elif state != "in_review":
        at = world.now + HOUR if state == "sealed" else None
        review.approve(world.wire, world.dora, number, confirm=True, at=at)
    assert world.state(number) == state
    world.publisher.prepare(world.now + HOUR)
    world.notice(number, Kind.WITHDRAWAL)
    world.wait(2 * HOUR)
    assert world.publisher.publish_due() == []
    assert world.publisher.next_due() is None
    assert [row.kind for row in world.versions(number)] == ["original", "withdrawal"]
    with world.wire.store.read(world.now) as tx:
        assert review.releases.open_revision(tx, world.row(number).key) is None


def test_withholding_leaves_a_correction_on_its_way(world: World) -> None:
    number = world.published()
    world.hand_in_correction(number, "Two")
    review.approve(world.wire, world.dora, number, confirm=True, at=world.now + HOUR)
    world.notice(number, Kind.WITHHOLD)
    world.wait(HOUR)
    [done] = world.publisher.publish_due()
    assert done.version == 3
    shown = world.public.release(number)
    assert shown is not None
    assert (shown.shown.status, shown.shown.revision.headline) == (Status.WITHHELD, "")


def test_who_may_take_back_what(world: World) -> None:
    people.add(world.wire, world.olga, "abel", None, ["approver:aurora"])
    people.add(world.wire, world.olga, "bea", None, ["subscriber:gazette"])
    abel, bea = homes.actor(world.wire, "abel"), homes.actor(world.wire, "bea")
    may = {
        Kind.WITHHOLD: [world.anna, abel, world.dora],
        Kind.WITHDRAWAL: [world.anna, abel, world.dora, world.olga],
    }
    for kind, actors in may.items():
        for actor in actors:
            assert notice(world.wire, actor, world.published(), kind, Reason("error")).version == 2
        number = world.published()
        for actor in {world.olga, bea} - set(actors):
            with pytest.raises(NotAllowed):
                notice(world.wire, actor, number, kind, Reason("error"))
        with pytest.raises(KeyNeeded):
            notice(world.wire, PUBLIC, number, kind, Reason("error"))


def test_what_is_not_public_cannot_be_taken_back(world: World) -> None:
    id = world.sealed()
    for kind in (Kind.WITHHOLD, Kind.WITHDRAWAL):
        with pytest.raises(NotPublished):
            notice(world.wire, world.dora, id, kind, Reason("error"))
        for ref in ("T100000001", "100000001", "x", "\x00"):
            with pytest.raises(NoSuchRelease):
                notice(world.wire, world.dora, ref, kind, Reason("error"))
        with pytest.raises(NoSuchRelease):
            notice(world.wire, world.sam, id, kind, Reason("error"))


def test_a_withdrawal_works_while_the_clock_is_not_trusted(world: World) -> None:
    number = world.published()
    world.now += HOUR
    assert world.notice(number, Kind.WITHDRAWAL).version == 2


def test_a_subscriber_is_told_and_gets_no_text(world: World) -> None:
    homes.subscribe(world.wire, ["http://127.0.0.1:9/a"], payload="full", format="text")
    number = world.published(CANARY)

    def send() -> list[bytes]:
        with world.wire.store.write(world.now) as tx:
            claims = outbox.claim(tx, most=9, lease=30 * SECOND, token=len(world.events()))
            packed = [Packer(world.wire).pack(tx, load) for load in outbox.loads(tx, claims)]
            for claim in claims:
                outbox.settle(tx, [_delivered(world, claim)])
        return [made.body for made in packed if made]

    assert [CANARY.encode() in body for body in send()] == [True]
    world.notice(number, Kind.WITHHOLD)
    assert [CANARY.encode() in body for body in send()] == [False]
    world.correct(number, f"{CANARY} again")
    assert not any(CANARY.encode() in body for body in send())
    world.notice(number, Kind.USABLE_AGAIN)
    assert [f"{CANARY} again".encode() in body for body in send()] == [True]
    assert world.notice(number, Kind.WITHDRAWAL).deliveries == 1
    assert [CANARY.encode() in body for body in send()] == [False]


def _delivered(world: World, claim: outbox.Claim) -> outbox.Settlement:
    return outbox.Settlement(
        claim, "delivered", None, "delivered", 204, None, world.now, 5, "00" * 32
    )


def test_a_correction_within_a_withheld_release_keeps_the_reason_of_the_withholding(
    world: World,
) -> None:
    number = world.published("One")
    world.notice(number, Kind.WITHHOLD, "legal-check")
    since = world.now
    world.wait(HOUR)
    world.correct(number, "One, corrected")
    found = everything_public(world, number)
    for name in ("dispaccio v3", "dispaccio vNone", "text v1", THIN + " v3", "page", "page v2"):
        assert "legal-check" in found[name], name
        assert "wrong-date" not in found[name] or name == "page", name
    shown = world.public.release(number)
    assert shown is not None
    assert shown.shown.revision.version_created == since
    world.notice(number, Kind.USABLE_AGAIN, "settled")
    assert "One, corrected" in everything_public(world, number)["page"]


def test_the_desk_reads_a_correction_of_a_withheld_release(world: World) -> None:
    number = world.published("One")
    world.hand_in_correction(number, "One, corrected")
    world.notice(number, Kind.WITHHOLD)
    said = report.show(world.wire, world.dora, number)
    assert said["open"]["release"]["title"] == "One, corrected"
    assert world.events()[-1] == "read_unreleased"


def test_a_correction_that_a_withdrawal_ends_is_in_the_history(world: World) -> None:
    number = world.published("One")
    world.hand_in_correction(number, "One, corrected")
    world.notice(number, Kind.WITHDRAWAL)
    history = report.show(world.wire, world.dora, number)["history"]
    assert [entry["what"] for entry in history[-2:]] == ["published", "called_off"]
