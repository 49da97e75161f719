"""The outbox under any sequence of publications, failures, leases that end, and switches.

Whatever happens: nothing overtakes, no text leaves that was taken back, one request an endpoint is
in flight, and in the end everyone has the last word.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dispaccio.store import endpoints, outbox
from dispaccio.store.engine import Store
from dispaccio.store.outbox import Claim
from tests.store.rows import LEASE, Rows

AFTER = {
    "correction": "same",
    "withhold": "withheld",
    "usable_again": "usable",
    "withdrawal": "canceled",
}
MAY = {
    "usable": ["correction", "withhold", "withdrawal"],
    "withheld": ["usable_again", "withdrawal"],
    "canceled": [],
}


class Outbox(RuleBasedStateMachine):
    """One release to three endpoints."""

    migrated: Path

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(shutil.copy(self.migrated, Path(self.folder.name) / "wire.db"))
        self.rows = Rows(Store(path))
        self.keys = [self.rows.endpoint(name) for name in "abc"]
        self.on = set(self.keys)
        self.release = self.rows.release("r")
        self.kinds = ["original"]
        self.status = "usable"
        self.rows.publish(self.release, 1)
        self.flying: list[Claim] = []
        self.reached: dict[int, int] = {}
        self.had: dict[int, set[int]] = {key: set() for key in self.keys}

    def teardown(self) -> None:
        if hasattr(self, "rows"):
            self._drain()
            self.rows.store.close()
            self.folder.cleanup()

    @rule(pick=st.integers(0, 3))
    def publish(self, pick: int) -> None:
        may = MAY[self.status]
        if not may:
            return
        kind = may[pick % len(may)]
        self.kinds.append(kind)
        if AFTER[kind] != "same":
            self.status = AFTER[kind]
        self.rows.publish(self.release, len(self.kinds), kind, status=self.status)

    @rule()
    def claim(self) -> None:
        for claim in self.rows.claim():
            kind = self.kinds[claim.version - 1]
            if self.status != "usable":
                assert kind in ("withhold", "withdrawal"), "a text that was taken back"
            assert claim.version >= self.reached.get(claim.endpoint, 0), "an older version"
            assert claim.endpoint not in {c.endpoint for c in self.flying}, "two in flight"
            assert claim.endpoint in self.on, "switched off"
            self.reached[claim.endpoint] = claim.version
            self.had[claim.endpoint].add(claim.version)
            self.flying.append(claim)

    @rule(at=st.integers(0, 9), how=st.sampled_from(["delivered", "parked", "retry"]))
    def settle(self, at: int, how: str) -> None:
        if self.flying:
            claim = self.flying.pop(at % len(self.flying))
            after = timedelta(seconds=5) if how == "retry" else None
            assert self.rows.settle(claim, how, after=after) == 1

    @rule(seconds=st.sampled_from([1, 5, 60]))
    def wait(self, seconds: int) -> None:
        self.rows.now += timedelta(seconds=seconds)
        if self.flying and seconds > LEASE.total_seconds():
            self.rows.write(outbox.release_expired)
            for late in self.flying:
                assert self.rows.settle(late) == 0, "a lease that had ended"
            self.flying = []

    @rule(at=st.integers(0, 2))
    def switch(self, at: int) -> None:
        key = self.keys[at]
        on = key not in self.on
        (self.on.add if on else self.on.discard)(key)
        self.rows.write(endpoints.set_state, key, "active" if on else "disabled", None)
        self.rows.write(outbox.resume if on else outbox.hold, key)

    @precondition(lambda self: not self.flying)
    @rule()
    def restart(self) -> None:
        self.rows.write(outbox.release_expired, everything=True)

    def _drain(self) -> None:
        """Switch everything on, let everything be sent, and see who has what."""
        withdrawn_while_off = {row[3] for row in self._rows() if row[0] == "to_human"}
        for key in set(self.keys) - self.on:
            self.rows.write(endpoints.set_state, key, "active", None)
            self.rows.write(outbox.resume, key)
        self.rows.write(outbox.release_expired, everything=True)
        self.rows.now += timedelta(days=9)
        for _, version, endpoint in self.rows.deliver():
            assert version >= self.reached.get(endpoint, 0), "an older version"
            self.reached[endpoint] = version
        last = len(self.kinds)
        for key in self.keys:
            got_text = bool(self.had[key]) or key in self.reached
            if self.status != "canceled" or (got_text and key not in withdrawn_while_off):
                assert self.reached.get(key) == last, "not the last word"
            elif not got_text:
                assert key not in self.reached
        assert not [row for row in self._rows() if row[0] == "due"]

    def _rows(self) -> list[tuple[str, int, int, int]]:
        from sqlalchemy import select

        from dispaccio.store.delivery_tables import delivery

        columns = (delivery.c.state, delivery.c.version, delivery.c.gate, delivery.c.endpoint)
        with self.rows.store.read(self.rows.now) as tx:
            return [(a, b, c, d) for a, b, c, d in tx.run(select(*columns))]


def test_any_sequence(migrated: Path) -> None:
    machine = type("Machine", (Outbox,), {"migrated": migrated})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=25, stateful_step_count=30, deadline=None)
    )
