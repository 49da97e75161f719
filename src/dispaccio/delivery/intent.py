"""Asking a callback whether it wants what was asked of the hub in its name (WebSub, section 5)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from dispaccio import __version__
from dispaccio.egress.client import Client
from dispaccio.errors import DispaccioError

_HEADERS = {"user-agent": f"dispaccio/{__version__}", "accept": "*/*"}


async def intended(client: Client, callback: str, asked: Mapping[str, str]) -> bool:
    """Whether the callback repeats the challenge (section 5.3); whatever else it does means no."""
    challenge = secrets.token_urlsafe(32)
    address = _with(callback, {**asked, "hub.challenge": challenge})
    try:
        answer = await client.get(address, _HEADERS)
    except DispaccioError:
        return False
    return 200 <= answer.status < 300 and answer.body == challenge.encode()


async def deny(client: Client, callback: str, topic: str, reason: str) -> None:
    """Tell a callback that its subscription is denied and why (section 5.2)."""
    said = {"hub.mode": "denied", "hub.topic": topic, "hub.reason": reason}
    try:
        await client.get(_with(callback, said), _HEADERS)
    except DispaccioError:
        return


def _with(callback: str, query: Mapping[str, str]) -> str:
    """The callback with more in its query; what is there stays."""
    return f"{callback}{'&' if '?' in callback else '?'}{urlencode(query)}"
