"""Two couriers on one outbox, killed and stopped at random moments while revisions come.

In every lane the receiver's first sight of revisions only rises; nothing is lost; and what comes
more than once was in flight when a courier died or was stopped.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dispaccio.delivery.seats import MOST
from dispaccio.store import schema
from dispaccio.store.delivery_tables import delivery
from dispaccio.store.engine import Store
from dispaccio.testing.receiver import Receiver
from tests.proof.courier_process import LEASE, SECRET
from tests.store.rows import Rows

ENDPOINTS, RELEASES = 6, 8


class Pair:
    """Two processes that deliver; each is started again when it was killed."""

    def __init__(self, where: Path | str) -> None:
        self._command = [sys.executable, "-m", "tests.proof.courier_process", str(where)]
        self.processes = [self._start(), self._start()]

    def _start(self) -> subprocess.Popen[bytes]:
        started = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert started.stdout is not None
        assert started.stdout.readline() == b"ready\n"
        return started

    def kill(self, which: int) -> None:
        self.processes[which].kill()
        self._reap(which)
        self.processes[which] = self._start()

    def stop_past_its_lease(self, which: int, meanwhile: Callable[[], None]) -> None:
        """Stop it for longer than its lease; where it holds the database, everybody waits."""
        process = self.processes[which]
        process.send_signal(signal.SIGSTOP)
        goes_on = threading.Timer(LEASE + 0.5, process.send_signal, [signal.SIGCONT])
        goes_on.start()
        while goes_on.is_alive():
            meanwhile()
        goes_on.join()

    def end(self) -> None:
        for which, process in enumerate(self.processes):
            process.kill()
            self._reap(which)

    def _reap(self, which: int) -> None:
        process = self.processes[which]
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """A fresh database; on PostgreSQL the two share its endpoints out."""
    if request.param == "sqlite":
        return tmp_path / "wire.db"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.mark.parametrize(
    "faults", [6, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_first_sight_only_rises_and_nothing_is_lost(where: Path | str, faults: int) -> None:
    store = Store(where)
    schema.upgrade(store)
    rows, rng = Rows(store), random.Random(faults)
    with Receiver() as receiver:
        for number in range(ENDPOINTS):
            receiver.secrets[f"/{number}"] = SECRET
            rows.now = datetime.now(UTC)
            rows.endpoint(f"e{number}", address=receiver.url(f"/{number}"))
        road = Road(rows, rng)
        pair = Pair(where)
        try:
            for fault in range(faults):
                for _ in range(rng.randrange(1, 4)):
                    road.go_on()
                time.sleep(rng.random() * 0.1)
                if fault % 5 == 4:
                    pair.stop_past_its_lease(rng.randrange(2), road.go_on)
                else:
                    pair.kill(rng.randrange(2))
            wait_until_settled(store)
        finally:
            pair.end()
            store.close()
        check(receiver, road, most_again=faults * ENDPOINTS * MOST)


class Road:
    """Publishes one revision after the other, of any of the releases, now and then the last."""

    def __init__(self, rows: Rows, rng: random.Random) -> None:
        self._rows, self._rng = rows, rng
        self.latest: dict[str, int] = {}
        self.withdrawn: set[str] = set()
        self._keys: dict[str, int] = {}

    def go_on(self) -> None:
        time.sleep(0.02)
        name = f"r{self._rng.randrange(RELEASES)}-{len(self.withdrawn)}"
        self._rows.now = datetime.now(UTC)
        if name not in self._keys:
            self._keys[name] = self._rows.release(name)
        version = self.latest.get(name, 0) + 1
        if version == 1:
            self._rows.publish(self._keys[name], 1)
        elif self._rng.random() < 0.2 and name not in self.withdrawn:
            self._rows.publish(self._keys[name], version, "withdrawal", status="canceled")
            self.withdrawn.add(name)
        elif name not in self.withdrawn:
            self._rows.publish(self._keys[name], version, "correction")
        else:
            return
        self.latest[name] = version


def wait_until_settled(store: Store) -> None:
    query = select(func.count()).where(delivery.c.state.in_(("due", "leased")))
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with store.read(datetime.now(UTC)) as tx:
            if tx.run(query).scalar_one() == 0:
                return
        time.sleep(0.1)
    raise AssertionError("not everything was settled")


def check(receiver: Receiver, road: Road, most_again: int) -> None:
    came = list(receiver.came)
    assert all(item.error is None for item in came)
    sights: dict[tuple[str, str], list[int]] = defaultdict(list)
    for item in sorted(came, key=lambda item: item.at):
        seen = sights[item.path, item.release]
        if item.version not in seen:
            seen.append(item.version)
    for lane, versions in sights.items():
        assert versions == sorted(versions), f"{lane} saw {versions}"
    for name, latest in road.latest.items():
        lanes = [versions for (_, release), versions in sights.items() if release == name]
        if name in road.withdrawn:  # who got nothing of it need not hear that it is withdrawn
            assert all(versions[-1] == latest for versions in lanes)
        else:
            assert len(lanes) == ENDPOINTS
            assert all(versions == list(range(1, latest + 1)) for versions in lanes)
    again = sum(count - 1 for count in Counter((i.path, i.id) for i in came).values())
    assert again <= most_again
