"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

from dispaccio.access.roles import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who asks for something, with the roles that hold for them.

    ``issuers`` and ``subscribers`` are the slugs of their own organisations. ``local`` is True on
    the machine itself: through the control socket, or a command without a server.
    """

    person_id: str
    name: str
    roles: frozenset[Role] = frozenset()
    issuers: frozenset[str] = frozenset()
    subscribers: frozenset[str] = frozenset()
    local: bool = False


PUBLIC = Actor("", "the public")
"""Anybody, without a key. No person can bear that name, since names have no blanks."""
