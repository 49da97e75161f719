"""What the tests of the courier share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.test_courier import Post


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """An outbox of its own."""
    made = Post(tmp_path / "wire.db")
    yield made
    made.store.close()
