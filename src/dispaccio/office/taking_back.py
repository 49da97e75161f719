"""Taking back what is public, for the desk and the issuer's people: withdraw, withhold, end that.

A page says first whom it reaches; the form asks for a reason, and for the number to be typed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.responses import Response

from dispaccio.access.matrix import may
from dispaccio.access.roles import Action
from dispaccio.errors import DispaccioError, NoSuchRelease, NotAllowed, ProofNeeded, Unconfirmed
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.wire import accounts, withdraw
from dispaccio.words import say

KINDS = {
    "withdraw": Kind.WITHDRAWAL,
    "withhold": Kind.WITHHOLD,
    "usable-again": Kind.USABLE_AGAIN,
}
CODES = (
    "error",
    "wrong-figure",
    "wrong-date",
    "wrong-name",
    "not-authorised",
    "rights",
    "security",
)
"""Reasons to choose from; the log holds the code."""


def page(kind: Kind, office: Office, asked: Asked) -> Response:
    """What it would do, and the form."""
    return _page(kind, office, asked)


def take_back(kind: Kind, office: Office, asked: Asked) -> Response:
    """Do it, once the number was typed."""
    if kind is Kind.WITHDRAWAL:
        accounts.require_proof(office.wire, asked.known)
    number = asked.path["number"]
    code, words = asked.text("reason"), asked.text("words") or None
    try:
        if kind is Kind.WITHDRAWAL and asked.text("number") != number:
            raise Unconfirmed(say("Type the number of the release to confirm it."))
        reason = Reason(code, words) if code else None
        withdraw.notice(office.wire, asked.actor, number, kind, reason)
    except (ProofNeeded, NoSuchRelease, NotAllowed):
        raise
    except DispaccioError as error:
        return _page(kind, office, asked, error=error)
    return office.go(asked, asked.reader.path)


def _page(
    kind: Kind, office: Office, asked: Asked, *, error: DispaccioError | None = None
) -> Response:
    prospect = withdraw.prospect(office.wire, asked.actor, asked.path["number"], kind)
    return office.render(
        asked,
        "taking_back.html",
        status=error.status if error else 200,
        kind=kind.value,
        prospect=prospect,
        codes=CODES,
        error=error,
        given=asked.form if error else {},
        from_desk=may(asked.actor, Action.APPROVE_WIRE),
    )


def _doors() -> tuple[Door, ...]:
    doors: list[Door] = []
    for name, kind in KINDS.items():
        path = f"/releases/{{number}}/{name}"
        for method, form in (("GET", page), ("POST", take_back)):
            handler: Callable[[Office, Asked], Response] = partial(form, kind)
            doors.append(Door(method, path, handler, (withdraw.ACTIONS[kind],)))
    return tuple(doors)


DOORS = _doors()
