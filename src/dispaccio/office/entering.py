"""Coming in: the log-in, an invitation, and going out again.

Reading a page changes nothing, since programs that check mails open every link in them.
"""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.errors import LogInFailed, LogInPaused, WeakPassword
from dispaccio.office.asked import Asked
from dispaccio.office.doors import ANYBODY, Door
from dispaccio.office.pages import Office
from dispaccio.wire import accounts

START = "/account"
"""Where somebody comes who did not want to go anywhere."""


def log_in_page(office: Office, asked: Asked) -> Response:
    """The form; whoever is in already goes on."""
    if asked.who is not None:
        return office.go(asked, START)
    return office.render(asked, "log_in.html", next=_next(asked.query.get("next", "")), email="")


def log_in(office: Office, asked: Asked) -> Response:
    """Log in with address and password."""
    email, then = asked.text("email"), _next(asked.text("next"))
    try:
        token = accounts.log_in(office.wire, email, _password(asked), about(asked))
    except (LogInFailed, LogInPaused) as error:
        return office.render(
            asked, "log_in.html", status=error.status, next=then, email=email, error=error
        )
    return office.with_session(office.go(asked, then or START), token)


def log_out(office: Office, asked: Asked) -> Response:
    """End this session."""
    accounts.log_out(office.wire, asked.known)
    return office.with_session(office.go(asked, "/"), None)


def invitation(office: Office, asked: Asked) -> Response:
    """Whom an invitation is for, and the form that takes it up."""
    person = accounts.invited(office.wire, asked.path["token"])
    return office.render(asked, "invitation.html", person=person)


def accept(office: Office, asked: Asked) -> Response:
    """Take up an invitation with a new password, and be logged in."""
    token = asked.path["token"]
    try:
        session = accounts.accept(office.wire, token, _password(asked), about(asked))
    except WeakPassword as error:
        person = accounts.invited(office.wire, token)
        return office.render(
            asked, "invitation.html", status=error.status, person=person, error=error
        )
    return office.with_session(office.go(asked, START), session)


def about(asked: Asked) -> str:
    """What the browser says of itself, by which its holder knows a session again."""
    said = asked.headers.get("user-agent", "")[:200]
    return "".join(char if char.isprintable() else " " for char in said)


def _password(asked: Asked) -> str:
    return asked.form.get("password", ("",))[0]


def _next(path: str) -> str:
    """A path of this wire to go on to; nothing for what could lead elsewhere."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if plain and path.isascii() and path.isprintable() else ""


DOORS = (
    Door("GET", "/login", log_in_page, ANYBODY),
    Door("POST", "/login", log_in, ANYBODY),
    Door("POST", "/logout", log_out),
    Door("GET", "/invitation/{token}", invitation, ANYBODY),
    Door("POST", "/invitation/{token}", accept, ANYBODY),
)
