"""Tokens that stand for a person: 256 random bits, of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)
"""How long a session lasts unused, and at all."""
FRESH = timedelta(minutes=10)
"""How long it counts that somebody proved who they are, where that is asked for anew."""
INVITATION, LOG_IN = "invitation", "log-in"
LASTS = {INVITATION: timedelta(days=7), LOG_IN: timedelta(minutes=15)}
"""How long a link works once."""


def new() -> tuple[str, bytes]:
    """A new token, and what is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token[:200].encode("utf-8", "surrogateescape")).digest()
