"""The pictures and files of a draft: adding, describing, ordering, removing."""

from __future__ import annotations

from starlette.responses import Response, StreamingResponse

from dispaccio.access.roles import Action
from dispaccio.errors import DispaccioError, EmptyInput, InputError, TooManyFiles
from dispaccio.media.kinds import Kind
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import HEADERS, Office
from dispaccio.site.answers import SECURITY
from dispaccio.wire import draft_files, drafting
from dispaccio.wire.filed import MOST, About
from dispaccio.wire.files import Sent
from dispaccio.words import say

WRITES = (Action.SUBMIT,)
FIELDS = ("alt", "credit", "rights", "caption")
SHOWN = 480
"""How wide a picture is shown here."""


def files(office: Office, asked: Asked) -> Response:
    """What a draft has, each with its fields, and the form that adds one."""
    return page(office, asked)


def may_add(office: Office, asked: Asked) -> None:
    """Nothing, if this person may add something to this draft. Raises what says why not."""
    draft_files.require_room(office.wire, asked.actor, asked.path["id"])


def add(office: Office, asked: Asked) -> Response:
    """Add the file that was sent."""
    sent, id = asked.sent, asked.path["id"]
    assert sent is not None
    said = {name: sent.fields.get(name, "").strip() or None for name in FIELDS}
    try:
        if sent.stored is None:
            raise EmptyInput(say("Choose a file first; none was sent."))
        draft_files.add(office.wire, asked.actor, id, sent.stored, About(name=sent.name, **said))
    except (InputError, TooManyFiles) as error:
        return page(office, asked, error=error, typed=sent.fields)
    return office.go(asked, f"/submit/{id}/files")


def change(office: Office, asked: Asked) -> Response:
    """What the button under one says: keep its fields, move it, remove it."""
    id, file, do = asked.path["id"], asked.path["file"], asked.text("do")
    wire, actor = office.wire, asked.actor
    if do == "remove":
        draft_files.remove(wire, actor, id, file)
    elif do in ("up", "down"):
        draft_files.move(wire, actor, id, file, -1 if do == "up" else 1)
    else:
        said = About(**{name: asked.text(name) for name in FIELDS})
        try:
            draft_files.change(wire, actor, id, file, said)
        except InputError as error:
            return page(office, asked, error=error)
    return office.go(asked, f"/submit/{id}/files")


def picture(office: Office, asked: Asked) -> Response:
    """A small picture, for those who write the text."""
    id, file = asked.path["id"], asked.path["file"]
    return streamed(draft_files.content(office.wire, asked.actor, id, file, SHOWN))


def streamed(sent: Sent) -> Response:
    """The bytes of a file; what is no picture is never shown as a page."""
    headers = {
        **SECURITY,
        **HEADERS,
        "content-type": sent.form.media_type,
        "content-length": str(sent.form.stored.size),
    }
    if sent.filed.kind is not Kind.PICTURE:
        headers["content-disposition"] = "attachment"
    return StreamingResponse(sent.pieces, headers=headers)


def page(
    office: Office,
    asked: Asked,
    *,
    error: DispaccioError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """The page, with what was typed where it could not be taken."""
    id = asked.path["id"]
    kept = drafting.show(office.wire, asked.actor, id)
    return office.render(
        asked,
        "files.html",
        status=error.status if error else 200,
        kept=kept,
        files=draft_files.listed(office.wire, asked.actor, id),
        error=error,
        typed=About(**{name: (typed or {}).get(name) for name in FIELDS}),
        most=MOST,
        most_mb=office.wire.settings.max_file_mb,
    )


DOORS = (
    Door("GET", "/submit/{id}/files", files, WRITES),
    Door("POST", "/submit/{id}/files", add, WRITES, takes_file=may_add),
    Door("POST", "/submit/{id}/files/{file}", change, WRITES),
    Door("GET", "/submit/{id}/files/{file}", picture, WRITES),
)
