"""Unsubscribing over HTTP."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from dispaccio.wire.leaving import Leaving
from tests.support.public import FakePublic

TOKEN = "t" * 43


@pytest.fixture
def mailed(public: FakePublic) -> FakePublic:
    public.mailed[TOKEN] = Leaving("Aurora <b>", "r…@gazette.example", left=False)
    return public


def test_reading_the_page_changes_nothing(mailed: FakePublic, client: TestClient) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = client.request(method, f"/u/{TOKEN}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert not mailed.mailed[TOKEN].left
    assert '<form method="post"' in answer.text and "Aurora &lt;b&gt;" in answer.text
    assert 'name="robots" content="noindex' in answer.text


@pytest.mark.parametrize("body", [{"List-Unsubscribe": "One-Click"}, {}, {"x": "y" * 100_000}])
def test_one_click_is_enough(mailed: FakePublic, client: TestClient, body: dict[str, str]) -> None:
    answer = client.post(f"/u/{TOKEN}", data=body)
    assert answer.status_code == 200 and "You are unsubscribed." in answer.text
    assert mailed.mailed[TOKEN].left
    assert "<form method" not in client.get(f"/u/{TOKEN}").text
    assert client.post(f"/u/{TOKEN}").status_code == 200


def test_the_page_speaks_italian(mailed: FakePublic, client: TestClient) -> None:
    text = client.get(f"/u/{TOKEN}?lang=it").text
    assert "Disiscriviti" in text and f'action="/u/{TOKEN}?lang=it"' in text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["s" * 43, "...", "%00", "t" * 42, "t" * 5000])
def test_what_is_no_token_is_not_there(
    mailed: FakePublic, client: TestClient, method: str, token: str
) -> None:
    nothing = client.request(method, "/nothing/here")
    answer = client.request(method, f"/u/{token}")
    assert (answer.status_code, answer.content) == (nothing.status_code, nothing.content)
    assert answer.status_code == 404
    assert not mailed.mailed[TOKEN].left
