"""The people of a wire: who is here, and inviting somebody new."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from dispaccio.access.actor import Actor
from dispaccio.access.roles import Action
from dispaccio.errors import Conflict, DispaccioError, InputError, NotFound
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.wire import accounts, organisations, people, personal, post


def page(office: Office, asked: Asked) -> Response:
    """Everybody, and the form of an invitation."""
    return _page(office, asked)


def invite(office: Office, asked: Asked) -> Response:
    """Invite somebody."""
    accounts.require_proof(office.wire, asked.known)
    try:
        sent = accounts.invite(
            office.wire,
            asked.actor,
            asked.text("name").lower(),
            asked.text("email"),
            list(asked.several("role")),
            full_name=asked.text("full_name") or None,
            language=asked.text("language") or None,
        )
    except (Conflict, InputError, NotFound) as error:
        return _page(office, asked, error=error)
    return _page(office, asked, sent=sent)


def roles_there_are(office: Office, actor: Actor) -> list[str]:
    """Every role that somebody may have on this wire, such as ``author:lindau``."""
    issuers = [issuer["issuer"] for issuer in organisations.issuers(office.wire, actor)]
    readers = [item["subscriber"] for item in organisations.subscribers(office.wire, actor)]
    roles = ["desk", "operator"]
    roles += [f"{role}:{slug}" for slug in issuers for role in ("author", "approver")]
    roles += [f"{role}:{slug}" for slug in readers for role in ("subscriber", "vetted_reader")]
    return roles


def _page(
    office: Office,
    asked: Asked,
    *,
    error: DispaccioError | None = None,
    sent: dict[str, Any] | None = None,
) -> Response:
    wire, actor = office.wire, asked.actor
    return office.render(
        asked,
        "people.html",
        status=error.status if error else 200,
        people=people.everybody(wire, actor),
        mails=post.waiting(wire, actor),
        left=personal.left(wire, actor),
        roles=roles_there_are(office, actor),
        given=asked.form if error else {},
        error=error,
        sent=sent,
    )


DOORS = (
    Door("GET", "/people", page, (Action.MANAGE_PEOPLE,)),
    Door("POST", "/people", invite, (Action.MANAGE_PEOPLE,)),
)
