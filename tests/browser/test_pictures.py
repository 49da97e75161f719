"""Pictures on the sheet: added without leaving it, by pointer and by keyboard alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.browser.office import ARABIC_SHEET
from tests.browser.test_site import CONTRAST, CONTRASTS, LOOKS
from tests.browser.test_writing import entered, is_saved, tab_to
from tests.office.browser import SHEET, Wire

pytestmark = pytest.mark.long


def test_from_an_empty_sheet_by_keyboard(browser: Any, wire: Wire, photo: Path) -> None:
    """Nothing was saved yet, and what was typed is still there afterwards."""
    with entered(browser, wire) as (page, address):
        page.goto(f"{address}/submit")
        tab_to(page, "headline")
        page.keyboard.type("Aurora apre un cancello")
        opener = page.locator("#text-field .add-picture")
        tab_to(page, "Aggiungi un’immagine")
        assert opener.evaluate("b => b === document.activeElement")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Aggiungi un’immagine")
        dialog.wait_for()
        page.keyboard.press("Escape")
        assert not dialog.is_visible()
        assert opener.evaluate("b => b === document.activeElement"), "back where one was"
        page.keyboard.press("Enter")
        dialog.locator("input[type=file]").set_input_files(str(photo))
        tab_to(page, "alt")
        page.keyboard.type("Un cancello al tramonto")
        tab_to(page, "rights")
        page.keyboard.type("Libera per la stampa")
        tab_to(page, "Aggiungi")
        page.keyboard.press("Enter")
        page.locator("#pictures img[alt='Un cancello al tramonto']").wait_for()
        assert not dialog.is_visible()
        assert "gate.jpg" in page.locator("#picture-said").inner_text()
        headline = page.get_by_label("Titolo", exact=True)
        assert headline.input_value() == "Aurora apre un cancello"
        headline.fill("Aurora apre due cancelli")
        is_saved(page)
        page.locator("#sheet[data-saved='2']").wait_for()
        page.reload()
        assert page.locator("#pictures img").count() == 1, "saving afterwards keeps the picture"
        assert headline.input_value() == "Aurora apre due cancelli"
        assert page.locator("#pictures .severity").count() == 0


def test_what_is_refused_is_said_in_the_dialog(
    browser: Any, wire: Wire, photo: Path, tmp_path: Path
) -> None:
    fake = tmp_path / "fake.jpg"
    fake.write_bytes(b"<html><script>alert(1)</script></html>")
    path = wire.draft()
    with entered(browser, wire, expected="a status of 4") as (page, address):
        page.goto(address + path)
        page.locator("#text-field .add-picture").click()
        page.locator("#picture-file").set_input_files(str(fake))
        page.locator("#picture-alt").fill("Un cancello")
        page.locator("#picture-rights").fill("Libera")
        page.get_by_role("dialog").get_by_role("button", name="Aggiungi").click()
        said = page.locator("#picture .trouble")
        said.wait_for()
        assert "fake.jpg" in said.inner_text()
        assert page.locator("#picture-alt").input_value() == "Un cancello", "nothing is lost"
        page.locator("#picture-file").set_input_files(str(photo))
        page.get_by_role("dialog").get_by_role("button", name="Aggiungi").click()
        page.locator("#pictures img").wait_for()
        assert page.locator("#picture").get_attribute("open") is None


def test_without_script_there_is_the_page(browser: Any, wire: Wire) -> None:
    path = wire.draft()
    with entered(browser, wire, java_script_enabled=False) as (page, address):
        page.goto(address + path)
        assert not page.locator(".add-picture").first.is_visible()
        page.locator(f"a[href^='{path}/files']").click()
        assert page.url.startswith(f"{address}{path}/files")


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_hold_together(
    browser: Any, wire: Wire, pictures: Path, photo: Path, look: str
) -> None:
    sheets = {"italian": SHEET, "arabic": ARABIC_SHEET}
    for name, sheet in sheets.items():
        path = wire.draft(replace(sheet, label="institutional", paid_by=""))
        with entered(browser, wire, **LOOKS[look]) as (page, address):
            page.goto(address + path)
            page.locator("#text-field .add-picture").click()
            page.screenshot(path=pictures / f"picture-dialog-{name}-{look}.png")
            page.locator("#picture-file").set_input_files(str(photo))
            page.locator("#picture-alt").fill("Un cancello al tramonto")
            page.locator("#picture-rights").fill("Libera per la stampa")
            assert page.evaluate(CONTRASTS)[0][0] >= CONTRAST
            page.get_by_role("dialog").get_by_role("button", name="Aggiungi").click()
            page.locator("#pictures img").wait_for()
            look_at(page, pictures / f"picture-sheet-{name}-{look}.png")
            for form in ("page", "mail"):
                page.goto(f"{address}{path}/preview?as={form}")
                look_at(page, pictures / f"picture-preview-{form}-{name}-{look}.png")
            page.goto(f"{address}{path}/sign")
            page.locator("input[name=read]").check()
            page.locator("form.sheet button.main").click()
            page.goto(f"{address}/releases/{wire.handed_in(path)}")
            look_at(page, pictures / f"on-its-way-{name}-{look}.png")


def look_at(page: Any, to: Path) -> None:
    """A page with all of its pictures, as wide as the screen and readable."""
    page.evaluate("for (const i of document.images) i.loading = 'eager'")
    page.evaluate("Promise.all([...document.images].map(i => i.decode()))")
    page.screenshot(path=to, full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts[0][0] >= CONTRAST, contrasts[:3]
