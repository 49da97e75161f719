"""Our courier beside Flask-WebSub with Celery and Redis, deliveries per core-second.

The peer is installed into an environment that is gone afterwards; ``redis-server`` is taken from
PATH, or its Debian packages are unpacked beside it. Alone: ``python -m bench._websub_peer``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import metadata
from pathlib import Path

from bench import _home, _load, delivery
from bench._home import SERVER_CPU, Process
from bench._numbers import line, spread
from bench.delivery import Receivers

WANTED = ("Flask-WebSub==0.4.1", "celery[redis]==5.7.0", "redis==8.1.0")
DEBS = ("redis-server", "redis-tools", "liblzf1", "libjemalloc2")
WORKERS = 4
"""Processes of Celery; all of the peer is on one core."""


class CannotBeHad(Exception):
    """Something of the peer is missing; the words say what."""


class Peer:
    """The peer at work: Redis, Celery's processes and Flask."""

    def __init__(self, pids: list[int], port: int) -> None:
        self._pids, self._port = pids, port

    def deliver(self, sink: Receivers, targets: int, releases: int) -> float:
        """Deliveries per core-second, from the publications until everything came."""
        self._publish(sink, targets, 1)  # so that everything is imported and connected
        sink.begin()
        before = self._cpu()
        self._publish(sink, targets, releases)
        used = self._cpu() - before
        return targets * releases / used

    def _publish(self, sink: Receivers, targets: int, releases: int) -> None:
        already = sink.seen()["distinct"]
        for _ in range(releases):
            [said] = _load.ask(
                self._port, [_load.request(f"/publish/{uuid.uuid4()}.v1", method="POST")]
            )
            if said.status != 200:
                raise RuntimeError(f"the peer's hub answered {said.status}")
        said = sink.wait_for(already + targets * releases, 600)
        if said["total"] != said["distinct"]:
            raise RuntimeError(f"the peer sent something twice: {said}")

    def _cpu(self) -> float:
        """Seconds of processor time of its processes and of those that they started."""
        found, waiting = 0.0, list(self._pids)
        while waiting:
            pid = waiting.pop()
            found += Process(pid, 0).cpu()
            waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return found


def environment(folder: Path) -> Path:
    """A Python that has the peer. Raises CannotBeHad."""
    uv, made = Path(sys.executable).parent / "uv", folder / "websub"
    wanted = [*WANTED, *(f"{name}=={metadata.version(name)}" for name in ("httptools", "uvloop"))]
    install = ["pip", "install", "--quiet", "--python", str(made), *wanted]
    for command in (["venv", "--quiet", "--python", sys.executable, str(made)], install):
        ran = subprocess.run([uv, *command], check=False, capture_output=True, text=True)
        if ran.returncode:
            raise CannotBeHad(f"Flask-WebSub cannot be installed ({ran.stderr.strip()[-200:]})")
    return made / "bin" / "python"


def redis(folder: Path) -> tuple[str, Mapping[str, str]]:
    """The program ``redis-server`` and what is to be in its environment. Raises CannotBeHad."""
    if (found := shutil.which("redis-server")) is not None:
        return found, os.environ
    made = folder / "redis"
    made.mkdir()
    got = subprocess.run(["apt-get", "download", *DEBS], cwd=made, check=False, capture_output=True)
    if got.returncode:
        raise CannotBeHad("there is no redis-server, and apt-get has none to download")
    for deb in made.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(deb), str(made)], check=True)
    libraries = ":".join(str(path) for path in (made / "usr" / "lib").glob("*-linux-gnu*"))
    return str(made / "usr" / "bin" / "redis-server"), {**os.environ, "LD_LIBRARY_PATH": libraries}


@contextmanager
def started(
    command: list[str], variables: Mapping[str, str], log: Path, ready: Callable[[], bool]
) -> Iterator[int]:
    """A process on the server's core until the end of the block. Raises CannotBeHad."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=dict(variables), stdout=out, stderr=out)
    try:
        _home.pin(SERVER_CPU, process.pid)
        until = time.monotonic() + 120
        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text().strip().splitlines()
                raise CannotBeHad(f"it did not start ({said[-1] if said else command[0]})")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def peer(folder: Path, sink: Receivers, targets: int) -> Iterator[Peer]:
    """The peer, with as many subscribers. Raises CannotBeHad."""
    python, (server, variables) = environment(folder), redis(folder)
    socket = folder / "redis.sock"
    store = [server, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    own = {
        **os.environ,
        "PEER_REDIS": f"redis+socket://{socket}",
        "PEER_DATABASE": str(folder / "hub.db"),
        "C_FORCE_ROOT": "1",
    }
    worker = [str(python), "-m", "celery", "-A", "bench._websub_app:celery", "worker"]
    worker += ["--concurrency", str(WORKERS), "--loglevel", "ERROR"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    hub = [str(python), "-m", "bench._websub_app", str(sink.port), str(targets)]
    log = folder / "hub.log"
    with ExitStack() as stack:
        run = stack.enter_context
        pids = [run(started(store, variables, folder / "redis.log", socket.exists))]
        pids.append(run(started(hub, own, log, lambda: "ready" in log.read_text())))
        pids.append(run(started(worker, own, folder / "celery.log", lambda: True)))
        port = log.read_text().partition("ready ")[2].split()[0]
        yield Peer(pids, int(port))


def main(*, targets: int = 2000, releases: int = 6, fewer: int = 500) -> None:
    """The peer has ``fewer`` subscribers and as many releases: it is slow."""
    with _home.scratch() as folder:
        home = _home.make(folder / "home")
        with delivery.receivers() as sink:
            with home.open() as wire:
                secrets = delivery.subscribe(wire, home, sink.port, targets)
            try:
                with peer(folder, sink, fewer) as other:
                    _rounds(home, sink, other, secrets, releases, fewer)
            except CannotBeHad as missing:
                print(f"  (the peer Flask-WebSub is left out: {missing})")


def _rounds(
    home: _home.Home,
    sink: Receivers,
    other: Peer,
    secrets: dict[str, str],
    releases: int,
    fewer: int,
) -> None:
    found: dict[str, list[float]] = {"courier": [], "Flask-WebSub": []}
    targets = len(secrets)
    for turn in range(delivery.ROUNDS):
        seeds = range(turn * (releases + 1), (turn + 1) * (releases + 1))
        found["courier"].append(delivery._courier(home, sink, seeds, targets, secrets))
        sink.begin()
        found["Flask-WebSub"].append(other.deliver(sink, fewer, releases))
    line(f"{targets * releases:,} deliveries beside {fewer * releases:,} of the peer", "")
    for name, values in found.items():
        line(f"  {name}, per core-second", spread(values, digits=0))
    ratios = [a / b for a, b in zip(*found.values(), strict=True)]
    line("  courier / Flask-WebSub", spread(ratios, digits=1), ">= 40")


if __name__ == "__main__":
    main()
