"""Another wire's release: kept whole, known again, and nothing of it ever weakened."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.access.actor import PUBLIC
from dispaccio.errors import (
    EmbargoHolds,
    FindingsStop,
    Forbidden,
    KeyNeeded,
    LabelWeakened,
    NoSuchRelease,
    NotAllowed,
    UnknownChannel,
)
from dispaccio.intake import submission as intake
from dispaccio.intake.submission import Submission, Wishes
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import Hop, Identifier, Reason, Revision
from dispaccio.release.state import Kind, State
from dispaccio.testing import home as homes
from dispaccio.wire import people, review, submit, take
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed
from tests.wire.world import HOUR, START, World

LABEL = "COMUNICATO STAMPA - CONTENUTO PROMOZIONALE"
TEXT = """{label}Nordwind builds a harbour

OSLO, Nov. 23, 2026 /PRNewswire/ -- Nordwind said on Monday that it builds a harbour, its second.

It will be ready in May.

SOURCE Nordwind AS
"""


def text(label: str = "") -> str:
    return TEXT.format(label=f"{label}\n\n" if label else "")


def native(**more: Any) -> dict[str, Any]:
    """A release of another wire in our own format."""
    return {
        "title": "Nordwind builds a harbour",
        "language": "en",
        "issuer": {"name": "Nordwind AS"},
        "body": [{"kind": "paragraph", "text": "Nordwind builds a harbour, its second."}],
        "label": {"code": "promotional", "text": "Sponsored content", "commissioned": True},
        "wire": {"name": "PR Newswire", "number": "302781517"},
        "original_url": "https://prnewswire.example/302781517",
        "hops": [{"party": "Nordwind AS", "action": "created"}],
        **more,
    }


def embargoed(at: datetime) -> dict[str, Any]:
    return native(embargo=write_instant(at))


def draft(world: World, ref: str) -> Revision:
    with world.wire.store.read(world.now) as tx:
        found = review.open_of(world.wire, tx, world.dora, review.Action.APPROVE_WIRE, ref)
    return found[2].revision


def shown(world: World, number: str | None) -> dict[str, Any]:
    found = world.public.rendering(number or "", None, "dispaccio")
    assert found is not None
    said: dict[str, Any] = json.loads(found.body)
    return said


def test_it_is_private_until_a_person_publishes_it(world: World) -> None:
    taken = world.take(native())
    assert (taken.new, taken.number, taken.state, taken.published) == (
        True,
        None,
        State.IN_REVIEW,
        (),
    )
    assert world.public.latest(9) == []
    [done] = publish(world.wire, world.dora, taken.id, confirm=True)
    assert done.number == "T100000001"


def test_what_it_said_is_kept_and_our_hop_is_added(world: World) -> None:
    taken = world.take(native(), publish_now=True, confirm=True)
    assert (taken.number, taken.state, len(taken.published)) == (
        "T100000001",
        State.PUBLISHED,
        1,
    )
    said = shown(world, taken.number)
    assert said["identifiers"] == [{"scheme": "prnewswire", "value": "302781517"}]
    assert said["original_url"] == "https://prnewswire.example/302781517"
    assert said["label"]["text"] == "Sponsored content"
    assert said["issuer"]["name"] == "Nordwind AS"
    assert said["signed_by"] == "observed"
    assert [hop["party"] for hop in said["hops"]] == ["Nordwind AS", "Ponte"]
    assert said["wire"] == {"name": "Ponte", "number": "T100000001"}
    [row] = world.versions("T100000001")
    assert row.issuer_signature is None
    assert json.loads(row.manifest or b"")["iss"] is None
    assert world.log()[-1]["t"] == "relay"
    assert world.log()[-1]["by"] == "observed"
    assert row.policy == "relay"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (native(), native()),
        (native(), native(title="Another title", body=[{"kind": "paragraph", "text": "x"}])),
        (native(), native(wire=None, label=None, title="ADV Nordwind")),
        (text(), text(LABEL)),
        (text(), text().replace("builds a harbour, its", "builds  a\u00a0harbour,\nits")),
    ],
    ids=["same", "same number", "same body", "label above", "other blanks"],
)
def test_the_same_release_again_is_the_one_we_have(world: World, first: Any, second: Any) -> None:
    taken = world.take(first)
    again = world.take(second)
    assert (again.id, again.new, again.state) == (taken.id, False, State.IN_REVIEW)
    publish(world.wire, world.dora, taken.id, confirm=True)
    third = world.take(second, publish_now=True, confirm=True)
    assert (third.id, third.number, third.published) == (taken.id, "T100000001", ())


def test_a_release_taken_in_parallel_is_one(world: World) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: world.take(native()), range(20)))
    assert len({taken.id for taken in found}) == 1
    assert sum(taken.new for taken in found) == 1


def test_another_text_is_another_release(world: World) -> None:
    one = world.take(native())
    two = world.take(
        native(
            wire={"name": "PR Newswire", "number": "302781518"},
            body=[{"kind": "paragraph", "text": "Quite another text."}],
        )
    )
    assert two.new
    assert one.id != two.id


def test_an_issuers_own_text_is_not_the_relayed_one(world: World) -> None:
    world.submit(text="Nordwind builds a harbour, its second.")
    assert world.take(native()).new


def test_what_was_rejected_can_be_taken_again(world: World) -> None:
    first = world.take(native())
    review.decide(world.wire, world.dora, first.id, State.REJECTED)
    assert world.take(native()).new


class TestEmbargo:
    """Nothing takes it away, and nothing makes it shorter."""

    def test_publishing_now_seals_until_it_ends(self, world: World) -> None:
        taken = world.take(embargoed(START + HOUR), publish_now=True, confirm=True)
        assert (taken.number, taken.state) == (None, State.SEALED)
        assert world.publisher.next_due() == START + HOUR
        world.wait(HOUR - timedelta(microseconds=1))
        assert world.publisher.publish_due() == []
        world.wait(timedelta(microseconds=1))
        assert len(world.publisher.publish_due()) == 1
        assert "embargo" not in shown(world, "T100000001")

    def test_no_time_before_its_end_can_be_set(self, world: World) -> None:
        id = world.take(embargoed(START + 2 * HOUR)).id
        with pytest.raises((EmbargoHolds, FindingsStop)):
            review.approve(world.wire, world.dora, id, confirm=True, at=START + HOUR)
        assert world.state(id) is State.IN_REVIEW
        review.approve(world.wire, world.dora, id, confirm=True, at=START + 3 * HOUR)
        with pytest.raises(EmbargoHolds):
            review.set_time(world.wire, world.dora, id, START + HOUR)
        assert world.publisher.next_due() == START + 3 * HOUR
        review.set_time(world.wire, world.dora, id, START + 2 * HOUR)
        assert publish(world.wire, world.dora, id) == []
        assert world.publisher.next_due() == START + 2 * HOUR

    @pytest.mark.parametrize("second", [native(), embargoed(START + HOUR)], ids=["none", "earlier"])
    def test_a_new_text_keeps_it(self, world: World, second: dict[str, Any]) -> None:
        id = world.take(embargoed(START + 2 * HOUR)).id
        review.decide(world.wire, world.dora, id, State.RETURNED)
        given = Handed(json.dumps(second).encode(), "application/json")
        submit.revise(world.wire, world.dora, id, given, kind=Kind.ORIGINAL)
        assert draft(world, id).embargo == START + 2 * HOUR
        assert publish(world.wire, world.dora, id, confirm=True) == []
        assert world.publisher.next_due() == START + 2 * HOUR


class TestLabel:
    """A paid text stays labelled as paid."""

    @pytest.mark.parametrize(
        "kind", [LabelKind.INSTITUTIONAL, LabelKind.SCIENCE, LabelKind.REGULATED]
    )
    def test_the_desk_cannot_weaken_it(self, world: World, kind: LabelKind) -> None:
        id = world.take(native()).id
        with pytest.raises(LabelWeakened):
            review.approve(world.wire, world.dora, id, confirm=True, label=kind)
        assert world.state(id) is State.IN_REVIEW

    def test_the_desk_may_strengthen_it(self, world: World) -> None:
        id = world.take(native(label={"code": "institutional", "text": "News release"})).id
        review.approve(world.wire, world.dora, id, confirm=True, label=LabelKind.PROMOTIONAL)
        label = draft(world, id).label
        assert label is not None
        assert label.kind is LabelKind.PROMOTIONAL

    def test_none_is_invented(self, world: World) -> None:
        taken = world.take(native(label=None), publish_now=True, confirm=True)
        assert "label" not in shown(world, taken.number)

    @pytest.mark.parametrize(
        "label", [None, {"code": "institutional", "text": "News release"}], ids=["none", "weaker"]
    )
    def test_a_correction_keeps_it(self, world: World, label: Any) -> None:
        taken = world.take(native(), publish_now=True, confirm=True)
        second = native(
            label=label, wire=None, hops=[], original_url=None, title="Nordwind builds two"
        )
        given = Handed(json.dumps(second).encode(), "application/json")
        submit.revise(
            world.wire,
            world.dora,
            taken.id,
            given,
            kind=Kind.CORRECTION,
            reason=Reason("upstream"),
        )
        publish(world.wire, world.dora, taken.id, confirm=True)
        said = shown(world, taken.number)
        assert said["title"] == "Nordwind builds two"
        assert said["label"]["text"] == "Sponsored content"
        assert said["identifiers"] == [{"scheme": "prnewswire", "value": "302781517"}]
        assert said["original_url"] == "https://prnewswire.example/302781517"
        assert [hop["party"] for hop in said["hops"]] == ["Nordwind AS", "Ponte"]


instants = st.none() | st.integers(0, 99).map(lambda hours: START + hours * HOUR)
labels = st.none() | st.sampled_from([of_kind(kind, "en") for kind in LabelKind])
taken_texts = st.builds(
    Revision,
    embargo=instants,
    label=labels,
    identifiers=st.lists(
        st.builds(Identifier, st.sampled_from("ab"), st.sampled_from("12")), max_size=2
    ).map(tuple),
    hops=st.lists(st.builds(Hop, st.sampled_from(["A", "B"]), st.just("created"))).map(tuple),
    original_url=st.none() | st.sampled_from(["https://a.example", "https://b.example"]),
)


@given(before=taken_texts, now=taken_texts)
def test_nothing_is_ever_weakened(before: Revision, now: Revision) -> None:
    found = intake.no_weaker(Submission(b"", "", now), before).revision
    for embargo in (before.embargo, now.embargo):
        assert embargo is None or (found.embargo is not None and found.embargo >= embargo)
    assert (found.label is None) is (before.label is None and now.label is None)
    if (before.label and before.label.paid) or (now.label and now.label.paid):
        assert found.label is not None
        assert found.label.paid
    assert {*before.identifiers, *now.identifiers} == {*found.identifiers}
    assert bool(found.hops) is bool(before.hops or now.hops)
    assert found.original_url in (now.original_url, before.original_url)


def test_who_may_take(world: World) -> None:
    given = Handed(json.dumps(native()).encode(), "application/json")
    with pytest.raises(KeyNeeded):
        take.take(world.wire, PUBLIC, given)
    for actor in (world.anna, world.sam):
        with pytest.raises(Forbidden):
            take.take(world.wire, actor, given)
    with pytest.raises(NotAllowed, match="publish"):
        take.take(world.wire, world.olga, given, publish_now=True)
    assert world.public.latest(9) == []
    assert take.take(world.wire, world.olga, given).new


def test_whoever_may_not_does_not_learn_of_it(world: World) -> None:
    id = world.take(native()).id
    people.add(world.wire, world.olga, "abel", None, ["approver:aurora"])
    for actor in (world.anna, homes.actor(world.wire, "abel"), world.sam):
        with pytest.raises(NoSuchRelease):
            publish(world.wire, actor, id, confirm=True)


def test_a_channel_is_the_wires_choice(world: World) -> None:
    assert draft(world, world.take(native(channel="sport")).id).channel is None
    another = native(wire=None, body=[{"kind": "paragraph", "text": "Quite another text."}])
    given = Handed(json.dumps(another).encode(), "application/json", Wishes(channel="sport"))
    with pytest.raises(UnknownChannel):
        take.take(world.wire, world.dora, given)


def test_an_identity_that_is_none_is_published_and_not_logged(world: World) -> None:
    issuer = {"name": "Nordwind AS", "did": "did:x:" + "y" * 2000}
    taken = world.take(native(issuer=issuer), publish_now=True, confirm=True)
    assert taken.number
    assert "issuer" not in world.log()[-1]
