"""A wire in this process with a clock that a test moves, and its people at hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dispaccio.clock import Clock
from dispaccio.intake.submission import Wishes
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind, State
from dispaccio.store import events, leaves, releases
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.testing import home as homes
from dispaccio.wire import home, review, submit, take
from dispaccio.wire.public import Public
from dispaccio.wire.publish import Published, Publisher, publish
from dispaccio.wire.submit import Handed, Receipt
from dispaccio.wire.take import Taken
from dispaccio.wire.withdraw import notice

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class World:
    """Opens a home. ``now`` is the wall clock; the monotonic clock goes along with ``wait``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = START
        self.seconds = 0.0
        self.clock = Clock(lambda: self.now, lambda: self.seconds)
        self.open()

    def open(self) -> None:
        self.wire = home.open_home(self.folder, self.clock)
        self.public = Public(self.wire)
        self.publisher = Publisher(self.wire)
        self.anna, self.dora, self.olga, self.sam = (
            homes.actor(self.wire, name) for name in ("anna", "dora", "olga", "sam")
        )

    def close(self) -> None:
        self.wire.store.close()

    def wait(self, how_long: timedelta) -> None:
        """Time passes; both clocks agree."""
        self.now += how_long
        self.seconds += how_long.total_seconds()

    def submit(self, title: str = "Aurora opens a dairy", **more: Any) -> Receipt:
        return submit.submit(self.wire, self.anna, handed(title, **more))

    def sealed(
        self, title: str = "Aurora opens a dairy", after: timedelta = HOUR, **more: Any
    ) -> str:
        """The id of a release that is approved and sealed until so much later."""
        id = self.submit(title, **more).id
        review.approve(self.wire, self.dora, id, confirm=True, at=self.now + after)
        return id

    def published(self, title: str = "Aurora opens a dairy", **more: Any) -> str:
        """The number of a release that is public now."""
        id = self.submit(title, **more).id
        [done] = publish(self.wire, self.dora, id, confirm=True)
        return done.number

    def correct(
        self, number: str, title: str, *, kind: Kind = Kind.CORRECTION, **more: Any
    ) -> Published:
        self.hand_in_correction(number, title, kind=kind, **more)
        [done] = publish(self.wire, self.dora, number, confirm=True)
        return done

    def hand_in_correction(
        self, number: str, title: str, *, kind: Kind = Kind.CORRECTION, **more: Any
    ) -> Receipt:
        given = handed(title, **more)
        return submit.revise(
            self.wire, self.anna, number, given, kind=kind, reason=Reason("wrong-date")
        )

    def notice(self, number: str, kind: Kind, code: str = "error") -> Published:
        return notice(self.wire, self.dora, number, kind, Reason(code))

    def take(self, text: str | dict[str, Any], **more: Any) -> Taken:
        native = isinstance(text, dict)
        data = json.dumps(text) if native else text
        kind = "application/json" if native else "text/plain"
        return take.take(self.wire, self.dora, Handed(data.encode(), kind), **more)

    def row(self, ref: str) -> ReleaseRow:
        with self.wire.store.read(self.now) as tx:
            return self.wire.find(tx, ref)

    def newest(self, ref: str) -> RevisionRow:
        with self.wire.store.read(self.now) as tx:
            found = releases.newest_revision(tx, self.wire.find(tx, ref).key)
        assert found is not None
        return found

    def versions(self, ref: str) -> list[RevisionRow]:
        with self.wire.store.read(self.now) as tx:
            return releases.published_revisions(tx, self.wire.find(tx, ref).key)

    def state(self, ref: str) -> State:
        return State(self.newest(ref).state)

    def log(self) -> list[dict[str, Any]]:
        """The log's entries."""
        with self.wire.store.read(self.now) as tx:
            return [json.loads(entry.body) for entry in leaves.span(tx, 0, 1 << 30)]

    def events(self) -> list[str]:
        with self.wire.store.read(self.now) as tx:
            return [event.kind for event in events.after(tx, 0)]


def handed(
    title: str, *, key: str | None = None, wishes: Wishes | None = None, **more: Any
) -> Handed:
    data = json.dumps(homes.document(title, **more)).encode()
    return Handed(data, "application/json", wishes or Wishes(), key)
