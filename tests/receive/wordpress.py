"""A small site that speaks the part of WordPress's REST API that posts need, with its rules."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "desk", "abcd EFGH 1234 ijkl MNOP 5678"
POSTS = "/wp-json/wp/v2/posts"
STATUSES = {"publish", "future", "draft", "pending", "private"}


@dataclass
class Site:
    """Its posts by their ids; ``down`` answers 503 as a site in maintenance does."""

    posts: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False
    url: str = ""

    def answer(self, method: str, path: str, fields: Any) -> tuple[int, Any]:
        parts = urlsplit(path)
        self.asked.append(f"{method} {path}")
        if self.down:
            return 503, {"code": "maintenance", "message": "Briefly unavailable."}
        if parts.path == POSTS:
            return self._list(parse_qs(parts.query)) if method == "GET" else self._make(fields)
        id = int(parts.path.removeprefix(f"{POSTS}/"))
        if id not in self.posts:
            return 404, {"code": "rest_post_invalid_id", "message": "Invalid post ID."}
        if method == "POST":
            if (wrong := _wrong(fields)) is not None:
                return wrong
            self.posts[id] |= fields
        return 200, _shown(self.posts[id])

    def _list(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        slugs, status = query.get("slug", []), query.get("status", ["publish"])[0]
        return 200, [
            _shown(post)
            for post in self.posts.values()
            if (not slugs or post["slug"] in slugs) and status in ("any", post["status"])
        ]

    def _make(self, fields: Any) -> tuple[int, Any]:
        if (wrong := _wrong(fields)) is not None:
            return wrong
        id = len(self.posts) + 7
        self.posts[id] = {"id": id, "status": "draft", "slug": "", **fields}
        return 201, _shown(self.posts[id])


def _wrong(fields: Any) -> tuple[int, Any] | None:
    if fields.get("status", "draft") not in STATUSES:
        return 400, {"code": "rest_invalid_param", "message": "Invalid parameter(s): status"}
    return None


def _shown(post: dict[str, Any]) -> dict[str, Any]:
    return post | {
        name: {"raw": post[name], "rendered": post[name]} for name in ("title", "content")
    }


@contextmanager
def site() -> Iterator[Site]:
    """The site, while it runs."""
    at_work = Site()
    token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do(None)

        def do_POST(self) -> None:
            self._do(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def _do(self, fields: Any) -> None:
            if self.headers.get("authorization") != f"Basic {token}":
                said: tuple[int, Any] = 401, {"code": "incorrect_password", "message": "No."}
            else:
                said = at_work.answer(self.command, self.path, fields)
            body = json.dumps(said[1]).encode()
            self.send_response(said[0])
            self.send_header("content-type", "application/json; charset=UTF-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        at_work.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield at_work
        finally:
            server.shutdown()
