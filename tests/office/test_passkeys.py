"""Passkeys: registered, logged in with, and given as a proof; and what is none."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispaccio.accounts import passkeys
from dispaccio.testing import home as homes
from dispaccio.wire import people
from tests.office.authenticator import PRESENT, Authenticator
from tests.office.browser import Wire, codes, send
from tests.office.test_proof import LATER, hidden

TEN = passkeys.LASTS


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Wire]:
    """A wire at an address with a name, as passkeys need it."""
    made = Wire(tmp_path / "home", url="http://localhost:8000")
    yield made
    made.close()


def asked(page: str) -> dict[str, Any]:
    """What the only form of a page asks an authenticator."""
    [found] = re.findall(r'data-asked="([^"]*)"', page)
    made: dict[str, Any] = json.loads(html.unescape(found))
    return made


def register(client: TestClient, key: Authenticator, name: str = "Lia’s phone") -> Any:
    answer = key.create(asked(client.get("/account").text))
    return send(client, "/account/passkey", passkey_name=name, passkey=answer)


def enter(client: TestClient, key: Authenticator) -> Any:
    answer = key.get(asked(client.get("/login").text))
    return send(client, "/login/passkey", passkey=answer, next="/account")


def test_a_passkey_logs_in_without_address_and_password(named: Wire) -> None:
    client, key = named.logged_in("lia", "desk"), Authenticator()
    assert register(client, key).is_redirect
    page = client.get("/account").text
    assert "Lia’s phone" in page and "never used" in page
    other = named.browser()
    entered = enter(other, key)
    assert (entered.status_code, entered.headers["location"]) == (303, "/account")
    assert "Lia Ponte" in other.get("/account").text
    assert "never used" not in other.get("/account").text


def test_a_passkey_is_asked_to_verify_its_holder_and_to_be_discoverable(named: Wire) -> None:
    said = asked(named.logged_in("lia").get("/account").text)
    assert said["rp"]["id"] == "localhost"
    assert said["authenticatorSelection"]["residentKey"] == "required"
    assert said["authenticatorSelection"]["userVerification"] == "required"
    assert asked(named.browser().get("/login").text)["allowCredentials"] == []


def test_a_passkey_is_proof(named: Wire) -> None:
    client, key = named.logged_in("lia", "desk"), Authenticator()
    register(client, key)
    named.at(LATER)
    page = send(client, "/account/key", scope=["read"])
    assert page.status_code == 403
    said = asked(page.text)
    assert [item["id"] for item in said["allowCredentials"]] == [passkeys.encode(key.id)]
    form = {"scope": ["read"], "proof.passkey": key.get(said)}
    assert "<code>dsp_" in send(client, "/account/key", **form).text


def test_adding_one_asks_for_the_password_and_keeps_the_answer(named: Wire) -> None:
    client, key = named.logged_in("lia"), Authenticator()
    named.at(LATER)
    page = register(client, key)
    assert page.status_code == 403
    kept = hidden(page.text)
    assert kept.keys() == {"passkey_name", "passkey"}
    password = "four small words of mine"
    assert send(client, "/account/passkey", **kept, **{"proof.password": password}).is_redirect
    assert enter(named.browser(), key).is_redirect


def test_the_proof_of_another_person_proves_nothing(named: Wire) -> None:
    lia, max_ = named.logged_in("lia", "desk"), named.logged_in("max", "desk")
    hers, his = Authenticator(), Authenticator()
    register(lia, hers)
    register(max_, his)
    named.at(LATER)
    said = asked(send(lia, "/account/key", scope=["read"]).text)
    page = send(lia, "/account/key", scope=["read"], **{"proof.passkey": his.get(said)})
    assert codes(page.text) == ["passkey-failed"]
    his_page = asked(send(max_, "/account/key", scope=["read"]).text)
    page = send(lia, "/account/key", scope=["read"], **{"proof.passkey": hers.get(his_page)})
    assert codes(page.text) == ["passkey-failed"], "the challenge of another session counts"
    assert people.keys_of(named.wire, homes.actor(named.wire, "lia"), "lia") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:9"},
        {"flags": PRESENT},
        {"flags": 0},
        {"count": -1},
        {"key": Authenticator().key},
        {"id": b"another passkey!"},
    ],
    ids=["site", "port", "unverified", "absent", "counted back", "key", "id"],
)
def test_what_is_wrong_logs_nobody_in(named: Wire, wrong: dict[str, Any]) -> None:
    key = Authenticator(count=5)
    register(named.logged_in("lia"), key)
    client = named.browser()
    assert codes(enter(client, replace(key, **wrong)).text) == ["passkey-failed"]
    assert client.get("/account").headers["location"] == "/login?next=/account"
    assert enter(client, key).is_redirect


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"flags": PRESENT}], ids=str)
def test_what_is_wrong_is_not_registered(named: Wire, wrong: dict[str, Any]) -> None:
    client, key = named.logged_in("lia"), Authenticator()
    assert codes(register(client, replace(key, **wrong)).text) == ["passkey-failed"]
    assert codes(enter(named.browser(), key).text) == ["passkey-failed"]


def test_an_answer_counts_once_and_in_time(named: Wire) -> None:
    key = Authenticator()
    register(named.logged_in("lia"), key)
    answer = key.get(asked(named.browser().get("/login").text))
    late = key.get(asked(named.browser().get("/login").text))
    assert send(named.browser(), "/login/passkey", passkey=answer).is_redirect
    again = send(named.browser(), "/login/passkey", passkey=answer)
    assert codes(again.text) == ["passkey-failed"]
    named.at(TEN + timedelta(seconds=1))
    assert codes(send(named.browser(), "/login/passkey", passkey=late).text) == ["passkey-failed"]


def test_an_answer_counts_for_what_was_asked(named: Wire) -> None:
    client, key = named.logged_in("lia"), Authenticator()
    register(client, key)
    proof = {**asked(named.browser().get("/login").text), "rpId": "localhost"}
    create = asked(client.get("/account").text)
    for challenge in (create["challenge"], passkeys.encode(b"x" * 40)):
        answer = key.get({**proof, "challenge": challenge})
        assert codes(send(named.browser(), "/login/passkey", passkey=answer).text) == [
            "passkey-failed"
        ]


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", '{"id": 1}', '{"id": "x", "response": {}}', "[" * 9_000, "x" * 30_000],
    ids=lambda it: it[:12] or "empty",
)
def test_what_is_no_answer_is_refused(named: Wire, answer: str) -> None:
    for path in ("/login/passkey", "/account/passkey"):
        page = send(named.logged_in(named.service.fresh("lia")), path, passkey=answer)
        assert (page.status_code, codes(page.text)) == (403, ["passkey-failed"])


def test_a_passkey_is_removed_by_its_holder_alone(named: Wire) -> None:
    lia, max_, key = named.logged_in("lia"), named.logged_in("max"), Authenticator()
    register(lia, key)
    [row] = re.findall(r'name="key" value="(\d+)"', lia.get("/account").text)
    assert send(max_, "/account/passkey/remove", key=row).status_code == 404
    assert enter(named.browser(), key).is_redirect
    assert send(lia, "/account/passkey/remove", key=row).is_redirect
    assert codes(enter(named.browser(), key).text) == ["passkey-failed"]


def test_the_same_passkey_is_registered_once(named: Wire) -> None:
    client, key = named.logged_in("lia"), Authenticator()
    register(client, key)
    assert codes(register(client, key).text) == ["passkey-failed"]
    assert codes(register(named.logged_in("max"), key).text) == ["passkey-failed"]


def test_who_left_comes_in_by_no_passkey(named: Wire) -> None:
    key = Authenticator()
    register(named.logged_in("lia"), key)
    people.remove(named.wire, named.service.olga, "lia")
    assert codes(enter(named.browser(), key).text) == ["passkey-failed"]


def test_an_address_without_a_name_offers_none(wire: Wire) -> None:
    assert "data-asked" not in wire.browser().get("/login").text
    assert "data-asked" not in wire.logged_in("lia").get("/account").text


def test_the_library_is_not_loaded_before_an_answer_comes() -> None:
    import subprocess
    import sys

    code = "import sys, dispaccio.server, dispaccio.office.app; print('webauthn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
