"""The demo's subscriber: a small server that checks each webhook and keeps what came when."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dispaccio.delivery.signature import verify
from dispaccio.errors import DispaccioError


@dataclass(frozen=True, slots=True)
class Came:
    """One webhook: the endpoint's path, its id, its data, and when it came (seconds, Unix)."""

    path: str
    id: str
    type: str
    data: dict[str, Any]
    at: float
    verified: bool


@dataclass(slots=True)
class Receiver:
    """Listens on loopback; ``secrets`` by path are known once the endpoints are made."""

    secrets: dict[str, str] = field(default_factory=dict)
    came: list[Came] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        """Begin to listen; the address of the receiver."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                receiver.take(self.path, dict(self.headers.items()), body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Note one webhook, and whether its signature holds."""
        at = time.time()
        lower = {name.lower(): value for name, value in headers.items()}
        try:
            secrets = [self.secrets[path]]
            id = verify(lower, body, datetime.now(UTC), secrets=secrets)
            verified = True
        except (DispaccioError, KeyError):
            id, verified = lower.get("webhook-id", ""), False
        said = json.loads(body)
        self.came.append(Came(path, id, said["type"], said["data"], at, verified))

    def wait_for(self, type: str, number: str, paths: set[str], seconds: float) -> list[Came]:
        """What came of one type about one release, once every path has it or time is up."""
        end = time.monotonic() + seconds
        while True:
            found = [c for c in self.came if c.type == type and c.data.get("number") == number]
            if {c.path for c in found} >= paths or time.monotonic() > end:
                return found
            time.sleep(0.01)

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
