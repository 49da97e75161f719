"""A disk that is full, fails or cannot be written: a plain sentence, and nothing kept is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispaccio.release.canonical import write_instant
from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.receiver import Receiver
from dispaccio.testing.server import Answer, Server

pytestmark = pytest.mark.long

NUMBER = "T100000001"
DISK = "16m"
LEFT = 300_000
"""Bytes that are left on the disk before it is full."""


class Kept:
    """What a wire acknowledged, and whether it still has it."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def ask(self, server: Server, home: Home) -> None:
        self.anna, self.dora = (server.client(home.keys[name]) for name in ("anna", "dora"))

    def submit(self, words: int = 3) -> Answer:
        text = f"Aurora opens a plant. {'The dairy is well. ' * words}"
        said = self.anna.post("/submissions", homes.document("Aurora opens a plant", text=text))
        if said.status == 201:
            self.ids.append(said.json()["id"])
        return said

    def submit_until_refused(self) -> Answer:
        for _ in range(500):
            if (said := self.submit(2000)).status != 201:
                return said
        raise AssertionError("the disk is never full")

    def all_there(self) -> bool:
        return all(self.dora.get(f"/api/v1/submissions/{id}").status == 200 for id in self.ids)


def is_plain(answer: Answer, code: str) -> bool:
    """A 503 with that code and one sentence in which no program speaks."""
    said = answer.json()
    assert (answer.status, said["code"]) == (503, code), said
    return not any(
        word in said["detail"] for word in ("SQL", "INSERT", "Error", "sqlite", "(", "[")
    )


def publish(kept: Kept) -> None:
    assert kept.submit().status == 201
    said = kept.dora.post(f"/submissions/{kept.ids[-1]}/publish", {"confirm": True})
    assert said.status == 200, said


def test_a_disk_nearly_full_takes_nothing_in_and_lets_everything_out(tmp_path: Path) -> None:
    home, kept = homes.make(tmp_path / "home"), Kept()
    with Server(home.folder, forked=True) as server:
        kept.ask(server, home)
        publish(kept)
    settings = home.folder / "dispaccio.toml"
    enough = settings.read_text().replace("min_free_disk_mb = 0", "min_free_disk_mb = 9000000000")
    settings.write_text(enough)
    with Server(home.folder, forked=True) as server:
        kept.ask(server, home)
        assert is_plain(kept.submit(), "disk-nearly-full")
        assert kept.anna.get(f"/r/{NUMBER}.json").status == 200
        assert kept.dora.post(f"/releases/{NUMBER}/withdraw", {"reason": "error"}).status == 200


def test_a_failing_disk_ends_the_server_and_what_was_kept_is_there(tmp_path: Path) -> None:
    """After a failed write nobody knows what is on the disk but who opens it anew."""
    home, kept = homes.make(tmp_path / "home"), Kept()
    with Server(home.folder, fault="failing-disk", forked=True) as server:
        kept.ask(server, home)
        assert is_plain(kept.submit_until_refused(), "store-failed")
        assert is_plain(kept.submit(), "store-failed")
        assert kept.ids
        assert server.ended(30) == 1
    assert "StoreFailed: The wire stopped: The store" in server.log.read_text()
    with Server(home.folder, forked=True) as server:
        kept.ask(server, home)
        assert kept.all_there()
        assert kept.submit().status == 201


def test_a_database_that_cannot_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    with pytest.raises(RuntimeError, match="The database cannot be opened: attempt to write a"):
        Server(home.folder, fault="read-only", forked=True).start()
    Server(home.folder, forked=True).start().stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    if (
        shutil.which("mount") is None
        or subprocess.run(["mount", *options], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs a small disk: run as root where file systems can be mounted")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_loses_nothing_and_works_again_when_there_is_room(small_disk: Path) -> None:
    home, kept = homes.make(small_disk / "home"), Kept()
    ballast = small_disk / "ballast"
    with Receiver() as receiver:
        wire = home.open()
        homes.subscribe(wire, [receiver.url("/one")])
        wire.store.close()
        with Server(home.folder, forked=True, log=small_disk.with_suffix(".log")) as server:
            kept.ask(server, home)
            publish(kept)
            receiver.wait_for(1)
            kept.submit()
            at = datetime.now(UTC) + timedelta(seconds=2)
            asked = {"confirm": True, "release_time": write_instant(at)}
            assert kept.dora.post(f"/submissions/{kept.ids[-1]}/approve", asked).status == 200
            ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free - LEFT))
            assert is_plain(kept.submit_until_refused(), "store-failed")
            with ballast.open("ab") as rest:
                fill(rest.fileno())
            time.sleep(max(0.0, at.timestamp() - time.time()) + 1)
            assert kept.anna.get("/r/T100000002.json").status in (200, 404)
            assert kept.anna.get(f"/r/{NUMBER}.json").status == 200
            assert server.ended(0) is None, "a full disk is no broken one"
            ballast.unlink()
            kept.ids.append(retried(kept))
            assert kept.all_there()
            came = receiver.wait_for(2, 20)
            assert [item.data["number"] for item in came] == [NUMBER, "T100000002"]
            assert came[1].at >= at.timestamp()


class Holding(Receiver):
    """Answers ``/held`` when it is let go."""

    let_go = threading.Event()

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        status = super()._take(path, headers, body)
        if path == "/held":
            self.let_go.wait(60)
        return status


@pytest.mark.long
def test_the_courier_waits_while_the_disk_is_full_and_goes_on_by_itself(small_disk: Path) -> None:
    """A settlement cannot be kept, nor anything claimed; nothing is lost and nothing sent twice."""
    home, kept, log = homes.make(small_disk / "home"), Kept(), small_disk.with_suffix(".log")
    Holding.let_go.clear()
    with Holding() as receiver:
        receiver.answers["/later"] = 503
        wire = home.open()
        homes.subscribe(wire, [receiver.url("/held"), receiver.url("/later")])
        wire.store.close()
        with Server(home.folder, forked=True, log=log) as server:
            kept.ask(server, home)
            publish(kept)
            receiver.wait_for(2)
            wait_for(lambda: states(kept) == ["due", "leased"])
            with full(small_disk, home.folder / "wire.db"):
                receiver.answers.clear()
                receiver.let_go.set()
                wait_for(lambda: "Deliveries wait" in log.read_text())
                time.sleep(7)  # the retry is due within six
                assert len(receiver.came) == 2
                assert server.ended(0) is None
            receiver.wait_for(3, 20)
            wait_for(lambda: states(kept) == ["delivered"] * 2)
    assert [len(receiver.at(path)) for path in ("/held", "/later")] == [1, 2]
    waits, goes_on = log.read_text().splitlines()[-2:]
    assert waits == (
        "dispaccio: Deliveries wait, and the store is tried again every second. The store could "
        "not keep this, and nothing was changed: database or disk is full."
    )
    assert goes_on == "dispaccio: The store works again, and deliveries go on."


def states(kept: Kept) -> list[str]:
    """Where each delivery stands."""
    said = kept.dora.get(f"/api/v1/releases/{NUMBER}/deliveries").json()
    return sorted(row["state"] for row in said["deliveries"])


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def full(disk: Path, database: Path) -> Iterator[None]:
    """No room on a disk, not even in the write-ahead log that a database has there."""
    ballast = disk / "ballast"
    reader, writer = (sqlite3.connect(database, isolation_level=None) for _ in range(2))
    try:
        reader.execute("BEGIN")  # what it sees stays in the log, which grows
        reader.execute("SELECT count(*) FROM event").fetchone()
        with ballast.open("wb") as file:
            fill(file.fileno())
        with pytest.raises(sqlite3.OperationalError, match="full"):
            write_on(writer)
        yield
    finally:
        reader.close()
        writer.close()
        ballast.unlink()


def write_on(database: sqlite3.Connection) -> None:
    """Commit the smallest change there is, until it cannot be kept."""
    for at in range(1, 100_000):
        database.execute(f"PRAGMA user_version = {at}")


def fill(file: int) -> None:
    """Write until nothing more goes."""
    try:
        while os.write(file, bytes(4096)):
            pass
    except OSError:
        return


def retried(kept: Kept) -> str:
    """Submit until it works again; the id."""
    end = time.monotonic() + 20
    while (said := kept.submit()).status != 201:
        assert is_plain(said, "store-failed")
        assert time.monotonic() < end
        time.sleep(0.1)
    return kept.ids.pop()
