"""A real wire and a real receiver on loopback: what the tests of the kit and of PHP share."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.server import Client, Server
from tests.support.source import ROOT


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def until(true: Callable[[], Any], seconds: float = 30) -> Any:
    """What ``true`` gives once it is not false; fails after that time."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return found


@dataclass
class WireAtWork:
    """A served test home, and the calls that the tests make."""

    home: Home
    server: Server
    url: str
    _clients: dict[str, Client] = field(default_factory=dict)

    def ask(self, who: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One POST of a person; its answer, which has to be a success."""
        client = self._clients.setdefault(who, self.server.client(self.home.keys[who]))
        answer = client.post(path, body)
        assert answer.status < 300, answer.body
        return answer.json() if answer.body else None

    def endpoint(self, address: str, **more: Any) -> dict[str, Any]:
        body = {"subscriber": homes.SUBSCRIBER, "address": address, **more}
        said: dict[str, Any] = self.ask("olga", "/endpoints", body)
        return said

    def publish(self, title: str, **more: Any) -> str:
        """A published release; its number."""
        sent = self.ask("anna", "/submissions?issuer=aurora", homes.document(title, **more))
        done = self.ask("dora", f"/submissions/{sent['id']}/publish", {"confirm": True})
        return str(done["published"][0]["number"])

    def correct(self, number: str, title: str, **more: Any) -> None:
        path = f"/releases/{number}/corrections?reason=error"
        sent = self.ask("anna", path, homes.document(title, **more))
        self.ask("dora", f"/submissions/{sent['id']}/publish", {"confirm": True})

    def withdraw(self, number: str) -> None:
        self.ask("dora", f"/releases/{number}/withdraw", {"reason": "untrue"})

    def deliveries(self, number: str) -> Any:
        client = self.server.client(self.home.keys["dora"])
        return client.get(f"/api/v1/releases/{number}/deliveries").json()


@contextmanager
def wire_at_work(folder: Path) -> Iterator[WireAtWork]:
    """A wire whose public address is where it listens."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    home = homes.make(folder / "home", second_person="never", url=url)
    server = Server(home.folder)
    server.port = port
    with server:
        yield WireAtWork(home, server, url)


@contextmanager
def running(words: Sequence[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[Any]]:
    """A program in the background, with its output in a file; ended with SIGTERM."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
    with log.open("ab") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output, env=env)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


@contextmanager
def receiving(
    port: int, memory: Path, *words: str, secret: str = "", **environment: str
) -> Iterator[subprocess.Popen[Any]]:
    """``dispaccio receive`` in a process of its own, once it listens; its log is beside it."""
    log = memory.with_name(f"{memory.name}.log")
    begin = log.stat().st_size if log.exists() else 0
    command = [sys.executable, "-m", "dispaccio", "receive", *words]
    command += ["--memory", str(memory), "--port", str(port)]
    with running(command, log, DISPACCIO_SECRET=secret, **environment) as process:
        until(lambda: b"Receiving at" in log.read_bytes()[begin:] or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield process


def thin(version: int = 1, release: str = "", **data: Any) -> tuple[str, bytes]:
    """The webhook-id and the bytes of a thin payload as the wire makes it."""
    release = release or str(uuid.uuid4())
    said = {
        "id": f"urn:uuid:{release}",
        "number": "T100000001",
        "version": version,
        "kind": "original",
        "status": "usable",
        "label": {"code": "promotional", "text": "Press release"},
        "title": "A third plant",
        "issuer": "Aurora Dairy",
        "url": "https://wire.example/r/T100000001",
        "urls": {},
        **data,
    }
    return f"{release}.v{version}", json.dumps(
        {"type": "release.published", "timestamp": "2026-11-23T08:00:00Z", "data": said}
    ).encode()
