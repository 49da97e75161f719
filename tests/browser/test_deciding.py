"""The desk in a browser: by keyboard and by pointer, a second person, a countdown, a withdrawal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dispaccio.clock import Clock
from dispaccio.release.state import Kind
from dispaccio.store import releases
from dispaccio.wire import submit
from dispaccio.wire.publish import Publisher
from tests.browser.test_site import CONTRAST, CONTRASTS, LOOKS, SMALL
from tests.browser.test_writing import serving
from tests.office.browser import Wire
from tests.wire.world import handed

pytestmark = pytest.mark.long

BLOCKS = [
    {"kind": "paragraph", "text": "The third plant opened on Monday."},
    {"kind": "paragraph", "text": "Write to [name] about it."},
]


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    made = Wire(tmp_path / "home")
    made.wire.clock = Clock()
    yield made
    made.close()


class Desk:
    """A wire that is served, with a window for each of its people."""

    def __init__(self, browser: Any, wire: Wire, address: str, stack: ExitStack) -> None:
        self._browser, self._wire, self.address, self._stack = browser, wire, address, stack
        self.complaints: list[str] = []

    def window(self, name: str, *roles: str, language: str = "en", **options: Any) -> Any:
        session = self._wire.logged_in(name, *roles, language=language)
        context = self._browser.new_context(**{**LOOKS["light"], **options})
        self._stack.callback(context.close)
        token = session.cookies["dispaccio"]
        context.add_cookies([{"name": "dispaccio", "value": token, "url": self.address}])
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page


@contextmanager
def desk(browser: Any, wire: Wire) -> Iterator[Desk]:
    with ExitStack() as stack:
        served = Desk(browser, wire, stack.enter_context(serving(wire)), stack)
        yield served
        refusals = ("409 (Conflict)", "422 (Unprocessable", "403 (Forbidden)")
        assert not [one for one in served.complaints if not any(r in one for r in refusals)]


def text(wire: Wire, title: str = "Aurora opens a third dairy", **more: Any) -> str:
    return submit.submit(wire.wire, wire.service.anna, handed(title, **more)).id


def state(wire: Wire, id: str) -> str:
    with wire.wire.store.read(wire.wire.clock.now()) as tx:
        found = releases.newest_revision(tx, wire.wire.find(tx, id).key)
    assert found is not None
    return found.state


def on(page: Any) -> str:
    """What the keyboard is on."""
    return str(
        page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
    )


def test_returned_by_keyboard_and_approved_by_a_second_person(browser: Any, wire: Wire) -> None:
    id = text(wire, body=BLOCKS)
    with desk(browser, wire) as at:
        lia = at.window("lia", "desk")
        lia.goto(f"{at.address}/desk")
        lia.keyboard.press("j")
        assert on(lia) == "Aurora opens a third dairy"
        lia.keyboard.press("Enter")
        lia.wait_for_url(f"**/desk/{id}")
        lia.keyboard.press("c")
        assert on(lia) == "Claim"
        lia.keyboard.press("Enter")
        lia.get_by_text("You have it.").wait_for()
        lia.keyboard.press("r")
        assert on(lia) == "why"
        lia.keyboard.type("Who is to be written to? A plain a, c, r and p are text here.")
        lia.keyboard.press("Tab")
        lia.keyboard.press("Enter")
        lia.get_by_text("with its author").first.wait_for()
        assert state(wire, id) == "returned"

        ada = at.window("ada", "author:aurora")
        ada.goto(f"{at.address}/releases")
        assert "Who is to be written to?" in ada.locator("main").inner_text()
        submit.revise(wire.wire, wire.service.anna, id, handed("Aurora, again"), kind=Kind.ORIGINAL)

        max_ = at.window("max", "desk")
        max_.goto(f"{at.address}/desk/{id}")
        max_.get_by_role("button", name="Approve", exact=True).click()
        refusal = max_.locator("#trouble")
        assert refusal.get_attribute("data-code") == "warnings-unconfirmed"
        assert max_.evaluate("document.activeElement.id") == "trouble", "it is read out"
        max_.get_by_label("I looked at this; it is right").check()
        max_.get_by_role("button", name="Approve", exact=True).click()
        max_.get_by_text("Seal until then").wait_for()
        assert state(wire, id) == "approved"


def test_publish_now_is_stopped_then_goes_out_and_is_withdrawn(browser: Any, wire: Wire) -> None:
    id = text(wire)
    wire.wire.settings = replace(wire.wire.settings, publish_wait=60)
    with desk(browser, wire) as at:
        lia = at.window("lia", "desk")
        lia.goto(f"{at.address}/desk/{id}")
        lia.get_by_label("I looked at this; it is right").check()
        lia.get_by_role("button", name="Publish now").click()
        from playwright.sync_api import expect

        left = lia.locator("[data-until]")
        first = left.inner_text()
        expect(left).not_to_have_text(first)
        lia.get_by_role("button", name="Stop").click()
        lia.get_by_text("Seal until then").wait_for()
        assert state(wire, id) == "approved"

        wire.wire.settings = replace(wire.wire.settings, publish_wait=2)
        lia.get_by_role("button", name="Publish now").click()
        left.wait_for()
        publisher, ended = Publisher(wire.wire), threading.Event()

        def publish() -> None:
            while not ended.wait(0.2):
                publisher.publish_due()

        worker = threading.Thread(target=publish)
        worker.start()
        try:
            lia.get_by_role("link", name="Withdraw").wait_for()
        finally:
            ended.set()
            worker.join()
        lia.get_by_role("link", name="Withdraw").click()
        lia.get_by_label("Reason, which everybody reads").select_option("wrong-date")
        lia.get_by_label("In your own words").fill("It was Monday.")
        number = lia.url.split("/")[-2]
        lia.get_by_label(f"Type {number}").fill("T1")
        lia.get_by_role("button", name="Withdraw it for good").click()
        assert lia.locator("#trouble").get_attribute("data-code") == "unconfirmed"
        lia.get_by_label(f"Type {number}").fill(number)
        lia.get_by_role("button", name="Withdraw it for good").click()
        lia.get_by_text("It is withdrawn.").wait_for()
        lia.get_by_role("link", name="See what the public sees").click()
        assert "It was Monday." in lia.locator(".notice").inner_text()


def test_everything_without_javascript(browser: Any, wire: Wire) -> None:
    id = text(wire, release_time=wire.wire.clock.now() + timedelta(hours=3))
    with desk(browser, wire) as at:
        lia = at.window("lia", "desk", java_script_enabled=False)
        lia.goto(f"{at.address}/desk")
        lia.get_by_role("link", name="Aurora opens").click()
        assert not lia.locator("#keys").is_visible(), "keys that do not work are not offered"
        lia.get_by_role("button", name="Claim").click()
        lia.locator("summary", has_text="Park").click()
        lia.get_by_role("button", name="Park").click()
        lia.get_by_role("button", name="Take up again").click()
        lia.get_by_label("I looked at this; it is right").check()
        lia.get_by_role("button", name="Approve", exact=True).click()
        lia.get_by_role("button", name="Stop").click()
        assert state(wire, id) == "approved"
        assert lia.get_by_label("Release time").input_value(), "the time it had is offered"


def test_single_keys_can_be_switched_off(browser: Any, wire: Wire) -> None:
    id = text(wire)
    with desk(browser, wire) as at:
        lia = at.window("lia", "desk")
        lia.goto(f"{at.address}/desk/{id}")
        lia.keyboard.press("?")
        lia.get_by_label("Single keys work in this browser").uncheck()
        lia.reload()
        lia.keyboard.press("p")
        assert not lia.locator("details#park").get_attribute("open")
        lia.keyboard.press("?")
        lia.get_by_label("Single keys work in this browser").check()
        lia.keyboard.press("p")
        assert lia.locator("details#park[open]").count() == 1


@pytest.mark.parametrize("look", LOOKS)
def test_how_the_desk_looks(browser: Any, wire: Wire, pictures: Path, look: str) -> None:
    arabic = text(wire, "افتتاح مصنع جديد للألبان في بيرغامو", language="ar", place="بيرغامو")
    chinese = text(wire, "晨星乳业在贝加莫开设第三家工厂", language="zh-Hans", place="贝加莫")
    findings = text(wire, body=BLOCKS, release_time=wire.wire.clock.now() + timedelta(minutes=30))
    number = wire.service.public()
    with desk(browser, wire) as at:
        lia = at.window("lia", "desk", language="it", **LOOKS[look])
        for name, path in {
            "list": "/desk",
            "arabic": f"/desk/{arabic}",
            "chinese": f"/desk/{chinese}",
            "findings": f"/desk/{findings}",
            "withdraw": f"/releases/{number}/withdraw",
        }.items():
            lia.goto(at.address + path)
            lia.screenshot(path=pictures / f"desk-{name}-{look}.png", full_page=True)
            ratio, words = lia.evaluate(CONTRASTS)[0]
            assert ratio >= CONTRAST, (name, words, ratio)
            assert lia.evaluate(SMALL) == [], name
            assert lia.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        lia.goto(f"{at.address}/desk/{arabic}")
        assert lia.locator("h1").evaluate("e => getComputedStyle(e).direction") == "rtl"
        assert lia.locator(".deciding").evaluate("e => getComputedStyle(e).direction") == "ltr"
