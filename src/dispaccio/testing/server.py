"""A wire in a process of its own, on a free port of 127.0.0.1, and a small HTTP client for it.

``python -m dispaccio.testing.server HOME [PORT] [FAULT]`` serves a home until SIGTERM.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dispaccio

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
    """Asks one server over one kept connection; for one thread. ``key`` is an API key."""

    def __init__(self, port: int, key: str | None = None, *, timeout: float = 30) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._headers = {"authorization": f"Bearer {key}"} if key else {}

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
        try:
            self._connection.request(method, path, body, said)
            answer = self._connection.getresponse()
            at = time.time()
            found = tuple((name.lower(), value) for name, value in answer.getheaders())
            return Answer(answer.status, found, answer.read(), at)
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
        environment: variables beside those of this process.
        log: where standard output and standard error go; beside the home by default.
        before: a command to be put before Python's, such as a wrapper.
    """

    def __init__(
        self,
        home: Path,
        *,
        fault: str = "",
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        before: Sequence[str] = (),
    ) -> None:
        self.home, self.fault = home, fault
        self.log = log or home.with_name(f"{home.name}.log")
        self.port = 0
        self._environment, self._before = dict(environment or {}), list(before)
        self._process: subprocess.Popen[bytes] | None = None

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
    def process(self) -> subprocess.Popen[bytes]:
        """The server's process. Raises RuntimeError before it was started."""
        if self._process is None:
            raise RuntimeError("The server was not started.")
        return self._process

    def start(self, seconds: float = 30) -> Self:
        """Start, and wait until it listens. Raises RuntimeError with what it said instead."""
        source = str(Path(dispaccio.__file__).parents[1])
        module = "dispaccio.testing.server"
        command = [sys.executable, "-m", module, str(self.home), str(self.port), self.fault]
        with self.log.open("ab") as log:
            begin = log.tell()
            self._process = subprocess.Popen(
                [*self._before, *command],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": source, **self._environment},
            )
        end = time.monotonic() + seconds
        while not (found := _READY.search(self.log.read_bytes(), begin)):
            if self._process.poll() is not None or time.monotonic() > end:
                said = self.log.read_bytes()[begin:].decode("utf-8", "replace")
                self.kill()
                raise RuntimeError(f"The server did not start: {said}")
            time.sleep(0.01)
        self.port = int(found[1])
        return self

    def client(self, key: str | None = None) -> Client:
        """A client of the running server."""
        return Client(self.port, key)

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


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


if __name__ == "__main__":
    main(*sys.argv[1:])
