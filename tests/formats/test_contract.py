"""Every registered format keeps the contract that third-party formats are held to."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest

from dispaccio.formats.base import Format
from dispaccio.testing import formats
from tests.support import docs

FORMATS = docs.plugins("formats")


@pytest.fixture(scope="module", params=sorted(FORMATS))
def registered(request: pytest.FixtureRequest) -> Format:
    loaded: Format = EntryPoint(request.param, FORMATS[request.param], "dispaccio.formats").load()
    return loaded


@pytest.mark.parametrize("check", formats.CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Callable[[Format], None], registered: Format) -> None:
    check(registered)
