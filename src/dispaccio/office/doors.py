"""Which private page is behind which address, and whom it lets in. The roles' test reads this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from starlette.responses import Response

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import MATRIX
from dispaccio.access.roles import Action

if TYPE_CHECKING:
    from dispaccio.office.asked import Asked
    from dispaccio.office.pages import Office

Answer: TypeAlias = "Callable[[Office, Asked], Response]"
ANYBODY, PEOPLE = "anybody", "people"
"""Whom a door lets in, beside those who may take an action for something."""


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one address.

    ``lets_in`` is ANYBODY, PEOPLE (whoever is logged in), or the actions of which one is needed
    for something at least; whether for this very thing, the use case asks. ``takes_file`` raises
    where no large file may be sent with this form, before it is taken; None: there is none.
    """

    method: str
    path: str
    answer: Answer
    lets_in: str | tuple[Action, ...] = PEOPLE
    takes_file: Callable[[Office, Asked], None] | None = None

    def opens_for(self, actor: Actor) -> bool:
        """Whether somebody may knock here."""
        if self.lets_in == ANYBODY:
            return True
        if not actor.person_id:
            return False
        if isinstance(self.lets_in, str):
            return self.lets_in == PEOPLE
        return any(actor.roles & MATRIX[action].keys() for action in self.lets_in)
