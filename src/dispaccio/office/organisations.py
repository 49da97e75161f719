"""The organisations of a wire, for the operator: issuers with their domains, and subscribers."""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.access.roles import Action
from dispaccio.errors import Conflict, DispaccioError, InputError
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.wire import accounts, organisations


def page(office: Office, asked: Asked) -> Response:
    """Every issuer and subscriber, and the forms that add one."""
    return _page(office, asked)


def add_issuer(office: Office, asked: Asked) -> Response:
    """Add an issuer, for which the wire makes a key; the operator vouches for its domains."""
    accounts.require_proof(office.wire, asked.known)
    domains = asked.text("domains").lower().replace(",", " ").split()
    try:
        organisations.add_issuer(
            office.wire, asked.actor, asked.text("issuer").lower(), asked.text("name"), domains
        )
    except (Conflict, InputError) as error:
        return _page(office, asked, issuer_error=error)
    return office.go(asked, "/organisations")


def add_subscriber(office: Office, asked: Asked) -> Response:
    """Add a subscriber."""
    try:
        organisations.add_subscriber(
            office.wire, asked.actor, asked.text("subscriber").lower(), asked.text("title") or None
        )
    except (Conflict, InputError) as error:
        return _page(office, asked, subscriber_error=error)
    return office.go(asked, "/organisations")


def _page(
    office: Office,
    asked: Asked,
    *,
    issuer_error: DispaccioError | None = None,
    subscriber_error: DispaccioError | None = None,
) -> Response:
    error = issuer_error or subscriber_error
    return office.render(
        asked,
        "organisations.html",
        status=error.status if error else 200,
        issuers=organisations.issuers(office.wire, asked.actor),
        subscribers=organisations.subscribers(office.wire, asked.actor),
        given={name: asked.text(name) for name in asked.form} if error else {},
        issuer_error=issuer_error,
        subscriber_error=subscriber_error,
    )


_LETS_IN = (Action.MANAGE_ISSUERS, Action.MANAGE_SUBSCRIBERS)
DOORS = (
    Door("GET", "/organisations", page, _LETS_IN),
    Door("POST", "/organisations/issuers", add_issuer, (Action.MANAGE_ISSUERS,)),
    Door("POST", "/organisations/subscribers", add_subscriber, (Action.MANAGE_SUBSCRIBERS,)),
)
