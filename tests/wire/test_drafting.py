"""Drafts: written, saved by several people, mended, handed in once, and gone without a trace."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dispaccio.access.actor import Actor
from dispaccio.desk.checks.base import Severity
from dispaccio.errors import (
    DraftConflict,
    DraftDiscarded,
    DraftHandedIn,
    FindingsStop,
    NoSuchDraft,
    NotAllowed,
    TooLarge,
    UnderCorrection,
)
from dispaccio.intake.sheet import Sheet
from dispaccio.release.model import Contact
from dispaccio.release.state import Kind, State
from dispaccio.store import drafts
from dispaccio.testing import home as homes
from dispaccio.wire import drafting, handing_in, organisations, people, review
from tests.wire.world import World

FULL = Sheet(
    language="en",
    label="promotional",
    paid_by="Aurora Dairy",
    headline="Aurora opens a dairy",
    place="Bergamo",
    text="The third plant opened on **Monday**.\n\n- 120 people\n- 3 shifts",
    boilerplate="About Aurora. A dairy.",
    contacts=(Contact(name="Livia Brembati", email="press@aurora-dairy.example"),),
    subjects=("medtop:04000000",),
    channel="economia",
    zone="Europe/Rome",
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    homes.make(tmp_path / "home")
    made = World(tmp_path / "home")
    yield made
    made.close()


def begun(world: World, sheet: Sheet = FULL, by: Actor | None = None) -> drafting.Open:
    id = str(uuid.uuid4())
    return drafting.save(world.wire, by or world.anna, id, 0, sheet, "aurora")


def test_a_draft_is_kept_as_it_was_typed(world: World) -> None:
    unfinished = Sheet(text="Only a thought *yet", at="tomorrow")
    made = begun(world, unfinished)
    assert drafting.show(world.wire, world.anna, made.id).sheet == unfinished
    assert [one.id for one in drafting.drafts_of(world.wire, world.anna)[0]] == [made.id]
    seen = handing_in.look(world.wire, made)
    assert seen.stopped
    assert {"headline", "release_time"} <= {finding.where for finding in seen.findings}


def test_a_text_saved_twice_is_one(world: World) -> None:
    made = begun(world)
    again = drafting.save(world.wire, world.anna, made.id, 0, FULL, "aurora")
    assert (again.id, again.saved) == (made.id, 1)


def test_who_saves_later_is_shown_both_texts(world: World) -> None:
    made = begun(world)
    mine, theirs = replace(FULL, headline="Mine"), replace(FULL, headline="Theirs")
    first = drafting.save(world.wire, world.anna, made.id, made.saved, theirs)
    with pytest.raises(DraftConflict) as conflict:
        drafting.save(world.wire, world.anna, made.id, made.saved, mine)
    kept = conflict.value.details["kept"]
    assert isinstance(kept, drafting.Open)
    assert (kept.sheet.headline, kept.saved) == ("Theirs", first.saved)
    assert drafting.save(world.wire, world.anna, made.id, kept.saved, mine).sheet.headline == "Mine"


def test_it_is_handed_in_once(world: World) -> None:
    made = begun(world)
    receipt = handing_in.hand_in(world.wire, world.anna, made.id, made.saved)
    assert receipt.state is State.IN_REVIEW
    with pytest.raises(DraftHandedIn) as again:
        handing_in.hand_in(world.wire, world.anna, made.id, made.saved)
    assert again.value.details["release"] == receipt.id
    assert drafting.drafts_of(world.wire, world.anna) == ([], None)
    review.approve(world.wire, world.dora, receipt.id, confirm=True)


def test_what_is_handed_in_is_what_was_saved(world: World) -> None:
    made = begun(world)
    drafting.save(world.wire, world.anna, made.id, made.saved, replace(FULL, headline="Another"))
    with pytest.raises(DraftConflict):
        handing_in.hand_in(world.wire, world.anna, made.id, made.saved)


def test_errors_stop(world: World) -> None:
    made = begun(world, replace(FULL, headline=""))
    with pytest.raises(FindingsStop):
        handing_in.hand_in(world.wire, world.anna, made.id, made.saved)
    assert drafting.show(world.wire, world.anna, made.id).saved == made.saved


def test_what_was_discarded_is_gone(world: World) -> None:
    made = begun(world)
    with world.wire.store.read(world.now) as tx:
        row = drafts.by_id(tx, made.id)
    assert row and row.wrapped and row.sealed
    drafting.discard(world.wire, world.anna, made.id)
    with pytest.raises(DraftDiscarded):
        drafting.show(world.wire, world.anna, made.id)
    with world.wire.store.read(world.now) as tx:
        after = drafts.by_id(tx, made.id)
    assert after and after.wrapped is None and after.sealed is None


def test_nobody_else_learns_of_it(world: World) -> None:
    organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [])
    people.add(world.wire, world.olga, "bea", None, ["author:bruma"])
    made = begun(world)
    for name in ("bea", "dora", "olga", "sam"):
        somebody = homes.actor(world.wire, name)
        with pytest.raises(NoSuchDraft):
            drafting.show(world.wire, somebody, made.id)
        with pytest.raises(NoSuchDraft):
            drafting.save(world.wire, somebody, made.id, made.saved, Sheet(), "bruma")
    with pytest.raises(NotAllowed):
        begun(world, by=homes.actor(world.wire, "bea"))


def test_the_desk_writes_on_an_issuers_behalf(world: World) -> None:
    made = begun(world, by=world.dora)
    assert drafting.show(world.wire, world.anna, made.id).behalf
    assert drafting.show(world.wire, homes.actor(world.wire, "dino"), made.id).id == made.id


def test_boilerplate_and_contacts_are_remembered_by_language(world: World) -> None:
    made = begun(world)
    handing_in.hand_in(world.wire, world.anna, made.id, made.saved)
    new = drafting.blank(world.wire, world.anna)
    assert (new.sheet.boilerplate, new.sheet.contacts) == (FULL.boilerplate, FULL.contacts)
    assert drafting.blank(world.wire, world.anna, language="it").sheet.boilerplate == ""


def test_a_returned_text_is_mended(world: World) -> None:
    made = begun(world, replace(FULL, at="2026-12-24T10:00"))
    first = handing_in.hand_in(world.wire, world.anna, made.id, made.saved)
    with pytest.raises(UnderCorrection):
        drafting.mend(world.wire, world.anna, first.id)
    review.decide(world.wire, world.dora, first.id, State.RETURNED, why="Say which day.")
    id = drafting.mend(world.wire, world.anna, first.id)
    assert drafting.mend(world.wire, world.anna, first.id) == id
    kept = drafting.show(world.wire, world.anna, id)
    assert (kept.sheet.text, kept.sheet.at) == (FULL.text, "2026-12-24T10:00")
    again = handing_in.hand_in(world.wire, world.anna, id, kept.saved)
    assert (again.id, again.state) == (first.id, State.IN_REVIEW)


def test_a_public_text_is_corrected(world: World) -> None:
    number = world.published()
    id = drafting.mend(world.wire, world.anna, number)
    kept = drafting.show(world.wire, world.anna, id)
    assert kept.public
    sheet = replace(kept.sheet, headline="Aurora opens two", reason="wrong-number", body=())
    kept = drafting.save(world.wire, world.anna, id, kept.saved, sheet)
    handing_in.hand_in(world.wire, world.anna, id, kept.saved)
    newest = world.newest(number)
    assert (newest.kind, newest.state) == (Kind.CORRECTION, State.IN_REVIEW)


def test_versions_in_other_languages_are_one_family(world: World) -> None:
    made = begun(world)
    other = drafting.another_language(world.wire, world.anna, made.id)
    families = {drafting.show(world.wire, world.anna, id).family for id in (made.id, other)}
    assert len(families) == 1 and None not in families


def test_a_field_has_an_end(world: World) -> None:
    with pytest.raises(TooLarge, match="headline"):
        begun(world, Sheet(headline="x" * 1_000_000))


@pytest.mark.parametrize("typed", ["a\x00b", "a\u202eb", "a\u0301" * 50, "x" + "\u0301" * 40])
def test_what_is_typed_strangely_is_kept_and_looked_at(world: World, typed: str) -> None:
    made = begun(world, replace(FULL, headline=typed, text=typed))
    assert drafting.show(world.wire, world.anna, made.id).sheet.headline == typed
    handing_in.look(world.wire, made)


def test_a_text_with_hidden_characters_is_stopped(world: World) -> None:
    made = begun(world, replace(FULL, headline="Pay \u202eevil"))
    seen = handing_in.look(world.wire, made)
    assert [f.where for f in seen.findings if f.severity is Severity.ERROR] == ["headline"]


def test_nothing_of_it_lies_in_plain(world: World) -> None:
    made = begun(world, replace(FULL, headline="Zanzibar canary", boilerplate="Tamarind canary"))
    handing_in.hand_in(world.wire, world.anna, made.id, made.saved)
    begun(world, replace(FULL, headline="Zanzibar canary"))
    for path in world.folder.rglob("*"):
        if path.is_file():
            assert b"canary" not in path.read_bytes(), path
