"""Coming in by the organisation's own identity provider, and proving anew there.

A form begins it, and its answer is a page that leads on: were it a redirect, the pages' own policy
on forms would have to name every host that the provider may send people through. The address that
the provider sends the browser back to is the one GET that logs in: the protocol asks for that, and
it counts once, in the browser that began.
"""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.accounts import oidc, tokens
from dispaccio.errors import Conflict, DispaccioError, Forbidden, Unavailable
from dispaccio.office.asked import Asked
from dispaccio.office.doors import ANYBODY, Door
from dispaccio.office.entering import START, about, log_in_page_with, onward
from dispaccio.office.pages import Office
from dispaccio.wire import oidc as wire_oidc
from dispaccio.wire.accounts import LoggedIn

BEGIN, PROVE = "/login/oidc", "/account/proof/oidc"


def begin(office: Office, asked: Asked) -> Response:
    """On to the provider, to log in."""
    then = onward(asked.text("next"))
    try:
        return _on_to_it(office, asked, then)
    except Unavailable as error:
        return log_in_page_with(office, asked, then, error=error)


def prove(office: Office, asked: Asked) -> Response:
    """On to the provider, to prove that it is them."""
    return _on_to_it(office, asked, onward(asked.text("next")), asked.known)


def back(office: Office, asked: Asked) -> Response:
    """Back from the provider: on as somebody who is logged in, or who proved that it is them."""
    browser = asked.cookies.get(_cookie(office), "")
    try:
        done = wire_oidc.finish(office.wire, browser, asked.query, about(asked), asked.who)
    except (Forbidden, Conflict, Unavailable) as error:
        return _broken_off(office, asked, error)
    if done.token is None and not done.then:
        return office.render(asked, "proved.html")
    response = office.go(asked, done.then or START)
    return office.with_session(response, done.token) if done.token else response


def _on_to_it(office: Office, asked: Asked, then: str, who: LoggedIn | None = None) -> Response:
    name = _cookie(office)
    browser = asked.cookies.get(name) or tokens.new()[0]
    address = wire_oidc.start(office.wire, browser, then, who)
    page = office.render(
        asked, "on_to_provider.html", address=address, provider=wire_oidc.offered(office.wire)
    )
    return office.with_cookie(page, name, browser, int(oidc.LASTS.total_seconds()))


def _broken_off(office: Office, asked: Asked, error: DispaccioError) -> Response:
    if asked.who is not None:
        raise error
    return log_in_page_with(office, asked, "", error=error)


def _cookie(office: Office) -> str:
    """What binds a log-in that was begun to its browser."""
    return f"{office.cookie}-{oidc.KIND}"


DOORS = (
    Door("POST", BEGIN, begin, ANYBODY),
    Door("GET", wire_oidc.BACK, back, ANYBODY),
    Door("POST", PROVE, prove),
)
