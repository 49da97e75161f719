"""One's own account: who one is here, where one is logged in, and the password."""

from __future__ import annotations

from starlette.responses import Response

from dispaccio.access import scopes
from dispaccio.accounts import oidc
from dispaccio.errors import (
    DispaccioError,
    LogInFailed,
    LogInPaused,
    PasskeyFailed,
    ProviderOnly,
    UnknownPasskey,
    UnknownScope,
    UnknownSession,
    WeakPassword,
)
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.wire import accounts, passkeys, people
from dispaccio.wire import oidc as wire_oidc


def page(office: Office, asked: Asked) -> Response:
    """The account of whoever asks."""
    return _page(office, asked)


def end_session(office: Office, asked: Asked) -> Response:
    """End another session."""
    accounts.end_session(office.wire, asked.known, _key(asked, "session", UnknownSession))
    return office.go(asked, "/account")


def change_password(office: Office, asked: Asked) -> Response:
    """Another password, with the one that holds so far."""
    who = asked.known
    try:
        if "password" in accounts.ways(office.wire, who):
            accounts.prove(office.wire, who, asked.form.get("now", ("",))[0])
            who = accounts.again(office.wire, who)
        accounts.change_password(office.wire, who, asked.form.get("password", ("",))[0])
    except (LogInFailed, LogInPaused, ProviderOnly, WeakPassword) as error:
        return _page(office, asked, error=error)
    return _page(office, asked, done=True)


def new_key(office: Office, asked: Asked) -> Response:
    """Another API key, shown this once."""
    try:
        made = accounts.new_key(office.wire, asked.known, asked.several("scope"))
    except UnknownScope as error:
        return _page(office, asked, key_error=error)
    return _page(office, asked, key=made["key"])


def revoke_key(office: Office, asked: Asked) -> Response:
    """Revoke an API key of one's own."""
    people.revoke_key(office.wire, asked.actor, asked.known.person.name, asked.text("prefix"))
    return office.go(asked, "/account")


def add_passkey(office: Office, asked: Asked) -> Response:
    """Another passkey, as the browser made it."""
    try:
        passkeys.register(
            office.wire, asked.known, asked.text("passkey_name"), asked.text("passkey")
        )
    except PasskeyFailed as error:
        return _page(office, asked, passkey_error=error)
    return office.go(asked, "/account")


def remove_passkey(office: Office, asked: Asked) -> Response:
    """Take a passkey out."""
    passkeys.remove(office.wire, asked.known, _key(asked, "key", UnknownPasskey))
    return office.go(asked, "/account")


def _key(asked: Asked, field: str, unknown: type[DispaccioError]) -> int:
    """The number of a row that a form names."""
    key = asked.text(field)
    if not (key.isascii() and key.isdecimal()) or len(key) > 15:
        raise unknown
    return int(key)


def _page(
    office: Office,
    asked: Asked,
    *,
    error: DispaccioError | None = None,
    done: bool = False,
    key: str | None = None,
    key_error: DispaccioError | None = None,
    passkey_error: DispaccioError | None = None,
) -> Response:
    wrong, actor = error or key_error or passkey_error, asked.actor
    ways = accounts.ways(office.wire, asked.known)
    return office.render(
        asked,
        "account.html",
        status=wrong.status if wrong else 200,
        keys=people.keys_of(office.wire, actor, actor.name),
        scopes=scopes.useful(actor),
        key=key,
        key_error=key_error,
        passkeys=passkeys.of(office.wire, asked.known),
        passkey_asked=passkeys.to_register(office.wire, asked.known),
        passkey_error=passkey_error,
        sessions=accounts.sessions(office.wire, asked.known),
        ways=ways,
        only=office.wire.settings.oidc_only and oidc.KIND in ways,
        provider=wire_oidc.offered(office.wire),
        error=error,
        done=done,
    )


DOORS = (
    Door("GET", "/account", page),
    Door("POST", "/account/session", end_session),
    Door("POST", "/account/password", change_password),
    Door("POST", "/account/passkey", add_passkey),
    Door("POST", "/account/passkey/remove", remove_passkey),
    Door("POST", "/account/key", new_key),
    Door("POST", "/account/key/revoke", revoke_key),
)
