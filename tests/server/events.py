"""A client of Server-Sent Events that reads one event after the other."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a browser would hand it on."""

    id: str
    type: str
    data: dict[str, Any]
    at: float
    """When it came (Unix time)."""


class Events:
    """An open stream. ``ended`` is set once the server has ended it."""

    def __init__(
        self, port: int, path: str, key: str | None = None, *, last: str | None = None
    ) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"accept": "text/event-stream"}
        if key:
            headers["authorization"] = f"Bearer {key}"
        if last is not None:
            headers["last-event-id"] = last
        self._connection.request("GET", path, headers=headers)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.headers = dict(self._answer.getheaders())
        self.comments = 0
        self.ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self) -> bytes:
        """Whatever is left."""
        return self._answer.read()

    def next(self) -> Event | None:
        """The next event; None where the stream ends."""
        fields: dict[str, str] = {}
        while line := self._answer.readline():
            text = line.decode().rstrip("\n")
            if not text and "data" in fields:
                said = json.loads(fields["data"])
                return Event(fields["id"], fields["event"], said, time.time())
            if text.startswith(":"):
                self.comments += 1
            elif text:
                name, _, value = text.partition(": ")
                fields[name] = value
        self.ended = True
        return None

    def close(self) -> None:
        self._connection.close()
        self._answer.close()
