"""Under which subjects the public finds a release, through all that may become of it."""

from __future__ import annotations

from typing import Any

from dispaccio.release.state import Kind
from tests.wire.world import HOUR, World

ECONOMY, BUSINESS, HEALTH = "medtop:04000000", "medtop:20000349", "medtop:07000000"
SAID: list[dict[str, Any]] = [{"scheme": "medtop", "code": "20000349"}]


def listed(world: World, subject: str, **more: Any) -> list[str]:
    return [shown.number for shown in world.public.latest(9, subject=subject, **more)]


def test_from_publication_on(world: World) -> None:
    world.sealed(subjects=SAID)
    assert world.public.subjects() == ()
    world.wait(HOUR)
    [done] = world.publisher.publish_due()
    assert world.public.subjects() == ("04000000", "20000349")
    assert listed(world, ECONOMY) == listed(world, BUSINESS) == [done.number]
    assert listed(world, HEALTH) == []
    assert listed(world, ECONOMY, channel="economia") == [done.number]
    assert listed(world, ECONOMY, channel="other") == []
    assert world.public.subjects("economia") == ("04000000", "20000349")
    assert world.public.subjects("other") == ()


def test_searches_can_be_narrowed_down(world: World) -> None:
    one = world.published("Aurora opens a dairy", subjects=SAID)
    world.published("Aurora opens a clinic", text="Another text.")
    found = world.public.search("aurora", 9, subject=ECONOMY)
    assert [shown.number for shown in found] == [one]
    assert len(world.public.search("aurora", 9)) == 2
    assert world.public.search("dairy", 9, subject=HEALTH) == []


def test_not_while_withheld_and_never_after_a_withdrawal(world: World) -> None:
    number = world.published(subjects=SAID)
    world.notice(number, Kind.WITHHOLD)
    assert world.public.subjects() == ()
    assert listed(world, ECONOMY) == []
    world.correct(number, "Aurora opens a dairy", text="Corrected.", subjects=SAID)
    assert listed(world, ECONOMY) == []
    world.notice(number, Kind.USABLE_AGAIN)
    assert listed(world, ECONOMY) == [number]
    world.notice(number, Kind.WITHDRAWAL)
    assert listed(world, ECONOMY) == []
    assert world.public.subjects() == ()


def test_a_correction_moves_it(world: World) -> None:
    number = world.published(subjects=SAID)
    other = [{"scheme": "medtop", "code": "07000000"}]
    world.correct(number, "Aurora opens a clinic", subjects=other)
    assert listed(world, ECONOMY) == []
    assert listed(world, HEALTH) == [number]


def test_the_sitemap_lists_what_is_usable(world: World) -> None:
    assert world.public.sitemap_pages() == []
    world.sealed("Not yet")
    number, other = world.published(), world.published("Second", text="Other.")
    [(page, at)] = world.public.sitemap_pages()
    assert page == 0
    assert at == world.now
    assert [found for found, _ in world.public.sitemap(0)] == [number, other]
    world.notice(number, Kind.WITHHOLD)
    assert [found for found, _ in world.public.sitemap(0)] == [other]
