"""What vetted readers may read before its time: the terms, the list, one text."""

from __future__ import annotations

import json

from starlette.responses import Response

from dispaccio.access.roles import Action
from dispaccio.errors import (
    DispaccioError,
    InputError,
    NoSuchRelease,
    TermsNotAccepted,
    TextByMailOff,
)
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import HEADERS, Office
from dispaccio.site.answers import answer
from dispaccio.wire import advance, advance_mail

_READERS = (Action.READ_ADVANCE,)


def page(office: Office, asked: Asked) -> Response:
    """Everything that is offered to whoever asks; the terms, until they are accepted."""
    return _page(office, asked)


def choose(office: Office, asked: Asked) -> Response:
    """Say what is to come by mail."""
    try:
        advance_mail.choose(office.wire, asked.actor, asked.text("form"))
    except (InputError, TextByMailOff) as error:
        return _page(office, asked, error=error)
    return office.go(asked, "/reading")


def accept(office: Office, asked: Asked) -> Response:
    """Accept the terms; the box has to be ticked."""
    if not asked.ticked("accept"):
        return _terms(office, asked, status=422, unticked=True)
    advance.accept(office.wire, asked.actor)
    return office.go(asked, "/reading")


def text(office: Office, asked: Asked) -> Response:
    """One text as a page; once it is public, on to its public page."""
    id = asked.path["id"]
    try:
        found = advance.read(office.wire, asked.actor, id, advance.PAGE)
    except TermsNotAccepted:
        return _terms(office, asked)
    except NoSuchRelease:
        number = advance.public_number(office.wire, asked.actor, id)
        if number is None:
            return office.nothing(asked)
        return office.go(asked, f"/r/{number}")
    return office.render(asked, "under_embargo.html", found=found, revision=found.revision)


def document(office: Office, asked: Asked) -> Response:
    """One text as JSON, with the embargo beside it."""
    try:
        found = advance.read(office.wire, asked.actor, asked.path["id"], advance.JSON)
    except (TermsNotAccepted, NoSuchRelease):
        return office.nothing(asked)
    body = json.dumps(found.to_json(), ensure_ascii=False, indent=1).encode()
    said = {**HEADERS, "content-disposition": f'attachment; filename="embargo-{found.id}.json"'}
    return answer(body, "application/json", said)


def _page(office: Office, asked: Asked, *, error: DispaccioError | None = None) -> Response:
    wire = office.wire
    try:
        found = advance.listed(wire, asked.actor)
    except TermsNotAccepted:
        return _terms(office, asked)
    forms = [form for form in advance_mail.FORMS if form != "text" or wire.settings.embargo_mail]
    return office.render(
        asked,
        "reading.html",
        status=error.status if error else 200,
        found=found,
        forms=forms if wire.settings.smtp else (),
        form=advance_mail.choice(wire, asked.actor),
        error=error,
    )


def _terms(office: Office, asked: Asked, *, status: int = 200, unticked: bool = False) -> Response:
    terms, _ = advance.terms(office.wire)
    own = bool(office.wire.settings.embargo_terms)
    return office.render(
        asked, "terms.html", status=status, terms=terms, own=own, unticked=unticked
    )


DOORS = (
    Door("GET", "/reading", page, _READERS),
    Door("POST", "/reading/terms", accept, _READERS),
    Door("POST", "/reading/mail", choose, _READERS),
    Door("GET", "/reading/{id}", text, _READERS),
    Door("GET", "/reading/{id}/json", document, _READERS),
)
