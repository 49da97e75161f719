"""Writing a release: the sheet with its fields, and the checks beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from dispaccio.access.roles import Action
from dispaccio.errors import (
    Conflict,
    DispaccioError,
    DraftConflict,
    DraftDiscarded,
    DraftHandedIn,
    EmptyInput,
    InputError,
)
from dispaccio.office import sheets
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import HEADERS, Office
from dispaccio.site import speech
from dispaccio.site.answers import answer
from dispaccio.wire import draft_files, drafting, handing_in, preview, texts
from dispaccio.wire.drafting import Open
from dispaccio.wire.handing_in import Look
from dispaccio.words import say

WRITES = (Action.SUBMIT,)


def new(office: Office, asked: Asked) -> Response:
    """An empty sheet, with what is remembered of the issuer; it is kept when it is saved."""
    issuer, language = asked.query.get("issuer"), asked.query.get("language")
    spoken = asked.reader.language
    kept = drafting.blank(office.wire, asked.actor, issuer, language, spoken=spoken)
    return page(office, asked, kept)


def document(office: Office, asked: Asked) -> Response:
    """Begin with a document of a word processor, or any other that the wire reads."""
    issuer, file = asked.text("issuer"), asked.files.get("file")
    try:
        if file is None or not file.data:
            raise EmptyInput(say("Choose a file first; none was sent."))
        id = drafting.of_document(office.wire, asked.actor, issuer, file.data, file.name)
    except InputError as error:
        kept = drafting.blank(office.wire, asked.actor, issuer or None)
        return page(office, asked, kept, error=error)
    return office.go(asked, f"/submit/{id}")


def sheet(office: Office, asked: Asked) -> Response:
    """A draft as it was saved."""
    return page(office, asked, drafting.show(office.wire, asked.actor, asked.path["id"]))


def save(office: Office, asked: Asked) -> Response:
    """Keep what was typed, then on to where the button leads."""
    id = asked.path["id"]
    try:
        _save(office, asked)
    except (DraftConflict, DraftHandedIn, DraftDiscarded) as error:
        return _conflict(office, asked, error)
    except InputError as error:
        return page(office, asked, _typed(office, asked), error=error)
    leads = {
        "check": f"/submit/{id}#checks",
        "preview": f"/submit/{id}/preview",
        "sign": f"/submit/{id}/sign",
        "remembered": f"/submit/{id}#boilerplate",
    }
    to, _, place = leads.get(asked.text("do"), f"/submit/{id}").partition("#")
    response = office.go(asked, to)
    if place:
        response.headers["location"] += f"#{place}"
    return response


def autosave(office: Office, asked: Asked) -> Response:
    """Keep what was typed, for the script: what the page says of it comes back as JSON."""
    try:
        kept = _save(office, asked)
    except (DraftConflict, DraftHandedIn, DraftDiscarded) as error:
        by = _kept_in(error)
        said = {"code": error.code(), "by": by.saved_by if by else None}
        return _json(said, error.status)
    except InputError as error:
        sentence = speech.spoken(error.message, asked.reader.language)
        return _json({"code": error.code(), "message": sentence}, error.status)
    values = _around(office, kept)
    return _json(
        {
            "saved": kept.saved,
            "dateline": values["dateline"],
            "checks": office.piece(asked, "_checks.html", kept=kept, **values),
            "time": office.piece(asked, "_time.html", kept=kept, **values),
        },
        200,
    )


def discard(office: Office, asked: Asked) -> Response:
    """Destroy a draft, if the box is ticked."""
    id = asked.path["id"]
    if not asked.ticked("sure"):
        return office.go(asked, f"/submit/{id}")
    drafting.discard(office.wire, asked.actor, id)
    return office.go(asked, "/releases")


def another_language(office: Office, asked: Asked) -> Response:
    """Begin the same text in another language."""
    id = drafting.another_language(office.wire, asked.actor, asked.path["id"])
    return office.go(asked, f"/submit/{id}")


def page(
    office: Office, asked: Asked, kept: Open, *, error: DispaccioError | None = None
) -> Response:
    """The sheet of a draft, and beside it what the checks say."""
    known = drafting.remembered(office.wire, asked.actor, kept.issuer.slug)
    language, around = kept.sheet.language, _around(office, kept)
    return office.render(
        asked,
        "submit.html",
        status=error.status if error else 200,
        kept=kept,
        sheet=kept.sheet,
        error=error,
        choices=sheets.choices(office, kept),
        issuers=drafting.writes_for(office.wire, asked.actor),
        known=known.get(language) or (next(iter(known.values()), None) if not language else None),
        direction=sheets.direction_of(language),
        body=_for_editor(kept, around["look"]),
        reasons=texts.reasons_of(office.wire, asked.actor, kept.revises.id) if kept.revises else (),
        files=draft_files.listed(office.wire, asked.actor, kept.id) if kept.saved else (),
        **around,
    )


def _save(office: Office, asked: Asked) -> Open:
    """Save what was typed, with boilerplate and contacts of the last text where that is wanted."""
    said, issuer = sheets.typed(asked), asked.text("issuer") or None
    if asked.text("do") == "remembered" and issuer:
        known = drafting.remembered(office.wire, asked.actor, issuer).get(said.language)
        if known:
            said = replace(said, boilerplate=known.boilerplate, contacts=known.contacts)
    began = sheets.saved(asked)
    return drafting.save(office.wire, asked.actor, asked.path["id"], began, said, issuer)


def _typed(office: Office, asked: Asked) -> Open:
    """The draft with what was typed, which could not be saved."""
    id, began = asked.path["id"], sheets.saved(asked)
    if began:
        kept = drafting.show(office.wire, asked.actor, id)
    else:
        kept = replace(
            drafting.blank(office.wire, asked.actor, asked.text("issuer") or None), id=id
        )
    try:
        said = sheets.typed(asked)
    except InputError:
        said = replace(kept.sheet, text=asked.form.get("text", ("",))[0])
    return replace(kept, sheet=said, saved=began)


def _conflict(office: Office, asked: Asked, error: Conflict) -> Response:
    """Both texts, so that a person decides; or what was typed, where the draft is gone."""
    kept, said = _kept_in(error), sheets.typed(asked)
    shown = sheets.texts(said)
    before = sheets.texts(kept.sheet) if kept else {}
    return office.render(
        asked,
        "conflict.html",
        status=error.status,
        error=error,
        kept=kept,
        differing=[
            (name, text, before.get(name, ""))
            for name, text in shown.items()
            if text != before.get(name, "")
        ],
        form=[
            (name, value)
            for name, values in asked.form.items()
            for value in values
            if name not in ("saved", "do")
        ],
        direction=sheets.direction_of(said.language),
    )


def _kept_in(error: DispaccioError) -> Open | None:
    kept = error.details.get("kept")
    return kept if isinstance(kept, Open) else None


def _around(office: Office, kept: Open) -> dict[str, Any]:
    """What stands beside the fields: the checks, the dateline, and when it will be public."""
    look = handing_in.look(office.wire, kept)
    at, now = look.draft.revision.release_time, office.wire.clock.now()
    return {
        "look": look,
        "dateline": preview.dateline(office.wire, kept, at),
        "at": at,
        "until": sheets.until(at, now) if at else None,
    }


def _for_editor(kept: Open, look: Look) -> str | None:
    """The body for the rich editor; None where it would lose a part of what was typed."""
    unread = any(
        found.check == handing_in.CHECK and found.where in ("body", None) for found in look.findings
    )
    blocks = kept.sheet.body or look.draft.revision.body
    pictures = [block.media for block in blocks if block.media is not None]
    whole = max(pictures, default=-1) < len(kept.sheet.media)
    return sheets.body_json(blocks) if whole and not unread else None


def _json(said: dict[str, Any], status: int) -> Response:
    return answer(json.dumps(said).encode(), "application/json", HEADERS, status)


DOORS = (
    Door("GET", "/submit", new, WRITES),
    Door("POST", "/submit/document", document, WRITES),
    Door("GET", "/submit/{id}", sheet, WRITES),
    Door("POST", "/submit/{id}", save, WRITES),
    Door("POST", "/submit/{id}/autosave", autosave, WRITES),
    Door("POST", "/submit/{id}/discard", discard, WRITES),
    Door("POST", "/submit/{id}/language", another_language, WRITES),
)
