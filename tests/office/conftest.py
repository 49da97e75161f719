from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office.browser import Wire


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A home with its private pages, asked as browsers ask."""
    made = Wire(tmp_path / "home")
    yield made
    made.close()
