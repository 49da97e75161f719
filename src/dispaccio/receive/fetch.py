"""Asking over HTTP: one request, bounded in time and size, no redirects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from dispaccio.errors import DocumentUnreachable, MalformedReceiver, NotFromTheWire

SECONDS = 10.0
LARGEST = 16 * 1024 * 1024
"""Bytes of one document."""
_AGENT = "dispaccio-receive"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    media_type: str
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None for what is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address. Raises MalformedReceiver for what has none."""
    parts = _split(url)
    if parts is None:
        raise MalformedReceiver(f"Write an address like https://wire.example, not {url!r}.")
    return parts.scheme, str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)


def call(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """One request and its whole answer, whatever its status.

    Raises DocumentUnreachable where none came in time, or one that is too large.
    """
    scheme, host, port = origin(url)
    parts = urlsplit(url)
    kind = HTTPSConnection if scheme == "https" else HTTPConnection
    connection = kind(host, port, timeout=SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body, {"user-agent": _AGENT, **(headers or {})})
        answer = connection.getresponse()
        found = answer.read(LARGEST + 1)
        media_type = answer.headers.get("content-type", "")
    except (OSError, HTTPException) as error:
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        raise DocumentUnreachable(f"{host} does not answer ({said}).") from None
    finally:
        connection.close()
    if len(found) > LARGEST:
        raise DocumentUnreachable(f"What {host} answers is larger than {LARGEST:,} bytes.")
    return Answer(answer.status, media_type, found)


@dataclass(frozen=True, slots=True)
class Wire:
    """The wire that sends: its public address; an API key and an endpoint, for what was missed."""

    url: str
    key: str | None = field(default=None, repr=False)
    endpoint: str | None = None
    """Needed where the key's owner has several."""

    def document(self, url: str) -> Answer:
        """A document of the wire.

        Raises:
            NotFromTheWire: the address is on another host.
            DocumentUnreachable: the wire does not answer, or has it not.
        """
        if _split(url) is None or origin(url) != origin(self.url):
            raise NotFromTheWire(f"The address {url[:200]!r} is not on {self.url}; not fetched.")
        answer = call("GET", url)
        if answer.status != 200:
            raise DocumentUnreachable(f"The wire answered {answer.status} at {url[:200]}.")
        return answer

    def missed(self, after: str | None) -> dict[str, Any]:
        """One page of what was to be delivered after a cursor. Raises DocumentUnreachable."""
        asked = {"after": after, "endpoint": self.endpoint}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        answer = call("GET", f"{self.url.rstrip('/')}/api/v1/deliveries?{query}", headers=headers)
        said = answer.json()
        if (
            answer.status == 200
            and isinstance(said, dict)
            and isinstance(said.get("deliveries"), list)
        ):
            return said
        why = said.get("detail") if isinstance(said, dict) else None
        raise DocumentUnreachable(f"The wire answered {answer.status}: {why or 'no list'}")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
        return parts if whole and parts.port != 0 and url.isascii() and url.isprintable() else None
    except ValueError:
        return None
