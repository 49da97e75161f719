"""A browser, and sites of sample releases on loopback ports."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from dispaccio.site.app import create_site
from dispaccio.site.front import Front
from tests.media import samples
from tests.office.browser import wire  # noqa: F401  # a fixture
from tests.support.public import FakePublic
from tests.support.tools import require


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture as a camera makes it, with the place where it was taken."""
    made = tmp_path / "gate.jpg"
    made.write_bytes(samples.jpeg(1200, 800, exif=samples.private_exif()))
    return made


@contextmanager
def serving(public: FakePublic) -> Iterator[str]:
    """A server for a public face; gives its address."""
    config = uvicorn.Config(Front(create_site(public)), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[FakePublic], str]]:
    with ExitStack() as running:
        yield lambda public: running.enter_context(serving(public))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for screenshots: ``$DISPACCIO_SCREENSHOTS``, else one that pytest clears."""
    named = os.environ.get("DISPACCIO_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
