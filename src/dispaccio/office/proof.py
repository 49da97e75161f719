"""Proving anew that it is them: the way every page answers ProofNeeded.

A use case that matters calls ``accounts.require_proof``. If it raises, nothing was done; the page
made here asks for the password and holds what the form held. With the password it is sent to the
same address again, where the proof is taken out of it before the page sees it.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from dispaccio.errors import (
    DispaccioError,
    LogInFailed,
    LogInPaused,
    PasskeyFailed,
    ProviderOnly,
)
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.entering import START, onward
from dispaccio.office.pages import Office
from dispaccio.wire import accounts, oidc, passkeys

PASSWORD = "proof.password"  # noqa: S105  # the name of a field
PASSKEY = "proof.passkey"
"""The fields with the proof; no form of a page has one of these names."""
_FIELDS = {PASSWORD, PASSKEY}
HERE = "/account/proof"


def page(office: Office, asked: Asked, error: DispaccioError | None = None) -> Response:
    """The page that asks for the password once more, with the fields of the form it stands for."""
    if asked.method == "POST":
        fields, action = dict(asked.form), asked.reader.path
        if asked.query:
            action = f"{action}?{urlencode(asked.query)}"
    else:
        fields, action = {"next": (asked.reader.path,)}, asked.reader.to(HERE)
    return office.render(
        asked,
        "proof.html",
        status=error.status if error else 403,
        action=action,
        fields={name: values for name, values in fields.items() if name not in _FIELDS},
        password=PASSWORD,
        passkey=PASSKEY,
        passkey_asked=passkeys.to_prove(office.wire, asked.known),
        ways=accounts.ways(office.wire, asked.known),
        mails=bool(office.wire.settings.smtp),
        provider=oidc.offered(office.wire),
        here=asked.method != "POST",
        error=error,
    )


def taken(office: Office, asked: Asked) -> Asked | Response:
    """The same request without its proof, by somebody who gave it; the page again, if it is wrong.

    A request that holds no proof is given back as it is.
    """
    if asked.who is None or not asked.form.keys() & _FIELDS:
        return asked
    try:
        if asked.text(PASSKEY):
            passkeys.prove(office.wire, asked.who, asked.text(PASSKEY))
        else:
            accounts.prove(office.wire, asked.who, asked.form.get(PASSWORD, ("",))[0])
    except (LogInFailed, LogInPaused, PasskeyFailed, ProviderOnly) as error:
        return page(office, asked, error)
    form = {name: values for name, values in asked.form.items() if name not in _FIELDS}
    return replace(asked, form=form, who=accounts.again(office.wire, asked.who))


def prove(office: Office, asked: Asked) -> Response:
    """On to a page that is shown only to who proved lately that it is them."""
    accounts.require_proof(office.wire, asked.known)
    return office.go(asked, onward(asked.text("next")) or START)


DOORS = (Door("POST", HERE, prove),)
