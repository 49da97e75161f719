"""The wall clock is stepped by an hour, both ways, while the wire serves: better late than early.

The long tests do it with libfaketime, which fakes the wall clock of the server's process and leaves
its monotonic clocks alone; the short one with a clock that is moved by hand.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest

from dispaccio.clock import STEADY, Clock
from dispaccio.errors import ClockUntrusted
from dispaccio.release.canonical import write_instant
from dispaccio.testing import home as homes
from dispaccio.testing.server import Server
from dispaccio.wire import review, submit
from dispaccio.wire.publish import Publisher
from dispaccio.wire.submit import Handed
from tests.support.tools import require

HOUR = 3600
NUMBER = "T100000001"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class ByHand:
    """A clock whose hands are moved: by time that passes, and by somebody who steps it."""

    def __init__(self) -> None:
        self._passed, self._stepped = 0.0, 0.0
        self.clock = Clock(self._now, lambda: self._passed)

    def step(self, seconds: float) -> None:
        self._stepped += seconds

    def pass_by(self, seconds: float) -> None:
        self._passed += seconds

    def _now(self) -> datetime:
        return START + timedelta(seconds=self._passed + self._stepped)


class Stepped:
    """A wire whose wall clock is stepped from outside."""

    def __init__(self, folder: Path) -> None:
        command = [str(require("faketime")), "-m", "now", "printenv", "LD_PRELOAD"]
        library = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        self._steps = folder / "steps"
        self.step(0)
        self.home = homes.make(folder / "home")
        environment = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._steps),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.server = Server(self.home.folder, environment=environment)

    def __enter__(self) -> Self:
        self.server.start()
        self.anna, self.dora, self.olga = (
            self.server.client(self.home.keys[name]) for name in ("anna", "dora", "olga")
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def step(self, seconds: int) -> None:
        """Set the wall clock so far ahead of the true time."""
        new = self._steps.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._steps)

    def sealed(self, seconds: float) -> tuple[str, datetime]:
        """Hand in and approve a text for so many seconds from then on; its id and that time."""
        id = str(
            self.anna.post("/submissions", homes.document("Aurora opens a plant")).json()["id"]
        )
        at = true_time(seconds)
        asked = {"confirm": True, "release_time": write_instant(at)}
        assert self.dora.post(f"/submissions/{id}/approve", asked).json()["state"] == "sealed"
        return id, at

    def trusted(self) -> bool:
        return bool(self.dora.get("/api/v1/status").json()["clock"]["trusted"])

    def published(self) -> bool:
        return self.anna.get(f"/r/{NUMBER}.json").status == 200

    def noticed(self) -> None:
        """Wait until the wire met the new time, which libfaketime reads after up to two seconds."""
        end = time.monotonic() + 30
        while self.trusted():
            assert not self.published()
            assert time.monotonic() < end, "the step was never noticed"
            time.sleep(0.05)

    def held_for(self, seconds: float) -> None:
        """Nothing goes out for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert not self.published()
            time.sleep(0.1)

    def goes_within(self, seconds: float) -> float:
        """When the release was first seen, in true seconds since 1970."""
        end = time.monotonic() + seconds
        while not self.published():
            assert time.monotonic() < end, "it was never published"
            time.sleep(0.1)
        return time.time()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Stepped]:
    with Stepped(tmp_path) as running:
        yield running


def true_time(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forwards", "backwards"])
def test_a_step_holds_publication_until_both_clocks_agree(tmp_path: Path, step: int) -> None:
    clock = ByHand()
    home = homes.make(tmp_path / "home", clock=clock.clock)
    wire = home.open(clock.clock)
    try:
        anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")
        text = json.dumps(homes.document("Aurora opens a plant")).encode()
        id = submit.submit(wire, anna, Handed(text, "application/json")).id
        review.approve(wire, dora, id, confirm=True, at=clock.clock.now() + timedelta(seconds=3))
        publisher = Publisher(wire)
        assert publisher.publish_due() == []
        clock.step(step)
        clock.pass_by(3)
        for _ in range(int(STEADY)):
            with pytest.raises(ClockUntrusted):
                publisher.publish_due()
            clock.pass_by(1)
        assert len(publisher.publish_due()) == (step > 0)
        clock.step(-step)
        with pytest.raises(ClockUntrusted):
            publisher.publish_due()
        wire.guard.accept()
        assert len(publisher.publish_due()) == (step < 0)
    finally:
        wire.store.close()


@pytest.mark.long
def test_a_step_forwards_holds_publication_until_somebody_accepts_it(wire: Stepped) -> None:
    id, _ = wire.sealed(600)
    wire.step(HOUR)
    wire.noticed()
    wire.held_for(1)
    said = wire.dora.post(f"/submissions/{id}/publish", {"confirm": True})
    assert (said.status, said.json()["code"]) == (503, "clock-untrusted")
    assert wire.dora.post("/clock/accept").status == 403
    assert not wire.published()
    assert wire.olga.post("/clock/accept").status == 204
    wire.goes_within(30)
    assert wire.trusted()
    wire.step(0)
    assert wire.dora.post(f"/releases/{NUMBER}/withdraw", {"reason": "error"}).status == 200


@pytest.mark.long
def test_a_step_there_and_back_costs_ten_seconds_and_nothing_goes_early(wire: Stepped) -> None:
    _, at = wire.sealed(8)
    wire.step(HOUR)
    wire.noticed()
    wire.step(0)
    back = time.time()
    seen = wire.goes_within(90)
    assert seen >= max(at.timestamp(), back + STEADY)


@pytest.mark.long
def test_a_step_backwards_makes_nothing_early_and_its_end_makes_nothing_lost(wire: Stepped) -> None:
    wire.sealed(8)
    wire.step(-HOUR)
    wire.noticed()
    wire.held_for(STEADY + 6)
    assert wire.trusted()
    wire.step(0)
    wire.noticed()
    wire.held_for(STEADY / 2)
    wire.goes_within(90)


@pytest.mark.long
def test_a_clock_that_stays_stepped_is_trusted_after_ten_seconds(wire: Stepped) -> None:
    wire.sealed(600)
    wire.step(HOUR)
    stepped = time.time()
    assert wire.goes_within(90) >= stepped + STEADY
