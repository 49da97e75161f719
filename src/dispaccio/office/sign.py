"""Before a text is handed in: how it will read, what exactly is signed, and the last step."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from dispaccio.errors import Conflict, DispaccioError, DraftConflict, DraftHandedIn, InputError
from dispaccio.office import sheets
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.office.submit import WRITES
from dispaccio.site import facets, pictures
from dispaccio.wire import draft_files, drafting, handing_in, preview


def previews(office: Office, asked: Asked) -> Response:
    """The draft as page, mail, text or ninjs, made by what makes the real thing."""
    wire, kept = office.wire, drafting.show(office.wire, asked.actor, asked.path["id"])
    look, form = handing_in.look(wire, kept), asked.query.get("as", preview.FORMS[0])
    if form == "page":
        return _page(office, asked, kept, look)
    values: dict[str, Any] = {"letter": None, "press": None, "document": None}
    if form == "mail":
        values["letter"] = preview.mail(wire, kept, look)
        values["press"] = preview.mail(wire, kept, look, press=True)
    else:
        named = form if form in preview.FORMS else "text"
        values["document"] = preview.document(wire, kept, look, named)
    return office.render(
        asked,
        "preview.html",
        kept=kept,
        form=form,
        forms=preview.FORMS,
        files=draft_files.listed(wire, asked.actor, kept.id),
        direction=sheets.direction_of(kept.sheet.language),
        **values,
    )


def _page(office: Office, asked: Asked, kept: drafting.Open, look: handing_in.Look) -> Response:
    release = preview.release(office.wire, kept, look)
    shown = release.shown
    revision = shown.revision
    channels, url = office.public.channels(), office.wire.settings.url
    own = {
        item.media(url).href or "": item
        for item in draft_files.listed(office.wire, asked.actor, kept.id)
    }
    return office.render(
        asked,
        "preview_page.html",
        kept=kept,
        form="page",
        forms=preview.FORMS,
        release=release,
        shown=shown,
        revision=revision,
        subjects=facets.of_release(revision.subjects, asked.reader.language),
        version=release.versions[0],
        usable=True,
        superseded=False,
        correction=None,
        permanent=f"{office.public.url}/r/{shown.number}",
        channel=next((one for one in channels if one.name == revision.channel), None),
        twins=[],
        at=look.draft.revision.release_time,
        files=pictures.private(revision, own, f"/submit/{kept.id}/files"),
    )


def sign(office: Office, asked: Asked) -> Response:
    """The last step: the text to be read once more, and what will be signed."""
    try:
        return _sign(office, asked)
    except DraftHandedIn as error:
        return _handed_in(office, asked, error)


def hand_in(office: Office, asked: Asked) -> Response:
    """Hand in what was read, if the box is ticked."""
    id = asked.path["id"]
    if not asked.ticked("read"):
        return _sign(office, asked, unread=True)
    try:
        handing_in.hand_in(office.wire, asked.actor, id, sheets.saved(asked))
    except DraftHandedIn as error:
        return _handed_in(office, asked, error)
    except (DraftConflict, Conflict, InputError) as error:
        return _sign(office, asked, error=error)
    response = office.go(asked, "/releases")
    response.headers["location"] = asked.reader.to("/releases", handed="in")
    return response


def _sign(
    office: Office, asked: Asked, *, error: DispaccioError | None = None, unread: bool = False
) -> Response:
    wire, kept = office.wire, drafting.show(office.wire, asked.actor, asked.path["id"])
    look = handing_in.look(wire, kept)
    release = preview.release(wire, kept, look)
    at = look.draft.revision.release_time
    groups = drafting.groups_of(wire, kept.issuer)
    return office.render(
        asked,
        "sign.html",
        status=error.status if error else 422 if unread else 200,
        kept=kept,
        doing=handing_in.kind_of(kept).value,
        number=office.wire.number(kept.revises.ordinal or 0) if kept.revises else None,
        look=look,
        error=error,
        unread=unread,
        revision=release.shown.revision,
        files=draft_files.listed(wire, asked.actor, kept.id),
        signing=preview.signing(wire, kept, look),
        at=at,
        until=sheets.until(at, wire.clock.now()) if at else None,
        local=sheets.local(at, kept.sheet.zone, wire.settings.zone_info) if at else None,
        groups=[(name, groups[name]) for name in kept.sheet.to if name in groups],
        channel=next(
            (one.title for one in office.public.channels() if one.name == kept.sheet.channel), None
        ),
        direction=sheets.direction_of(kept.sheet.language),
    )


def _handed_in(office: Office, asked: Asked, error: DraftHandedIn) -> Response:
    return office.render(asked, "handed_in.html", status=error.status, error=error)


DOORS = (
    Door("GET", "/submit/{id}/preview", previews, WRITES),
    Door("GET", "/submit/{id}/sign", sign, WRITES),
    Door("POST", "/submit/{id}/sign", hand_in, WRITES),
)
