"""Coming in by the organisation's own identity provider: who gets in, and with which roles."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from dispaccio.accounts import oidc
from dispaccio.errors import MalformedSettings
from dispaccio.store import events
from dispaccio.testing import home as homes
from dispaccio.wire import people, personal
from dispaccio.wire.home import open_home
from tests.office.browser import PASSWORD, Wire, codes, send
from tests.office.conftest import Providing
from tests.support.provider import Account

COOKIE = "dispaccio"


def leads_to(page: Any) -> str:
    """Where the page that follows the button sends the browser."""
    assert page.status_code == 200, page.text
    [address] = re.findall(r'http-equiv="refresh" content="0; url=([^"]*)"', page.text)
    return html.unescape(address)


def come_back(client: TestClient, providing: Providing, address: str) -> Any:
    """Log in at the provider and follow its answer."""
    back = urlsplit(providing.provider.log_in(address))
    return client.get(f"{back.path}?{back.query}")


def enter(providing: Providing, client: TestClient | None = None, then: str = "") -> Any:
    client = client or providing.wire.browser()
    address = leads_to(send(client, "/login/oidc", next=then))
    return come_back(client, providing, address)


def entered(providing: Providing, account: Account) -> TestClient:
    """A browser of somebody who came in."""
    client = providing.wire.browser()
    providing.provider.who = account
    done = enter(providing, client)
    assert done.status_code == 303, codes(done.text)
    return client


def roles(providing: Providing, name: str) -> list[str]:
    everybody = people.everybody(providing.wire.wire, providing.wire.service.olga)
    return next(list(person["roles"]) for person in everybody if person["name"] == name)


def give(providing: Providing, name: str, *given: str) -> None:
    people.set_roles(providing.wire.wire, providing.wire.service.olga, name, list(given))


def test_the_button_is_there_only_where_a_provider_is_set(wire: Wire, providing: Providing) -> None:
    assert "/login/oidc" not in wire.browser().get("/login").text
    assert send(wire.browser(), "/login/oidc").status_code == 404
    assert wire.browser().get("/login/oidc/back").status_code == 404
    page = providing.wire.browser().get("/login").text
    assert "Log in with <bdi>Ponte’s log-in</bdi>" in page


def test_an_invited_person_comes_in_by_their_address_and_is_known_from_then_on(
    providing: Providing,
) -> None:
    providing.wire.invite("lia", "author:aurora")
    client = providing.wire.browser()
    providing.provider.who = Account("sub-1", "Lia@ponte.example")
    done = enter(providing, client, "/releases")
    assert (done.status_code, done.headers["location"]) == (303, "/releases")
    assert "Lia Ponte" in client.get("/account").text
    assert roles(providing, "lia") == ["author:aurora"]
    providing.provider.who = Account("sub-1", "lia.new@ponte.example", email_verified=False)
    assert enter(providing, client).status_code == 303, "the account counts, not the address"


def test_what_the_provider_is_asked(providing: Providing) -> None:
    page = send(providing.wire.browser(), "/login/oidc", next="/desk")
    address = leads_to(page)
    assert address.startswith(f"{providing.provider.issuer}/authorize?tenant=1&")
    asked = dict(parse_qsl(urlsplit(address).query))
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/login/oidc/back"
    assert asked["scope"] == "openid email profile groups"
    assert asked.keys().isdisjoint({"prompt", "max_age"})
    assert "desk" not in asked["state"]
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=600" in cookie


def test_an_unknown_person_with_a_group_comes_to_be_one_here(providing: Providing) -> None:
    more = {"name": "Máx  Rota", "preferred_username": "Max.Rota@ponte", "locale": "it-IT"}
    account = Account("sub-9", "max@ponte.example", groups=("news", "choir"), more=more)
    client = entered(providing, account)
    assert roles(providing, "max.rota") == ["desk"]
    page = client.get("/account").text
    assert "Máx Rota" in page and 'lang="it"' in page
    assert client.get("/desk").status_code == 200


def test_a_group_with_a_sign_of_equality_and_a_role_for_an_organisation(
    providing: Providing,
) -> None:
    account = Account("sub-9", "max@ponte.example", groups="cn=press,dc=ponte")
    entered(providing, account)
    assert roles(providing, "max") == ["author:aurora"]


@pytest.mark.parametrize("groups", [(), ("choir",), ("ghosts",)], ids=["none", "other", "gone"])
def test_nobody_without_a_group_comes_to_be_a_person(providing: Providing, groups: Any) -> None:
    before = people.everybody(providing.wire.wire, providing.wire.service.olga)
    providing.provider.who = Account("sub-9", "max@ponte.example", groups=groups)
    page = enter(providing)
    assert (page.status_code, codes(page.text)) == (403, ["no-group"])
    assert people.everybody(providing.wire.wire, providing.wire.service.olga) == before


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_is_nobodys(providing: Providing, verified: Any) -> None:
    providing.wire.invite("lia", "desk")
    providing.provider.who = Account("sub-1", "lia@ponte.example", verified, ("news",))
    page = enter(providing)
    assert (page.status_code, codes(page.text)) == (403, ["address-unverified"])


def test_what_stands_only_in_the_userinfo_is_fetched(providing: Providing) -> None:
    providing.provider.thin = True
    entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    assert roles(providing, "max") == ["desk"]
    assert "/userinfo" in providing.provider.asked


def test_the_secret_goes_into_the_form_where_the_provider_wants_that(providing: Providing) -> None:
    ways = ["client_secret_post"]
    providing.provider.metadata = {"token_endpoint_auth_methods_supported": ways}
    entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))


def test_groups_give_and_take_their_roles_and_no_others(providing: Providing) -> None:
    def groups(*given: str) -> list[str]:
        entered(providing, Account("sub-9", "max@ponte.example", groups=given))
        return roles(providing, "max")

    assert groups("news", "cn=press,dc=ponte") == ["desk", "author:aurora"]
    give(providing, "max", "desk", "author:aurora", "approver:aurora")
    assert groups("news") == ["approver:aurora", "desk"], "what a group gave goes with it"
    give(providing, "max", "approver:aurora", "subscriber:gazette")
    assert groups("news") == ["approver:aurora", "subscriber:gazette", "desk"]
    give(providing, "max", "subscriber:gazette")
    assert groups() == ["subscriber:gazette"]


def test_the_operator_sees_which_roles_groups_gave(providing: Providing) -> None:
    entered(providing, Account("sub-9", "max@ponte.example", groups=("cn=press,dc=ponte",)))
    give(providing, "max", "desk", "author:aurora")
    operator = providing.wire.logged_in("ida", "operator")
    [said] = re.findall(r"Given by groups.*?</p>", operator.get("/people/max").text)
    assert "author – <bdi>aurora</bdi>" in said and "desk" not in said
    assert "Given by groups" not in operator.get("/people/ida").text


def test_a_role_given_by_hand_stays_when_a_group_gave_it_too(providing: Providing) -> None:
    providing.wire.invite("lia", "desk")
    for given in (("news",), ()):
        entered(providing, Account("sub-1", "lia@ponte.example", groups=given))
        assert roles(providing, "lia") == ["desk"]


def test_who_is_left_without_a_role_is_not_let_in(providing: Providing) -> None:
    client = entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    providing.provider.who = Account("sub-9", "max@ponte.example")
    assert codes(enter(providing).text) == ["no-group"]
    assert roles(providing, "max") == []
    assert client.get("/desk").status_code == 403, "an older session keeps the role"


def test_the_last_operator_stays_one(providing: Providing) -> None:
    account = Account("sub-9", "max@ponte.example", groups=("admins",))
    entered(providing, account)
    wire, olga = providing.wire.wire, providing.wire.service.olga
    for person in people.everybody(wire, olga):
        if "operator" in person["roles"] and person["name"] != "max":
            people.set_roles(wire, olga, person["name"], [])
    account.groups = ()
    entered(providing, account)
    assert roles_of_home(providing)["max"] == ["operator"]
    people.set_roles(wire, homes.actor(wire, "max"), "olga", ["operator"])
    assert codes(enter(providing).text) == ["no-group"]


def roles_of_home(providing: Providing) -> dict[str, list[str]]:
    wire = providing.wire.wire
    said = people.everybody(wire, homes.actor(wire, "max"))
    return {person["name"]: person["roles"] for person in said}


def test_an_address_that_has_another_account_is_not_handed_over(providing: Providing) -> None:
    entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    providing.provider.who = Account("sub-10", "max@ponte.example", groups=("admins",))
    page = enter(providing)
    assert (page.status_code, codes(page.text)) == (409, ["other-account"])
    path = providing.wire.invite_again("max")
    assert send(providing.wire.browser(), path, password=PASSWORD).status_code == 303
    entered(providing, Account("sub-10", "max@ponte.example", groups=("news",)))
    assert roles(providing, "max") == ["desk"]


def test_who_was_taken_out_does_not_come_back_by_a_group(providing: Providing) -> None:
    client = entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    people.remove(providing.wire.wire, providing.wire.service.olga, "max")
    assert client.get("/desk").headers["location"] == "/login?next=/desk"
    assert codes(enter(providing).text) == ["no-group"]


def test_a_name_that_somebody_bears_is_given_to_nobody_else(providing: Providing) -> None:
    for number, called in enumerate(("olga", "wire", "Ünï çödé", "…")):
        more = {"preferred_username": called}
        account = Account(f"s-{number}", f"p{number}@ponte.example", groups=("news",), more=more)
        entered(providing, account)
    everybody = people.everybody(providing.wire.wire, providing.wire.service.olga)
    names = {person["name"] for person in everybody}
    assert {"olga-2", "wire-2", "n-d", "person"} <= names, names


def test_the_account_is_exported_and_erased(providing: Providing) -> None:
    entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    wire, olga = providing.wire.wire, providing.wire.service.olga
    said = personal.export(wire, olga, "max")
    [credential] = said["credential"]
    assert credential["id"] == f"oidc {providing.provider.issuer} sub-9"
    assert [row["by_group"] for row in said["role"]] == [True]
    assert {"logged_in", "account_linked"} <= {row["kind"] for row in said["record"]}
    personal.erase(wire, olga, "max")
    assert personal.export(wire, olga, "max")["credential"] == []
    entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    assert roles(providing, "max-2") == ["desk"], "whoever was erased is a stranger"


def test_the_record_says_how_somebody_came_in(providing: Providing) -> None:
    entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    with providing.wire.wire.store.read(providing.wire.wire.clock.now()) as tx:
        kinds = [(event.kind, event.actor) for event in events.after(tx, 0, 10_000)]
    assert kinds[-3:] == [("person_added", "wire"), ("account_linked", "max"), ("logged_in", "max")]


def test_logging_out_ends_the_session_here(providing: Providing) -> None:
    client = entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    session = client.cookies[COOKIE]
    send(client, "/logout")
    client.cookies.set(COOKIE, session)
    assert client.get("/account").status_code == 303


def test_with_oidc_only_a_linked_person_comes_in_by_nothing_else(only: Providing) -> None:
    client = only.wire.logged_in("lia", "desk")
    form = {"email": "lia@ponte.example", "password": PASSWORD}
    assert send(only.wire.browser(), "/login", **form).status_code == 303, "not linked yet"
    entered(only, Account("sub-1", "lia@ponte.example"))
    page = send(only.wire.browser(), "/login", **form)
    assert (page.status_code, codes(page.text)) == (403, ["provider-only"])
    assert codes(send(only.wire.browser(), "/login", **form | {"password": "x"}).text) == [
        "log-in-failed"
    ]
    link = only.wire.link_of("lia")
    assert codes(send(only.wire.browser(), link).text) == ["provider-only"]
    page = client.get("/account").text
    assert "by nothing else" in page and "New password" not in page
    change = send(client, "/account/password", now=PASSWORD, password="five other words of mine")
    assert codes(change.text) == ["provider-only"]
    path = only.wire.invite_again("lia")
    assert send(only.wire.browser(), path, password=PASSWORD).status_code == 303
    assert send(only.wire.browser(), "/login", **form).status_code == 303, "no way back in"


LATER = timedelta(minutes=11)


def asked_anew(providing: Providing, client: TestClient) -> str:
    """Where the page that asks for a proof sends the browser."""
    page = send(client, "/account/key", scope=["read"])
    assert page.status_code == 403 and "Prove it with" in page.text
    assert 'target="_blank"' in page.text and 'name="scope" value="read"' in page.text
    return leads_to(send(client, "/account/proof/oidc"))


def test_a_proof_is_asked_of_the_provider_anew(providing: Providing) -> None:
    account = Account("sub-9", "max@ponte.example", groups=("news",))
    client = entered(providing, account)
    address = asked_anew(providing, client)
    asked = dict(parse_qsl(urlsplit(address).query))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    done = come_back(client, providing, address)
    assert done.status_code == 200 and "Close this tab" in done.text
    assert "<code>dsp_" in send(client, "/account/key", scope=["read"]).text


def test_a_log_in_that_the_provider_remembered_is_no_proof(providing: Providing) -> None:
    now = int(providing.provider.clock().timestamp())
    account = Account("sub-9", "max@ponte.example", groups=("news",))
    for at, status in ((None, 403), (now - 3600, 403), (now - 60, 200), (now + 30, 200)):
        providing.provider.claims = {"auth_time": at}
        client = entered(providing, account)
        assert send(client, "/account/key", scope=["read"]).status_code == status, at


@pytest.mark.parametrize("ago", [None, 3600, 120])
def test_the_provider_has_to_ask_anew(providing: Providing, ago: int | None) -> None:
    client = entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    address = asked_anew(providing, client)
    at = None if ago is None else int(providing.provider.clock().timestamp()) - ago
    providing.provider.claims = {"auth_time": at}
    page = come_back(client, providing, address)
    assert (page.status_code, codes(page.text)) == (403, ["not-asked-anew"])
    assert send(client, "/account/key", scope=["read"]).status_code == 403


def test_the_proof_of_somebody_else_proves_nothing(providing: Providing) -> None:
    max_ = Account("sub-9", "max@ponte.example", groups=("news",))
    ida = Account("sub-10", "ida@ponte.example", groups=("news",))
    client, other = entered(providing, max_), entered(providing, ida)
    address = asked_anew(providing, client)
    page = come_back(client, providing, address)  # ida is logged in at the provider
    assert codes(page.text) == ["log-in-strayed"]
    address = asked_anew(providing, client)
    providing.provider.who = max_
    other.cookies.delete("dispaccio-oidc")
    other.cookies.set("dispaccio-oidc", client.cookies["dispaccio-oidc"])
    assert codes(come_back(other, providing, address).text) == ["log-in-strayed"]
    assert send(client, "/account/key", scope=["read"]).status_code == 403


def test_a_proof_counts_for_the_session_that_was_asked(providing: Providing) -> None:
    account = Account("sub-9", "max@ponte.example", groups=("news",))
    client, other = entered(providing, account), entered(providing, account)
    address = asked_anew(providing, client)
    other.cookies.delete("dispaccio-oidc")
    other.cookies.set("dispaccio-oidc", client.cookies["dispaccio-oidc"])
    assert codes(come_back(other, providing, address).text) == ["log-in-strayed"]
    for one in (client, other):
        assert send(one, "/account/key", scope=["read"]).status_code == 403


def test_a_page_that_asks_is_gone_on_to_in_the_same_tab(providing: Providing) -> None:
    client = entered(providing, Account("sub-9", "max@ponte.example", groups=("news",)))
    address = leads_to(send(client, "/account/proof/oidc", next="/account"))
    done = come_back(client, providing, address)
    assert (done.status_code, done.headers["location"]) == (303, "/account")


@pytest.mark.parametrize(
    "line",
    ["", "news", "= desk", "news = boss", "news = author", "news = desk:aurora", "news = author:"],
)
def test_a_line_of_groups_that_says_nothing_is_named(providing: Providing, line: str) -> None:
    file = providing.wire.wire.home / "dispaccio.toml"
    kept = file.read_text("utf-8")
    file.write_text(re.sub("oidc_roles = .*", f'oidc_roles = ["{line}"]', kept), "utf-8")
    with pytest.raises(MalformedSettings, match="oidc_roles holds lines such as"):
        open_home(providing.wire.wire.home, providing.wire.wire.clock)


def test_what_the_setting_may_say() -> None:
    assert oidc.mapped(["a = b = desk", "cn=x,dc=y = author:aurora"]) == [
        ("a = b", ("desk", None)),
        ("cn=x,dc=y", ("author", "aurora")),
    ]
