"""The texts of a press office: drafts, what is on its way, what came back, what is public."""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.errors import MalformedCursor
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.office.submit import WRITES
from dispaccio.wire import drafting, review, texts


def page(office: Office, asked: Asked) -> Response:
    """All texts of one's issuers; of a section that is long, the page that is asked for."""
    wire, section = office.wire, asked.query.get("section", "")
    section = section if section in texts.SECTIONS else ""
    after = asked.query.get("after", "") if section else ""
    try:
        found = texts.texts_of(wire, asked.actor, section, after)
    except MalformedCursor:
        found = texts.texts_of(wire, asked.actor, section)
    return office.render(
        asked,
        "releases.html",
        texts=found,
        section=section,
        handed="handed" in asked.query,
        mine=[] if section else sorted(asked.actor.issuers),
    )


def mend(office: Office, asked: Asked) -> Response:
    """Open a returned text as a draft, or begin the correction of a public one."""
    id = drafting.mend(office.wire, asked.actor, asked.path["ref"])
    return office.go(asked, f"/submit/{id}")


def call_off(office: Office, asked: Asked) -> Response:
    """End a text that is not public, if the box is ticked."""
    if asked.ticked("sure"):
        review.call_off(office.wire, asked.actor, asked.path["ref"])
    return office.go(asked, "/releases")


DOORS = (
    Door("GET", "/releases", page, WRITES),
    Door("POST", "/releases/{ref}/mend", mend, WRITES),
    Door("POST", "/releases/{ref}/call-off", call_off, WRITES),
)
