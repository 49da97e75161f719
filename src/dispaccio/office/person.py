"""One person of the wire, for the operator: roles, invitation, keys, and leaving."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from dispaccio.access.roles import Action
from dispaccio.errors import Conflict, DispaccioError, InputError, NoSuchPage, Unconfirmed
from dispaccio.office.asked import Asked
from dispaccio.office.doors import PEOPLE, Door
from dispaccio.office.pages import HEADERS, Office
from dispaccio.office.people import roles_there_are
from dispaccio.site.answers import answer
from dispaccio.wire import accounts, oidc_person, people, personal, post
from dispaccio.words import say


def page(office: Office, asked: Asked) -> Response:
    """A person, and what the operator may do about them."""
    return _page(office, asked)


def set_roles(office: Office, asked: Asked) -> Response:
    """Give a person exactly the roles that are ticked."""
    accounts.require_proof(office.wire, asked.known)
    name = asked.path["name"]
    try:
        people.set_roles(office.wire, asked.actor, name, list(asked.several("role")))
    except (Conflict, InputError) as error:
        return _page(office, asked, error=error)
    return office.go(asked, f"/people/{name}")


def invite(office: Office, asked: Asked) -> Response:
    """Invite a person again, who chooses a new password by it."""
    accounts.require_proof(office.wire, asked.known)
    try:
        sent = accounts.invite_again(office.wire, asked.actor, asked.path["name"])
    except InputError as error:
        return _page(office, asked, error=error)
    return _page(office, asked, sent=sent)


def revoke_key(office: Office, asked: Asked) -> Response:
    """Revoke an API key of a person."""
    name = asked.path["name"]
    people.revoke_key(office.wire, asked.actor, name, asked.text("prefix"))
    return office.go(asked, f"/people/{name}")


def remove(office: Office, asked: Asked) -> Response:
    """Take a person out."""
    accounts.require_proof(office.wire, asked.known)
    try:
        people.remove(office.wire, asked.actor, asked.path["name"])
    except Conflict as error:
        return _page(office, asked, error=error)
    return office.go(asked, "/people")


def erase(office: Office, asked: Asked) -> Response:
    """Forget a person, if whoever asks ticked that they are sure."""
    accounts.require_proof(office.wire, asked.known)
    if not asked.ticked("sure"):
        return _page(office, asked, error=Unconfirmed())
    try:
        personal.erase(office.wire, asked.actor, asked.path["name"])
    except Conflict as error:
        return _page(office, asked, error=error)
    return office.go(asked, "/people")


def data(office: Office, asked: Asked) -> Response:
    """All that is kept about a person, as a file."""
    return _data(office, asked, asked.path["name"])


def own_data(office: Office, asked: Asked) -> Response:
    """All that is kept about whoever asks, as a file."""
    return _data(office, asked, asked.known.person.name)


def _data(office: Office, asked: Asked, name: str) -> Response:
    said = personal.export(office.wire, asked.actor, name)
    body = json.dumps(said, ensure_ascii=False, indent=2).encode()
    disposition = f'attachment; filename="{said["person"][0]["name"]}.json"'
    return answer(body, "application/json", {**HEADERS, "content-disposition": disposition})


def _page(
    office: Office,
    asked: Asked,
    *,
    error: DispaccioError | None = None,
    sent: dict[str, Any] | None = None,
) -> Response:
    wire, actor, name = office.wire, asked.actor, asked.path["name"]
    here = {person["name"]: person for person in people.everybody(wire, actor)}
    if name not in here and name not in personal.left(wire, actor):
        raise NoSuchPage(say("There is no person {name} in this home.", name=repr(name[:80])))
    return office.render(
        asked,
        "person.html",
        status=error.status if error else 200,
        name=name,
        person=here.get(name),
        keys=people.keys_of(wire, actor, name) if name in here else [],
        roles=roles_there_are(office, actor),
        given=asked.several("role") if error else here.get(name, {}).get("roles", ()),
        grouped=oidc_person.from_groups(wire, actor, name),
        mail=post.waiting(wire, actor).get(name),
        mails=bool(wire.settings.smtp),
        error=error,
        sent=sent,
    )


_LETS_IN = (Action.MANAGE_PEOPLE,)
DOORS = (
    Door("GET", "/account/data", own_data, PEOPLE),
    Door("GET", "/people/{name}", page, _LETS_IN),
    Door("GET", "/people/{name}/data", data, _LETS_IN),
    Door("POST", "/people/{name}/roles", set_roles, _LETS_IN),
    Door("POST", "/people/{name}/invitation", invite, _LETS_IN),
    Door("POST", "/people/{name}/key/revoke", revoke_key, _LETS_IN),
    Door("POST", "/people/{name}/remove", remove, _LETS_IN),
    Door("POST", "/people/{name}/erase", erase, _LETS_IN),
)
