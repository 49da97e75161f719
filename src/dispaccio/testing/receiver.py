"""A subscriber's webhook receiver on loopback: checks signatures, notes what came when."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from dispaccio.delivery.signature import verify
from dispaccio.errors import DispaccioError


@dataclass(frozen=True, slots=True)
class Came:
    """One webhook that came: where to, its id, when (seconds since 1970), and what.

    ``error`` is the code of what is wrong with its signature; None if it holds.
    """

    path: str
    id: str
    at: float
    headers: Mapping[str, str]
    body: bytes
    error: str | None

    @property
    def release(self) -> str:
        """The UUID of the release."""
        return self.id.rpartition(".v")[0]

    @property
    def version(self) -> int:
        """The public revision."""
        return int(self.id.rpartition(".v")[2])

    @property
    def data(self) -> dict[str, Any]:
        """The ``data`` of a thin payload."""
        said: dict[str, Any] = json.loads(self.body)["data"]
        return said


@dataclass(slots=True)
class Receiver:
    """Listens while it is entered. ``secrets`` are by path; ``answers`` are statuses, 204 if none.

    A status of 0 closes the connection without any answer.
    """

    secrets: dict[str, str] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    came: list[Came] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                status = receiver._take(self.path, dict(self.headers.items()), body)
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: object, client_address: object) -> None:
                return  # a sender that was killed in the middle is what these tests are about

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        """The address of one of its endpoints."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def at(self, path: str) -> list[Came]:
        """What came to one endpoint, in its order."""
        return [item for item in list(self.came) if item.path == path]

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Came]:
        """What came, once it is that many or the time is up."""
        end = time.monotonic() + seconds
        while len(self.came) < count and time.monotonic() < end:
            time.sleep(0.01)
        return list(self.came)

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        at = time.time()
        lower = {name.lower(): value for name, value in headers.items()}
        secret = self.secrets.get(path)
        try:
            verify(lower, body, datetime.now(UTC), secrets=[secret] if secret else [])
            error = None
        except DispaccioError as wrong:
            error = wrong.code()
        self.came.append(Came(path, lower.get("webhook-id", ""), at, lower, body, error))
        return self.answers.get(path, 204)
