"""Public pages in a wire's own looks, and its lists in other sites, judged by axe, photographed.

``DISPACCIO_SCREENSHOTS=folder`` keeps the pictures.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dispaccio.settings import Settings
from dispaccio.wire import looks
from tests.browser.test_office import AXE, LOOKS, WIDER
from tests.browser.test_site import CONTRAST, CONTRASTS, SMALL
from tests.support.public import FakePublic, Numbers, filled
from tests.support.tools import require

pytestmark = pytest.mark.long

PAGES = {
    "home": "/",
    "release": "/r/{dairy}",
    "withdrawn": "/r/{withdrawn}",
    "arabic": "/r/{dates}",
    "nothing": "/nothing",
    "imprint": "/imprint",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "embed": "/embed/aurora-dairy",
    "embed-arabic": "/embed/oasis-palm",
    "embed-nothing": "/embed/nobody",
}
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path fill="#8a1538" '
    'd="M4 36V14a16 16 0 0 1 32 0v22h-8V14a8 8 0 0 0-16 0v22z"/><path d="M44 30h70v6H44z"/></svg>'
)
IMPRINT = """# Note legali

Ponte s.r.l., via Sant’Alessandro 1, **Bergamo**

## Contatti

- [redazione@ponte.example](mailto:redazione@ponte.example)
- [ponte.example](https://ponte.example/)
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> FakePublic:
    home = tmp_path_factory.mktemp("home")
    (home / "logo.svg").write_text(LOGO, "utf-8")
    (home / "pages").mkdir()
    (home / "pages" / "imprint.it.md").write_text(IMPRINT, "utf-8")
    colours = {"colour": "#8a1538", "colour_dark": "#ffb3c7"}
    settings = Settings("Ponte", "https://ponte.example", logo="logo.svg", **colours)
    return FakePublic(looks=looks.read(home, settings))


@pytest.fixture(scope="module")
def numbers(public: FakePublic) -> Numbers:
    return filled(public)


@pytest.fixture(scope="module")
def site(serve: Callable[[FakePublic], str], public: FakePublic, numbers: Numbers) -> str:
    return serve(public)


@pytest.mark.parametrize(
    ("look", "language"), [("light", "en"), ("dark", "it"), ("phone", "it"), ("phone-dark", "en")]
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fit_to_read(
    browser: Any,
    site: str,
    numbers: Numbers,
    pictures: Path,
    name: str,
    look: str,
    language: str,
) -> None:
    axe = (require("axe-core") / "axe.min.js").read_text("utf-8")
    context = browser.new_context(**LOOKS[look], locale="en-GB", timezone_id="Europe/Rome")
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text))
    page.goto(f"{site}{PAGES[name].format(**vars(numbers))}?lang={language}")
    page.screenshot(path=pictures / f"own-{name}-{look}-{language}.png", full_page=True)
    assert page.evaluate(WIDER) <= 0, "it runs over"
    assert page.evaluate(CONTRASTS)[0][0] >= CONTRAST
    assert page.evaluate(SMALL) == []
    page.evaluate(axe)
    found = page.evaluate(AXE)
    assert not found, "\n".join(found)
    assert not [line for line in told if "Content Security Policy" in line], told
    context.close()


class _Elsewhere(BaseHTTPRequestHandler):
    """Another site, whose page holds what ``frames`` says."""

    frames = ""

    def do_GET(self) -> None:
        body = f"<!DOCTYPE html><title>Elsewhere</title>{self.frames}".encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = ThreadingHTTPServer(("127.0.0.1", port), _Elsewhere)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{port}/"
    server.shutdown()
    thread.join(timeout=30)
    server.server_close()


def test_another_site_can_hold_the_list_and_nothing_else(
    browser: Any, site: str, elsewhere: str, pictures: Path
) -> None:
    _Elsewhere.frames = "".join(
        f'<iframe title="{title}" src="{site}{path}" width="500" height="300"></iframe>'
        for title, path in (("list", "/embed/aurora-dairy?theme=dark"), ("home", "/"))
    )
    context = browser.new_context(**LOOKS["light"])
    page = context.new_page()
    page.goto(elsewhere)
    held, refused = page.frames[1], page.frames[2]
    held.get_by_role("heading", name="Releases of Aurora Dairy Cooperative").wait_for()
    assert held.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(22, 22, 20)"
    )
    assert held.evaluate("getComputedStyle(document.querySelector('a')).color") == (
        "rgb(255, 179, 199)"
    )
    assert refused.get_by_role("heading", name="Releases").count() == 0
    assert context.cookies() == []
    page.screenshot(path=pictures / "own-frame.png")
    got = page.evaluate(
        f"fetch('{site}/embed/aurora-dairy/feed.json').then(answer => answer.json())"
    )
    assert got["items"][0]["authors"][0]["name"] == "Aurora Dairy Cooperative"
    context.close()
