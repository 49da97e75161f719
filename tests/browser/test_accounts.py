"""Accounts in a real browser: passkeys by its own authenticator, and pages looked at.

``DISPACCIO_SCREENSHOTS=folder`` keeps the pictures.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from dispaccio.server import Application
from dispaccio.store.account_tables import session
from dispaccio.testing import home as homes
from dispaccio.wire import accounts, people
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public
from tests.browser.test_office import AXE
from tests.browser.test_site import CONTRAST, CONTRASTS, LOOKS
from tests.support.tools import require

pytestmark = pytest.mark.long
PASSWORD = "four small words of mine"


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A served wire at a name, as passkeys need it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://localhost:{listener.getsockname()[1]}"
        home = homes.make(tmp_path_factory.mktemp("accounts") / "home", url=url)
        made = home.open()
        with serving(made, listener):
            yield made
        made.store.close()


@contextmanager
def serving(wire: Wire, listener: socket.socket) -> Iterator[None]:
    app: Any = Application(wire, Public(wire))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def invite(wire: Wire, name: str, *roles: str) -> str:
    olga = homes.actor(wire, "olga")
    shown = f"{name.capitalize()} Ponte"
    said = accounts.invite(
        wire, olga, name, f"{name}@ponte.example", list(roles), full_name=shown, language="en"
    )
    return str(said["url"])


def come_in(page: Any, wire: Wire, name: str, *roles: str) -> None:
    page.goto(invite(wire, name, *roles))
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Log out").wait_for()
    page.goto(f"{wire.settings.url.rstrip('/')}/account")


def let_proof_grow_old(wire: Wire, name: str) -> None:
    with wire.store.write(wire.clock.now()) as tx:
        person = people.named(tx, name)
        where = session.c.person == person.key
        tx.run(session.update().where(where).values(proved=tx.now - timedelta(hours=1)))


def authenticator(page: Any) -> None:
    """A device with a fingerprint sensor, whose holder touches it."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_of_the_browser_logs_in_and_proves(browser: Any, wire: Wire) -> None:
    page = browser.new_context().new_page()
    authenticator(page)
    come_in(page, wire, "lia", "desk")
    page.get_by_label("Name of the device").fill("Lia’s phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("Lia’s phone").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{wire.settings.url}/login?next=/account")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.get_by_role("heading", name="Lia Ponte").wait_for()

    let_proof_grow_old(wire, "lia")
    page.get_by_role("checkbox", name="reading").check()
    page.get_by_role("button", name="Make a key").click()
    page.get_by_role("heading", name="Is it you?").wait_for()
    page.get_by_role("button", name="Go on with a passkey").click()
    page.locator(".done code", has_text="dsp_").wait_for()
    page.context.close()


def test_a_device_that_does_not_know_the_wire_says_so(browser: Any, wire: Wire) -> None:
    page = browser.new_context().new_page()
    authenticator(page)
    page.goto(f"{wire.settings.url}/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.get_by_text("The device gave no passkey.").wait_for()
    page.context.close()


def test_the_password_page_keeps_what_was_typed(browser: Any, wire: Wire) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    come_in(page, wire, "max", "operator")
    let_proof_grow_old(wire, "max")
    page.get_by_role("checkbox", name="managing").check()
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("Your password once more").fill("not this one")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.get_by_label("Your password once more").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".done code", has_text="dsp_").wait_for()
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "it"])
def test_pages_fit_and_can_be_read(
    browser: Any, wire: Wire, pictures: Path, look: str, language: str
) -> None:
    page = browser.new_context(**LOOKS[look]).new_page()
    name = f"nora-{look}-{language}"
    come_in(page, wire, name, "operator", "author:aurora")
    for room in ("/account", "/people", f"/people/{name}", "/organisations"):
        page.goto(f"{wire.settings.url}{room}?lang={language}")
        looked_at(
            page, pictures / f"{room[1:7].strip('/')}-{room.count('/')}-{look}-{language}.png", look
        )
    let_proof_grow_old(wire, name)
    page.goto(f"{wire.settings.url}/account?lang={language}")
    page.locator("input[name=scope]").first.check()
    page.locator("form[action*='/account/key'] button.main").click()
    looked_at(page, pictures / f"proof-{look}-{language}.png", look)
    page.context.clear_cookies()
    page.goto(f"{wire.settings.url}/login?lang={language}")
    looked_at(page, pictures / f"login-{look}-{language}.png", look)
    page.context.close()


def looked_at(page: Any, picture: Path, look: str) -> None:
    page.screenshot(path=str(picture), full_page=True)
    width = LOOKS[look]["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "it is too wide"
    assert page.evaluate(CONTRASTS)[0][0] >= CONTRAST
    page.evaluate((require("axe-core") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(AXE)
    assert not found, "\n".join(found)
