"""How quickly the command answers, what an idle server takes, and how soon it is back after a kill.

``DISPACCIO_BENCH_SETUP=1`` measures ``make .venv/.run`` in a fresh clone as well; it wants a warm
package cache.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from bench import _fill, _home, _load, _road
from bench._home import ISSUER, Home, Process
from bench._numbers import line, spread

COMMAND = [sys.executable, "-m", "dispaccio"]
IDLE = 10.0
_UNUSED = 1_000_001
"""The seed of a text that no filled home holds."""


def main(*, rounds: int = 5, releases: int = 1000) -> None:
    took = [_timed([*COMMAND, "--help"]) for _ in range(rounds * 2)]
    line("dispaccio --help", spread(took, "s"), "<= 0.30 s")
    with _home.scratch() as folder:
        home = _fill.filled(folder / "home", releases)
        _idle(home)
        line(f"serving again after kill -9, {releases:,} releases", _again(home, rounds), "<= 3 s")
    _demo()
    if os.environ.get("DISPACCIO_BENCH_SETUP"):
        _setup()


def _timed(command: list[str], **environment: str) -> float:
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | environment)
    return time.monotonic() - begun


def _idle(home: Home) -> None:
    """Memory and processor time of a server that nobody asks, before and after the API was used."""
    with _serving(home) as server:
        time.sleep(IDLE)
        used = server.cpu()
        line(f"idle server after {IDLE:.0f} s", f"{server.memory():.0f} MB", "<= 120 MB")
        time.sleep(IDLE)
        share = (server.cpu() - used) / IDLE * 100
        line("  processor", f"{share:.2f} % of a core")
        _load.ask(server.port, [_load.request("/"), _load.request("/atom.xml")])
        line("  memory after two pages", f"{server.memory():.0f} MB")
        headers = {"Authorization": f"Bearer {home.key}", "Content-Type": _road.MEDIA_TYPE}
        path = f"/api/v1/submissions?issuer={ISSUER}"
        body = _road.document(_UNUSED)
        handed = _load.request(path, method="POST", headers=headers, body=body)
        if _load.ask(server.port, [handed])[0].status != 201:
            raise RuntimeError("the submission was not taken")
        time.sleep(1.0)
        line("  memory after a submission over the API", f"{server.memory():.0f} MB", "<= 120 MB")


def _again(home: Home, rounds: int) -> str:
    """Seconds from the kill of a busy server to the first page of the next one."""
    took = []
    for _ in range(rounds):
        with _serving(home) as server:
            _load.ask(server.port, [_load.request("/")] * 20)
            killed = time.monotonic()
            os.kill(server.pid, signal.SIGKILL)
            with _serving(home) as next_one:
                if _load.ask(next_one.port, [_load.request("/")])[0].status != 200:
                    raise RuntimeError("the next server has no home page")
                took.append(time.monotonic() - killed)
    return spread(took, "s")


@contextlib.contextmanager
def _serving(home: Home) -> Iterator[Process]:
    """The command ``dispaccio serve`` itself."""
    command = [*COMMAND, "serve", "--home", str(home.folder), "--port", "0"]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert started.stdout is not None
        words = started.stdout.readline()
        port = int(words.partition("http://127.0.0.1:")[2].partition(";")[0])
        _await_health(port)
        yield Process(started.pid, port)
    finally:
        started.terminate()
        started.wait(15)


def _await_health(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.01)
    raise RuntimeError("the server did not begin to serve")


def _demo() -> None:
    try:
        took = _timed([*COMMAND, "demo"], DISPACCIO_DEMO_ONCE="1")
    except subprocess.CalledProcessError:
        line("demo", "its story did not come to its end")
        return
    line("demo, the whole story", f"{took:.1f} s", "<= 20 s")


def _setup() -> None:
    root = Path(__file__).parent.parent
    with _home.scratch() as folder:
        clone = folder / "clone"
        subprocess.run(["git", "clone", "--quiet", str(root), str(clone)], check=True)
        took = _timed(["make", "--silent", "-C", str(clone), ".venv/.run"])
    line("set-up of a fresh clone, warm cache", f"{took:.0f} s", "<= 60 s")
