"""Coming in by a browser: invitations, passwords, sessions, and forms of other sites."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from dispaccio.accounts import tokens
from dispaccio.store import events
from dispaccio.wire import accounts, people
from tests.office.browser import OWN, PASSWORD, Wire, codes, send


def test_an_invitation_is_taken_up_with_a_password(wire: Wire) -> None:
    client, path = wire.browser(), wire.invite("lia", "author:aurora")
    page = client.get(path)
    assert page.status_code == 200
    assert "Lia Ponte" in page.text
    assert client.get(path).status_code == 200, "reading it used it up"
    taken = send(client, path, password=PASSWORD)
    assert (taken.status_code, taken.headers["location"]) == (303, "/login")
    assert "author" in client.get("/account").text
    again = send(wire.browser(), path, password=PASSWORD)
    assert (again.status_code, codes(again.text)) == (404, ["link-used-up"])


def test_an_old_invitation_works_no_more(wire: Wire) -> None:
    path = wire.invite("lia")
    wire.at(tokens.LASTS[tokens.INVITATION] - timedelta(seconds=1))
    assert wire.browser().get(path).status_code == 200
    wire.at(tokens.LASTS[tokens.INVITATION])
    assert codes(send(wire.browser(), path, password=PASSWORD).text) == ["link-used-up"]


def test_a_new_invitation_takes_the_place_of_the_last(wire: Wire) -> None:
    first = wire.invite("lia")
    second = accounts.invite_again(wire.wire, wire.service.olga, "lia")["url"]
    assert wire.browser().get(first).status_code == 404
    assert wire.browser().get(second).status_code == 200


@pytest.mark.parametrize(
    "password", ["short", "a" * 40, "lia@ponte.example", "x" * 300], ids=lambda it: it[:8]
)
def test_a_weak_password_is_not_taken(wire: Wire, password: str) -> None:
    path = wire.invite("lia")
    answer = send(wire.browser(), path, password=password)
    assert (answer.status_code, codes(answer.text)) == (422, ["weak-password"])
    assert send(wire.browser(), path, password=PASSWORD).status_code == 303


def test_logging_in_goes_where_one_wanted_to(wire: Wire) -> None:
    wire.logged_in("lia", "operator")
    client = wire.browser()
    turned = client.get("/people")
    assert turned.headers["location"] == "/login?next=/people"
    form = {"email": "Lia@Ponte.example", "password": PASSWORD, "next": "/people"}
    entered = send(client, "/login", **form)
    assert (entered.status_code, entered.headers["location"]) == (303, "/people")
    assert client.get("/people").status_code == 200


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_logging_in_leads_nowhere_else(wire: Wire, path: str) -> None:
    wire.logged_in("lia")
    entered = send(
        wire.browser(), "/login", email="lia@ponte.example", password=PASSWORD, next=path
    )
    assert entered.headers["location"] == "/login"


def test_whatever_is_wrong_the_answer_is_one(wire: Wire) -> None:
    wire.logged_in("lia")
    wrong = send(wire.browser(), "/login", email="lia@ponte.example", password="not this one")
    nobody = send(wire.browser(), "/login", email="lia@ponte.example.org", password="not this one")
    assert codes(wrong.text) == codes(nobody.text) == ["log-in-failed"]
    assert wrong.text.replace("ponte.example", "") == nobody.text.replace("ponte.example.org", "")


def test_guessing_is_paused_for_one_account_only(wire: Wire) -> None:
    wire.logged_in("lia")
    wire.logged_in("max")
    for _ in range(accounts.MOST_FAILURES):
        assert (
            "set-cookie"
            not in send(
                wire.browser(), "/login", email="lia@ponte.example", password="a guess of it"
            ).headers
        )
    paused = send(wire.browser(), "/login", email="LIA@ponte.example", password=PASSWORD)
    assert (paused.status_code, codes(paused.text)) == (429, ["log-in-paused"])
    assert send(wire.browser(), "/login", email="max@ponte.example", password=PASSWORD).is_redirect
    wire.at(accounts.PAUSE)
    assert send(wire.browser(), "/login", email="lia@ponte.example", password=PASSWORD).is_redirect


def test_a_session_stolen_after_the_log_out_opens_nothing(wire: Wire) -> None:
    client = wire.logged_in("lia")
    thief = wire.browser()
    thief.cookies.update(client.cookies)
    assert thief.get("/account").status_code == 200
    assert send(client, "/logout").is_redirect
    assert thief.get("/account").headers["location"] == "/login?next=/account"
    assert not client.cookies


def test_a_session_ends_unused_and_at_its_longest(wire: Wire) -> None:
    client = wire.logged_in("lia")
    wire.at(tokens.IDLE - timedelta(seconds=1))
    assert client.get("/account").status_code == 200
    wire.at(2 * tokens.IDLE - timedelta(minutes=2))
    assert client.get("/account").status_code == 200
    wire.at(4 * tokens.IDLE)
    assert client.get("/account").is_redirect


def test_other_sessions_are_shown_and_can_be_ended(wire: Wire) -> None:
    first = wire.logged_in("lia")
    second = wire.browser()
    send(second, "/login", email="lia@ponte.example", password=PASSWORD)
    row = next(
        item
        for item in accounts.sessions(wire.wire, _who(wire, first))
        if item.key != _who(wire, first).session.key
    )
    other = wire.logged_in("max")
    assert send(other, "/account/session", session=str(row.key)).status_code == 404
    assert second.get("/account").status_code == 200
    assert send(first, "/account/session", session=str(row.key)).is_redirect
    assert second.get("/account").is_redirect


def _who(wire: Wire, client: TestClient) -> accounts.LoggedIn:
    token = client.cookies["dispaccio"]
    found = accounts.by_session(wire.wire, token)
    assert found is not None
    return found


def test_another_password_ends_every_other_session(wire: Wire) -> None:
    first = wire.logged_in("lia")
    second = wire.browser()
    send(second, "/login", email="lia@ponte.example", password=PASSWORD)
    new = "five other words of mine"
    refused = send(first, "/account/password", now="not this one", password=new)
    assert codes(refused.text) == ["log-in-failed"]
    assert send(first, "/account/password", now=PASSWORD, password=new).status_code == 200
    assert second.get("/account").is_redirect
    assert first.get("/account").status_code == 200
    assert codes(
        send(wire.browser(), "/login", email="lia@ponte.example", password=PASSWORD).text
    ) == ["log-in-failed"]


def test_who_leaves_the_home_is_out_at_once(wire: Wire) -> None:
    client = wire.logged_in("lia")
    people.remove(wire.wire, wire.service.olga, "lia")
    assert client.get("/account").is_redirect
    failed = send(wire.browser(), "/login", email="lia@ponte.example", password=PASSWORD)
    assert codes(failed.text) == ["log-in-failed"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
    ids=str,
)
def test_a_form_of_another_site_does_nothing(wire: Wire, headers: dict[str, str]) -> None:
    client = wire.logged_in("lia")
    answer = client.post("/logout", headers=headers)
    assert (answer.status_code, codes(answer.text)) == (403, ["foreign-form"])
    assert client.get("/account").status_code == 200
    assert client.post("/logout", headers=OWN).is_redirect


def test_the_pages_are_kept_by_nobody_and_framed_by_nobody(wire: Wire) -> None:
    page = wire.logged_in("lia").get("/account")
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_the_cookie_belongs_to_this_host_alone(wire: Wire) -> None:
    path = wire.invite("lia")
    said = send(wire.browser(), path, password=PASSWORD).headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    assert "Domain" not in said


def test_the_record_says_who_came_in_and_never_with_what(wire: Wire) -> None:
    client = wire.logged_in("lia")
    send(client, "/account/password", now=PASSWORD, password="five other words of mine")
    with wire.wire.store.read(wire.wire.clock.now()) as tx:
        said = [event.kind for event in events.after(tx, 0, 1_000)]
    assert {"person_invited", "invitation_accepted", "password_changed"} <= set(said)


def test_a_person_is_invited_on_the_page(wire: Wire) -> None:
    client = wire.logged_in("lia", "operator")
    form = {"name": "Max", "email": "max@ponte.example", "role": ["desk", "author:aurora"]}
    page = send(client, "/people", **form).text
    path = page.split("<code>")[1].split("</code>")[0].removeprefix(wire.wire.settings.url)
    assert send(wire.browser(), path, password=PASSWORD).is_redirect
    twice = send(client, "/people", **form)
    assert (twice.status_code, codes(twice.text)) == (409, ["address-taken"])
    assert 'value="max@ponte.example"' in twice.text, "what was typed is lost"


def test_pages_are_in_the_language_of_their_reader(wire: Wire) -> None:
    page = wire.logged_in("lia", language="it").get("/account").text
    assert '<html lang="it"' in page
    assert "Esci" in page


def test_what_was_written_is_kept_when_the_session_has_ended(wire: Wire) -> None:
    client = wire.logged_in("lia", "author:aurora")
    path = wire.draft()
    send(client, "/logout")
    page = send(client, path, saved="1", headline="Three <hours> of work", password="a secret")
    assert page.status_code == 401
    assert f'action="{path}"' in page.text
    assert 'value="Three &lt;hours&gt; of work"' in page.text
    assert "a secret" not in page.text
    assert "/login?next=%2Fsubmit" in page.text


@pytest.mark.parametrize(
    ("role", "room"),
    [
        ("author:aurora", "/releases"),
        ("desk", "/desk"),
        ("operator", "/operator"),
        ("subscriber:gazette", "/me"),
        ("vetted_reader:gazette", "/reading"),
    ],
)
def test_everybody_begins_where_they_have_most_to_do(wire: Wire, role: str, room: str) -> None:
    assert wire.logged_in("lia", role).get("/login").headers["location"] == room
