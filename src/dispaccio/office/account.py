"""One's own account: who one is here, where one is logged in, and the password."""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.errors import DispaccioError, LogInFailed, LogInPaused, UnknownSession, WeakPassword
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.wire import accounts


def page(office: Office, asked: Asked) -> Response:
    """The account of whoever asks."""
    return _page(office, asked)


def end_session(office: Office, asked: Asked) -> Response:
    """End another session."""
    key = asked.text("session")
    if not key.isdecimal() or len(key) > 15:
        raise UnknownSession
    accounts.end_session(office.wire, asked.known, int(key))
    return office.go(asked, "/account")


def change_password(office: Office, asked: Asked) -> Response:
    """Another password, with the one that holds so far."""
    try:
        accounts.prove(office.wire, asked.known, asked.form.get("now", ("",))[0])
        who = accounts.again(office.wire, asked.known)
        accounts.change_password(office.wire, who, asked.form.get("password", ("",))[0])
    except (LogInFailed, LogInPaused, WeakPassword) as error:
        return _page(office, asked, error=error)
    return _page(office, asked, done=True)


def prove(office: Office, asked: Asked) -> Response:
    """Prove anew that it is them, then on to where that was needed."""
    accounts.prove(office.wire, asked.known, asked.form.get("password", ("",))[0])
    return office.go(asked, "/account")


def _page(
    office: Office, asked: Asked, *, error: DispaccioError | None = None, done: bool = False
) -> Response:
    return office.render(
        asked,
        "account.html",
        status=error.status if error else 200,
        sessions=accounts.sessions(office.wire, asked.known),
        error=error,
        done=done,
    )


DOORS = (
    Door("GET", "/account", page),
    Door("POST", "/account/session", end_session),
    Door("POST", "/account/password", change_password),
    Door("POST", "/account/proof", prove),
)
