"""A fresh home for every test, copied from one that is made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispaccio.clock import Clock
from dispaccio.testing import home as homes
from tests.support.mailbox import Mailbox, mailbox
from tests.wire.world import START, World


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The folder of a home with these settings, made once for each."""
    known: dict[str, Path] = {}

    def make(**settings: Any) -> Path:
        name = repr(sorted(settings.items()))
        if name not in known:
            folder = tmp_path_factory.mktemp("homes") / "home"
            homes.make(folder, clock=Clock(lambda: START, lambda: 0.0), **settings)
            known[name] = folder
        return known[name]

    return make


@pytest.fixture
def open_world(made: Callable[..., Path], tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Opens a home of its own with the settings given."""
    worlds: list[World] = []

    def open_(**settings: Any) -> World:
        folder = tmp_path / f"home-{len(worlds)}"
        shutil.copytree(made(**settings), folder)
        worlds.append(World(folder))
        return worlds[-1]

    yield open_
    for world in worlds:
        world.close()


@pytest.fixture
def world(open_world: Callable[..., World]) -> World:
    return open_world()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Mailbox]:
    with mailbox() as running:
        yield running


@pytest.fixture
def post(mail_server: Mailbox) -> Mailbox:
    """A mail server of somebody else's, with nothing in it."""
    mail_server.clear()
    return mail_server
