"""Answers of a provider, and of somebody who stands between, that let nobody in."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from dispaccio.accounts import oidc
from dispaccio.accounts import provider as talking
from dispaccio.store.account_tables import credential, session
from dispaccio.wire import oidc as wire_oidc
from dispaccio.wire import people
from tests.office.browser import codes, send
from tests.office.conftest import Providing, with_provider
from tests.office.test_oidc import come_back, enter, entered, leads_to
from tests.support.provider import (
    Account,
    altered,
    by_another,
    by_public_key,
    unsigned,
)

MAX = Account("sub-9", "max@ponte.example", groups=("news",))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providing]:
    with with_provider(tmp_path_factory.mktemp("attacks") / "home") as made:
        yield made


@pytest.fixture
def providing(house: Providing) -> Providing:
    """The same wire each time, whose provider tells of Max and has not been asked anything."""
    house.provider.reset()
    house.provider.who = MAX
    house.wire.wire.provider = None
    house.wire.wire.answered.clear()
    house.wire.at(timedelta())
    return house


def refused(page: Any, code: str, status: int = 403) -> None:
    """Nobody was logged in, and the page says why."""
    assert (page.status_code, codes(page.text)) == (status, [code]), page.text[-900:]
    assert "dispaccio=" not in page.headers.get("set-cookie", "")


def rows(providing: Providing) -> int:
    """How many sessions and credentials there are."""
    wire = providing.wire.wire
    with wire.store.read(wire.clock.now()) as tx:
        return len(tx.run(session.select()).all()) + len(tx.run(credential.select()).all())


def begun(providing: Providing, client: TestClient) -> str:
    return leads_to(send(client, "/login/oidc"))


def with_query(address: str, **changed: str | None) -> str:
    parts = urlsplit(address)
    said = dict(parse_qsl(parts.query)) | changed
    kept = {name: value for name, value in said.items() if value is not None}
    return f"{parts.path}?{urlencode(kept)}"


@pytest.mark.parametrize("sign", [unsigned, by_public_key, by_another, altered])
@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
def test_a_token_without_the_providers_signature_is_none(
    providing: Providing, sign: Callable[..., str], alg: str
) -> None:
    providing.provider.rotate(alg)
    providing.provider.sign = sign
    refused(enter(providing), "token-untrusted")


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
def test_each_kind_of_signature_lets_in(providing: Providing, alg: str) -> None:
    providing.provider.rotate(alg)
    entered(providing, MAX)


def test_a_key_that_is_too_short_signs_nothing(providing: Providing) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        short = RSAKey.generate_key(1024)
    providing.provider.keys = {providing.provider.kid: ("RS256", short)}
    refused(enter(providing), "token-untrusted")


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": "é", "e": 7},
        {"kty": "RSA"},
        {"kty": "RSA", "use": "enc"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"alg": "HS256", "kty": "RSA"},
    ],
    ids=str,
)
def test_a_key_that_is_none_signs_nothing(providing: Providing, key: dict[str, Any]) -> None:
    said = json.dumps({"keys": [{**key, "kid": providing.provider.kid}, 7]}).encode()
    providing.provider.answers = {"/keys": (200, {}, said)}
    refused(enter(providing), "token-untrusted")


@pytest.mark.parametrize(
    "token",
    ["", "a.b.c", "e30.e30.", "é", "bnVsbA.e30.x", "x" * 150_000, "eyJhbGciOlsxXX0.e30.x"],
    ids=lambda it: it[:12],
)
def test_a_token_that_is_none(providing: Providing, token: str) -> None:
    providing.provider.sign = lambda head, said, key: token
    page = enter(providing)
    assert codes(page.text)[0] in ("token-untrusted", "provider-misanswered"), page.text


def test_two_keys_and_a_token_without_an_id_of_one(providing: Providing) -> None:
    providing.provider.head = {"kid": None}
    entered(providing, MAX)
    providing.wire.wire.provider = None
    providing.provider.keys["second"] = ("RS256", providing.provider.key)
    refused(enter(providing), "token-untrusted")


def test_the_keys_are_fetched_anew_once_where_one_is_not_known(providing: Providing) -> None:
    provider = providing.provider
    entered(providing, MAX)
    entered(providing, MAX)
    assert provider.asked.count("/keys") == 1
    provider.rotate("ES256")
    entered(providing, MAX)
    assert provider.asked.count("/keys") == 2
    provider.head = {"kid": "nowhere"}
    page = enter(providing)
    assert codes(page.text) == ["token-untrusted"]
    assert provider.asked.count("/keys") == 3
    assert provider.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "https://other.example"}, "token-untrusted"),
        ({"iss": None}, "token-untrusted"),
        ({"aud": "another client"}, "token-untrusted"),
        ({"aud": ["another client"]}, "token-untrusted"),
        ({"aud": ["wire of ponte", "another client"]}, "token-untrusted"),
        ({"aud": ["wire of ponte", "b"], "azp": "b"}, "token-untrusted"),
        ({"azp": "another client"}, "token-untrusted"),
        ({"aud": None}, "token-untrusted"),
        ({"sub": None}, "token-untrusted"),
        ({"sub": ""}, "token-untrusted"),
        ({"sub": "x" * 256}, "token-untrusted"),
        ({"sub": 7}, "token-untrusted"),
        ({"exp": None}, "token-untrusted"),
        ({"exp": True}, "token-untrusted"),
        ({"exp": "9999999999"}, "token-untrusted"),
        ({"exp": 1}, "token-expired"),
        ({"iat": None}, "token-untrusted"),
        ({"iat": 1}, "token-expired"),
        ({"iat": 4_000_000_000}, "token-expired"),
        ({"nonce": None}, "log-in-strayed"),
        ({"nonce": "of another log-in"}, "log-in-strayed"),
        ({"nonce": ["x"]}, "log-in-strayed"),
        ({"nonce": "é"}, "log-in-strayed"),
        ({"auth_time": "now"}, "token-untrusted"),
    ],
    ids=str,
)
def test_a_token_for_something_else_lets_nobody_in(
    providing: Providing, claims: dict[str, Any], code: str
) -> None:
    providing.provider.claims = claims
    refused(enter(providing), code)


def test_several_audiences_need_our_name_as_the_party(providing: Providing) -> None:
    ours = "wire of ponte"
    providing.provider.claims = {"aud": [ours, "another client"], "azp": ours}
    entered(providing, MAX)


@pytest.mark.parametrize("groups", [{"a": 1}, [1], ["news", None], 7, True], ids=str)
def test_groups_that_are_no_texts_are_a_wrong_answer(providing: Providing, groups: Any) -> None:
    providing.provider.claims = {"groups": groups}
    refused(enter(providing), "provider-misanswered", 502)


def test_a_state_counts_once(providing: Providing) -> None:
    client = providing.wire.browser()
    address = begun(providing, client)
    path = with_query(providing.provider.log_in(address))
    assert client.get(path).status_code == 303
    client.cookies.delete("dispaccio")
    assert codes(client.get(path).text) == ["log-in-strayed"]
    again = with_query(providing.provider.log_in(address))
    assert codes(client.get(again).text) == ["log-in-strayed"], "with a code that is new"


def test_a_state_counts_in_its_browser_alone(providing: Providing) -> None:
    """Whoever is sent an answer by somebody else is not logged in as them."""
    path = with_query(providing.provider.log_in(begun(providing, providing.wire.browser())))
    other = providing.wire.browser()
    refused(other.get(path), "log-in-strayed")
    begun(providing, other)
    refused(other.get(path), "log-in-strayed")


@pytest.mark.parametrize(
    "state", ["", "x", "A" * 3000, "é", "Zm9v"], ids=["", "x", "long", "é", "b"]
)
def test_a_state_that_is_none_of_ours(providing: Providing, state: str) -> None:
    client = providing.wire.browser()
    address = begun(providing, client)
    path = with_query(providing.provider.log_in(address), state=state)
    refused(client.get(path), "log-in-strayed")


def test_two_tabs_of_one_browser_both_come_in(providing: Providing) -> None:
    client = providing.wire.browser()
    first, second = begun(providing, client), begun(providing, client)
    assert come_back(client, providing, second).status_code == 303
    assert come_back(client, providing, first).status_code == 303


def test_a_log_in_may_take_ten_minutes(providing: Providing) -> None:
    client = providing.wire.browser()
    address = begun(providing, client)
    providing.wire.at(oidc.LASTS - timedelta(seconds=1))
    assert come_back(client, providing, address).status_code == 303
    address = begun(providing, client)
    providing.wire.at(2 * oidc.LASTS)
    assert codes(come_back(client, providing, address).text) == ["token-expired"]


def test_a_code_of_another_log_in_is_not_redeemed(providing: Providing) -> None:
    """PKCE and the nonce: a code that was stolen is worth nothing in the thief's own log-in."""
    stolen = dict(
        parse_qsl(
            urlsplit(providing.provider.log_in(begun(providing, providing.wire.browser()))).query
        )
    )["code"]
    thief = providing.wire.browser()
    path = with_query(providing.provider.log_in(begun(providing, thief)), code=stolen)
    refused(thief.get(path), "token-expired")


@pytest.mark.parametrize("iss", [None, "https://other.example", ""])
def test_an_answer_of_another_provider_is_a_mix_up(providing: Providing, iss: str | None) -> None:
    providing.provider.back = {"iss": iss}
    refused(enter(providing), "token-untrusted")
    assert "/token" not in providing.provider.asked, "the code was given away"


def test_a_provider_that_never_says_who_it_is_may_leave_that_out(providing: Providing) -> None:
    name = "authorization_response_iss_parameter_supported"
    providing.provider.metadata, providing.provider.back = {name: None}, {"iss": None}
    entered(providing, MAX)


@pytest.mark.parametrize(
    "back", [{"error": "access_denied", "code": None}, {"code": None}], ids=str
)
def test_who_is_not_let_through_is_told_so(
    providing: Providing, back: dict[str, str | None]
) -> None:
    providing.provider.back = back
    refused(enter(providing), "log-in-declined")


ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "none": (404, {}, b""),
    "fault": (500, {}, b"{}"),
    "page": (200, {}, b"<!doctype html><title>Log in</title>"),
    "list": (200, {}, b"[]"),
    "deep": (200, {}, b'{"a":' + b"[" * 100_000),
    "large": (200, {}, b'{"a": "' + b"x" * 1_000_000 + b'"}'),
    "elsewhere": (302, {"location": "http://127.0.0.1:1/"}, b"{}"),
    "empty": (200, {}, b"{}"),
    "latin": (200, {}, '{"issuer": "é"}'.encode("latin-1")),
}
PATHS = ("/.well-known/openid-configuration", "/keys", "/token", "/userinfo")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ANSWERS)
def test_a_wrong_answer_lets_nobody_in(providing: Providing, path: str, name: str) -> None:
    providing.provider.thin = path == "/userinfo"
    providing.provider.answers = {path: ANSWERS[name]}
    client = providing.wire.browser()
    page = send(client, "/login/oidc")
    if path in ("/token", "/userinfo"):
        page = come_back(client, providing, leads_to(page))
    untrusted = path == "/userinfo" and name == "empty"
    if untrusted:
        refused(page, "token-untrusted")
    else:
        refused(page, "provider-misanswered", 502)
    providing.provider.answers = {}
    assert enter(providing).status_code == 303, "what was wrong is remembered"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": 7},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    ],
    ids=str,
)
def test_metadata_that_cannot_be_used(providing: Providing, metadata: dict[str, Any]) -> None:
    providing.provider.metadata = metadata
    refused(send(providing.wire.browser(), "/login/oidc"), "provider-misanswered", 502)


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize("where", ["http://169.254.169.254/x", "http://10.0.0.1/x"])
def test_metadata_lead_the_wire_to_no_inner_host(
    providing: Providing, name: str, where: str
) -> None:
    providing.provider.metadata, providing.provider.thin = {name: where}, True
    client = providing.wire.browser()
    page = send(client, "/login/oidc")
    if page.status_code == 200:
        page = come_back(client, providing, leads_to(page))
    refused(page, "provider-silent", 503)


def test_userinfo_of_somebody_else_is_none(providing: Providing) -> None:
    providing.provider.thin = True
    body = json.dumps(Account("sub-1", "olga@ponte.example", groups=("admins",)).claims())
    providing.provider.answers = {"/userinfo": (200, {}, body.encode())}
    refused(enter(providing), "token-untrusted")


def test_a_provider_that_hangs_is_not_waited_for(
    providing: Providing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_oidc, "PATIENCE", 0.5)
    providing.provider.delay = 2.0
    refused(send(providing.wire.browser(), "/login/oidc"), "provider-silent", 503)


def test_a_provider_that_is_not_there_is_said_to_be(
    providing: Providing, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = providing.wire.wire
    gone = replace(wire.settings, oidc_issuer="http://127.0.0.1:1")
    monkeypatch.setattr(wire, "settings", gone)
    page = send(providing.wire.browser(), "/login/oidc")
    refused(page, "provider-silent", 503)
    assert 'name="password"' in page.text, "the other way in is gone"


def test_a_form_of_another_site_begins_nothing(providing: Providing) -> None:
    client = providing.wire.browser()
    page = client.post("/login/oidc", headers={"sec-fetch-site": "cross-site"})
    assert codes(page.text) == ["foreign-form"]
    assert "set-cookie" not in page.headers


def test_next_leads_to_this_wire_alone(providing: Providing) -> None:
    for then in ("https://evil.example/", "//evil.example", "/\\evil.example", "/" + "x" * 400):
        assert enter(providing, then=then).headers["location"] == "/login"


def test_without_the_clients_secret_nobody_comes_in(providing: Providing) -> None:
    wire = providing.wire.wire
    secret = wire.home / wire.settings.keys / wire_oidc.SECRET_FILE
    kept = secret.rename(secret.with_suffix(".away"))
    refused(enter(providing), "keys-unreadable", 503)
    kept.rename(secret)


def test_the_secret_and_the_tokens_are_not_shown(providing: Providing) -> None:
    party = talking.Party("id", "hush", "https://wire.example/back")
    redeemed = talking.Redeemed("hush", "hush")
    assert "hush" not in f"{party!r}{redeemed!r}"


def test_nothing_is_written_before_somebody_is_in(providing: Providing) -> None:
    """Whoever presses the button a thousand times fills nothing."""
    wire = providing.wire.wire
    before, kept = people.everybody(wire, providing.wire.service.olga), rows(providing)
    for _ in range(20):
        begun(providing, providing.wire.browser())
    assert rows(providing) == kept
    assert not wire.answered
    assert people.everybody(wire, providing.wire.service.olga) == before
