"""Role × door: every private page, asked by everybody. A door that is not in the table fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispaccio.office.app import DOORS
from dispaccio.release.state import State
from dispaccio.site.addresses import PRIVATE
from dispaccio.wire import review
from tests.api.service import ROLES, Service
from tests.office.browser import PASSWORD, Wire, send
from tests.support.word import docx
from tests.wire.world import HOUR, START

WHO = ["public", *ROLES]


@dataclass(frozen=True, slots=True)
class Knock:
    """How a door is knocked at, made for each time, and what everybody gets."""

    expected: str
    path: Callable[[Wire], str] | str
    form: Callable[[Wire], dict[str, Any]] | dict[str, Any] | None = None

    def status(self, who: str) -> int:
        return int(dict(zip(WHO, self.expected.split(), strict=True))[who])


def at(rest: str) -> Callable[[Wire], str]:
    """A path below the page of somebody new."""
    return lambda wire: f"/people/{wire.service.guest()}{rest}"


def mine(wire: Wire) -> str:
    """The id of a new endpoint of the subscriber."""
    return wire.service.endpoint()


def absent(wire: Wire) -> str:
    """The id of a text in review, which is offered to nobody."""
    return wire.service.by_author()


# Columns: public, subscriber, vetted reader, author, another issuer's author, approver, desk,
# operator. The public is sent to the log-in (303), or told to log in again (401).
TABLE: dict[str, Knock] = {
    "GET /login": Knock("200 303 303 303 303 303 303 303", "/login"),
    "POST /login": Knock("403 403 403 403 403 403 403 403", "/login", {"email": "a@b.example"}),
    "POST /login/link": Knock(
        "503 503 503 503 503 503 503 503", "/login/link", {"email": "a@b.example"}
    ),
    "POST /login/passkey": Knock(
        "403 403 403 403 403 403 403 403", "/login/passkey", {"passkey": "{}"}
    ),
    # This wire has no provider: whom one lets in is in test_oidc.py.
    "POST /login/oidc": Knock("404 404 404 404 404 404 404 404", "/login/oidc", {}),
    "GET /login/oidc/back": Knock("404 404 404 404 404 404 404 404", "/login/oidc/back"),
    "POST /account/proof/oidc": Knock("401 404 404 404 404 404 404 404", "/account/proof/oidc", {}),
    "GET /log-in/{token}": Knock("200 200 200 200 200 200 200 200", lambda wire: wire.link()),
    "POST /log-in/{token}": Knock("303 303 303 303 303 303 303 303", lambda wire: wire.link(), {}),
    "POST /logout": Knock("401 303 303 303 303 303 303 303", "/logout", {}),
    "GET /invitation/{token}": Knock(
        "200 200 200 200 200 200 200 200", lambda wire: wire.invite(wire.service.fresh("guest"))
    ),
    "POST /invitation/{token}": Knock(
        "303 303 303 303 303 303 303 303",
        lambda wire: wire.invite(wire.service.fresh("guest")),
        {"password": PASSWORD},
    ),
    "GET /releases": Knock("303 403 403 200 200 200 200 403", "/releases"),
    "GET /releases/{ref}": Knock(
        "303 403 403 200 404 200 200 403", lambda wire: f"/releases/{wire.service.by_author()}"
    ),
    "GET /releases/{ref}/files/{file}": Knock(
        "303 403 403 200 404 200 200 403", lambda wire: wire.handed_file()
    ),
    "POST /releases/{ref}/mend": Knock(
        "401 403 403 303 404 303 303 403", lambda wire: f"/releases/{wire.service.returned()}/mend"
    ),
    "POST /releases/{ref}/call-off": Knock(
        "401 403 403 303 404 303 303 403",
        lambda wire: f"/releases/{wire.service.by_author()}/call-off",
        {"sure": "1"},
    ),
    "GET /releases/{ref}/report": Knock(
        "303 403 403 200 403 200 200 200", lambda wire: f"/releases/{wire.service.public()}/report"
    ),
    "POST /releases/{ref}/report/link": Knock(
        "401 403 403 200 403 200 200 200",
        lambda wire: f"/releases/{wire.service.public()}/report/link",
    ),
    "POST /releases/{ref}/report/again": Knock(
        "401 403 403 404 403 404 404 303",
        lambda wire: f"/releases/{wire.service.public()}/report/again",
        lambda wire: {"endpoint": mine(wire)},
    ),
    "GET /releases/{ref}/readers": Knock(
        "303 403 403 200 404 200 200 403", lambda wire: f"/releases/{wire.service.sealed()}/readers"
    ),
    "POST /releases/{ref}/readers": Knock(
        "401 403 403 303 404 303 303 403",
        lambda wire: f"/releases/{wire.service.sealed()}/readers",
        {"to": "b-vetted"},
    ),
    "POST /releases/{ref}/readers/revoke": Knock(
        "401 403 403 303 404 303 303 403",
        lambda wire: f"/releases/{wire.service.sealed()}/readers/revoke",
        {"to": "b-vetted"},
    ),
    "GET /submit": Knock("303 403 403 200 200 200 200 403", "/submit"),
    "POST /submit/document": Knock(
        "401 403 403 303 403 303 303 403",
        "/submit/document",
        {"issuer": "aurora", "files": {"file": ("a.docx", docx())}},
    ),
    "GET /submit/{id}": Knock("303 403 403 200 404 200 404 403", lambda wire: wire.draft()),
    "POST /submit/{id}": Knock(
        "401 403 403 303 404 303 404 403", lambda wire: wire.draft(), {"saved": "1"}
    ),
    "POST /submit/{id}/autosave": Knock(
        "401 403 403 200 404 200 404 403",
        lambda wire: f"{wire.draft()}/autosave",
        {"saved": "1"},
    ),
    "POST /submit/{id}/discard": Knock(
        "401 403 403 303 404 303 404 403", lambda wire: f"{wire.draft()}/discard", {"sure": "1"}
    ),
    "POST /submit/{id}/language": Knock(
        "401 403 403 303 404 303 404 403", lambda wire: f"{wire.draft()}/language"
    ),
    "GET /submit/{id}/files": Knock(
        "303 403 403 200 404 200 404 403", lambda wire: f"{wire.draft()}/files"
    ),
    "POST /submit/{id}/files": Knock(
        "401 403 403 303 404 303 404 403",
        lambda wire: f"{wire.draft()}/files",
        {"files": {"file": ("a.pdf", b"%PDF-1.7\n%%EOF")}},
    ),
    "POST /submit/{id}/files/{file}": Knock(
        "401 403 403 303 404 303 404 403", lambda wire: wire.file(), {"do": "save", "alt": "A"}
    ),
    "GET /submit/{id}/files/{file}": Knock(
        "303 403 403 200 404 200 404 403", lambda wire: wire.file()
    ),
    "GET /submit/{id}/preview": Knock(
        "303 403 403 200 404 200 404 403", lambda wire: f"{wire.draft()}/preview"
    ),
    "GET /submit/{id}/sign": Knock(
        "303 403 403 200 404 200 404 403", lambda wire: f"{wire.draft()}/sign"
    ),
    "POST /submit/{id}/sign": Knock(
        "401 403 403 303 404 303 404 403",
        lambda wire: f"{wire.draft()}/sign",
        {"saved": "1", "read": "1"},
    ),
    "GET /account": Knock("303 200 200 200 200 200 200 200", "/account"),
    "POST /account/session": Knock(
        "401 404 404 404 404 404 404 404", "/account/session", {"session": "999999"}
    ),
    "POST /account/password": Knock(
        "401 403 403 403 403 403 403 403", "/account/password", {"now": "a wrong password"}
    ),
    "POST /account/proof": Knock("401 303 303 303 303 303 303 303", "/account/proof", {}),
    "POST /account/passkey": Knock(
        "401 403 403 403 403 403 403 403", "/account/passkey", {"passkey": "{}"}
    ),
    "POST /account/passkey/remove": Knock(
        "401 404 404 404 404 404 404 404", "/account/passkey/remove", {"key": "999999"}
    ),
    "POST /account/key": Knock(
        "401 200 200 200 200 200 200 200", "/account/key", {"scope": "read"}
    ),
    "POST /account/key/revoke": Knock(
        "401 404 404 404 404 404 404 404", "/account/key/revoke", {"prefix": "dsp_none00"}
    ),
    "GET /account/data": Knock("303 200 200 200 200 200 200 200", "/account/data"),
    "GET /people/{name}": Knock("303 403 403 403 403 403 403 200", at("")),
    "GET /people/{name}/data": Knock("303 403 403 403 403 403 403 200", at("/data")),
    "POST /people/{name}/roles": Knock("401 403 403 403 403 403 403 303", at("/roles"), {}),
    "POST /people/{name}/invitation": Knock(
        "401 403 403 403 403 403 403 200", at("/invitation"), {}
    ),
    "POST /people/{name}/key/revoke": Knock(
        "401 403 403 403 403 403 403 404", at("/key/revoke"), {"prefix": "dsp_none00"}
    ),
    "POST /people/{name}/remove": Knock("401 403 403 403 403 403 403 303", at("/remove"), {}),
    "POST /people/{name}/erase": Knock(
        "401 403 403 403 403 403 403 303", at("/erase"), {"sure": "yes"}
    ),
    "GET /organisations": Knock("303 403 403 403 403 403 403 200", "/organisations"),
    "POST /organisations/issuers": Knock(
        "401 403 403 403 403 403 403 303",
        "/organisations/issuers",
        lambda wire: {"issuer": wire.service.fresh("issuer"), "name": "New"},
    ),
    "POST /organisations/subscribers": Knock(
        "401 403 403 403 403 403 403 303",
        "/organisations/subscribers",
        lambda wire: {"subscriber": wire.service.fresh("paper")},
    ),
    "GET /people": Knock("303 403 403 403 403 403 403 200", "/people"),
    "POST /people": Knock(
        "401 403 403 403 403 403 403 200",
        "/people",
        lambda wire: {
            "name": (name := wire.service.fresh("guest")),
            "email": f"{name}@ponte.example",
        },
    ),
    "GET /reading": Knock("303 403 200 403 403 403 403 403", "/reading"),
    "POST /reading/terms": Knock(
        "401 403 303 403 403 403 403 403", "/reading/terms", {"accept": "yes"}
    ),
    "POST /reading/mail": Knock(
        "401 403 303 403 403 403 403 403", "/reading/mail", {"form": "link"}
    ),
    "GET /reading/{id}": Knock(
        "303 403 404 403 403 403 403 403", lambda w: f"/reading/{absent(w)}"
    ),
    "GET /reading/{id}/json": Knock(
        "303 403 404 403 403 403 403 403", lambda w: f"/reading/{absent(w)}/json"
    ),
    "GET /me": Knock("303 200 200 403 403 403 403 200", "/me"),
    "POST /me": Knock(
        "401 422 422 403 403 403 403 422", "/me", {"subscriber": "gazette", "carrier": "webhook"}
    ),
    "GET /me/{id}": Knock("303 200 200 403 403 403 403 200", lambda w: f"/me/{mine(w)}"),
    "POST /me/{id}": Knock(
        "401 303 303 403 403 403 403 303", lambda w: f"/me/{mine(w)}", {"words": "comet"}
    ),
    "POST /me/{id}/ping": Knock("401 200 200 403 403 403 403 200", lambda w: f"/me/{mine(w)}/ping"),
    "POST /me/{id}/secret": Knock(
        "401 200 200 403 403 403 403 200", lambda w: f"/me/{mine(w)}/secret"
    ),
    "POST /me/{id}/state": Knock(
        "401 303 303 403 403 403 403 303", lambda w: f"/me/{mine(w)}/state", {"on": "no"}
    ),
    "POST /me/{id}/replay": Knock(
        "401 200 200 403 403 403 403 200",
        lambda w: f"/me/{mine(w)}/replay",
        {"first": "T100000001"},
    ),
    "POST /me/{id}/remove": Knock(
        "401 303 303 403 403 403 403 303", lambda w: f"/me/{mine(w)}/remove", {"sure": "yes"}
    ),
    "GET /operator": Knock("303 403 403 403 403 403 200 200", "/operator"),
    "POST /operator/told": Knock(
        "401 403 403 403 403 403 404 404", "/operator/told", {"number": "T999999999"}
    ),
    "GET /apply": Knock("200 200 200 200 200 200 200 200", "/apply"),
    "POST /apply": Knock("422 422 422 422 422 422 422 422", "/apply", {"email": "a@b.example"}),
    "GET /vetting": Knock("303 403 403 403 403 403 200 200", "/vetting"),
    "POST /vetting": Knock("401 403 403 403 403 403 404 404", "/vetting", {"application": "x"}),
    "POST /vetting/seal": Knock(
        "401 403 403 403 403 403 303 303", "/vetting/seal", {"sealed": "no"}
    ),
    "POST /vetting/group": Knock(
        "401 403 403 403 403 403 303 303", "/vetting/group", {"group": "energy"}
    ),
}


def at(pattern: str, make: Callable[[Service], str]) -> Callable[[Wire], str]:
    return lambda wire: pattern.replace("*", make(wire.service))


def _sealed(service: Service) -> str:
    id = service.by_author()
    review.approve(service.wire, service.dora, id, confirm=True, at=START + HOUR)
    return id


def _parked(service: Service) -> str:
    id = service.by_author()
    review.decide(service.wire, service.dora, id, State.PARKED)
    return id


def _desk_only(status: int) -> str:
    """What is shown to the desk alone: authors and operators do not see it either."""
    turned = 303 if status == 200 else 401
    return f"{turned} 403 403 403 403 403 {status} 403"


DRAFT = Service.by_author
TABLE |= {
    "GET /desk": Knock(_desk_only(200), "/desk"),
    "GET /desk/{ref}": Knock(_desk_only(200), at("/desk/*", DRAFT)),
    "GET /desk/{ref}/original": Knock(_desk_only(200), at("/desk/*/original", DRAFT)),
    "GET /desk/{ref}/files/{file}": Knock(
        "303 403 403 403 403 403 404 403", at("/desk/*/files/none", DRAFT)
    ),
}
TABLE |= {
    f"POST /desk/{{ref}}/{name}": Knock(_desk_only(303), at(f"/desk/*/{name}", make), form)
    for name, make, form in (
        ("claim", DRAFT, {}),
        ("give-back", DRAFT, {}),
        ("approve", DRAFT, {"confirm": "yes"}),
        ("publish", DRAFT, {"confirm": "yes"}),
        ("stop", _sealed, {}),
        ("time", Service.approved, {"release_time": "2026-11-24T09:00"}),
        ("return", DRAFT, {"why": "Who paid?"}),
        ("park", DRAFT, {}),
        ("resume", _parked, {}),
        ("reject", DRAFT, {"sure": "yes"}),
        ("call-off", DRAFT, {"sure": "yes"}),
    )
}
WHY = {"reason": "error"}
for _name, _make, _operator in (
    ("withdraw", Service.public, True),
    ("withhold", Service.public, False),
    ("usable-again", Service.withheld, False),
):
    _page, _form = ("200", "422") if _operator else ("403", "403")
    _done = "422" if _operator else "303"  # the number is to be typed
    _path = at(f"/releases/*/{_name}", _make)
    TABLE[f"GET /releases/{{number}}/{_name}"] = Knock(
        f"303 403 403 200 403 200 200 {_page}", _path
    )
    TABLE[f"POST /releases/{{number}}/{_name}"] = Knock(
        f"401 403 403 {_done} 403 {_done} {_done} {_form}", _path, WHY
    )


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    made = Wire(tmp_path_factory.mktemp("roles") / "home")
    yield made
    made.close()


@pytest.fixture(scope="module")
def tokens(wire: Wire) -> dict[str, str]:
    """A session of one person a role, the vetted reader's after the terms."""
    clients = {name: wire.logged_in(f"b-{name}", *roles) for name, roles in ROLES.items()}
    send(clients["vetted"], "/reading/terms", accept="yes")
    return {name: client.cookies["dispaccio"] for name, client in clients.items()}


def test_the_server_knows_every_door() -> None:
    assert {door.path.split("/")[1] for door in DOORS} == PRIVATE


def test_every_door_is_in_the_table() -> None:
    assert {f"{door.method} {door.path}" for door in DOORS} == set(TABLE)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", TABLE)
def test_who_may_what(wire: Wire, tokens: dict[str, str], name: str, who: str) -> None:
    knock = TABLE[name]
    client = wire.browser()
    if who != "public":
        client.cookies.set("dispaccio", _session(wire, who, tokens, name))
    path = knock.path(wire) if callable(knock.path) else knock.path
    if name.startswith("GET"):
        answer = client.get(path)
    else:
        form = knock.form(wire) if callable(knock.form) else knock.form
        given = dict(form or {})
        answer = send(client, path, given.pop("files", None), **given)
    assert answer.status_code == knock.status(who), f"{name} for {who}: {answer.text[-600:]}"


def _session(wire: Wire, who: str, tokens: dict[str, str], name: str) -> str:
    """The session of a role; a door that ends it gets one of its own."""
    if name != "POST /logout":
        return tokens[who]
    client: TestClient = wire.logged_in(wire.service.fresh("goes"), *ROLES[who])
    return str(client.cookies["dispaccio"])
