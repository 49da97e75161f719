"""Withdrawing, withholding, and making usable again in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from dispaccio.store import outbox
from dispaccio.testing import home as homes
from dispaccio.wire import report
from tests.office.browser import Wire, codes, send

WHY = {"reason": "wrong-date", "words": "It was Monday."}


@pytest.fixture
def ada(wire: Wire) -> TestClient:
    """A browser of the issuer's author, who may take back what is theirs."""
    return wire.logged_in("ada", "author:aurora")


def status(wire: Wire, number: str) -> str:
    return str(report.show(wire.wire, wire.service.dora, number)["status"])


def sent(wire: Wire, most: int) -> None:
    """Let so many deliveries begin."""
    with wire.wire.store.write(wire.wire.clock.now()) as tx:
        outbox.claim(tx, most=most, lease=timedelta(seconds=30), token=1)


def test_a_withdrawal_says_whom_it_reaches_and_asks_for_the_number(
    wire: Wire, ada: TestClient
) -> None:
    homes.subscribe(wire.wire, [f"http://127.0.0.1:9/{n}" for n in range(3)])
    number = wire.service.public()
    path = f"/releases/{number}/withdraw"
    assert "It was sent to no subscriber" in ada.get(path).text
    sent(wire, 3)
    page = ada.get(path).text
    assert "<strong>3 endpoints</strong> of 1 subscriber may hold it and will be told." in page
    for form, code in (
        (WHY, "unconfirmed"),
        (WHY | {"number": "T999999999"}, "unconfirmed"),
        ({"number": number}, "reason-needed"),
        ({"number": number, "reason": "No code"}, "reason-needed"),
        ({"number": number, "reason": "error", "words": "x" * 600}, "reason-needed"),
    ):
        answer = send(ada, path, **form)
        assert (answer.status_code, codes(answer.text)) == (422, [code]), form
    assert 'value="It was Monday."' in send(ada, path, **WHY).text, "what was typed is lost"
    assert status(wire, number) == "usable"
    done = send(ada, path, number=number, **WHY)
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert status(wire, number) == "canceled"
    page = ada.get(path).text
    assert "It is withdrawn." in page
    assert "0 of 3 endpoints were told. On their way: 3." in page
    assert "<form class" not in page
    again = send(ada, path, number=number, **WHY)
    assert (again.status_code, codes(again.text)) == (409, ["illegal-move"])
    assert "It was Monday." in wire.browser().get(f"/r/{number}").text


def test_a_wrong_number_says_so_in_the_readers_words(wire: Wire, ada: TestClient) -> None:
    number = wire.service.public()
    path = f"/releases/{number}/withdraw"
    page = send(ada, f"{path}?lang=it", number="T1000<i>", **WHY).text
    said = re.sub("<[^>]+>", "", page.partition('id="trouble"')[2].partition("</p>")[0])
    assert "«T1000&lt;i&gt;» non è il numero di questo comunicato." in said
    assert f"scrivi {number}" in said
    assert 'aria-describedby="trouble" value="T1000&lt;i&gt;"' in page
    assert "non è stato scritto" in send(ada, f"{path}?lang=it", **WHY).text
    assert status(wire, number) == "usable"


def test_withholding_and_ending_it(wire: Wire, ada: TestClient) -> None:
    number = wire.service.public()
    assert codes(send(ada, f"/releases/{number}/withhold").text) == ["reason-needed"]
    early = send(ada, f"/releases/{number}/usable-again")
    assert (early.status_code, codes(early.text)) == (409, ["illegal-move"])
    assert send(ada, f"/releases/{number}/withhold", **WHY).is_redirect
    assert status(wire, number) == "withheld"
    page = ada.get(f"/releases/{number}/withhold").text
    assert f"/releases/{number}/usable-again" in page
    assert send(ada, f"/releases/{number}/usable-again").is_redirect
    assert status(wire, number) == "usable"
    assert "It is public, and usable." in ada.get(f"/releases/{number}/usable-again").text


def test_nobody_takes_back_what_is_not_theirs(wire: Wire) -> None:
    number, draft = wire.service.public(), wire.service.by_author()
    stranger = wire.logged_in("bea", "author:bruma")
    path = f"/releases/{number}/withdraw"
    assert codes(stranger.get(path).text) == ["not-allowed"]
    assert codes(send(stranger, path, number=number, **WHY).text) == ["not-allowed"]
    assert codes(stranger.get(f"/releases/{draft}/withdraw").text) == ["no-such-release"]
    lia = wire.logged_in("lia", "desk")
    assert codes(lia.get(f"/releases/{draft}/withdraw").text) == ["not-published"]
    assert codes(lia.get("/releases/T999999999/withdraw").text) == ["no-such-release"]
    assert status(wire, number) == "usable"
