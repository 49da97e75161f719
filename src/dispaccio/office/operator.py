"""The operator's page: one sentence, and the six panels behind it."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from dispaccio.access.roles import Action
from dispaccio.errors import Conflict, DispaccioError, InputError, NotFound
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.wire import deliveries, recent, report

_STATUS = (Action.READ_STATUS,)


def page(office: Office, asked: Asked) -> Response:
    """How the wire stands, and which subscribers a person has to tell of a withdrawal."""
    return _page(office, asked)


def told(office: Office, asked: Asked) -> Response:
    """Somebody told a subscriber of a withdrawal, and says how."""
    number, endpoint = asked.text("number"), asked.text("endpoint")
    try:
        deliveries.told(office.wire, asked.actor, number, endpoint, asked.text("how")[:300])
    except (Conflict, InputError, NotFound) as error:
        return _page(office, asked, error=error)
    return office.go(asked, "/operator")


def _page(office: Office, asked: Asked, *, error: DispaccioError | None = None) -> Response:
    said = report.status(office.wire, asked.actor)
    return office.render(
        asked,
        "operator.html",
        status=error.status if error else 200,
        said=said,
        now=datetime.fromisoformat(said["clock"]["now"]),
        next_due=datetime.fromisoformat(said["next_due"]) if said["next_due"] else None,
        latest=recent.latest(office.wire, asked.actor),
        **office.clocks(),
        untold=deliveries.for_persons(office.wire, asked.actor),
        error=error,
    )


DOORS = (
    Door("GET", "/operator", page, _STATUS),
    Door("POST", "/operator/told", told, _STATUS),
)
