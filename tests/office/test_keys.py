"""API keys on the account page, and what a key with a scope opens."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

from dispaccio.testing import home as homes
from dispaccio.wire import people
from tests.office.browser import PASSWORD, Wire, codes, send
from tests.office.test_proof import LATER, hidden


def make(wire: Wire, client: TestClient, *scopes: str) -> str:
    page = send(client, "/account/key", scope=list(scopes))
    assert page.status_code == 200, page.text
    [key] = re.findall(r"<code>(dsp_[^<…]+)</code>", page.text)
    return str(key)


def ask(wire: Wire, key: str, method: str, path: str, body: Any = None) -> Any:
    wire.service.keys["browser"] = key
    return wire.service.ask(method, path, "browser", body)


def test_a_key_is_shown_once_and_listed_by_its_beginning(wire: Wire) -> None:
    client = wire.logged_in("lia", "desk")
    key = make(wire, client, "read")
    page = client.get("/account").text
    assert key not in page and f"{key[:10]}…" in page
    assert "never used" in page
    assert ask(wire, key, "GET", "/status").status_code == 200
    assert "never used" not in client.get("/account").text


def test_a_key_does_what_its_scopes_say_and_no_more(wire: Wire) -> None:
    client = wire.logged_in("lia", "desk", "author:aurora")
    reads, submits = make(wire, client, "read"), make(wire, client, "submit")
    text = wire.service.text()
    refused = ask(wire, reads, "POST", "/submissions?issuer=aurora", text)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    sent = ask(wire, submits, "POST", "/submissions?issuer=aurora", text)
    assert sent.status_code == 201
    id = sent.json()["id"]
    assert ask(wire, reads, "GET", f"/submissions/{id}").status_code == 200
    for key in (reads, submits):
        answer = ask(wire, key, "POST", f"/submissions/{id}/publish", {"confirm": True})
        assert answer.status_code == 403
    for key in (reads, submits):
        assert ask(wire, key, "GET", "/people").status_code == 403


def test_a_key_to_read_receives_and_acknowledges(wire: Wire) -> None:
    key = make(wire, wire.logged_in("lia", "subscriber:gazette"), "read")
    endpoint = wire.service.endpoint()
    assert ask(wire, key, "GET", f"/deliveries?endpoint={endpoint}").status_code == 200
    assert ask(wire, key, "DELETE", f"/endpoints/{endpoint}").status_code == 404


def test_a_scoped_key_makes_no_key(wire: Wire) -> None:
    client = wire.logged_in("lia", "desk")
    key = make(wire, client, "read", "submit", "desk", "manage")
    assert ask(wire, key, "POST", "/people/lia/keys").status_code == 403
    assert ask(wire, key, "DELETE", f"/people/lia/keys/{key[:10]}").status_code == 403


def test_a_key_asks_for_the_password_and_keeps_what_was_ticked(wire: Wire) -> None:
    client = wire.logged_in("lia", "desk")
    wire.at(LATER)
    asked = send(client, "/account/key", scope=["read", "desk"])
    assert asked.status_code == 403
    assert people.keys_of(wire.wire, homes.actor(wire.wire, "lia"), "lia") == []
    page = send(client, "/account/key", **hidden(asked.text), **{"proof.password": PASSWORD})
    assert "<code>dsp_" in page.text
    [row] = people.keys_of(wire.wire, homes.actor(wire.wire, "lia"), "lia")
    assert row.scopes == ("read", "desk")


def test_a_key_is_for_something(wire: Wire) -> None:
    client = wire.logged_in("lia", "desk")
    for form in ({}, {"scope": "everything"}):
        assert codes(send(client, "/account/key", **form).text) == ["unknown-scope"]


def test_ones_own_keys_are_revoked_and_nobody_elses(wire: Wire) -> None:
    lia, max_ = wire.logged_in("lia", "desk"), wire.logged_in("max", "desk")
    key = make(wire, lia, "read")
    assert send(max_, "/account/key/revoke", prefix=key[:10]).status_code == 404
    assert ask(wire, key, "GET", "/status").status_code == 200
    assert send(lia, "/account/key/revoke", prefix=key[:10]).is_redirect
    assert ask(wire, key, "GET", "/status").status_code == 401
    assert key[:10] not in lia.get("/account").text


def test_the_api_makes_keys_with_scopes(wire: Wire) -> None:
    said = wire.service.ask("POST", "/people/p-desk/keys", "operator", {"scopes": ["read"]})
    assert said.json()["scopes"] == ["read"]
    wrong = wire.service.ask("POST", "/people/p-desk/keys", "operator", {"scopes": ["all"]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown-scope")
    listed = wire.service.ask("GET", "/people", "operator").json()["people"]
    [person] = [item for item in listed if item["name"] == "p-desk"]
    assert [key["scopes"] for key in person["keys"]] == [[], ["read"]]
