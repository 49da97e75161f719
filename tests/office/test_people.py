"""The operator's pages: people with their roles, leaving, data and erasure; organisations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from dispaccio.store import accounts
from dispaccio.store import people as kept
from dispaccio.store import personal as rows
from dispaccio.wire import people, personal, press
from tests.office.browser import PASSWORD, Wire, codes, send
from tests.office.test_proof import LATER, hidden

LIA = "lia@ponte.example"


@pytest.fixture
def operator(wire: Wire) -> TestClient:
    return wire.logged_in("max", "operator")


def roles_of(wire: Wire, name: str) -> list[str]:
    listed = people.everybody(wire.wire, wire.service.olga)
    [found] = [person["roles"] for person in listed if person["name"] == name]
    return list(found)


def test_roles_change_and_hold_at_once(wire: Wire, operator: TestClient) -> None:
    lia = wire.logged_in("lia", "desk")
    assert lia.get("/people").status_code == 403
    page = operator.get("/people/lia").text
    assert page.count(" checked") == 1
    form = {"role": ["operator", "author:aurora"]}
    assert send(operator, "/people/lia/roles", **form).is_redirect
    assert roles_of(wire, "lia") == ["operator", "author:aurora"]
    assert lia.get("/people").status_code == 200
    assert send(operator, "/people/lia/roles").is_redirect
    assert roles_of(wire, "lia") == []
    assert lia.get("/people").status_code == 403


def test_a_key_loses_what_its_person_loses(wire: Wire, operator: TestClient) -> None:
    wire.logged_in("lia", "desk")
    key = people.new_key(wire.wire, wire.service.olga, "lia")["key"]
    wire.service.keys["lia"] = key
    assert wire.service.ask("GET", "/status", "lia").status_code == 200
    send(operator, "/people/lia/roles")
    assert wire.service.ask("GET", "/status", "lia").status_code == 403


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        (["king"], "unknown-role"),
        (["author:nobody"], "unknown-issuer"),
        (["author"], "unknown-issuer"),
    ],
    ids=str,
)
def test_roles_that_are_none_change_nothing(
    wire: Wire, operator: TestClient, roles: list[str], code: str
) -> None:
    wire.logged_in("lia", "desk")
    assert codes(send(operator, "/people/lia/roles", role=roles).text) == [code]
    assert roles_of(wire, "lia") == ["desk"]


def test_the_last_operator_stays(wire: Wire, operator: TestClient) -> None:
    for name in ("olga", "p-operator"):
        assert send(operator, f"/people/{name}/roles").is_redirect
    for path, form in (("roles", {}), ("remove", {}), ("erase", {"sure": "yes"})):
        refused = send(operator, f"/people/max/{path}", **form)
        assert (refused.status_code, codes(refused.text)) == (409, ["operator-needed"])
    assert "max" in operator.get("/people").text


@pytest.mark.parametrize("path", ["roles", "remove", "erase", "invitation"])
def test_what_matters_asks_for_the_password(wire: Wire, operator: TestClient, path: str) -> None:
    wire.logged_in("lia", "desk")
    wire.at(LATER)
    form = {"role": ["operator"], "sure": "yes"}
    assert send(operator, f"/people/lia/{path}", **form).status_code == 403
    assert roles_of(wire, "lia") == ["desk"]
    page = send(operator, f"/people/lia/{path}", **form)
    done = send(
        operator, f"/people/lia/{path}", **hidden(page.text), **{"proof.password": PASSWORD}
    )
    assert done.status_code in (200, 303)


def test_inviting_asks_for_the_password_too(wire: Wire, operator: TestClient) -> None:
    wire.at(LATER)
    form = {"name": "eve", "email": "eve@ponte.example", "role": ["operator"]}
    assert send(operator, "/people", **form).status_code == 403
    assert "eve" not in operator.get("/people").text


def test_a_new_invitation_is_shown_where_no_mail_goes_out(wire: Wire, operator: TestClient) -> None:
    wire.logged_in("lia", "desk")
    page = send(operator, "/people/lia/invitation").text
    path = page.split("<code>")[1].split("</code>")[0].removeprefix(wire.wire.settings.url)
    assert send(wire.browser(), path, password="six further words of mine").is_redirect
    assert codes(send(operator, "/people/olga/invitation").text) == ["no-address"]


def test_who_is_taken_out_is_out(wire: Wire, operator: TestClient) -> None:
    lia = wire.logged_in("lia", "desk")
    assert send(operator, "/people/lia/remove").is_redirect
    assert lia.get("/account").is_redirect
    page = operator.get("/people").text
    assert "Not here any more, but not erased:" in page
    assert "is not here any more" in operator.get("/people/lia").text
    assert send(operator, "/people/lia/erase", sure="yes").is_redirect
    assert operator.get("/people/lia").status_code == 404
    assert operator.get("/people/nobody").status_code == 404


def test_erasing_needs_a_tick(wire: Wire, operator: TestClient) -> None:
    wire.logged_in("lia", "desk")
    refused = send(operator, "/people/lia/erase")
    assert (refused.status_code, codes(refused.text)) == (422, ["unconfirmed"])
    assert roles_of(wire, "lia") == ["desk"]


def test_the_export_holds_all_and_no_secret(wire: Wire, operator: TestClient) -> None:
    lia = wire.logged_in("lia", "author:aurora")
    key = people.new_key(wire.wire, wire.service.olga, "lia", ["submit"])["key"]
    wire.service.keys["lia"] = key
    id = wire.service.ask("POST", "/submissions", "lia", wire.service.text()).json()["id"]
    on_list(wire)
    own = lia.get("/account/data")
    assert own.headers["content-disposition"] == 'attachment; filename="lia.json"'
    assert own.headers["cache-control"] == "no-store"
    said: dict[str, Any] = own.json()
    assert said["person"][0]["email"] == LIA
    assert said["role"][0]["organisation"] == "aurora"
    assert said["api_key"][0]["prefix"] == key[:10]
    assert said["api_key"][0]["scopes"] == "submit"
    assert len(said["session"]) == len(said["credential"]) == 1
    assert said["press_lists"][0]["issuer"] == "aurora"
    assert {"kind", "release"} <= said["record"][0].keys()
    assert id in [entry["release"] for entry in said["record"]]
    assert {"person_invited", "invitation_accepted"} <= {one["kind"] for one in said["record"]}
    for secret in (key, "argon2", lia.cookies["dispaccio"], "sha256"):
        assert secret not in own.text
    assert operator.get("/people/lia/data").json()["person"] == said["person"]
    said_by_api = wire.service.ask("GET", "/people/lia/data", "operator").json()
    assert said_by_api["press_lists"] == said["press_lists"]


def test_the_export_of_one_holds_nothing_of_another(wire: Wire) -> None:
    wire.logged_in("li_", "desk")
    lia = wire.logged_in("lia", "desk")
    text = json.dumps(lia.get("/account/data").json())
    assert "li_" not in text
    wire.service.keys["lia"] = people.new_key(wire.wire, wire.service.olga, "lia", ["read"])["key"]
    assert wire.service.ask("GET", "/people/lia/data", "lia").status_code == 403, "a scoped key"


def on_list(wire: Wire) -> None:
    table = f"name,address,groups,basis\nLia,{LIA.upper()},food,consent\n"
    table += "Rita,rita@gazette.example,food,consent\n"
    press.bring_in(wire.wire, wire.service.anna, "aurora", table.encode())


def test_erasure_leaves_the_short_name_and_nothing_else(wire: Wire, operator: TestClient) -> None:
    lia = wire.logged_in("lia", "author:aurora")
    wire.service.keys["lia"] = people.new_key(wire.wire, wire.service.olga, "lia")["key"]
    id = wire.service.ask("POST", "/submissions", "lia", wire.service.text()).json()["id"]
    on_list(wire)
    assert send(operator, "/people/lia/erase", sure="yes").is_redirect
    assert lia.get("/account").is_redirect
    assert wire.service.ask("GET", "/status", "lia").status_code == 401
    with wire.wire.store.read(wire.wire.clock.now()) as tx:
        person = kept.ever_named(tx, "lia")
        assert person is not None
        found = rows.rows_of(tx, person.key)
        assert rows.lists_of(tx, LIA) == []
        assert len(rows.lists_of(tx, "rita@gazette.example")) == 1
    assert (person.email, person.full_name, person.language) == (None, None, None)
    assert [name for name, listed in found.items() if listed] == ["person"]
    shown = wire.service.ask("GET", f"/submissions/{id}", "desk").json()
    assert "lia" in json.dumps(shown), "the record does not say who submitted"
    taken = send(operator, "/people", name="lia", email="other@ponte.example")
    assert codes(taken.text) == ["name-taken"]


def test_no_file_of_the_home_holds_what_was_erased(wire: Wire, operator: TestClient) -> None:
    wire.logged_in("zenobia", "desk")
    with wire.wire.store.write(wire.wire.clock.now()) as tx:
        tx.run(text("PRAGMA secure_delete = OFF"))  # some builds of SQLite have it on
        person = kept.named(tx, "zenobia")
        assert person is not None
        password = accounts.password_of(tx, person.key)
        assert password is not None
    personal.erase(wire.wire, wire.service.olga, "zenobia")
    with wire.wire.store.write(wire.wire.clock.now()) as tx:
        assert tx.run(text("PRAGMA secure_delete")).scalar() == 0, "it is left otherwise"
    wire.wire.store.close()
    home = wire.service.home.folder
    held = b"".join(path.read_bytes() for path in sorted(home.glob("wire.db*")))
    assert b"zenobia" in held, "the record does not name them"
    assert b"zenobia@ponte.example" not in held
    assert b"Zenobia Ponte" not in held
    assert password.rpartition("$")[2].encode() not in held
    wire.wire = wire.service.home.open(wire.wire.clock)


def test_organisations_are_listed_and_added(wire: Wire, operator: TestClient) -> None:
    page = operator.get("/organisations").text
    assert "aurora-dairy.example" in page and "The Gazette" in page
    form = {
        "issuer": "Lindau",
        "name": "Lindau AG",
        "domains": "lindau.example, press.lindau.example",
    }
    assert send(operator, "/organisations/issuers", **form).is_redirect
    page = operator.get("/organisations").text
    assert "press.lindau.example" in page and "did:web:lindau.example" in page
    assert send(operator, "/organisations/subscribers", subscriber="herald").is_redirect
    assert "herald" in operator.get("/organisations").text
    assert "author:lindau" in operator.get("/people").text


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"issuer": "aurora", "name": "X"}, "name-taken"),
        ({"issuer": "new", "name": "X", "domains": "aurora-dairy.example"}, "name-taken"),
        ({"issuer": "new", "name": "X", "domains": "no domain"}, "malformed-name"),
        ({"issuer": "a b", "name": "X"}, "malformed-name"),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_issuer_is_said_and_kept(
    operator: TestClient, form: dict[str, str], code: str
) -> None:
    page = send(operator, "/organisations/issuers", **form)
    assert codes(page.text) == [code]
    for value in form.values():
        assert f'value="{value}"' in page.text, "what was typed is lost"


def test_adding_an_issuer_makes_a_key_and_asks_for_the_password(
    wire: Wire, operator: TestClient
) -> None:
    wire.at(LATER)
    page = send(operator, "/organisations/issuers", issuer="lindau", name="Lindau AG")
    assert page.status_code == 403
    assert "lindau" not in operator.get("/organisations").text
