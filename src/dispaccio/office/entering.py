"""Coming in: the log-in, an invitation, and going out again.

Reading a page changes nothing, since programs that check mails open every link in them.
"""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.errors import (
    DispaccioError,
    LogInFailed,
    LogInPaused,
    MailNotSet,
    MalformedMailAddress,
    PasskeyFailed,
    ProviderOnly,
    WeakPassword,
)
from dispaccio.office.asked import Asked
from dispaccio.office.doors import ANYBODY, Door
from dispaccio.office.pages import Office
from dispaccio.wire import accounts, oidc, passkeys, post

START = "/login"
"""Where somebody comes who did not want to go anywhere."""


def log_in_page(office: Office, asked: Asked) -> Response:
    """The form; whoever is in already goes on."""
    then = onward(asked.query.get("next", ""))
    if asked.who is not None:
        return office.go(asked, then or office.home_of(asked))
    return log_in_page_with(office, asked, then)


def log_in(office: Office, asked: Asked) -> Response:
    """Log in with address and password."""
    email, then = asked.text("email"), onward(asked.text("next"))
    try:
        token = accounts.log_in(office.wire, email, _password(asked), about(asked))
    except (LogInFailed, LogInPaused, ProviderOnly) as error:
        return log_in_page_with(office, asked, then, email=email, error=error)
    return office.with_session(office.go(asked, then or START), token)


def ask_for_link(office: Office, asked: Asked) -> Response:
    """Have a link to log in mailed; whether the address is anybody's is not said."""
    email, then = asked.text("email"), onward(asked.text("next"))
    try:
        post.ask_for_link(office.wire, email, then)
    except (LogInPaused, MailNotSet, MalformedMailAddress) as error:
        return log_in_page_with(office, asked, then, email=email, error=error)
    return office.render(asked, "link_sent.html", email=email)


def link(office: Office, asked: Asked) -> Response:
    """Whom a mailed link is for, and the button that logs in."""
    person = accounts.linked(office.wire, asked.path["token"])
    return office.render(
        asked, "link.html", person=person, next=onward(asked.query.get("next", ""))
    )


def log_in_by_link(office: Office, asked: Asked) -> Response:
    """Log in with a mailed link."""
    then = onward(asked.text("next"))
    try:
        token = accounts.log_in_by_link(office.wire, asked.path["token"], about(asked))
    except ProviderOnly as error:
        return log_in_page_with(office, asked, then, error=error)
    return office.with_session(office.go(asked, then or START), token)


def log_in_by_passkey(office: Office, asked: Asked) -> Response:
    """Log in with a passkey."""
    then = onward(asked.text("next"))
    try:
        token = passkeys.log_in(office.wire, asked.text("passkey"), about(asked))
    except (PasskeyFailed, ProviderOnly) as error:
        return log_in_page_with(office, asked, then, error=error)
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


def log_in_page_with(
    office: Office, asked: Asked, then: str, *, email: str = "", error: DispaccioError | None = None
) -> Response:
    """The form again, with what was wrong."""
    return office.render(
        asked,
        "log_in.html",
        status=error.status if error else 200,
        next=then,
        email=email,
        error=error,
        mails=bool(office.wire.settings.smtp),
        passkey=passkeys.to_log_in(office.wire),
        provider=oidc.offered(office.wire),
    )


def onward(path: str) -> str:
    """A path of this wire to go on to; nothing for what could lead elsewhere."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if plain and path.isascii() and path.isprintable() else ""


DOORS = (
    Door("GET", "/login", log_in_page, ANYBODY),
    Door("POST", "/login", log_in, ANYBODY),
    Door("POST", "/login/link", ask_for_link, ANYBODY),
    Door("POST", "/login/passkey", log_in_by_passkey, ANYBODY),
    Door("GET", "/log-in/{token}", link, ANYBODY),
    Door("POST", "/log-in/{token}", log_in_by_link, ANYBODY),
    Door("POST", "/logout", log_out),
    Door("GET", "/invitation/{token}", invitation, ANYBODY),
    Door("POST", "/invitation/{token}", accept, ANYBODY),
)
