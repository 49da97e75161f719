"""A site over sample releases, asked without a network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from dispaccio.site.app import create_site
from dispaccio.site.front import Front
from tests.support.public import FakePublic, Numbers, filled


@pytest.fixture
def public() -> FakePublic:
    return FakePublic()


@pytest.fixture
def numbers(public: FakePublic) -> Numbers:
    return filled(public)


@pytest.fixture
def client(public: FakePublic) -> Iterator[TestClient]:
    """A reader who follows no redirect."""
    with TestClient(Front(create_site(public)), follow_redirects=False) as found:
        yield found
