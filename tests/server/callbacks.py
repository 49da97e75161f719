"""A subscriber of WebSub written to the REC: it confirms what it asked for, notes what comes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Post:
    """One content distribution."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Callbacks:
    """Listens while it is entered. ``replies`` are what it answers a challenge with, by path."""

    replies: dict[str, tuple[int, str]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """The path and query of each GET."""
    posts: list[Post] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        callbacks = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
                path = urlsplit(self.path).path
                callbacks.asked.append((path, query))
                status, said = callbacks.replies.get(path, (200, query.get("hub.challenge", "")))
                self._answer(status, said.encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                callbacks.posts.append(Post(self.path, headers, body))
                self._answer(callbacks.statuses.get(self.path, 204), b"")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def questions(self, path: str) -> list[dict[str, str]]:
        """What was asked of a path."""
        return [query for where, query in list(self.asked) if where == path]

    def at(self, path: str) -> list[Post]:
        """What came to a path."""
        return [post for post in list(self.posts) if post.path == path]

    def wait(self, path: str, posts: int, seconds: float = 20) -> list[Post]:
        """What came, once it is that many or the time is up."""
        end = time.monotonic() + seconds
        while len(self.at(path)) < posts and time.monotonic() < end:
            time.sleep(0.02)
        return self.at(path)
