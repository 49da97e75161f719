"""The texts of a press office: drafts, what is on its way, what came back, what is public."""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.errors import MalformedCursor, NothingOpen
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.files import SHOWN, streamed
from dispaccio.office.pages import Office
from dispaccio.office.submit import WRITES
from dispaccio.release.state import State
from dispaccio.site import pictures
from dispaccio.wire import drafting, files, review, texts

ENDED = (State.REJECTED, State.CALLED_OFF)


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


def text(office: Office, asked: Asked) -> Response:
    """One text on its way, to be read; once it is public, on to its public page."""
    ref = asked.path["ref"]
    try:
        found = texts.handed(office.wire, asked.actor, ref)
    except NothingOpen as error:
        if not error.details.get("number"):
            raise
        return office.go(asked, f"/r/{error.details['number']}")
    url = office.wire.settings.url
    own = {item.media(url).href or "": item for item in found.files}
    at = f"/releases/{found.id}/files"
    return office.render(
        asked,
        "on_its_way.html",
        found=found,
        revision=found.text,
        in_text=pictures.private(found.text, own, at).in_text,
        at=at,
        open=found.state not in ENDED,
    )


def file(office: Office, asked: Asked) -> Response:
    """A picture of a text on its way, small; or another of its files, whole."""
    sent = files.content(office.wire, asked.actor, asked.path["ref"], asked.path["file"], SHOWN)
    return streamed(sent)


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
    Door("GET", "/releases/{ref}", text, WRITES),
    Door("GET", "/releases/{ref}/files/{file}", file, WRITES),
    Door("POST", "/releases/{ref}/mend", mend, WRITES),
    Door("POST", "/releases/{ref}/call-off", call_off, WRITES),
)
