"""The delivery report in the office: its words and rows, whom it shows them, sending again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from dispaccio.office import reports
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.store import outbox
from dispaccio.testing import home as homes
from dispaccio.wire import deliveries, organisations
from dispaccio.wire.withdraw import notice
from tests.office.browser import Wire, codes, send

LATER = timedelta(seconds=1.2)


def settle(wire: Wire, *states: str) -> None:
    """Send what can be sent; it ends in these states, in turn."""
    now = wire.wire.clock.now()
    with wire.wire.store.write(now) as tx:
        claims = outbox.claim(tx, most=99, lease=timedelta(seconds=30), token=len(states))
    for claim, state in zip(claims, states, strict=True):
        done = outbox.Settlement(
            claim=claim,
            state=state,
            due_at=now + timedelta(minutes=5) if state == "due" else None,
            outcome="delivered" if state == "delivered" else "answered",
            status=204 if state == "delivered" else 503,
            detail="The server said no.",
            at=now + LATER,
            took_ms=0,
            sha256="ab" * 32,
        )
        with wire.wire.store.write(now) as tx:
            outbox.settle(tx, [done])


@pytest.fixture
def number(wire: Wire) -> str:
    """A release that three endpoints got, of which two took it."""
    homes.subscribe(wire.wire, [f"http://127.0.0.1:9/secret-{n}" for n in range(3)])
    made = wire.service.public()
    settle(wire, "delivered", "delivered", "parked")
    return made


@pytest.fixture
def opal(wire: Wire) -> TestClient:
    """A browser of an operator."""
    return wire.logged_in("opal", "operator")


def test_it_says_in_words_who_has_it(wire: Wire, number: str) -> None:
    client = wire.logged_in("ada", "author:aurora")
    page = " ".join(client.get(f"/releases/{number}/report").text.split())
    assert '<time datetime="2026-11-23T09:00:00Z"' in page
    assert "23 Nov 2026, 10:00:00.0</time> Europe/Rome; 2 of 3 endpoints have it" in page
    assert "could not be reached: 1</span>; median 1.2 s, slowest 1.2 s." in page
    assert '<polyline class="curve"' in page
    assert "refused, parked" in page and "answered otherwise (503)" in page
    assert '<nav class="rooms"' in page
    italian = client.get(f"/releases/{number}/report?lang=it").text
    assert "l’hanno 2 destinazioni su 3" in italian and "mediana 1,2 s" in italian


def test_what_is_tried_again_is_told_from_what_was_not_tried_yet(wire: Wire) -> None:
    homes.subscribe(wire.wire, [f"http://127.0.0.1:9/{n}" for n in range(2)])
    number = wire.service.public()
    lia = wire.logged_in("lia", "desk")
    path = f"/releases/{number}/report"
    assert "on their way: 2." in lia.get(path).text
    settle(wire, "due", "delivered")
    assert "on their way: 1 (of these tried again: 1);" in lia.get(path).text
    assert 'datetime="2026-11-23T09:05:00Z"' in lia.get(path).text


def test_the_issuer_sees_no_secret_address_and_finds_none_by_it(
    wire: Wire, number: str, opal: TestClient
) -> None:
    ada = wire.logged_in("ada", "author:aurora")
    path = f"/releases/{number}/report"
    page = ada.get(path).text
    assert "secret" not in page and "http://127.0.0.1/…" in page
    assert "The server said no." not in page
    assert "secret-1" in opal.get(path).text
    for client, words, found in (
        (ada, "secret-1", False),
        (opal, "SECRET-1", True),
        (ada, "gaz", True),
        (ada, "The Gaz", True),
        (ada, "%", False),
        (ada, "gazette_", False),
    ):
        said = client.get(path, params={"find": words}).text
        assert ("No delivery goes to" not in said) is found, words


def test_what_needs_somebody_stands_first_and_pages_hold_the_rest(
    wire: Wire, number: str, opal: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "ROWS", 2)
    path = f"/releases/{number}/report"
    first, second = opal.get(path).text, opal.get(f"{path}?page=2").text
    assert first.count('<th scope="row"') == 2 and second.count('<th scope="row"') == 1
    assert first.index("refused, parked") < first.index("</span> delivered")
    assert "page=2" in first and 'rel="next"' not in second and "page=1" in second
    for odd in ("0", "-1", "x", "99999999999", "²"):
        assert opal.get(path, params={"page": odd}).status_code == 200, odd


def test_the_operator_sends_it_again(wire: Wire, number: str, opal: TestClient) -> None:
    path = f"/releases/{number}/report"
    page = opal.get(path).text
    assert page.count("report/again") == 3
    ids = re.findall(r'name="endpoint" value="([0-9a-f-]{36})"', page)
    done = send(opal, f"{path}/again", endpoint=ids[0])
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?sent=1")
    assert "It is sent there once more" in opal.get(f"{path}?sent=1").text
    again = send(opal, f"{path}/again", endpoint=ids[0])
    assert again.headers["location"] == f"{path}?sent=0"
    assert "Nothing was sent" in opal.get(f"{path}?sent=0").text
    settle(wire, "delivered")
    assert "3 of 3 endpoints have it" in opal.get(path).text, "an endpoint counts once"
    for name, roles in (("ada", "author:aurora"), ("lia", "desk")):
        client = wire.logged_in(name, roles)
        assert "report/again" not in client.get(path).text
        assert codes(send(client, f"{path}/again", endpoint=ids[0]).text) == ["unknown-endpoint"]


def test_what_was_taken_back_is_sent_to_nobody_again(
    wire: Wire, number: str, opal: TestClient
) -> None:
    notice(wire.wire, wire.service.dora, number, Kind.WITHDRAWAL, Reason("error"))
    settle(wire, "delivered", "delivered", "to_human")
    id = deliveries.report(wire.wire, wire.service.dora, number)["id"]
    ids = [row["endpoint"] for row in _newest(wire, number, "delivered")]
    sam = homes.actor(wire.wire, "sam")
    deliveries.acknowledge(wire.wire, sam, f"{id}.v2", applied=True, endpoint=ids[0])
    page = opal.get(f"/releases/{number}/report").text
    assert "report/again" not in page
    assert "Said that they applied it (1)" in page and "Still to hear of it (1)" in page
    assert "needs a person" in page


def _newest(wire: Wire, number: str, state: str) -> list[dict[str, str]]:
    said = deliveries.report(wire.wire, wire.service.olga, number)
    return [row for row in said["deliveries"] if row["version"] == 2 and row["state"] == state]


def test_a_link_shows_it_to_somebody_without_an_account(wire: Wire, number: str) -> None:
    ada = wire.logged_in("ada", "author:aurora")
    page = send(ada, f"/releases/{number}/report/link").text
    [url] = re.findall(rf"(/r/{number}/report\?key=[\w-]+)", page)
    assert "2 of 3 endpoints have it" in wire.browser().get(url).text


def test_the_desk_and_the_operator_are_led_to_it(wire: Wire, number: str, opal: TestClient) -> None:
    lia = wire.logged_in("lia", "desk")
    assert f"/releases/{number}/report" in lia.get(f"/desk/{number}").text
    page = opal.get("/operator").text
    assert f"/releases/{number}/report" in page
    assert "2 of 3 endpoints have it" in page and "Release " in page


def test_another_issuers_report_is_not_shown(wire: Wire, number: str) -> None:
    organisations.add_subscriber(wire.wire, wire.service.olga, "tribune", "The Tribune")
    for roles in ("author:bruma", "subscriber:gazette"):
        client = wire.logged_in(wire.service.fresh("x"), roles)
        assert codes(client.get(f"/releases/{number}/report").text) == ["not-allowed"]
    ada = wire.logged_in("ada", "author:aurora")
    assert codes(ada.get(f"/releases/{wire.service.sealed()}/report").text) == ["not-published"]
    assert codes(ada.get("/releases/T999999999/report").text) == ["no-such-release"]
