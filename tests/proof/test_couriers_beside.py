"""Couriers beside a publishing server on PostgreSQL: killed, stopped, left without hints."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from dispaccio.cli import main
from dispaccio.clock import Clock
from dispaccio.store import outbox, schema
from dispaccio.store.delivery_tables import attempt, delivery, lease
from dispaccio.store.engine import Store
from dispaccio.store.shards import SHARDS
from dispaccio.testing import home as homes
from dispaccio.testing.receiver import Receiver
from dispaccio.testing.server import Server
from tests.proof.courier_process import SECRET
from tests.store.rows import Rows
from tests.wire.world import World

pytestmark = pytest.mark.long

QUICK = """
import sys
from tests.proof import courier_process
class Ready:
    def send(self, done):
        print("ready", flush=True)
courier_process.main(sys.argv[1], Ready(), alone=False)
"""
MANY = 200
WELL = 17
"""After so many good answers more than one may be on its way to an endpoint."""


class Gate(Receiver):
    """A receiver that answers a path no sooner than its gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: dict[str, threading.Event] = defaultdict(_open)

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        status = super()._take(path, headers, body)
        self.gates[path].wait(30)
        return status


def _open() -> threading.Event:
    made = threading.Event()
    made.set()
    return made


class Now(World):
    """A wire in this process that publishes by the real clock."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, Clock()
        self.open()

    @property
    def now(self) -> datetime:  # type: ignore[override]
        return self.clock.now()

    def subscribe(self, receiver: Receiver, names: list[str]) -> None:
        added = homes.subscribe(self.wire, [receiver.url(f"/{name}") for name in names])
        for endpoint, name in zip(added, names, strict=True):
            receiver.secrets[f"/{name}"] = endpoint.secret

    def states(self) -> Counter[str]:
        with self.wire.store.read(self.now) as tx:
            found = Counter(tx.run(select(delivery.c.state)).scalars())
            leased = int(tx.run(select(func.count()).select_from(lease)).scalar_one())
        return found + Counter(leased=leased) - Counter(due=leased)

    def shares(self) -> list[int]:
        """How many shards each courier holds that has any."""
        query = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 "
            f"AND objid < {SHARDS} AND database = (SELECT oid FROM pg_database "
            "WHERE datname = current_database()) GROUP BY pid ORDER BY 1"
        )
        with self.wire.store.read(self.now) as tx:
            return list(tx.run(text(query)).scalars())


@pytest.fixture
def home(postgres_database: str, tmp_path: Path) -> homes.Home:
    return homes.make(tmp_path / "home", database=postgres_database)


@pytest.fixture
def now(home: homes.Home) -> Iterator[Now]:
    made = Now(home.folder)
    yield made
    made.close()


@contextmanager
def courier(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``dispaccio courier``, in a folder that has what the docs say and no more."""
    folder = home.with_name(f"courier-{time.monotonic_ns()}")
    folder.mkdir()
    shutil.copy(home / "dispaccio.toml", folder)
    shutil.copytree(home / "keys", folder / "keys")
    command = [sys.executable, "-m", "dispaccio", "courier", "--home", str(folder)]
    with _running(command, b"Delivering for") as process:
        yield process


@contextmanager
def quick(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A courier whose leases are short."""
    with _running([sys.executable, "-c", QUICK, url], b"ready") as process:
        yield process


@contextmanager
def _running(command: list[str], says: bytes) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith(says)
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def ids(receiver: Receiver) -> list[tuple[str, str]]:
    return [(came.path, came.id) for came in list(receiver.came)]


def test_two_couriers_share_many_endpoints_and_each_delivery_comes_once(now: Now) -> None:
    with Receiver() as receiver, courier(now.folder) as one, courier(now.folder):
        now.subscribe(receiver, [f"e{number}" for number in range(MANY)])
        until(lambda: now.shares() == [SHARDS // 2] * 2)
        for number in range(3):
            now.published(f"Aurora opens dairy {number}")
        until(lambda: now.states() == {"delivered": 3 * MANY})
        assert all(count == 1 for count in Counter(ids(receiver)).values())
        assert all(came.error is None for came in receiver.came)
        one.send_signal(signal.SIGTERM)
        assert one.wait(20) == 0
        until(lambda: now.shares() == [SHARDS])


def test_a_server_is_one_of_the_couriers_unless_it_only_publishes(home: homes.Home) -> None:
    with Receiver() as receiver, Server(home.folder) as server, courier(home.folder):
        now = Now(home.folder)  # reads and subscribes only
        now.subscribe(receiver, [f"e{number}" for number in range(20)])
        until(lambda: now.shares() == [SHARDS // 2] * 2)
        dora = server.client(home.keys["dora"])
        body = homes.document("Aurora opens a dairy")
        said = server.client(home.keys["anna"]).post("/submissions", body).json()
        dora.post(f"/submissions/{said['id']}/publish", {"confirm": True})
        until(lambda: now.states() == {"delivered": 20})
        server.stop()
        until(lambda: now.shares() == [SHARDS])
        assert len(ids(receiver)) == len(set(ids(receiver))) == 20
        only = ["serve", "--home", str(home.folder), "--port", "0", "--no-courier"]
        with _running([sys.executable, "-m", "dispaccio", *only], b"Serving"):
            time.sleep(2)
            assert now.shares() == [SHARDS]
        now.close()


@pytest.mark.long
def test_after_a_kill_the_other_goes_on_in_order(now: Now) -> None:
    names = [f"e{number}" for number in range(MANY)]
    with Gate() as receiver, courier(now.folder) as one, courier(now.folder):
        now.subscribe(receiver, names)
        until(lambda: now.shares() == [SHARDS // 2] * 2)
        receiver.gates = {f"/{name}": threading.Event() for name in names}
        number = now.published("Aurora opens a dairy")
        until(lambda: len(receiver.came) >= 2 * 16)  # what a host gets at once, of either
        one.kill()
        now.correct(number, "Aurora opens a dairy, corrected")
        for gate in receiver.gates.values():
            gate.set()
        until(lambda: now.shares() == [SHARDS])
        until(lambda: now.states() == {"delivered": 2 * MANY}, 120)
        assert _sights(receiver) == {f"/{name}": [1, 2] for name in names}
        assert len(receiver.came) - len(set(ids(receiver))) <= 16, "what was in flight"


def test_a_correction_waits_for_the_original_in_flight(now: Now) -> None:
    with Gate() as receiver, courier(now.folder), courier(now.folder):
        now.subscribe(receiver, [f"e{number}" for number in range(4)])
        until(lambda: now.shares() == [SHARDS // 2] * 2)
        for number in range(WELL):
            now.published(f"Aurora opens dairy {number}")
            until(lambda: now.states() == {"delivered": 4 * (number + 1)})  # noqa: B023
        before = 4 * WELL
        receiver.gates["/e3"] = gate = threading.Event()
        held = now.published("Aurora opens a cheese cellar")
        until(lambda: now.states() == {"delivered": before + 3, "leased": 1})
        now.correct(held, "Aurora opens a cheese cellar, corrected")
        until(lambda: now.states() == {"delivered": before + 6, "leased": 1, "due": 1})
        time.sleep(1)
        assert [came.version for came in receiver.at("/e3")[WELL:]] == [1]
        gate.set()
        until(lambda: now.states() == {"delivered": before + 8})
        assert [came.version for came in receiver.at("/e3")[WELL:]] == [1, 2]


def test_without_hints_it_is_looked_all_the_same(now: Now, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "hint", lambda tx: None)
    with Receiver() as receiver, courier(now.folder):
        now.subscribe(receiver, ["a"])
        until(lambda: now.shares() == [SHARDS])
        for number in range(3):
            now.published(f"Aurora opens dairy {number}")
            until(lambda: now.states() == {"delivered": number + 1})  # noqa: B023


def test_what_one_that_hung_past_its_lease_settles_late_changes_nothing(
    postgres_database: str,
) -> None:
    store = Store(postgres_database)
    schema.upgrade(store)
    rows = Rows(store)
    rows.now = datetime.now(UTC)

    def first(table: object, *columns: str) -> list[tuple[object, ...]]:
        with store.read(datetime.now(UTC)) as tx:
            return [tuple(row) for row in tx.run(select(*(table.c[c] for c in columns)))]  # type: ignore[attr-defined]

    with Gate() as receiver, quick(postgres_database) as hung:
        receiver.secrets["/a"] = SECRET
        rows.endpoint("a", address=receiver.url("/a"))
        release = rows.release("r")
        receiver.gates["/a"] = gate = threading.Event()
        rows.publish(release, 1)
        until(lambda: len(receiver.came) == 1)
        hung.send_signal(signal.SIGSTOP)
        receiver.gates["/a"] = _open()
        with quick(postgres_database):
            until(lambda: first(delivery, "state") == [("delivered",)])
            settled = first(delivery, "state", "attempt", "settled", "due_at")
            hung.send_signal(signal.SIGCONT)
            gate.set()
            until(lambda: sorted(first(attempt, "number")) == [(1,), (2,)])
            columns = "state", "attempt", "settled", "due_at"
            assert first(delivery, *columns) == settled
        rows.now = datetime.now(UTC)
        rows.publish(release, 2, "correction")
        until(lambda: first(delivery, "state") == [("delivered",)] * 2)
        assert _sights(receiver) == {"/a": [1, 2]}
    store.close()


@pytest.mark.parametrize("command", [["courier"], ["serve", "--port", "0", "--no-courier"]])
def test_on_sqlite_there_is_one_courier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    homes.make(tmp_path / "home")
    assert main([*command, "--home", str(tmp_path / "home")]) == 1
    assert capsys.readouterr().err == (
        "dispaccio: One process writes SQLite: let `dispaccio serve` deliver, or keep the wire in "
        "PostgreSQL. [shared-store-needed]\n"
    )


def _sights(receiver: Receiver) -> dict[str, list[int]]:
    """The versions in the order in which each path saw them first."""
    seen: dict[str, list[int]] = {}
    for came in sorted(receiver.came, key=lambda came: came.at):
        versions = seen.setdefault(came.path, [])
        if came.version not in versions:
            versions.append(came.version)
    return seen
