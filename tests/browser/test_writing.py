"""The sheet in a browser: without JavaScript, with a broken line, in two tabs, and looked at."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.browser.test_site import CONTRAST, CONTRASTS, LOOKS
from tests.office.browser import SHEET, Wire

pytestmark = pytest.mark.long

# What the keyboard is on, as people know it: its label, or what stands on it.
FOCUS = """() => {
  const on = document.activeElement;
  return (on.labels?.[0] || on).textContent.trim().split("\\n")[0] + "|" + (on.name || on.id);
}"""
# Whether what the keyboard is on can be seen and is not covered.
SEEN = """() => {
  const on = document.activeElement, box = on.getBoundingClientRect();
  const y = box.top + Math.min(box.height, 20) / 2;
  const top = document.elementFromPoint(box.left + box.width / 2, y);
  return on === document.body || on.contains(top) || top?.contains(on);
}"""


@contextmanager
def serving(wire: Wire) -> Iterator[str]:
    config = uvicorn.Config(wire.service.app, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)


@contextmanager
def entered(
    browser: Any, wire: Wire, expected: str = "409 (Conflict)", **options: Any
) -> Iterator[tuple[Any, str]]:
    """A page of somebody who is logged in, and the wire's address; it fails on complaints."""
    session = wire.logged_in(wire.service.fresh("lia"), "author:aurora", language="it")
    with serving(wire) as address:
        context = browser.new_context(
            **{"timezone_id": "Europe/Rome", "locale": "it-IT", **LOOKS["light"], **options}
        )
        cookie = {"name": "dispaccio", "value": session.cookies["dispaccio"], "url": address}
        context.add_cookies([cookie])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page, address
        context.close()
        assert not [one for one in complaints if expected not in one]


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the keyboard is on the field of that name, or the button with that text."""
    for _ in range(120):
        page.keyboard.press("Tab")
        words, _, field = page.evaluate(FOCUS).rpartition("|")
        if name in (words, field):
            assert page.evaluate(SEEN), f"{name} is covered"
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def is_saved(page: Any, times: int | None = None) -> None:
    """Wait until the draft was saved, so many times if that is given."""
    page.locator("#state", has_text=re.compile("^Salvato")).wait_for()
    if times is not None:
        page.locator(f"#sheet[data-saved='{times}']").wait_for()


def write(page: Any, text: str) -> None:
    """Write into the rich editor."""
    tab_to(page, "writing")
    page.keyboard.type(text)


def test_without_javascript(browser: Any, wire: Wire) -> None:
    with entered(browser, wire, java_script_enabled=False) as (page, address):
        page.goto(f"{address}/submit")
        page.get_by_label("Titolo", exact=True).fill("Aurora apre un caseificio")
        page.get_by_label("Testo", exact=True).fill("Il terzo **stabilimento**.\n\n- uno\n- due")
        page.get_by_label("Lingua del testo").select_option("it")
        page.get_by_label("Comunicato stampa – contenuto promozionale").check()
        page.get_by_role("button", name="Controlla").click()
        assert page.url.endswith("#checks")
        assert "ma non chi" in page.locator("#findings").inner_text()
        page.get_by_role("textbox", name="Chi ha pagato").fill("Aurora Dairy")
        page.get_by_role("button", name="Anteprima").click()
        assert page.locator(".text li").count() == 2
        page.get_by_role("link", name="Vai alla consegna").click()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Consegna", exact=True).click()
        assert "In redazione" in page.locator("main").inner_text()


def test_a_closed_browser_and_a_broken_line_lose_nothing(browser: Any, wire: Wire) -> None:
    path = wire.draft()
    with entered(browser, wire) as (page, address):
        page.goto(address + path)
        page.get_by_label("Titolo", exact=True).fill("Scritto prima di chiudere")
        is_saved(page, 2)
        page.close()
        again = page.context.new_page()
        again.goto(address + path)
        headline = again.get_by_label("Titolo", exact=True)
        assert headline.input_value() == "Scritto prima di chiudere"
        again.context.set_offline(True)
        headline.fill("Scritto senza rete")
        again.wait_for_selector(".saved.bad")
        again.context.set_offline(False)
        is_saved(again, 3)
        assert again.locator(".saved.bad").count() == 0


def test_two_tabs_are_told(browser: Any, wire: Wire) -> None:
    path = wire.draft()
    with entered(browser, wire) as (first, address):
        first.goto(address + path)
        second = first.context.new_page()
        second.goto(address + path)
        second.get_by_label("Titolo", exact=True).fill("Dalla seconda scheda")
        is_saved(second, 2)
        first.get_by_label("Titolo", exact=True).fill("Dalla prima scheda")
        first.wait_for_selector(".saved.bad")
        first.get_by_role("button", name="Salva", exact=True).click()
        shown = first.locator("main").inner_text()
        assert "Dalla prima scheda" in shown and "Dalla seconda scheda" in shown
        first.get_by_role("button", name="Tieni il mio").click()
        assert first.get_by_label("Titolo", exact=True).input_value() == "Dalla prima scheda"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("page_of", ["", "/preview?as=mail", "/sign"])
def test_the_pages_hold_together(
    browser: Any, wire: Wire, pictures: Path, look: str, page_of: str
) -> None:
    path = wire.draft(SHEET)
    with entered(browser, wire, **LOOKS[look]) as (page, address):
        page.goto(address + path + page_of)
        name = page_of.strip("/").replace("?as=", "-") or "sheet"
        page.screenshot(path=pictures / f"submit-{name}-{look}.png", full_page=True)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        contrasts = page.evaluate(CONTRASTS)
        assert contrasts[0][0] >= CONTRAST, contrasts[:3]
