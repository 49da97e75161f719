"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

from dispaccio.access.roles import Action, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who asks for something, with the roles that hold for them.

    ``issuers`` and ``subscribers`` are the slugs of their own organisations. ``local`` is True on
    the machine itself: through the control socket, or a command without a server. ``allowed`` are
    the actions that the key of the call is for; None does not limit them.
    """

    person_id: str
    name: str
    roles: frozenset[Role] = frozenset()
    issuers: frozenset[str] = frozenset()
    subscribers: frozenset[str] = frozenset()
    local: bool = False
    allowed: frozenset[Action] | None = None


PUBLIC = Actor("", "the public")
"""Anybody, without a key. No person can bear that name, since names have no blanks."""
