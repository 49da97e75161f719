from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook as Judge

from dispaccio import __version__
from dispaccio.delivery.carriers.base import Means, Outcome, Parcel, Result
from dispaccio.delivery.carriers.webhook import webhook
from dispaccio.delivery.signature import SigningKey, new_key, new_secret, verify
from dispaccio.egress.client import Client
from dispaccio.egress.policy import Policy
from dispaccio.errors import AddressNotPublic, MalformedAddress
from dispaccio.release.state import Kind
from dispaccio.settings import Settings
from tests.egress.receivers import OK, Behaviour, Receiver, always, once, receiving
from tests.support.tools import require

TEST = Policy(test=True)
BODY = '{"headline": "Café"}'.encode()
SECRET = new_secret()
KEY = SigningKey(new_key())


def parcel(url: str, *, secret: str = SECRET, media_type: str = "application/json") -> Parcel:
    return Parcel(
        webhook_id="0b9ff0a6-7a0f-4d0e-a5b7-3d3c3c7d2b11.v1",
        number="T100000001",
        version=1,
        kind=Kind.ORIGINAL,
        endpoint="0b9ff0a6-7a0f-4d0e-a5b7-3d3c3c7d2b12",
        address=url,
        body=BODY,
        media_type=media_type,
        timestamp=datetime.now(UTC),
        secrets=(secret,),
    )


def means(client: Client) -> Means:
    """What the carrier sends with."""
    settings = Settings("The Test Wire", "https://wire.example", test=True)
    return Means(client, settings, KEY, secret=lambda name: b"")


def sent(behaviour: Behaviour, **changes: str) -> tuple[Outcome, Receiver]:
    """What sending one parcel to such a receiver comes to."""

    async def main() -> tuple[Outcome, Receiver]:
        async with receiving(behaviour) as receiver, Client(TEST) as client:
            return await webhook.send(parcel(receiver.url(), **changes), means(client)), receiver

    return asyncio.run(main())


def outcome_at(
    url: str, resolve: Callable[[str, int], Awaitable[list[str]]] | None = None
) -> Outcome:
    async def main() -> Outcome:
        async with Client(TEST, resolver=resolve) as client:
            return await webhook.send(parcel(url), means(client))

    return asyncio.run(main())


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def test_a_subscriber_verifies_what_arrives() -> None:
    outcome, receiver = sent(always(OK))
    assert (outcome.kind, outcome.status, outcome.retry_after) == (Result.DELIVERED, 200, None)
    [request] = receiver.requests
    headers = headers_of(request)
    body = request.partition(b"\r\n\r\n")[2]
    assert body == BODY
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == f"dispaccio/{__version__}"
    Judge(SECRET).verify(body, headers)
    assert verify(headers, body, datetime.now(UTC), public_keys=[KEY.public])
    assert "cookie" not in headers


VERIFY = """
const { Webhook } = require(process.argv[1])
const { secret, body, headers } = JSON.parse(require('fs').readFileSync(0))
console.log(JSON.stringify(new Webhook(secret).verify(body, headers)))
"""


def test_another_language_verifies_it() -> None:
    _, receiver = sent(always(OK))
    [request] = receiver.requests
    given = {"secret": SECRET, "body": BODY.decode(), "headers": headers_of(request)}
    command = [str(require("node")), "-e", VERIFY, str(require("standardwebhooks"))]

    def verified(**wrong: str) -> subprocess.CompletedProcess[bytes]:
        said = json.dumps(given | wrong).encode()
        return subprocess.run(command, input=said, capture_output=True, check=False, timeout=60)

    assert json.loads(verified().stdout) == json.loads(BODY)
    assert b"WebhookVerificationError" in verified(body=BODY.decode() + " ").stderr


def test_an_answer_that_is_no_receipt() -> None:
    text = "later,\r\n\x1b[31mplease\x00 \u202e".encode() + b"\xff      .."
    head = b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: %d\r\n\r\n" % len(text)
    outcome, _ = sent(always(head + text))
    assert (outcome.kind, outcome.status, outcome.retry_after) == (Result.ANSWERED, 503, "120")
    assert outcome.detail == "The receiver answered 503: later, [31mplease \ufffd .."
    assert outcome.detail.isprintable()


def test_a_long_reply_is_quoted_in_part() -> None:
    outcome, _ = sent(always(b"HTTP/1.1 400 No\r\nContent-Length: 9000\r\n\r\n" + b"a" * 9000))
    assert len(outcome.detail) < 300


def test_a_redirect_is_an_answer() -> None:
    away = b"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    outcome, receiver = sent(always(away))
    assert (outcome.kind, outcome.status) == (Result.ANSWERED, 307)
    assert outcome.detail == "The receiver answered 307."
    assert len(receiver.requests) == 1


def test_no_answer() -> None:
    outcome, _ = sent(once())
    assert (outcome.kind, outcome.status) == (Result.NETWORK, None)
    assert "closed the connection" in outcome.detail


def test_a_name_that_leads_nowhere_may_lead_somewhere_later() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        return []

    assert outcome_at("https://cms.example/", nowhere).kind is Result.UNSENT


def test_a_name_that_leads_inside_is_refused() -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["10.0.0.1"]

    outcome = outcome_at("https://cms.example/", inside)
    assert (outcome.kind, outcome.status) == (Result.REFUSED, None)
    assert "dispaccio egress allow cms.example:443" in outcome.detail


@pytest.mark.parametrize("changes", [{"secret": "whsec_"}, {"media_type": "a\r\nb: c"}])
def test_what_cannot_be_signed_or_sent_is_an_outcome(changes: dict[str, str]) -> None:
    outcome, receiver = sent(always(OK), **changes)
    assert outcome.kind is Result.REFUSED
    assert receiver.connections == 0


def test_addresses_are_judged_when_an_endpoint_is_made() -> None:
    webhook.check("https://cms.example.org/in", {}, Policy())
    webhook.check("http://127.0.0.1:8000/in", {}, TEST)
    with pytest.raises(AddressNotPublic):
        webhook.check("http://127.0.0.1:8000/in", {}, Policy())
    with pytest.raises(MalformedAddress):
        webhook.check("cms.example.org", {}, Policy())


def test_secrets_are_not_shown() -> None:
    shown = repr(parcel("https://cms.example.org/"))
    assert SECRET not in shown
    assert "Café" not in shown
