"""Whole roads through a served wire, in Italian: nobody opens a terminal but who invites them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dispaccio.testing import home as homes
from dispaccio.testing.server import Server
from tests.browser.test_writing import tab_to, write

pytestmark = pytest.mark.long
PASSWORD = "quattro parole tutte mie"
ITALIAN = {"locale": "it-IT", "timezone_id": "Europe/Rome"}


class Road:
    """A wire in a process of its own, and a window for each person who was invited to it."""

    def __init__(self, browser: Any, server: Server, stack: ExitStack) -> None:
        self._browser, self._server, self._stack = browser, server, stack
        self.url = f"http://127.0.0.1:{server.port}"

    def command(self, *words: str) -> Any:
        """What the operator types; its answer."""
        command = [sys.executable, "-m", "dispaccio", *words, "--as", "olga", "--json"]
        environment = {**os.environ, "DISPACCIO_HOME": str(self._server.home)}
        done = subprocess.run(
            command, env=environment, capture_output=True, check=True, timeout=120
        )
        return json.loads(done.stdout)

    def invited(self, name: str, role: str, **options: Any) -> tuple[Any, str]:
        """An empty window, and the one thing that its person was given."""
        mail = f"{name}@ponte.example"
        self.command("person", "add", name, "--email", mail, "--role", role)
        path = urlsplit(self.command("person", "invite", name)["url"]).path
        context = self._browser.new_context(**ITALIAN, **options)
        self._stack.callback(context.close)
        return context.new_page(), self.url + path

    def inside(self, name: str, role: str, **options: Any) -> Any:
        """The window of somebody who took the invitation."""
        page, link = self.invited(name, role, **options)
        page.goto(link)
        page.get_by_label("Nuova password").fill(PASSWORD)
        page.get_by_role("button", name="Inizia").click()
        page.get_by_role("button", name="Esci").wait_for()
        return page


@pytest.fixture
def road(browser: Any, tmp_path: Path) -> Iterator[Road]:
    folder = tmp_path / "home"
    homes.make(folder, language="it", publish_wait=1)
    with ExitStack() as stack:
        server = stack.enter_context(Server(folder))
        yield Road(browser, server, stack)


def by_keyboard(page: Any, link: str, photo: Path) -> None:
    """From the invitation to the desk, without a pointer."""
    page.goto(link)
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/releases")
    tab_to(page, "Scrivi un comunicato")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submit")
    tab_to(page, "language")
    page.keyboard.type("ital")
    tab_to(page, "label")
    page.keyboard.press("Space")
    for field, words in (("headline", "Aurora apre un cancello"), ("place", "Bergamo")):
        tab_to(page, field)
        page.keyboard.type(words)
    write(page, "Il cancello è aperto da lunedì.\nCi passano 120 persone.")
    for field, words in (
        ("contact_name", "Livia Brembati"),
        ("contact_email", "press@aurora-dairy.example"),
    ):
        tab_to(page, field)
        page.keyboard.type(words)
    tab_to(page, "Aggiungi un’immagine")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(str(photo))
    for field, words in (("alt", "Un cancello al tramonto"), ("rights", "Libera per la stampa")):
        tab_to(page, field)
        page.keyboard.type(words)
    tab_to(page, "Aggiungi")
    page.keyboard.press("Enter")
    page.locator("#pictures img").wait_for()
    tab_to(page, "Vai alla consegna")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign")
    assert page.locator(".canonical .text p").count() == 2
    tab_to(page, "read")
    page.keyboard.press("Space")
    tab_to(page, "Consegna")
    page.keyboard.press("Enter")


def by_pointer(page: Any, link: str, photo: Path) -> None:
    """From the invitation to the desk, with a pointer and a keyboard for the text alone."""
    page.goto(link)
    page.get_by_label("Nuova password").fill(PASSWORD)
    page.get_by_role("button", name="Inizia").click()
    page.get_by_role("link", name="Scrivi un comunicato").click()
    page.get_by_label("Lingua del testo").select_option("it")
    page.get_by_label("Comunicato stampa – contenuto promozionale").check()
    page.get_by_role("textbox", name="Chi ha pagato").fill("Aurora Dairy")
    page.get_by_label("Titolo", exact=True).fill("Aurora apre un cancello")
    page.get_by_label("Luogo", exact=True).fill("Bergamo")
    page.locator("#writing, [name=writing]").first.click()
    page.keyboard.type("Il cancello è aperto da lunedì mattina.")
    page.locator("[name=contact_name]").first.fill("Livia Brembati")
    page.locator("[name=contact_email]").first.fill("press@aurora-dairy.example")
    page.locator("#text-field .add-picture").click()
    page.locator("#picture-file").set_input_files(str(photo))
    page.locator("#picture-alt").fill("Un cancello al tramonto")
    page.locator("#picture-rights").fill("Libera per la stampa")
    page.get_by_role("dialog").get_by_role("button", name="Aggiungi").click()
    page.locator("#pictures img").wait_for()
    on_to_handing_in(page)
    page.locator("[name=read]").check()
    page.get_by_role("button", name="Consegna", exact=True).click()


def on_to_handing_in(page: Any) -> None:
    page.locator("a, button", has_text="Vai alla consegna").first.click()
    page.wait_for_url("**/sign")


def publish(page: Any, road: Road) -> str:
    """The desk looks at the one text there is, and publishes it; its number."""
    page.goto(f"{road.url}/desk")
    page.get_by_role("link", name="Aurora apre").click()
    for warning in page.get_by_label("L’ho guardato: va bene così").all():
        warning.check()
    page.get_by_role("button", name="Pubblica ora").click()
    withdraw = page.get_by_role("link", name="Ritira", exact=True)
    withdraw.wait_for(timeout=60_000)
    return str(withdraw.get_attribute("href")).split("/")[-2]


def until(page: Any, address: str, headline: str) -> None:
    """Look at a public page until it has that headline."""
    for _ in range(100):
        page.goto(address)
        if page.locator("h1").inner_text() == headline:
            return
        page.wait_for_timeout(300)
    raise AssertionError(page.locator("h1").inner_text())


@pytest.mark.parametrize("by", [by_keyboard, by_pointer])
def test_from_the_invitation_to_a_public_release_with_a_picture(
    road: Road, photo: Path, pictures: Path, by: Any
) -> None:
    lia, link = road.invited("lia", "author:aurora")
    by(lia, link, photo)
    lia.wait_for_url("**/releases?handed=in")
    dina = road.inside("dina", "desk")
    number = publish(dina, road)
    lia.goto(f"{road.url}/r/{number}")
    lia.screenshot(path=pictures / f"journey-{by.__name__}.png", full_page=True)
    assert lia.locator("html").get_attribute("lang") == "it"
    assert lia.locator("h1").inner_text() == "Aurora apre un cancello"
    picture = lia.get_by_role("img", name="Un cancello al tramonto")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def test_a_correction_and_a_withdrawal(road: Road, photo: Path) -> None:
    lia, link = road.invited("lia", "author:aurora")
    by_pointer(lia, link, photo)
    dina = road.inside("dina", "desk")
    number = publish(dina, road)
    lia.goto(f"{road.url}/releases")
    lia.get_by_role("button", name="Rettifica").click()
    lia.locator("[name=reason]").select_option("wrong-number")
    lia.get_by_label("Titolo", exact=True).fill("Aurora apre due cancelli")
    lia.locator("#state", has_text="Salvato").wait_for()
    on_to_handing_in(lia)
    lia.locator("[name=read]").check()
    lia.get_by_role("button", name="Consegna", exact=True).click()
    lia.wait_for_url("**/releases?handed=in")
    assert publish(dina, road) == number
    until(lia, f"{road.url}/r/{number}", "Aurora apre due cancelli")
    assert "Una cifra era sbagliata" in lia.locator("main").text_content()
    dina.get_by_role("link", name="Ritira", exact=True).click()
    dina.get_by_label("Motivo, che tutti leggono").select_option(index=1)
    dina.locator("#number").fill(number)
    dina.get_by_role("button", name="Ritira definitivamente").click()
    dina.locator("[role=status]").wait_for()
    lia.reload()
    assert "Aurora apre" not in lia.locator("main").inner_text()
    assert lia.locator(".notice").count() == 1


def test_under_embargo_until_it_is_taken_back_or_sealed(road: Road) -> None:
    """With a script and, for the reader, without."""
    rita = road.inside("rita", "vetted_reader:gazette", java_script_enabled=False)
    lia = road.inside("lia", "author:aurora")
    dina = road.inside("dina", "desk")
    sheet = {"Titolo": "Aurora aprirà un cancello", "Luogo": "Bergamo"}
    lia.goto(f"{road.url}/submit")
    lia.get_by_label("Lingua del testo").select_option("it")
    lia.locator("[name=label][value=institutional]").check()
    for name, words in sheet.items():
        lia.get_by_label(name, exact=True).fill(words)
    lia.locator("#writing, [name=writing]").first.click()
    lia.keyboard.type("Il cancello si aprirà.")
    on_to_handing_in(lia)
    lia.locator("[name=read]").check()
    lia.get_by_role("button", name="Consegna", exact=True).click()
    lia.wait_for_url("**/releases?handed=in")
    dina.goto(f"{road.url}/desk")
    dina.get_by_role("link", name="Aurora aprirà").click()
    for warning in dina.get_by_label("L’ho guardato: va bene così").all():
        warning.check()
    dina.get_by_role("button", name="Approva", exact=True).click()
    dina.locator("[name=release_time]").fill(
        f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%dT09:00}"
    )
    dina.get_by_role("button", name="Sigilla fino ad allora").click()
    dina.wait_for_load_state()
    rita.goto(f"{road.url}/reading")
    assert "Aurora" not in rita.locator("main").inner_text(), "scheduled is seen by nobody"

    lia.goto(f"{road.url}/releases")
    lia.get_by_role("link", name="Lettori sotto embargo").click()
    lia.locator("input[name=to][value=rita]").check()
    lia.get_by_role("button", name="Offri").click()
    rita.goto(f"{road.url}/reading")
    rita.locator("[name=accept]").check()
    rita.get_by_role("button", name="Continua").click()
    rita.get_by_role("link", name="Aurora aprirà un cancello").click()
    address = rita.url
    assert "Il cancello si aprirà." in rita.locator("main").inner_text()
    lia.reload()
    assert "rita" in lia.locator("[aria-labelledby=reads]").inner_text().lower()

    dina.goto(f"{road.url}/vetting")
    dina.get_by_role("button", name="Sigilla tutto").click()
    dina.get_by_role("button", name="Riapri").wait_for()
    rita.goto(address)
    assert "Il cancello si aprirà." not in rita.content()
    dina.get_by_role("button", name="Riapri").click()
    dina.get_by_role("button", name="Sigilla tutto").wait_for()
    rita.goto(address)
    assert "Il cancello si aprirà." in rita.content()
    lia.get_by_role("button", name="Ritira a rita").click()
    rita.goto(address)
    assert "Il cancello si aprirà." not in rita.content()
    assert "Aurora" not in rita.locator("main").inner_text()
