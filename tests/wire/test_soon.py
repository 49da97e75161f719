"""Publishing with a moment to think again, and calling a sealed text back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dispaccio.errors import (
    IllegalMove,
    NotAllowed,
    NothingOpen,
    SecondPersonNeeded,
    WarningsUnconfirmed,
)
from dispaccio.release.state import State
from dispaccio.testing import home as homes
from dispaccio.wire import looking, people, report, review, soon, submit
from dispaccio.wire.draft import open_draft
from tests.wire.world import HOUR, SECOND, World, handed

MINUTE = timedelta(minutes=1)


def wait_for(world: World, seconds: int) -> None:
    world.wire.settings = replace(world.wire.settings, publish_wait=seconds)


def test_it_goes_out_when_the_wait_is_over_whoever_looks(world: World) -> None:
    id = world.submit().id
    at = soon.publish_soon(world.wire, world.dora, id, confirm=True)
    assert at == world.now + MINUTE
    assert (world.state(id), world.newest(id).release_time) == (State.SEALED, at)
    world.wait(MINUTE - SECOND)
    world.close()
    world.open()
    assert world.publisher.publish_due() == []
    world.wait(SECOND)
    [done] = world.publisher.publish_due()
    assert done.published == at


def test_without_a_wait_it_is_public_at_once(world: World) -> None:
    wait_for(world, 0)
    id = world.submit(release_time=world.now + HOUR).id
    assert soon.publish_soon(world.wire, world.dora, id, confirm=True) is None
    assert world.state(id) is State.PUBLISHED


@pytest.mark.parametrize("wait", [0, 60])
def test_an_embargo_holds(world: World, wait: int) -> None:
    wait_for(world, wait)
    until = world.now + 5 * HOUR
    id = world.take({**homes.document("Far away"), "embargo": until.isoformat()}).id
    assert soon.publish_soon(world.wire, world.dora, id, confirm=True) == until
    assert (world.state(id), world.newest(id).release_time) == (State.SEALED, until)


def test_what_is_approved_or_sealed_goes_out_sooner(world: World) -> None:
    sealed, approved = world.sealed(), world.submit("Another").id
    review.approve(world.wire, world.dora, approved, confirm=True)
    for id in (sealed, approved):
        assert soon.publish_soon(world.wire, world.dora, id) == world.now + MINUTE
        assert world.state(id) is State.SEALED


def test_what_refuses_an_approval_refuses_this(world: World) -> None:
    id = world.submit(text="Write to info@other.example for [name].").id
    with pytest.raises(WarningsUnconfirmed):
        soon.publish_soon(world.wire, world.dora, id)
    with pytest.raises(NotAllowed):
        soon.publish_soon(world.wire, world.anna, id, confirm=True)
    assert world.state(id) is State.IN_REVIEW
    own = world.take("Another wire's text\n\nIt says much.").id
    review.decide(world.wire, world.dora, own, State.PARKED)
    with pytest.raises(IllegalMove):
        soon.publish_soon(world.wire, world.dora, own, confirm=True)
    assert "publishing" not in world.events()


def test_stop_calls_it_back_and_nothing_goes_out(world: World) -> None:
    id = world.submit(release_time=world.now + HOUR).id
    soon.publish_soon(world.wire, world.dora, id, confirm=True)
    world.publisher.prepare(world.now + HOUR)
    assert soon.stop(world.wire, world.dora, id) is State.APPROVED
    world.wait(2 * MINUTE)
    assert world.publisher.publish_due() == []
    kept = world.newest(id)
    assert (kept.state, kept.release_time, kept.seal_leaf) == ("approved", None, None)
    with world.wire.store.read(world.now) as tx:
        draft = open_draft(world.wire.data_key(tx, world.row(id)), kept.sealed or b"")
    assert (draft.revision.release_time, draft.manifest, draft.parts) == (None, None, ())
    found = looking.look(world.wire, world.public, world.dora, id).open
    assert found is not None
    assert found.before == world.now - 2 * MINUTE + HOUR, "the time it had before is offered"
    review.set_time(world.wire, world.dora, id, world.now + HOUR)
    world.wait(HOUR)
    assert len(world.publisher.publish_due()) == 1


def test_only_what_is_sealed_can_be_stopped(world: World) -> None:
    id = world.submit().id
    with pytest.raises(IllegalMove, match="this text is in review"):
        soon.stop(world.wire, world.dora, id)
    assert world.state(id) is State.IN_REVIEW, "Stop is no way to approve"
    number = world.published("Public")
    with pytest.raises(NothingOpen):
        soon.stop(world.wire, world.dora, number)
    with pytest.raises(NotAllowed):
        soon.stop(world.wire, world.anna, world.sealed("Sealed"))


def test_never_names_the_author_as_approver(world: World) -> None:
    people.add(world.wire, world.olga, "both", None, ["author:aurora", "desk"])
    both = homes.actor(world.wire, "both")
    id = submit.submit(world.wire, both, handed("Aurora opens a dairy")).id
    before = looking.look(world.wire, world.public, both, id).open
    assert before is not None
    assert "somebody else" in (before.refused or ""), "it says so before it refuses"
    with pytest.raises(SecondPersonNeeded):
        soon.publish_soon(world.wire, both, id, confirm=True)
    world.wire.settings = replace(world.wire.settings, second_person="never")
    soon.publish_soon(world.wire, both, id, confirm=True)
    said = [e for e in report.show(world.wire, both, id)["history"] if e["what"] == "approved"]
    assert [(e["by"], e["policy"]) for e in said] == [("both", "never")]
    after = looking.look(world.wire, world.public, both, id).open
    assert after is not None
    assert after.revision.submitted_by == after.revision.approved_by == "both"


def test_the_words_that_near_texts_are_found_by() -> None:
    for headline, words in {
        "Aurora opens a third dairy in Bergamo": ("aurora", "opens", "bergamo"),
        "To be or not": (),
        "": (),
        "晨星乳业在贝加莫开设第三家工厂": ("晨星乳", "业在贝", "加莫开"),
        "Già il 12 % in più": (),
    }.items():
        assert looking.searched(headline, 3) == words, headline


def test_what_the_desk_sees_around_a_text(world: World) -> None:
    before = [world.published(f"Aurora opens a dairy number {n}", text=f"{n}.") for n in range(7)]
    twin = world.submit("Another headline", text="The very same words.").id
    id = world.submit("Aurora opens a dairy again", text="The very same words.").id
    looked = looking.look(world.wire, world.public, world.dora, id)
    found = looked.open
    assert found is not None
    assert [shown.number for shown in looked.earlier] == before[:1:-1]
    assert [same.ref for same in found.same] == [twin]
    assert found.near_by == ("aurora", "opens", "dairy")
    assert len(found.near or ()) == looking.SIMILAR
    assert found.text.dateline is not None
    assert found.text.dateline.text == "BERGAMO, November 23, 2026 /Ponte/ -"
    assert found.original == "application/json"
    assert world.events()[-1] == "read_unreleased"
    kind, plain = looking.original(world.wire, world.dora, id)
    assert (kind, b"The very same words." in plain) == ("application/json", True)
    assert world.events()[-1] == "read_original"
