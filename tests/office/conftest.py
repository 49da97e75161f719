from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dispaccio.wire import bouncing
from dispaccio.wire.home import write_key_file
from tests.office.browser import (
    Wire,
    wire,  # noqa: F401  # a fixture
)
from tests.support.mailbox import Mailbox, mailbox
from tests.support.provider import CLIENT, SECRET, Provider, provider
from tests.wire.world import START


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


@dataclass
class Providing:
    """A wire with the provider of its organisation."""

    wire: Wire
    provider: Provider


@pytest.fixture
def providing(tmp_path: Path) -> Iterator[Providing]:
    """A wire at which one comes in by a provider, which has the wire's clock."""
    with with_provider(tmp_path / "providing") as made:
        yield made


@pytest.fixture
def only(tmp_path: Path) -> Iterator[Providing]:
    """The same, where who came in by the provider comes in by nothing else."""
    with with_provider(tmp_path / "only", oidc_only=True) as made:
        yield made


@contextmanager
def with_provider(folder: Path, **settings: Any) -> Iterator[Providing]:
    with provider(lambda: START) as found:
        made = Wire(
            folder,
            oidc_issuer=found.issuer,
            oidc_client_id=CLIENT,
            oidc_name="Ponte’s log-in",
            oidc_roles=(
                "news = desk",
                "cn=press,dc=ponte = author:aurora",
                "admins=operator",
                "ghosts = author:nobody",
            ),
            **settings,
        )
        write_key_file(made.wire.home, made.wire.settings, "oidc.secret", f"{SECRET}\n".encode())
        found.clock = lambda: made.wire.clock.now()  # noqa: PLW0108  # a test moves the clock
        yield Providing(made, found)
        made.close()
