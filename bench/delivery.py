"""Deliveries per core-second beside raw senders and a peer, the spread at T, hanging, idling.

Receivers run in a process of their own (``_receivers``), each endpoint at an address of its own in
127.0.0.0/8. Where processor time is compared, the sender has one core and the receivers the other.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

from bench import _home, _load, _raw_senders, _road
from bench._home import CLIENT_CPU, SERVER_CPU, Home, Process
from bench._numbers import line, spread
from dispaccio.store import endpoints as rows
from dispaccio.store import events
from dispaccio.wire import endpoints, organisations, review
from dispaccio.wire.core import Wire

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Receivers:
    """The process of the receivers: ``port`` takes webhooks, ``told`` commands."""

    port: int
    told: int

    def begin(self, secrets: dict[str, str] | None = None, every: int = 0) -> None:
        """Forget what came; check the signature of every so manieth from now on."""
        body = json.dumps({"secrets": secrets or {}, "every": every}).encode()
        _load.ask(self.told, [_load.request("/_begin", method="POST", body=body)])

    def seen(self) -> dict[str, Any]:
        """What came since."""
        found: dict[str, Any] = json.loads(_load.ask(self.told, [_load.request("/_seen")])[0].body)
        return found

    def wait_for(self, count: int, seconds: float = 120.0) -> dict[str, Any]:
        """Wait until so many different deliveries came."""
        until = time.monotonic() + seconds
        while (said := self.seen())["distinct"] < count:
            if time.monotonic() > until:
                raise RuntimeError(f"{said['distinct']:,} of {count:,} came: {said}")
            time.sleep(0.25)
        return said


@contextmanager
def receivers(
    *, cpu: int | None = CLIENT_CPU, certificate: Path | None = None
) -> Iterator[Receivers]:
    """Receivers until the end of the block."""
    command = [
        sys.executable,
        "-m",
        "bench._receivers",
        *([str(certificate)] if certificate else []),
    ]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if cpu is not None:
            _home.pin(cpu, started.pid)
        assert started.stdout is not None
        _, port, told = started.stdout.readline().split()
        yield Receivers(int(port), int(told))
    finally:
        started.kill()
        started.wait()


def subscribe(wire: Wire, home: Home, port: int, count: int, *, hanging: int = 0) -> dict[str, str]:
    """Endpoints at as many hosts, the last of them hanging; the secrets by path."""
    organisations.add_subscriber(wire, home.actor, "newsroom", None)
    secrets = {}
    for number in range(count):
        path = f"/hang/{number}" if number >= count - hanging else f"/hook/{number}"
        address = f"http://{_raw_senders.host(number)}:{port}{path}"
        secrets[path] = endpoints.add(wire, home.actor, "newsroom", address)["secret"]
    return secrets


def schedule(wire: Wire, home: Home, seeds: range, at: datetime) -> None:
    """Hand in releases and seal them for one moment."""
    ids = [_road.hand_in(wire, home, seed) for seed in seeds]
    for id in ids:
        review.approve(wire, home.actor, id, confirm=True, at=at)


def peers(folder: Path) -> str | None:
    """A Python with aiohttp in an environment that is gone afterwards; None where there is none."""
    uv, made = Path(sys.executable).parent / "uv", folder / "peers"
    wanted = [f"{name}=={metadata.version(name)}" for name in ("httptools", "uvloop")]
    install = ["pip", "install", "--quiet", "--python", str(made), "aiohttp", *wanted]
    for command in (["venv", "--quiet", "--python", sys.executable, str(made)], install):
        if subprocess.run([uv, *command], check=False, capture_output=True).returncode:
            print("  (aiohttp cannot be installed: it is left out)")
            return None
    return str(made / "bin" / "python")


def raw(
    kind: str,
    port: int,
    count: int,
    connections: int,
    *,
    python: str = sys.executable,
    trusted: Path | None = None,
) -> float:
    """Deliveries per core-second of a raw sender; over TLS if it trusts a certificate."""
    command = [python, "-m", "bench._raw_senders", kind]
    command += [str(port), str(count), str(connections), *([str(trusted)] if trusted else [])]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    _home.pin(SERVER_CPU, started.pid)
    said, _ = started.communicate(timeout=600)
    found = json.loads(said)
    return float(found["count"] / found["cpu"])


def main(
    *, targets: int = 5000, releases: int = 6, everyone: int = 10_000, crowd: int = 1000
) -> None:
    with _home.scratch() as folder:
        _throughput(folder, targets, releases)
        _spread(folder / "spread", everyone)
        _hanging(folder, everyone // 10)
        _together(folder / "together", crowd)
    for name in ("_cold_tls", "_websub_peer"):  # they need what is in here
        importlib.import_module(f"bench.{name}").main()


def _throughput(folder: Path, targets: int, releases: int) -> None:
    home = _home.make(folder / "throughput")
    python = peers(folder)
    names = ["courier", "asyncio", "asyncio-uvloop"]
    names += ["aiohttp", "aiohttp-uvloop"] if python else []
    found: dict[str, list[float]] = {name: [] for name in names}
    with receivers() as sink:
        with home.open() as wire:
            secrets = subscribe(wire, home, sink.port, targets)
        for turn in range(ROUNDS):
            seeds = range(turn * (releases + 1), (turn + 1) * (releases + 1))
            found["courier"].append(_courier(home, sink, seeds, targets, secrets))
            for name in names[1:]:
                sink.begin()
                by = python if python and "aiohttp" in name else sys.executable
                found[name].append(raw(name, sink.port, targets * releases, 64, python=by))
    line(f"{targets * releases:,} deliveries, warm, plain HTTP, per core-second", "")
    for name in names:
        line(f"  {name}", spread(found[name], digits=0))
    goals = {"asyncio": ">= 0.7", "aiohttp": ">= 2.5"}
    for name in names[1:]:
        goal = goals.get(name, "")
        ratios = [a / b for a, b in zip(found["courier"], found[name], strict=True)]
        line(f"  courier / raw {name}", spread(ratios), goal)


def _courier(
    home: Home, sink: Receivers, seeds: range, targets: int, secrets: dict[str, str]
) -> float:
    """Deliveries per core-second of the whole server, from T until all is settled."""
    sink.begin(secrets, every=100)
    now = datetime.now(UTC).replace(microsecond=0)
    warm, at = now + timedelta(seconds=12), now + timedelta(seconds=22)
    with home.open() as wire:
        schedule(wire, home, seeds[:1], warm)
        schedule(wire, home, seeds[1:], at)
    with _home.serve(home) as server:
        sink.wait_for(targets)
        while time.time() < at.timestamp() - 0.5:
            time.sleep(0.05)
        before = server.cpu()
        said = sink.wait_for(targets * len(seeds))
        settled(server)
        used = server.cpu() - before
    if said["bad"] or said["overtaken"] or said["total"] != said["distinct"]:
        raise RuntimeError(f"signatures, order or number are wrong: {said}")
    return targets * (len(seeds) - 1) / used


def settled(server: Process) -> None:
    """Wait until the server has nothing to do any more."""
    while True:
        before = server.cpu()
        time.sleep(0.5)
        if server.cpu() - before < 0.03:
            return


def _spread(folder: Path, targets: int) -> None:
    """One release to everybody, on both cores: cold, and with connections of just before."""
    home = _home.make(folder)
    with receivers(cpu=None) as sink:
        with home.open() as wire:
            subscribe(wire, home, sink.port, targets)
        found = {kind: [_one(home, sink, targets, turn, kind)] for turn, kind in enumerate(KINDS)}
        for turn in range(1, ROUNDS):
            for at, kind in enumerate(KINDS):
                found[kind].append(_one(home, sink, targets, turn * 2 + at, kind))
        idle = _idle(home)
    for kind, limit in zip(KINDS, ("1,500 ms", "700 ms"), strict=True):
        line(f"{targets:,} endpoints, 2 cores, {kind}, ms after T", "")
        line("  first", spread([each[0] for each in found[kind]], "ms", 0), "<= 50 ms, none < 0")
        line("  median", spread([each[1] for each in found[kind]], "ms", 0))
        line("  last", spread([each[2] for each in found[kind]], "ms", 0), f"<= {limit}")
    line(f"idle with {targets:,} endpoints", f"{idle:.2%} of a core", "<= 0.5 %")
    if min(each[0] for kind in KINDS for each in found[kind]) < 0:
        raise RuntimeError("something was delivered before its time")


KINDS = ("cold", "warm")


def _one(home: Home, sink: Receivers, targets: int, turn: int, kind: str) -> tuple[float, ...]:
    """First, median and last delivery of one publication, in ms after T."""
    now = datetime.now(UTC).replace(microsecond=0)
    at = now + timedelta(seconds=10)
    with home.open() as wire:
        if kind == "warm":
            schedule(wire, home, range(1000 + turn, 1001 + turn), at)
            at += timedelta(seconds=15)
        schedule(wire, home, range(turn, turn + 1), at)
    sink.begin()
    with _home.serve(home, cpu=None) as server:
        if kind == "warm":
            sink.wait_for(targets)
            settled(server)
            sink.begin()
        time.sleep(max(0.0, at.timestamp() - time.time()))
        said = sink.wait_for(targets)
        settled(server)
    return tuple((said[name] - at.timestamp()) * 1000 for name in ("first", "median", "last"))


def _idle(home: Home, seconds: float = 30.0) -> float:
    """The share of a core that a server takes that has nothing to do."""
    with _home.serve(home, cpu=None) as server:
        time.sleep(5)
        before = server.cpu()
        time.sleep(seconds)
        return (server.cpu() - before) / seconds


def _hanging(folder: Path, targets: int) -> None:
    """The p99 of healthy endpoints without hanging ones, with unknown and with known ones."""
    found: dict[str, list[float]] = {"none": [], "unknown": [], "known": []}
    with receivers(cpu=None) as sink:
        for turn in range(ROUNDS):
            for count in (0, targets // 10):
                home = _home.make(folder / f"hanging-{count}-{turn}")
                with home.open() as wire:
                    subscribe(wire, home, sink.port, targets, hanging=count)
                healthy = targets - count
                found["unknown" if count else "none"].append(_p99(home, sink, healthy, turn))
                if count:
                    found["known"].append(_p99(home, sink, healthy, turn + 100, known=True))
    line(f"{targets:,} endpoints, p99 of those that answer, ms after T", "")
    for name, values in found.items():
        line(f"  hanging endpoints: {name}", spread(values, "ms", 0))
    for name, goal in (("unknown", "<= 3"), ("known", "<= 1.3")):
        ratios = [a / b for a, b in zip(found[name], found["none"], strict=True)]
        line(f"  {name} / none", spread(ratios), goal)


def _p99(home: Home, sink: Receivers, healthy: int, turn: int, *, known: bool = False) -> float:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=6)
    with home.open() as wire:
        schedule(wire, home, range(turn, turn + 1), at)
        if known:
            _make_known(wire)
    sink.begin()
    with _home.serve(home, cpu=None):
        said = sink.wait_for(healthy)
        time.sleep(0.5)
    return float((said["p99"] - at.timestamp()) * 1000)


def _make_known(wire: Wire) -> None:
    """Have the wire know which endpoints hang, as it does after their first time-out."""
    with wire.store.write(wire.clock.now()) as tx:
        for row in rows.everyone(tx):
            if "/hang/" in row.address:
                rows.change(tx, row.key, slow_ms=15_000)


def _together(folder: Path, crowd: int, each: int = 100) -> None:
    """Many releases with one T, each to as many endpoints; the last commit after T."""
    home = _home.make(folder)
    with receivers(cpu=None) as sink:
        with home.open() as wire:
            subscribe(wire, home, sink.port, each)
            at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=60 + crowd / 10)
            schedule(wire, home, range(crowd), at)
        sink.begin()
        with _home.serve(home, cpu=None):
            time.sleep(max(0.0, at.timestamp() - time.time()))
            said = sink.wait_for(crowd * each, 300)
            time.sleep(1)
    line(f"{crowd:,} releases with one T to {each} endpoints each, ms after T", "")
    for name in ("first", "median", "last"):
        line(f"  {name} delivery", f"{(said[name] - at.timestamp()) * 1000:,.0f} ms")
    line("  last commit", f"{_last_commit(home, at):,.0f} ms", "<= 5,000 ms")


def _last_commit(home: Home, at: datetime) -> float:
    """Milliseconds from T to the instant of the last publication's transaction."""
    with home.open() as wire, wire.store.read(wire.clock.now()) as tx:
        last, seq = at, 0
        while found := events.after(tx, seq):
            last = max([last, *(item.at for item in found if item.kind == "published")])
            seq = found[-1].seq
    return (last - at).total_seconds() * 1000
