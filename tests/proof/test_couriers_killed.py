"""Couriers on one outbox, killed and stopped at random moments while revisions come.

In every lane the receiver's first sight of revisions only rises; nothing is lost; and what comes
more than once was in flight when a courier died or was stopped.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, func, select

from dispaccio.store import schema
from dispaccio.store.delivery_tables import attempt, delivery, lease
from dispaccio.store.engine import Store
from dispaccio.testing.receiver import Receiver
from tests.proof import courier_process
from tests.proof.courier_process import LEASE, SECRET
from tests.store.rows import Rows

pytestmark = pytest.mark.long

ENDPOINTS, RELEASES = 6, 8
LONG = [pytest.mark.long, pytest.mark.timeout(600)]


class Couriers:
    """Processes that deliver; each is started again when it was killed.

    ``in_flight`` are the leases that stood when one of them was killed or stopped: each of them
    may bring a delivery once more.
    """

    def __init__(self, store: Store, where: Path | str, count: int) -> None:
        self._store, self._where, self._alone = store, where, count == 1
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(
            ["dispaccio.testing.server", "dispaccio.server", "dispaccio.api.app"]
        )
        self.in_flight: set[tuple[int, ...]] = set()
        self.processes = [self._start() for _ in range(count)]

    def _start(self) -> ForkServerProcess:
        ready, told = self._context.Pipe(duplex=False)
        arguments = (str(self._where), told, self._alone)
        process = self._context.Process(target=courier_process.main, args=arguments, daemon=True)
        process.start()
        told.close()
        assert ready.poll(30)
        assert ready.recv()
        ready.close()
        return process

    def kill(self, which: int) -> None:
        """As ``kill -9`` does."""
        self._end(self.processes[which])
        self.in_flight |= leases(self._store)
        self.processes[which] = self._start()

    def stop_past_its_lease(self, which: int, meanwhile: Callable[[], None]) -> None:
        """Stop it for longer than its lease; where it holds the database, everybody waits."""
        pid = self.processes[which].pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.001)
        self.in_flight |= leases(self._store)
        goes_on = threading.Timer(LEASE + 0.5, os.kill, [pid, signal.SIGCONT])
        goes_on.start()
        while goes_on.is_alive():
            meanwhile()
        goes_on.join()

    def end(self) -> None:
        for process in self.processes:
            self._end(process)

    def _end(self, process: ForkServerProcess) -> None:
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it ended by itself"
        process.close()


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """A fresh database; on PostgreSQL couriers share its endpoints out."""
    if request.param == "sqlite":
        return tmp_path / "wire.db"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.mark.parametrize(
    ("where", "couriers", "kills", "stops"),
    [
        ("sqlite", 1, 6, 0),
        ("sqlite", 2, 6, 1),
        ("postgres", 2, 6, 1),
        pytest.param("sqlite", 1, 100, 0, marks=LONG),
        pytest.param("sqlite", 2, 100, 10, marks=LONG),
        pytest.param("postgres", 2, 100, 10, marks=LONG),
    ],
    indirect=["where"],
)
def test_first_sight_only_rises_and_nothing_is_lost(
    where: Path | str, couriers: int, kills: int, stops: int
) -> None:
    store = Store(where)
    schema.upgrade(store)
    rows, rng = Rows(store), random.Random(kills + couriers)
    faults = ["kill"] * kills + ["stop"] * stops
    rng.shuffle(faults)
    with Receiver() as receiver:
        for number in range(ENDPOINTS):
            receiver.secrets[f"/{number}"] = SECRET
            rows.now = datetime.now(UTC)
            rows.endpoint(f"e{number}", address=receiver.url(f"/{number}"))
        road = Road(rows, rng)
        working = Couriers(store, where, couriers)
        try:
            for fault in faults:
                for _ in range(rng.randrange(1, 4)):
                    road.go_on()
                time.sleep(rng.random() * 0.04)
                if fault == "stop":
                    working.stop_past_its_lease(rng.randrange(couriers), road.go_on)
                else:
                    working.kill(rng.randrange(couriers))
            wait_until_settled(store)
            failed = count(store, attempt.c.outcome != "delivered")
        finally:
            working.end()
            store.close()
        check(receiver, road)
        again = sum(count - 1 for count in Counter((i.path, i.id) for i in receiver.came).values())
        print(f"{again} came again of {len(working.in_flight)} in flight; {failed} failed")
        assert working.in_flight or kills < 100, "nobody was killed at work"
        assert again <= len(working.in_flight) + failed


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


def leases(store: Store) -> set[tuple[int, ...]]:
    """The leases that stand."""
    columns = ("release", "version", "endpoint", "run", "token")
    query = select(*(lease.c[name] for name in columns))
    with store.read(datetime.now(UTC)) as tx:
        return {tuple(row) for row in tx.run(query)}


def count(store: Store, where: ColumnElement[bool]) -> int:
    with store.read(datetime.now(UTC)) as tx:
        return int(tx.run(select(func.count()).where(where)).scalar_one())


def wait_until_settled(store: Store) -> None:
    until = time.monotonic() + 60
    while count(store, delivery.c.state == "due"):
        assert time.monotonic() < until, "not everything was settled"
        time.sleep(0.1)


def check(receiver: Receiver, road: Road) -> None:
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
