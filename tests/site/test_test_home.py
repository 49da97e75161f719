"""A test home: nobody can take its pages for real ones."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.support.public import FakePublic, Numbers


@pytest.fixture
def public() -> FakePublic:
    return FakePublic(test=True)


def test_every_page_says_so(client: TestClient, numbers: Numbers) -> None:
    assert numbers.dairy.startswith("T")
    for path in ("/", "/?lang=it", f"/r/{numbers.dairy}", f"/r/{numbers.withdrawn}", "/search",
                 "/c/economia/", "/nothing"):  # fmt: skip
        answer = client.get(path)
        assert '<aside class="test"' in answer.text, path
        assert "noindex" in answer.text


def test_robots_are_kept_out(client: TestClient) -> None:
    assert "Disallow: /\n" in client.get("/robots.txt").text
