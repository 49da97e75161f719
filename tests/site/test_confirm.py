"""Confirming an address over HTTP."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from dispaccio.wire.confirming import Confirming
from tests.support.public import FakePublic

TOKEN = "t" * 43


@pytest.fixture
def asked(public: FakePublic) -> FakePublic:
    public.questions[TOKEN] = Confirming("Ponte", "Gazette <b>", "r…@gazette.example", done=False)
    return public


def test_reading_the_page_confirms_nothing(asked: FakePublic, client: TestClient) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = client.request(method, f"/confirm/{TOKEN}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert not asked.questions[TOKEN].done
    assert '<form method="post"' in answer.text and "Gazette &lt;b&gt;" in answer.text
    assert 'name="robots" content="noindex' in answer.text


def test_the_button_confirms(asked: FakePublic, client: TestClient) -> None:
    for _ in range(2):
        answer = client.post(f"/confirm/{TOKEN}")
        assert answer.status_code == 200 and "Your address is confirmed." in answer.text
        assert asked.questions[TOKEN].done
    assert "<form method" not in client.get(f"/confirm/{TOKEN}").text


def test_the_page_speaks_italian(asked: FakePublic, client: TestClient) -> None:
    text = client.get(f"/confirm/{TOKEN}?lang=it").text
    assert "Conferma il tuo indirizzo" in text and f'action="/confirm/{TOKEN}?lang=it"' in text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["s" * 43, "...", "%00", "t" * 42])
def test_what_is_no_token_is_not_there(
    asked: FakePublic, client: TestClient, method: str, token: str
) -> None:
    nothing = client.request(method, "/nothing/here")
    answer = client.request(method, f"/confirm/{token}")
    assert (answer.status_code, answer.content) == (404, nothing.content)
    assert not asked.questions[TOKEN].done
