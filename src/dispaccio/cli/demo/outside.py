"""The demo's eyes: everything it says was seen from outside the server's process."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from dispaccio.errors import StoryBroken


@dataclass(slots=True)
class Outside:
    """A server that runs as a process of its own, and ways to ask it over HTTP."""

    command: list[str]
    home: Path
    keys: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _http: httpx2.Client | None = None
    url: str = ""

    def run(self, *words: str) -> Any:
        """Run one command of the command line on the home; its JSON answer."""
        done = subprocess.run(
            [*self.command, *words, "--home", str(self.home), "--json"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise StoryBroken(f"`dispaccio {' '.join(words)}` failed: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def serve(self, port: int) -> bool:
        """Start the server and wait until it listens; False where it ends instead."""
        words = ["serve", "--home", str(self.home), "--port", str(port)]
        self._process = subprocess.Popen(
            [*self.command, *words], stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.url = f"http://127.0.0.1:{port}"
        self._http = httpx2.Client(base_url=self.url, timeout=20, trust_env=False)
        stdout = self._process.stdout
        assert stdout is not None
        ready, _, _ = select.select([stdout], [], [], 30)
        return bool(ready and stdout.readline())

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask as anybody."""
        assert self._http is not None
        return self._http.get(path, headers=headers)

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx2.Response:
        """Ask the API as a person."""
        assert self._http is not None
        headers = {"authorization": f"Bearer {self.keys[who]}", **more.pop("headers", {})}
        return self._http.request(method, f"/api/v1{path}", headers=headers, **more)

    def do(self, who: str, method: str, path: str, **more: Any) -> Any:
        """The same, where anything but success breaks the story."""
        answer = self.ask(who, method, path, **more)
        if not answer.is_success:
            raise StoryBroken(f"{method} {path} answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None

    def alive(self) -> bool:
        """Whether the server still runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the server by its id, and wait for it."""
        if self._http is not None:
            self._http.close()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def eventually(true: Any, seconds: float) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
