"""The delivery report as a page: its picture, its words, and that only a link opens it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dispaccio.release.state import Kind
from dispaccio.site.app import create_site
from dispaccio.site.front import Front
from dispaccio.site.report import chart
from dispaccio.testing import home as homes
from dispaccio.wire import links
from dispaccio.wire.private import Private
from tests.wire.test_reports import settle
from tests.wire.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(homes.make(tmp_path / "home").folder)
    homes.subscribe(made.wire, [f"http://127.0.0.1:9/a&b{n}" for n in range(3)])
    yield made
    made.close()


def page(world: World, number: str, language: str = "en", *, key: str | None = None) -> str:
    """The report as a browser gets it; the empty text where it is not found."""
    site = Front(create_site(world.public, Private(world.wire, world.public)))
    path = f"/r/{number}/report"
    if key is None:
        key = links.make(world.wire, world.dora, path)["url"].partition("?key=")[2]
    with TestClient(site) as client:
        answer = client.get(path, params={"key": key, "lang": language})
    if answer.status_code == 404:
        return ""
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    return answer.text


def test_what_it_shows(world: World) -> None:
    number = world.published()
    settle(world, "delivered", "delivered", "parked")
    shown = page(world, number)
    assert "2 of 3 endpoints have it; " in shown
    assert "could not be reached: 1</span>; median 20 ms, slowest 20 ms." in shown
    assert '<polyline class="curve"' in shown
    assert "http://127.0.0.1:9/a&amp;b1" in shown
    assert "the receiver's server took it" in shown
    assert "l’hanno 2 destinazioni su 3" in page(world, number, "it")
    assert "&amp;lang=it" in shown and "key=" in shown


def test_what_was_not_tried_yet_is_shown_too(world: World) -> None:
    assert "on their way: 3." in page(world, world.published())


def test_after_a_withdrawal(world: World) -> None:
    number = world.published("Secret of Aurora")
    settle(world, "delivered", "delivered", "delivered")
    world.notice(number, Kind.WITHDRAWAL)
    settle(world, "delivered", "to_human", "due")
    shown = page(world, number)
    assert "Who may hold an earlier version" in shown
    assert "<strong>1</strong> have received this one" in shown
    assert "Secret of Aurora" not in shown


def test_without_a_link_there_is_nothing(world: World) -> None:
    number = world.published()
    assert not page(world, number, key="")
    assert not page(world, number, key="x" * 300)
    assert not page(world, "T100000099", key="x")


def test_the_picture() -> None:
    made = chart({"deliveries": 4, "curve": [(50.0, 1), (100.0, 3)]})
    assert made is not None
    assert made.points == "0,160 300.0,160.0 300.0,120.0 600.0,120.0 600.0,40.0"
    assert chart({"deliveries": 4, "curve": [(50.0, 1)]}) is None
    assert chart({"deliveries": 4}) is None
