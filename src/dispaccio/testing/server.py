"""A wire in a process of its own, on a free port of 127.0.0.1, and a small HTTP client for it.

``python -m dispaccio.testing.server HOME [PORT] [FAULT]`` serves a home until SIGTERM.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dispaccio

_RESTED = 10.0
_READY = re.compile(rb"^listening on (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, its header names in small letters; ``at`` is when its head came (Unix time)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: float

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """Asks one server over one kept connection; for one thread. ``key`` is an API key.

    A connection that has rested is left: the server ends it when it likes.
    """

    def __init__(self, port: int, key: str | None = None, *, timeout: float = 30) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._used = time.monotonic()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; a mapping is sent as JSON.

        Raises OSError or HTTPException where no whole answer came: then nobody knows what happened.
        """
        said = {**self._headers, **(headers or {})}
        if isinstance(body, Mapping):
            body = json.dumps(body).encode()
            said.setdefault("content-type", "application/json")
        if time.monotonic() - self._used > _RESTED:
            self._connection.close()
        try:
            self._connection.request(method, path, body, said)
            answer = self._connection.getresponse()
            at = time.time()
            found = tuple((name.lower(), value) for name, value in answer.getheaders())
            whole = answer.read()
            self._used = time.monotonic()
            return Answer(answer.status, found, whole, at)
        except BaseException:
            self._connection.close()
            raise

    def get(self, path: str) -> Answer:
        """GET a path."""
        return self.ask("GET", path)

    def post(self, path: str, body: bytes | Mapping[str, Any] | None = None, **head: str) -> Answer:
        """POST to the API, below ``/api/v1``; headers are named with underscores."""
        headers = {name.replace("_", "-"): value for name, value in head.items()}
        return self.ask("POST", f"/api/v1{path}", {} if body is None else body, headers)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Server:
    """Serves a home in another process while it is entered; may be killed and started again.

    Args:
        home: the home's folder.
        fault: the name of a fault of ``dispaccio.testing.faults`` to begin with.
        log: where standard output and standard error go; beside the home by default.
        forked: fork a process that has everything imported, which takes a tenth of the time. As
            always with ``multiprocessing``, a script that does so needs a main guard.
        before: a command to be put before Python's, such as a wrapper; not if ``forked``.
        environment: variables beside those of this process.
    """

    def __init__(
        self,
        home: Path,
        *,
        fault: str = "",
        log: Path | None = None,
        forked: bool = False,
        before: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home, self.fault = home, fault
        self.log = log or home.with_name(f"{home.name}.log")
        self.port = 0
        self._forked = forked
        self._before, self._environment = list(before), dict(environment or {})
        self._process: subprocess.Popen[bytes] | ForkServerProcess | None = None
        self._clients: list[Client] = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process. Raises RuntimeError before it was started."""
        if self._process is None or self._process.pid is None:
            raise RuntimeError("The server was not started.")
        return self._process.pid

    def start(self, seconds: float = 60) -> Self:
        """Start, and wait until it listens. Raises RuntimeError with what it said instead."""
        begin = self.log.stat().st_size if self.log.exists() else 0
        self._process = self._fork() if self._forked else self._start_python()
        end = time.monotonic() + seconds
        while not (found := _READY.search(self._said()[begin:])):
            if self.ended(0.01) is not None or time.monotonic() > end:
                self.kill()
                said = self._said()[begin:].decode("utf-8", "replace")
                raise RuntimeError(f"The server did not start: {said}")
        self.port = int(found[1])
        return self

    def ended(self, seconds: float) -> int | None:
        """The exit code, once the process ended; None if it did not in that time."""
        if isinstance(self._process, subprocess.Popen):
            try:
                return self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                return None
        assert self._process is not None
        self._process.join(seconds)
        return self._process.exitcode

    def _said(self) -> bytes:
        return self.log.read_bytes() if self.log.exists() else b""

    def _start_python(self) -> subprocess.Popen[bytes]:
        source = str(Path(dispaccio.__file__).parents[1])
        words = [sys.executable, "-m", "dispaccio.testing.server", *self._arguments()]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*self._before, *words],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": source, **self._environment},
            )

    def _fork(self) -> ForkServerProcess:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__, "dispaccio.server", "dispaccio.api.app"])
        process = context.Process(
            target=_forked,
            args=(str(self.log), self._environment, *self._arguments()),
            daemon=True,
        )
        process.start()
        return process

    def _arguments(self) -> tuple[str, str, str]:
        return str(self.home), str(self.port), self.fault

    def client(self, key: str | None = None) -> Client:
        """A client of the running server, closed with it."""
        self._clients.append(Client(self.port, key))
        return self._clients[-1]

    def cpu_seconds(self) -> float:
        """How long the server's process has been computing (proc(5), ``stat``)."""
        stat = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        self._close_clients()
        if self._process is not None:
            self._process.kill()
            self.ended(10)

    def stop(self) -> int:
        """SIGTERM, and the exit code. Raises RuntimeError if it does not end within 15 seconds."""
        self._close_clients()
        if (code := self.ended(0)) is not None:
            return code
        os.kill(self.pid, signal.SIGTERM)
        if (code := self.ended(15)) is None:
            self.kill()
            raise RuntimeError("The server did not stop.")
        return code

    def _close_clients(self) -> None:
        while self._clients:
            self._clients.pop().close()


def main(home: str, port: str = "0", fault: str = "") -> None:
    """Serve a home, broken by a fault if one is named, and say the port on standard output."""
    from dispaccio.clock import Clock
    from dispaccio.server import Listening, serve

    if fault:
        from dispaccio.testing import faults

        faults.apply(fault)

    def ready(listening: Listening) -> None:
        print(f"listening on {listening.port}", flush=True)

    serve(Path(home), "127.0.0.1", int(port), Clock(), ready)


def _forked(log: str, environment: Mapping[str, str], *arguments: str) -> None:
    """The same in a process that was forked."""
    os.environ.update(environment)
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    main(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
