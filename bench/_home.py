"""A scratch home, and its server as a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispaccio.access.actor import Actor
from dispaccio.clock import Clock
from dispaccio.settings import Settings
from dispaccio.wire import home as homes
from dispaccio.wire import organisations, people
from dispaccio.wire.core import Wire
from dispaccio.wire.people import FOUNDER

SERVER_CPU, CLIENT_CPU = 0, 1
"""What is measured runs on one core, who measures it on the other."""
ISSUER = "lumora"
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Home:
    """A home with one person who may do everything, an issuer and a channel."""

    folder: Path
    actor: Actor
    key: str

    @contextlib.contextmanager
    def open(self) -> Iterator[Wire]:
        """The home's wire, while no server runs."""
        wire = homes.open_home(self.folder, Clock())
        try:
            yield wire
        finally:
            wire.store.close()


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards; below DISPACCIO_BENCH_DIR if that is set."""
    where = os.environ.get("DISPACCIO_BENCH_DIR")
    with tempfile.TemporaryDirectory(prefix="dispaccio-bench-", dir=where) as folder:
        yield Path(folder)


def make(folder: Path) -> Home:
    """A fresh test home in a folder that does not exist yet."""
    settings = Settings(
        name="Bench Wire", url="http://127.0.0.1:8000", test=True, second_person="never"
    )
    wire = homes.make(folder, settings, Clock())
    try:
        key = people.add(wire, FOUNDER, "bench", None, [])["key"]
        actor = people.by_name(wire, "bench")
        organisations.add_issuer(wire, actor, ISSUER, "Lumora Water Works", ["lumora.example"])
        organisations.add_channel(wire, actor, "press", None)
    finally:
        wire.store.close()
    (folder / "bench.key").write_text(key)
    return Home(folder, actor, key)


def reopen(folder: Path) -> Home:
    """A home that was made before."""
    wire = homes.open_home(folder, Clock())
    try:
        return Home(folder, people.by_name(wire, "bench"), (folder / "bench.key").read_text())
    finally:
        wire.store.close()


@dataclass(frozen=True, slots=True)
class Process:
    """A running process; times in seconds, memory in MB (10^6 bytes)."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Seconds of processor time that it has used so far."""
        text = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(text[11]) + int(text[12])) / _TICKS

    def memory(self) -> float:
        """What it has in memory (resident set)."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE / 1e6


@contextlib.contextmanager
def process(command: Sequence[str], *, cpu: int | None = SERVER_CPU) -> Iterator[Process]:
    """Start a process that prints ``ready PORT``, and end it afterwards."""
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if cpu is not None:
            pin(cpu, started.pid)
        assert started.stdout is not None
        line = started.stdout.readline().split()
        if not line or line[0] != "ready":
            raise RuntimeError(f"{' '.join(command)} did not start")
        yield Process(started.pid, int(line[1]))
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(15)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def serve(
    home: Home, *, cpu: int | None = SERVER_CPU
) -> contextlib.AbstractContextManager[Process]:
    """Serve a home on a free port of 127.0.0.1, as ``dispaccio serve`` does."""
    return process([sys.executable, "-m", "bench._serve", str(home.folder)], cpu=cpu)


def pin(cpu: int, pid: int = 0) -> None:
    """Keep a process (0: this one) on one core, where there is more than one."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {cpu})


def wait_for_quiet(limit: float = 1.0, seconds: float = 60.0) -> None:
    """Wait until the machine's load is low, and say so if it does not become low in time."""
    until = time.monotonic() + seconds
    while (load := os.getloadavg()[0]) > limit:
        if time.monotonic() > until:
            print(f"(the machine is busy: load {load:.1f})")
            return
        time.sleep(1.0)
