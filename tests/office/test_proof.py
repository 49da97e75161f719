"""Proving anew: what asks for it is done after it, with what was typed, and never before."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from dispaccio.accounts import tokens
from dispaccio.office import app, pages
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.wire import accounts
from dispaccio.wire.public import Public
from tests.office.browser import PASSWORD, Wire, codes, send

LATER = tokens.FRESH + timedelta(seconds=1)
SECRET = "five other words of mine"


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the only form in a page's main part."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def seen(wire: Wire, client: TestClient) -> accounts.LoggedIn:
    found = accounts.by_session(wire.wire, client.cookies["dispaccio"])
    assert found is not None
    return found


class Page:
    """A page whose form matters; it remembers what reached it."""

    def __init__(self) -> None:
        self.came: list[dict[str, tuple[str, ...]]] = []

    def __call__(self, office: Office, asked: Asked) -> Any:
        accounts.require_proof(office.wire, asked.known)
        self.came.append(dict(asked.form))
        return office.go(asked, "/account")


def asking(wire: Wire, page: Page) -> TestClient:
    """A browser of somebody whose proof is old, at an office with that page in it."""
    client = wire.logged_in("lia", "desk")
    door = Door("POST", "/account/weighty", page)
    made: Any = app.create_office(wire.wire, Public(wire.wire), (*app.DOORS, door))
    wire.at(LATER)
    there = TestClient(made, "http://127.0.0.1:8000", follow_redirects=False)
    there.cookies.update(client.cookies)
    return there


def test_the_form_goes_on_after_the_password_with_all_that_was_in_it(wire: Wire) -> None:
    page = Page()
    client = asking(wire, page)
    form = {"reason": 'he said "no" & <b>\nsecond line', "tick": ["a", "b"], "empty": ""}
    asked = send(client, "/account/weighty?of=7", **form)
    assert (asked.status_code, page.came) == (403, [])
    assert 'action="/account/weighty?of=7"' in asked.text
    kept = hidden(asked.text)
    assert kept == {"reason": [form["reason"]], "tick": ["a", "b"], "empty": [""]}
    wrong = send(client, "/account/weighty?of=7", **kept, **{"proof.password": "not this one"})
    assert (codes(wrong.text), page.came) == (["log-in-failed"], [])
    assert hidden(wrong.text) == kept, "what was typed is lost"
    done = send(
        client, "/account/weighty?of=7", **hidden(wrong.text), **{"proof.password": PASSWORD}
    )
    assert done.status_code == 303
    assert page.came == [{"reason": (form["reason"],), "tick": ("a", "b"), "empty": ("",)}]


def test_a_proof_counts_for_ten_minutes(wire: Wire) -> None:
    page = Page()
    client = asking(wire, page)
    send(client, "/account/weighty", **{"proof.password": PASSWORD})
    assert send(client, "/account/weighty").is_redirect
    wire.at(2 * LATER)
    assert send(client, "/account/weighty").status_code == 403
    assert len(page.came) == 2


def test_guessing_is_paused_here_too(wire: Wire) -> None:
    page = Page()
    client = asking(wire, page)
    for _ in range(accounts.MOST_FAILURES):
        send(client, "/account/weighty", **{"proof.password": "a guess of it"})
    paused = send(client, "/account/weighty", **{"proof.password": PASSWORD})
    assert (paused.status_code, codes(paused.text)) == (429, ["log-in-paused"])
    assert page.came == []


def test_nobody_proves_for_somebody_else(wire: Wire) -> None:
    page = Page()
    client = asking(wire, page)
    client.cookies.clear()
    assert send(client, "/account/weighty", **{"proof.password": PASSWORD}).status_code == 401
    assert page.came == []


def test_the_first_password_needs_a_link_that_was_mailed(wire: Wire) -> None:
    client = wire.browser()
    assert send(client, wire.link()).is_redirect
    assert 'name="now"' not in client.get("/account").text
    wire.at(LATER)
    refused = send(client, "/account/password", password=SECRET)
    assert refused.status_code == 403
    assert "You have no password yet" in refused.text
    fresh = wire.browser()
    assert send(fresh, wire.link()).is_redirect
    assert send(fresh, "/account/password", password=SECRET).status_code == 200
    assert 'name="now"' in fresh.get("/account").text


def test_the_page_is_no_room(wire: Wire) -> None:
    assert "/account/proof" not in pages.ROOMS
    client = wire.logged_in("lia")
    assert send(client, "/account/proof", next="/account?lang=it").headers["location"] == (
        "/account?lang=it"
    )
    wire.at(LATER)
    assert send(client, "/account/proof", next="/people").status_code == 403
    assert not seen(wire, client).is_fresh(wire.wire.clock.now())
