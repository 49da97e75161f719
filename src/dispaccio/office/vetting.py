"""Becoming a vetted reader: the form that anybody may fill in, and the desk's decisions."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from dispaccio.access.roles import Action
from dispaccio.errors import (
    ApplicationsFull,
    Conflict,
    DispaccioError,
    InputError,
    MalformedApplication,
    NotFound,
)
from dispaccio.office.asked import Asked
from dispaccio.office.doors import ANYBODY, Door
from dispaccio.office.pages import Office
from dispaccio.wire import advance, organisations, vetting

_DESK = (Action.VET,)
FIELDS = tuple(vetting.LONGEST)


def form(office: Office, asked: Asked) -> Response:
    """The application, empty."""
    return office.render(asked, "apply.html", given={}, longest=vetting.LONGEST)


def apply(office: Office, asked: Asked) -> Response:
    """Hand in an application."""
    given = {name: asked.text(name) for name in FIELDS}
    try:
        vetting.apply(office.wire, language=asked.reader.language, **given)
    except (MalformedApplication, ApplicationsFull) as error:
        return office.render(
            asked,
            "apply.html",
            status=error.status,
            given=given,
            longest=vetting.LONGEST,
            error=error,
        )
    return office.render(asked, "apply.html", given={}, longest=vetting.LONGEST, done=True)


def page(office: Office, asked: Asked) -> Response:
    """Who wants to be vetted, the groups of readers, and the one switch."""
    return _page(office, asked)


def decide(office: Office, asked: Asked) -> Response:
    """Take or refuse one."""
    id, subscriber = asked.text("application"), asked.text("subscriber")
    try:
        if asked.ticked("refuse"):
            vetting.refuse(office.wire, asked.actor, id)
            return office.go(asked, "/vetting")
        sent = vetting.vet(office.wire, asked.actor, id, subscriber)
    except (Conflict, InputError, NotFound) as error:
        return _page(office, asked, error=error)
    return _page(office, asked, sent=sent)


def switch(office: Office, asked: Asked) -> Response:
    """Seal every embargoed read, or open them again."""
    advance.seal_all(office.wire, asked.actor, sealed=asked.text("sealed") == "yes")
    return office.go(asked, "/vetting")


def set_group(office: Office, asked: Asked) -> Response:
    """Say who is in a group of readers."""
    names = asked.text("members").replace(",", " ").split()
    try:
        advance.set_group(office.wire, asked.actor, asked.text("group"), names)
    except (InputError, NotFound) as error:
        return _page(office, asked, error=error)
    return office.go(asked, "/vetting")


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
        "vetting.html",
        status=error.status if error else 200,
        waiting=vetting.applications(wire, actor),
        state=advance.state(wire, actor),
        subscribers=[one["subscriber"] for one in organisations.subscribers(wire, actor)],
        given=asked.form if error else {},
        error=error,
        sent=sent,
    )


DOORS = (
    Door("GET", "/apply", form, ANYBODY),
    Door("POST", "/apply", apply, ANYBODY),
    Door("GET", "/vetting", page, _DESK),
    Door("POST", "/vetting", decide, _DESK),
    Door("POST", "/vetting/seal", switch, (Action.SEAL_ADVANCE,)),
    Door("POST", "/vetting/group", set_group, _DESK),
)
