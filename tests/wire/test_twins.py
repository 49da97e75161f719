"""Formats that are written but no twins: never kept or delivered, and given when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dispaccio.api.accept import preferred
from dispaccio.errors import UnknownFormat
from dispaccio.formats import registry
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.convert import target
from dispaccio.release.model import Reading, Revision
from dispaccio.store import outbox
from dispaccio.testing import home as homes
from dispaccio.testing import releases
from dispaccio.wire import edition, endpoints
from dispaccio.wire.endpoints import Wanted
from dispaccio.wire.parcels import Packer
from tests.wire.world import SECOND, World


class Telex:
    """A third party's format that is written only."""

    name = "telex"
    version = PROTOCOL_VERSION
    about = About(
        title="Telex",
        media_types=("application/x-telex",),
        suffixes=(".telex",),
        reads=False,
        writes=True,
        lossless=False,
        recognises=lambda data: False,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        raise UnknownFormat

    def write(self, revision: Revision) -> bytes:
        return revision.headline.upper().encode()


@pytest.fixture
def telex(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    known = registry.entry_points(group=registry.GROUP)

    class Point:
        def load(self) -> Telex:
            return Telex()

    def points(group: str) -> list[Any]:
        return [*known, Point()]

    monkeypatch.setattr(registry, "entry_points", points)
    registry.formats.cache_clear()
    yield
    registry.formats.cache_clear()


@pytest.mark.usefixtures("telex")
def test_it_is_written_when_asked_for_and_not_kept() -> None:
    said = releases.english()
    kept = [item.format for item in edition.renderings(said)]
    assert "telex" not in kept
    assert {"dispaccio", "ninjs", "text", edition.THIN} <= set(kept)
    assert b"telex" not in edition.thin(said)
    assert preferred(["application/x-telex"]) == "telex"
    assert target("telex").name == "telex"
    rendered = edition.rendering("telex", said)
    assert (rendered.media_type, rendered.body) == (
        "application/x-telex",
        said.headline.upper().encode(),
    )


@pytest.mark.usefixtures("telex")
def test_an_endpoint_may_have_it(tmp_path: Path) -> None:
    world = World(homes.make(tmp_path / "home").folder)
    wanted = Wanted(format="telex", payload="full")
    endpoints.add(world.wire, world.olga, homes.SUBSCRIBER, "http://127.0.0.1:9/a", wanted)
    world.published("A third plant")
    with world.wire.store.write(world.now) as tx:
        claims = outbox.claim(tx, most=9, lease=30 * SECOND, token=1)
        (load,) = outbox.loads(tx, claims)
        made = Packer(world.wire).pack(tx, load)
    assert made is not None
    assert (made.media_type, made.body) == ("application/x-telex", b"A THIRD PLANT")
