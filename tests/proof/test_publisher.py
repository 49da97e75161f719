"""What is published is what was sealed last; what cannot be opened holds up nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispaccio.clock import Clock
from dispaccio.store import releases
from dispaccio.testing import home as homes
from dispaccio.wire import report, review, submit
from dispaccio.wire.core import Wire
from dispaccio.wire.publish import Publisher
from dispaccio.wire.submit import Handed

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOON = timedelta(seconds=40)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.passed = timedelta()
        self.clock = Clock(lambda: START + self.passed, self._seconds)

    def move(self, by: timedelta) -> None:
        self.passed += by

    def _seconds(self) -> float:
        return self.passed.total_seconds()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def wire(tmp_path: Path, hands: Hands) -> Iterator[Wire]:
    home = homes.make(tmp_path / "home", clock=hands.clock)
    wire = home.open(hands.clock)
    yield wire
    wire.store.close()


def sealed(wire: Wire, title: str, at: datetime) -> str:
    anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")
    handed = Handed(json.dumps(homes.document(title)).encode(), "application/json")
    id = submit.submit(wire, anna, handed).id
    review.approve(wire, dora, id, confirm=True, at=at)
    return id


def test_what_was_sealed_again_is_published_as_it_was_sealed(wire: Wire, hands: Hands) -> None:
    """The salts are new each time, and so is the manifest that the wire's statement names."""
    publisher, dora = Publisher(wire), homes.actor(wire, "dora")
    id = sealed(wire, "Aurora opens its third plant", START + SOON)
    publisher.prepare(START + timedelta(minutes=1))
    review.set_time(wire, dora, id, START + timedelta(hours=2))
    review.set_time(wire, dora, id, START + SOON)
    publisher.prepare(START + timedelta(minutes=1))
    hands.move(SOON)
    [done] = publisher.publish_due()
    assert done.published == START + SOON
    with wire.store.read(START) as tx:
        row = releases.published_revision(tx, 1, 1)
    assert row
    assert row.manifest
    assert row.statement
    named = json.loads(row.statement)["manifest"]
    assert named == hashlib.sha256(row.manifest).hexdigest()


def test_a_text_that_cannot_be_opened_holds_up_no_other(wire: Wire, hands: Hands) -> None:
    publisher, dora = Publisher(wire), homes.actor(wire, "dora")
    sealed(wire, "Aurora opens its third plant", START + SOON)
    sealed(wire, "Aurora opens its fourth plant", START + 2 * SOON)
    with wire.store.write(START) as tx:
        releases.change_revision(tx, 1, sealed=b"not what was sealed")
    publisher.prepare(START + timedelta(minutes=2))
    hands.move(SOON)
    assert publisher.publish_due() == []
    assert publisher.next_due() == START + 2 * SOON, "the next one is waited for to the second"
    hands.move(SOON)
    [done] = publisher.publish_due()
    assert done.published == START + 2 * SOON
    assert publisher.next_due() is None
    hands.move(timedelta(minutes=2))
    assert publisher.next_due() == START + SOON, "it is looked at again now and then"
    said = report.status(wire, dora)
    assert not said["well"]
    assert said["clock"]["overdue"] == 1


def test_one_that_cannot_be_opened_holds_up_none_of_the_same_instant(
    wire: Wire, hands: Hands
) -> None:
    """Many of one instant share a transaction, and yet each stands or falls by itself."""
    ids = [sealed(wire, f"Aurora opens plant {number}", START + SOON) for number in range(9)]
    with wire.store.write(START) as tx:
        releases.change_revision(tx, 5, sealed=b"not what was sealed")
    publisher = Publisher(wire)
    publisher.prepare(START + timedelta(minutes=1))
    hands.move(SOON)
    done = publisher.publish_due()
    assert [item.number for item in done] == [f"T{100_000_001 + turn}" for turn in range(8)]
    assert list(publisher.stuck) == [5]
    with wire.store.read(START) as tx:
        public = {row.id for id in ids if (row := releases.by_id(tx, id)) and row.ordinal}
    assert public == {*ids} - {ids[4]}
