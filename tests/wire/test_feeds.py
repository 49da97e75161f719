"""The entries of feeds: written once, at publication, and the same if they are written later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete

from dispaccio.formats.feeds.kinds import KINDS, FeedKind
from dispaccio.release.model import Reason, Revision
from dispaccio.release.state import Kind
from dispaccio.store.tables import rendering
from dispaccio.wire import submit
from dispaccio.wire.publish import publish
from dispaccio.wire.shown import Entry
from tests.wire.test_archive import bring, other
from tests.wire.world import HOUR, World, handed


def correct(world: World, number: str, title: str) -> None:
    """A correction by the operator, since what came from an archive has no author here."""
    reason = Reason("wrong-date")
    submit.revise(
        world.wire, world.olga, number, handed(title), kind=Kind.CORRECTION, reason=reason
    )
    publish(world.wire, world.dora, number, confirm=True)


def life(world: World) -> Iterator[str]:
    """What becomes of two releases, one of them from an archive; a name after each step."""
    number = world.published("Aurora opens a plant")
    yield "published"
    [old] = bring(world, other(1))
    for item in (number, old.number or ""):
        world.wait(HOUR)
        correct(world, item, "Aurora opens another plant")
        yield f"{item} corrected"
        world.notice(item, Kind.WITHHOLD, "wrong-figure")
        yield f"{item} withheld"
        correct(world, item, "Aurora opens a third plant")
        yield f"{item} corrected while withheld"
        world.wait(HOUR)
        world.notice(item, Kind.USABLE_AGAIN)
        yield f"{item} usable again"
        world.notice(item, Kind.WITHDRAWAL, "hoax")
        yield f"{item} withdrawn"


def entries(world: World) -> dict[str, list[Entry]]:
    """The entries of every feed."""
    return {name: world.public.changed(kind, 9) for name, kind in KINDS.items()}


def never(revision: Revision) -> bytes:
    """Stands for the writer of an entry where nothing is to be written."""
    raise AssertionError("an entry was written again")


def test_an_entry_is_written_at_publication(world: World) -> None:
    for step in life(world):
        for kind in KINDS.values():
            kept: FeedKind = replace(kind, entry=never)
            assert world.public.changed(kept, 9) == world.public.changed(kind, 9), step


def test_what_is_not_kept_is_written_again_to_the_same_bytes(world: World) -> None:
    for step in life(world):
        before = entries(world)
        with world.wire.store.write(world.now) as tx:
            tx.run(
                delete(rendering).where(rendering.c.format.in_([k.kept for k in KINDS.values()]))
            )
        assert entries(world) == before, step
        assert all(found[0].changed == world.now for found in before.values()), step


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_it_is_said_when_an_entry_changed(world: World, kind: FeedKind) -> None:
    published = world.now
    world.published("Aurora opens a plant")
    world.wait(HOUR)
    world.published("Aurora opens another plant")
    assert [entry.changed for entry in world.public.changed(kind, 9)] == [world.now, published]
