from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.service import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One application for all tests of a file; each makes what it asks about."""
    made = Service(tmp_path_factory.mktemp("api") / "home")
    yield made
    made.close()
