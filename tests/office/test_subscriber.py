"""A subscriber's page: adding, changing, testing and removing what comes; and nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from dispaccio.testing.receiver import Receiver
from dispaccio.wire import endpoints, organisations
from tests.office.browser import Wire, codes, send

URL = "http://127.0.0.1:9/in"


@pytest.fixture
def sam(wire: Wire) -> TestClient:
    return wire.logged_in("samira", "subscriber:gazette")


def added(client: TestClient, **form: object) -> str:
    """The id of an endpoint that a form added."""
    said = {"subscriber": "gazette", "carrier": "webhook", "address": URL, **form}
    page = send(client, "/me", **said)
    assert page.status_code == 200, codes(page.text)
    return str(re.findall(r'action="/me/([0-9a-f-]{36})"', page.text)[0])


def test_an_endpoint_is_added_and_its_secret_shown_once(wire: Wire, sam: TestClient) -> None:
    page = send(sam, "/me", subscriber="gazette", carrier="webhook", address=URL, words="comet")
    assert "whsec_" in page.text
    assert URL in sam.get("/me").text
    id = re.findall(r'action="/me/([0-9a-f-]{36})"', page.text)[0]
    assert "whsec_" not in sam.get(f"/me/{id}").text
    said = endpoints.one(wire.wire, wire.service.olga, id)
    assert (said["filter"], said["payload"]) == ({"words": "comet"}, "thin")


def test_what_would_have_come_is_told_before_anything_is_added(wire: Wire, sam: TestClient) -> None:
    wire.service.public()
    form = {"subscriber": "gazette", "carrier": "webhook", "address": URL, "preview": "yes"}
    assert "1 of 1 releases" in send(sam, "/me", **form).text
    page = send(sam, "/me", **form, words="comet").text
    assert "0 of 1 releases" in page
    assert 'value="comet"' in page, "what was typed is lost"
    assert not endpoints.everyone(wire.wire, wire.service.olga)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"address": "ftp://a.example"}, "scheme-not-allowed"),
        ({"address": "http://169.254.169.254/"}, "metadata-address"),
        ({"carrier": "pigeon"}, "unknown-carrier"),
        ({"subscriber": "tribune"}, "not-allowed"),
        ({"languages": "not a language!"}, "malformed-filter"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(
    wire: Wire, sam: TestClient, form: dict[str, str], code: str
) -> None:
    organisations.add_subscriber(wire.wire, wire.service.olga, "tribune", "The Tribune")
    said = {"subscriber": "gazette", "carrier": "webhook", "address": URL, "words": "comet", **form}
    answer = send(sam, "/me", **said)
    assert codes(answer.text) == [code]
    assert answer.status_code >= 400
    assert 'value="comet"' in answer.text
    assert not endpoints.everyone(wire.wire, wire.service.olga)


def test_an_endpoint_is_changed(wire: Wire, sam: TestClient) -> None:
    id = added(sam, words="comet")
    changed = send(sam, f"/me/{id}", label="science", format="ninjs", payload="full")
    assert changed.is_redirect
    said = endpoints.one(wire.wire, wire.service.olga, id)
    assert (said["filter"], said["format"]) == ({"labels": ["science"]}, "ninjs")
    page = sam.get(f"/me/{id}").text
    assert re.search(r'value="science" checked', page)
    assert re.search(r'value="ninjs" selected', page)


def test_mail_comes_at_once_or_as_a_digest(wire: Wire, sam: TestClient) -> None:
    id = added(sam, carrier="mail", address="desk@gazette.example", digest="07:30")
    there = endpoints.one(wire.wire, wire.service.olga, id)["settings"]
    assert there == {"digest": "07:30", "zone": "Europe/Rome"}
    assert send(sam, f"/me/{id}", digest="").is_redirect
    there = endpoints.one(wire.wire, wire.service.olga, id)["settings"]
    assert there == {"zone": "Europe/Rome"}


def test_what_comes_is_said_in_the_readers_words(wire: Wire, sam: TestClient) -> None:
    added(sam, words="comet", languages="it, de", label="science", channel="economia")
    added(sam, carrier="pull", address="whatever was typed")
    page = " ".join(re.sub("<[^>]+>", "", sam.get("/me?lang=it").text).split())
    assert "nel canale economia, in tedesco o italiano, " in page, page[200:600]
    assert "con etichetta comunicato di ricerca, con le parole «comet»" in page, page[200:600]
    assert "tutto" in page and "whatever was typed" not in page
    assert sam.get("/me?find=COMET").text.count("<h2><a") == 0
    assert sam.get("/me?find=127.0.0.1").text.count("<h2><a") == 1


def test_what_came_lately_is_counted(wire: Wire, sam: TestClient) -> None:
    id = added(sam)
    assert "0 releases matched in the last 7 days." in sam.get("/me").text
    wire.service.public()
    assert "1 release matched in the last 7 days; arrived: 0." in sam.get(f"/me/{id}").text
    wire.at(timedelta(days=8))
    sam = wire.logged_in("sara", "subscriber:gazette")
    assert "0 releases matched" in sam.get("/me").text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "release.published"),
        ({"payload": "full"}, "&#34;label&#34;"),
        ({"payload": "full", "format": "newsml-g2"}, "&lt;newsItem"),
        ({"carrier": "mail", "address": "desk@gazette.example"}, "TEST"),
        ({"carrier": "stream"}, "release.published"),
    ],
    ids=str,
)
def test_a_sample_shows_what_is_sent(
    wire: Wire, sam: TestClient, form: dict[str, str], said: str
) -> None:
    page = sam.get(f"/me/{added(sam, **form)}").text
    sample = page.partition("<pre")[2].partition("</pre>")[0]
    assert said in sample


def test_a_mail_address_is_asked_first(wire: Wire, sam: TestClient) -> None:
    form = {"subscriber": "gazette", "carrier": "mail", "address": "stranger@other.example"}
    page = send(sam, "/me", **form).text
    assert "waits for its confirmation" in page and "could not be sent" in page
    [said] = endpoints.everyone(wire.wire, wire.service.olga)
    assert said["state"] == "unconfirmed"
    assert f"/me/{said['endpoint']}/state" not in page


def test_a_test_is_sent_and_its_answer_shown(sam: TestClient) -> None:
    with Receiver() as receiver:
        id = added(sam, address=receiver.url("/in"))
        page = send(sam, f"/me/{id}/ping").text
    assert "The test was taken." in page
    assert "The test was not taken." in send(sam, f"/me/{id}/ping").text


def test_another_secret_asks_for_the_password_after_a_while(wire: Wire, sam: TestClient) -> None:
    id = added(sam)
    assert "whsec_" in send(sam, f"/me/{id}/secret").text
    wire.at(timedelta(days=2))
    sam = wire.browser()
    send(sam, "/login", email="samira@ponte.example", password="four small words of mine")
    wire.at(timedelta(days=2, minutes=11))
    assert "whsec_" not in send(sam, f"/me/{id}/secret").text


def test_an_endpoint_is_switched_off_and_on_and_removed(wire: Wire, sam: TestClient) -> None:
    id = added(sam)
    for on, state in (("no", "disabled"), ("yes", "active")):
        assert send(sam, f"/me/{id}/state", on=on).is_redirect
        assert endpoints.one(wire.wire, wire.service.olga, id)["state"] == state
    assert "Tick the box" in send(sam, f"/me/{id}/remove").text
    assert endpoints.one(wire.wire, wire.service.olga, id)["state"] == "active"
    assert send(sam, f"/me/{id}/remove", sure="yes").is_redirect
    assert URL not in sam.get("/me").text


def test_a_range_is_sent_once_more(wire: Wire, sam: TestClient) -> None:
    number = wire.service.public()
    id = added(sam)
    assert "1 of 1 releases" in send(sam, f"/me/{id}/replay", first=number, last=number).text
    wrong = send(sam, f"/me/{id}/replay", first="nonsense")
    assert wrong.status_code == 404
    everything = send(sam, f"/me/{id}/replay")
    assert codes(everything.text) == ["malformed-request"], "the whole archive, by one empty form"


def test_anothers_endpoint_is_one_that_does_not_exist(wire: Wire, sam: TestClient) -> None:
    organisations.add_subscriber(wire.wire, wire.service.olga, "tribune", "The Tribune")
    other = wire.logged_in("tina", "subscriber:tribune")
    id = added(sam)
    paths = ["", "/ping", "/state", "/replay", "/remove", "/secret"]
    for path in paths:
        assert send(other, f"/me/{id}{path}", sure="yes").status_code == 404, path
    assert other.get(f"/me/{id}").status_code == 404
    assert URL not in other.get("/me").text


def test_the_operator_sees_how_the_wire_stands(wire: Wire) -> None:
    wire.service.sealed()
    page = wire.logged_in("opal", "operator").get("/operator").text
    assert "All well" in page
    assert re.search(r"Sealed until their time</dt><dd>1</dd>", page)
