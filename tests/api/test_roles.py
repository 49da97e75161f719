"""Role × route: every route of the API, asked by everybody, about things that are there.

The table is written by hand. A route that is not in it fails the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from dispaccio.store import releases
from tests.api.service import PDF_BYTES, ROLES, WHO, Service


@dataclass(frozen=True, slots=True)
class Call:
    """How a route is called: its address and body, made for each call, and who gets what."""

    expected: str
    path: Callable[[Service], str] | str
    body: Callable[[Service], Any] | Any = None

    def status(self, who: str) -> int:
        return int(dict(zip(WHO, self.expected.split(), strict=True))[who])


def at(pattern: str, make: Callable[[Service], str]) -> Callable[[Service], str]:
    return lambda service: pattern.replace("*", make(service))


DRAFT, AUTHORS, RETURNED = Service.draft, Service.by_author, Service.returned
WHY = {"reason": "error"}
# Columns: public, wrong key, subscriber, vetted reader, author, another issuer's author, approver,
# desk, operator. 404 stands for "there is nothing here", which is also said of what is not theirs.
TABLE: dict[str, Call] = {
    # Submitting
    "POST /submissions": Call(
        "401 401 403 403 201 403 201 201 403",
        "/submissions?issuer=aurora",
        lambda s: s.text(),
    ),
    "GET /submissions": Call("401 401 403 403 200 200 200 200 200", "/submissions"),
    "GET /submissions/{ref}": Call(
        "404 401 404 404 200 404 200 200 200", at("/submissions/*", DRAFT)
    ),
    "PUT /submissions/{ref}": Call(
        "401 401 404 404 201 404 201 201 403",
        at("/submissions/*", RETURNED),
        lambda s: s.text(),
    ),
    # Pictures and files
    "POST /submissions/{ref}/files": Call(
        "401 401 404 404 201 404 201 201 403",
        at("/submissions/*/files?name=a.pdf", DRAFT),
        lambda s: PDF_BYTES,
    ),
    "GET /submissions/{ref}/files": Call(
        "401 401 404 404 200 404 200 200 200", at("/submissions/*/files", DRAFT)
    ),
    "GET /submissions/{ref}/files/{id}": Call(
        "401 401 404 404 200 404 200 200 200", at("/submissions/*", Service.file)
    ),
    "PATCH /submissions/{ref}/files/{id}": Call(
        "401 401 404 404 200 404 200 200 403", at("/submissions/*", Service.file), {"alt": "A"}
    ),
    "POST /submissions/{ref}/files/order": Call(
        "401 401 404 404 200 404 200 200 403", at("/submissions/*/files/order", DRAFT), {"ids": []}
    ),
    "DELETE /submissions/{ref}/files/{id}": Call(
        "401 401 404 404 200 404 200 200 403", at("/submissions/*", Service.file)
    ),
    # The desk
    "POST /submissions/{ref}/approve": Call(
        "401 401 404 404 403 404 403 200 403",
        at("/submissions/*/approve", AUTHORS),
        {"confirm": True},
    ),
    "POST /submissions/{ref}/claim": Call(
        "401 401 404 404 403 404 403 200 403", at("/submissions/*/claim", DRAFT), {}
    ),
    "DELETE /submissions/{ref}/claim": Call(
        "401 401 404 404 403 404 403 204 403", at("/submissions/*/claim", DRAFT)
    ),
    "POST /submissions/{ref}/decide": Call(
        "401 401 404 404 403 404 403 200 403", at("/submissions/*/decide", DRAFT), {"to": "park"}
    ),
    "POST /submissions/{ref}/time": Call(
        "401 401 404 404 403 404 403 200 403",
        at("/submissions/*/time", Service.approved),
        {"release_time": "2026-11-24T09:00Z"},
    ),
    "POST /submissions/{ref}/stop": Call(
        "401 401 404 404 403 404 403 200 403", at("/submissions/*/stop", Service.sealed)
    ),
    "POST /submissions/{ref}/call-off": Call(
        "401 401 404 404 200 404 200 200 403", at("/submissions/*/call-off", DRAFT)
    ),
    "POST /submissions/{ref}/publish": Call(
        "401 401 404 404 403 404 403 200 403",
        at("/submissions/*/publish", AUTHORS),
        {"confirm": True},
    ),
    "POST /relay": Call("401 401 403 403 403 403 403 201 201", "/relay", lambda s: s.text()),
    "POST /convert": Call(
        "401 401 200 200 200 200 200 200 200", "/convert?to=text", lambda s: s.text()
    ),
    # Under embargo
    "GET /submissions/{ref}/offers": Call(
        "401 401 404 404 200 404 200 200 403", at("/submissions/*/offers", DRAFT)
    ),
    "POST /submissions/{ref}/offers": Call(
        "401 401 404 404 201 404 201 201 403",
        at("/submissions/*/offers", Service.sealed),
        {"to": ["p-vetted"]},
    ),
    "DELETE /submissions/{ref}/offers/{to}": Call(
        "401 401 404 404 200 404 200 200 403", at("/submissions/*/offers/p-vetted", DRAFT)
    ),
    "GET /advance": Call("401 401 403 200 403 403 403 403 403", at("/advance", Service.offered)),
    "GET /advance/{id}": Call(
        "401 401 404 200 404 404 404 404 404", at("/advance/*", Service.offered)
    ),
    "POST /advance/terms": Call("401 401 403 204 403 403 403 403 403", "/advance/terms"),
    "GET /advance/state": Call("401 401 403 403 403 403 403 200 200", "/advance/state"),
    "PUT /advance/state": Call(
        "401 401 403 403 403 403 403 200 200", "/advance/state", {"sealed": False}
    ),
    "PUT /advance/groups/{name}": Call(
        "401 401 403 403 403 403 403 200 200", "/advance/groups/energy", {"members": ["p-vetted"]}
    ),
    # The archive
    "POST /archive": Call("401 401 403 403 403 403 403 403 200", "/archive", lambda s: s.text()),
    "POST /archive/redirects": Call(
        "401 401 403 403 403 403 403 403 200", "/archive/redirects", {"redirects": []}
    ),
    # What is public
    "POST /releases/{number}/corrections": Call(
        "401 401 403 403 201 403 201 201 201",
        at("/releases/*/corrections?reason=typo", Service.public),
        lambda s: s.text(),
    ),
    "POST /releases/{number}/withhold": Call(
        "401 401 403 403 200 403 200 200 403", at("/releases/*/withhold", Service.public), WHY
    ),
    "POST /releases/{number}/usable-again": Call(
        "401 401 403 403 200 403 200 200 403", at("/releases/*/usable-again", Service.withheld), {}
    ),
    "POST /releases/{number}/withdraw": Call(
        "401 401 403 403 200 403 200 200 200", at("/releases/*/withdraw", Service.public), WHY
    ),
    "GET /releases/{number}/deliveries": Call(
        "401 401 403 403 200 403 200 200 200", at("/releases/*/deliveries", Service.public)
    ),
    "GET /releases": Call("200 200 200 200 200 200 200 200 200", "/releases"),
    "GET /releases/{number}": Call(
        "200 200 200 200 200 200 200 200 200", at("/releases/*", Service.public)
    ),
    "GET /subjects": Call("200 200 200 200 200 200 200 200 200", "/subjects"),
    "GET /channels": Call("200 200 200 200 200 200 200 200 200", "/channels"),
    "GET /log": Call("200 200 200 200 200 200 200 200 200", "/log"),
    # The operator
    "POST /channels": Call(
        "401 401 403 403 403 403 403 403 201",
        "/channels",
        lambda s: {"channel": s.fresh("channel")},
    ),
    "GET /people": Call("401 401 403 403 403 403 403 403 200", "/people"),
    "POST /people": Call(
        "401 401 403 403 403 403 403 403 201", "/people", lambda s: {"name": s.fresh("person")}
    ),
    "POST /people/{name}/invitations": Call(
        "401 401 403 403 403 403 403 403 201",
        at("/people/*/invitations", lambda s: s.guest()),
    ),
    "DELETE /people/{name}": Call(
        "401 401 403 403 403 403 403 403 204", at("/people/*", Service.person)
    ),
    "PUT /people/{name}/roles": Call(
        "401 401 403 403 403 403 403 403 200", at("/people/*/roles", Service.person), {"roles": []}
    ),
    "GET /people/{name}/data": Call(
        "401 401 403 403 403 403 403 403 200", at("/people/*/data", Service.person)
    ),
    "POST /people/{name}/erase": Call(
        "401 401 403 403 403 403 403 403 204", at("/people/*/erase", Service.person)
    ),
    "POST /people/{name}/keys": Call(
        "401 401 403 403 403 403 403 403 201", at("/people/*/keys", Service.person)
    ),
    "DELETE /people/{name}/keys/{prefix}": Call(
        "401 401 403 403 403 403 403 403 204",
        lambda s: f"/people/{(name := s.person())}/keys/{s.key_of(name)}",
    ),
    "GET /issuers": Call("401 401 200 200 403 403 403 200 200", "/issuers"),
    "POST /issuers": Call(
        "401 401 403 403 403 403 403 403 201",
        "/issuers",
        lambda s: {"issuer": s.fresh("issuer"), "name": "New"},
    ),
    "GET /subscribers": Call("401 401 403 403 403 403 403 200 200", "/subscribers"),
    "POST /subscribers": Call(
        "401 401 403 403 403 403 403 403 201",
        "/subscribers",
        lambda s: {"subscriber": s.fresh("subscriber")},
    ),
    "GET /endpoints": Call("401 401 200 200 403 403 403 403 200", "/endpoints?subscriber=gazette"),
    "POST /endpoints": Call(
        "401 401 201 201 403 403 403 403 201",
        "/endpoints",
        lambda s: {"subscriber": "gazette", "address": s.address()},
    ),
    "POST /endpoints/preview": Call(
        "401 401 200 200 200 200 200 200 200", "/endpoints/preview", {"filter": {"words": "plant"}}
    ),
    "GET /endpoints/{id}": Call(
        "401 401 200 200 404 404 404 404 200", at("/endpoints/*", Service.endpoint)
    ),
    "PATCH /endpoints/{id}": Call(
        "401 401 200 200 404 404 404 404 200",
        at("/endpoints/*", Service.endpoint),
        {"filter": {"languages": ["it"]}},
    ),
    "DELETE /endpoints/{id}": Call(
        "401 401 204 204 404 404 404 404 204", at("/endpoints/*", Service.endpoint)
    ),
    "POST /endpoints/{id}/secret": Call(
        "401 401 201 201 404 404 404 404 201", at("/endpoints/*/secret", Service.endpoint)
    ),
    "POST /endpoints/{id}/replay": Call(
        "401 401 200 200 404 404 404 404 200",
        at("/endpoints/*/replay", Service.endpoint),
        {"last": "T100000001"},
    ),
    "POST /deliveries/{id}/ack": Call(
        "401 401 404 404 404 404 404 404 404",
        "/deliveries/2f6f9c0e-5b1d-4a4e-9f1c-3d1f6f0a7c55.v1/ack",
        {"applied": True},
    ),
    "POST /links": Call(
        "401 401 403 403 201 403 201 201 201",
        "/links",
        lambda s: {"path": f"/r/{s.public()}/report"},
    ),
    "GET /recall": Call("401 401 403 403 403 403 403 200 200", "/recall"),
    "POST /recall/{number}/{endpoint}": Call(
        "401 401 403 403 403 403 403 404 404",
        at("/recall/*/nobody", Service.public),
        {"how": "by telephone"},
    ),
    "POST /endpoints/{id}/ping": Call(
        "401 401 200 200 404 404 404 404 200", at("/endpoints/*/ping", Service.endpoint)
    ),
    "POST /endpoints/{id}/rehearse": Call(
        "401 401 200 200 404 404 404 404 200", at("/endpoints/*/rehearse", Service.endpoint)
    ),
    "POST /endpoints/{id}/disable": Call(
        "401 401 204 204 404 404 404 404 204", at("/endpoints/*/disable", Service.endpoint)
    ),
    "POST /endpoints/{id}/enable": Call(
        "401 401 204 204 404 404 404 404 204", at("/endpoints/*/enable", Service.endpoint)
    ),
    "GET /deliveries": Call(
        "401 401 200 200 404 404 404 404 200", at("/deliveries?endpoint=*", Service.endpoint)
    ),
    "GET /hub": Call("401 401 403 403 403 403 403 403 200", "/hub"),
    # An endpoint that is no stream: whoever may stream it is told so.
    "GET /stream": Call(
        "401 401 422 422 404 404 404 404 422", at("/stream?endpoint=*", Service.endpoint)
    ),
    # Press lists and mail
    "GET /issuers/{issuer}/recipients": Call(
        "401 401 403 403 200 403 200 403 200", "/issuers/aurora/recipients"
    ),
    "POST /issuers/{issuer}/recipients": Call(
        "401 401 403 403 200 403 200 403 200",
        "/issuers/aurora/recipients",
        lambda s: s.recipients(),
    ),
    "GET /issuers/{issuer}/recipients/export": Call(
        "401 401 403 403 200 403 200 403 200", "/issuers/aurora/recipients/export"
    ),
    "POST /issuers/{issuer}/recipients/remove": Call(
        "401 401 403 403 200 403 200 403 200",
        "/issuers/aurora/recipients/remove",
        {"addresses": ["nobody@gazette.example"]},
    ),
    "POST /issuers/{issuer}/recipients/enable": Call(
        "401 401 403 403 200 403 200 403 200",
        "/issuers/aurora/recipients/enable",
        {"addresses": ["nobody@gazette.example"]},
    ),
    "GET /issuers/{issuer}/groups": Call(
        "401 401 403 403 200 403 200 403 200", "/issuers/aurora/groups"
    ),
    "PUT /submissions/{ref}/groups": Call(
        "401 401 404 404 200 404 200 403 200", at("/submissions/*/groups", DRAFT), {"groups": []}
    ),
    "POST /bounces": Call(
        "401 401 403 403 403 403 403 403 200", "/bounces", b"To: x@y.example\n\n"
    ),
    "POST /mail/dkim": Call("401 401 403 403 403 403 403 403 200", "/mail/dkim"),
    "GET /egress": Call("401 401 403 403 403 403 403 403 200", "/egress"),
    "POST /egress": Call(
        "401 401 403 403 403 403 403 403 201",
        "/egress",
        {"where": "10.9.9.9:8080", "why": "the newsroom's CMS"},
    ),
    "DELETE /egress": Call(
        "401 401 403 403 403 403 403 403 204", at("/egress?where=*", Service.leave)
    ),
    "POST /keys/ssh": Call("401 401 200 200 200 200 200 200 200", "/keys/ssh"),
    "GET /status": Call("401 401 403 403 403 403 403 200 200", "/status"),
    "POST /clock/accept": Call("401 401 403 403 403 403 403 403 204", "/clock/accept"),
}


def routes(service: Service) -> set[str]:
    paths = service.ask("GET", "/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_route_is_in_the_table(service: Service) -> None:
    assert routes(service) == set(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_everybody_gets_what_the_table_says(service: Service, route: str) -> None:
    call, method = TABLE[route], route.partition(" ")[0]
    found = {}
    for who in WHO:
        path = call.path if isinstance(call.path, str) else call.path(service)
        body = call.body(service) if callable(call.body) else call.body
        headers = {"content-type": "application/json"} if isinstance(body, bytes) else {}
        answer = service.ask(method, path, who, body, headers=headers)
        found[who] = answer.status_code
        if answer.status_code >= 400:
            _is_a_problem(answer)
    assert found == {who: call.status(who) for who in WHO}


def _is_a_problem(answer: Any) -> None:
    """Problem details (RFC 9457) that say nothing of where or by whom it was asked."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert set(said) == {"type", "code", "status", "detail"}
    assert said["status"] == answer.status_code
    assert said["type"] == f"urn:dispaccio:error:{said['code']}"
    assert ("www-authenticate" in answer.headers) is (answer.status_code == 401)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_manage_their_own_keys(service: Service, role: str) -> None:
    answer = service.ask("POST", f"/people/p-{role}/keys", role)
    assert answer.status_code == 201
    prefix = answer.json()["key"][:10]
    assert service.ask("DELETE", f"/people/p-{role}/keys/{prefix}", role).status_code == 204
    assert service.ask("DELETE", f"/people/p-{role}/keys/{prefix}", role).status_code == 404


@pytest.mark.parametrize("who", ["public", "subscriber", "vetted", "other"])
def test_not_yet_and_never_are_the_same_answer(service: Service, who: str) -> None:
    """Byte for byte, but for the date: by id and by number, on every route that names one."""
    hidden = service.approved()
    service.ask(
        "POST", f"/submissions/{hidden}/time", "desk", {"release_time": "2026-12-01T00:00Z"}
    )
    with service.wire.store.read(service.wire.clock.now()) as tx:
        number = service.wire.number(releases.next_ordinal(tx))
    nothing = "00000000-0000-4000-8000-000000000000"
    for route in TABLE:
        method, _, pattern = route.partition(" ")
        for name, pairs in (
            ("{ref}", [(hidden, nothing), (f"urn:uuid:{hidden}", f"urn:uuid:{nothing}")]),
            ("{number}", [(hidden, nothing), (number, "T999999999")]),
        ):
            if name not in pattern:
                continue
            for there, not_there in pairs:
                one, other = (
                    service.ask(method, pattern.replace(name, ref) + _query(pattern), who, body)
                    for ref, body in ((there, _body(route)), (not_there, _body(route)))
                )
                assert one.status_code >= 400, route
                assert _bytes(one) == _bytes(other), route


def _query(pattern: str) -> str:
    return "?reason=typo" if pattern.endswith("corrections") else ""


def _body(route: str) -> Any:
    made = TABLE[route].body
    return {"title": "x"} if callable(made) else made


def _bytes(answer: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = [(k, v) for k, v in answer.headers.multi_items() if k != "date"]
    return answer.status_code, headers, answer.content
