"""Offering a sealed text to vetted readers: to whom, who got mail, and who read it."""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.access.roles import Action
from dispaccio.errors import Conflict, DispaccioError, InputError, NotFound, ReaderNeeded
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.wire import advance

_OFFER = (Action.OFFER,)


def page(office: Office, asked: Asked) -> Response:
    """To whom a text is offered and may be, and who read it."""
    return _page(office, asked)


def offer(office: Office, asked: Asked) -> Response:
    """Offer it to those whose boxes are ticked."""
    ref, to = asked.path["ref"], list(asked.several("to"))
    try:
        if not to:
            raise ReaderNeeded
        text_by_mail = asked.ticked("text_by_mail")
        advance.offer(office.wire, asked.actor, ref, to, text_by_mail=text_by_mail)
    except (Conflict, InputError) as error:
        return _page(office, asked, error=error)
    return office.go(asked, f"/releases/{ref}/readers")


def revoke(office: Office, asked: Asked) -> Response:
    """Take an offer back."""
    ref = asked.path["ref"]
    try:
        advance.revoke(office.wire, asked.actor, ref, asked.text("to"))
    except InputError as error:
        return _page(office, asked, error=error)
    return office.go(asked, f"/releases/{ref}/readers")


def _page(office: Office, asked: Asked, *, error: DispaccioError | None = None) -> Response:
    try:
        found = advance.offering(office.wire, asked.actor, asked.path["ref"])
    except NotFound:
        return office.nothing(asked)
    return office.render(
        asked,
        "offering.html",
        status=error.status if error else 200,
        found=found,
        ref=asked.path["ref"],
        most=advance.MOST_READS,
        mails=bool(office.wire.settings.smtp),
        allows_text=office.wire.settings.embargo_mail,
        ticked=asked.several("to") if error else (),
        error=error,
    )


DOORS = (
    Door("GET", "/releases/{ref}/readers", page, _OFFER),
    Door("POST", "/releases/{ref}/readers", offer, _OFFER),
    Door("POST", "/releases/{ref}/readers/revoke", revoke, _OFFER),
)
