from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dispaccio.wire import bouncing
from tests.office.browser import Wire
from tests.support.mailbox import Mailbox, mailbox


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A home with its private pages, asked as browsers ask."""
    made = Wire(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """The mail server of ``mailing``."""
    with mailbox() as found:
        yield found


@pytest.fixture
def mailing(tmp_path: Path, box: Mailbox) -> Iterator[Wire]:
    """The same of a wire that sends mail."""
    made = Wire(tmp_path / "mailing", smtp=f"smtp://127.0.0.1:{box.port}", dkim_selector="s1")
    bouncing.dkim_record(made.wire, made.service.olga)
    yield made
    made.close()
