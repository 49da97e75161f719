"""A picture from a form to the public page, with script and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dispaccio.wire.publish import publish
from tests.browser.test_writing import serving
from tests.media import samples
from tests.office.browser import Wire

pytestmark = pytest.mark.long


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_picture_goes_from_a_form_to_the_page(
    browser: Any, wire: Wire, tmp_path: Path, script: bool
) -> None:
    picture = tmp_path / "gate.jpg"
    picture.write_bytes(samples.jpeg(1200, 800, exif=samples.private_exif()))
    session = wire.logged_in(wire.service.fresh("lia"), "author:aurora")
    draft = wire.draft()
    with serving(wire) as address:
        context = browser.new_context(java_script_enabled=script)
        for name, value in session.cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        page.goto(address + draft)
        page.get_by_role("link", name="Add pictures and files").click()
        page.get_by_label("File", exact=True).set_input_files(str(picture))
        page.get_by_role("button", name="Add it").click()
        assert "alt text is missing" in page.locator(".enclosed").inner_text()
        first = page.locator(".enclosed li").first
        first.get_by_label("Alt text").fill("A gate at dusk")
        first.get_by_label("Rights").fill("Free for the press")
        first.get_by_label("Credit").fill("Rossi")
        first.get_by_role("button", name="Save").click()
        assert page.locator(".enclosed .trouble").count() == 0
        width = "i => i.decode().then(() => i.naturalWidth)"
        assert page.locator(".enclosed img").evaluate(width) == 480
        page.goto(f"{address}{draft}/sign")
        page.locator("input[name=read]").check()
        page.locator("form button:not(.plain)").last.click()
        [done] = publish(wire.wire, wire.service.dora, wire.handed_in(draft), confirm=True)
        page.goto(f"{address}/r/{done.number}")
        shown = page.locator(".files img")
        shown.scroll_into_view_if_needed()
        assert shown.get_attribute("alt") == "A gate at dusk"
        assert shown.evaluate("i => i.decode().then(() => i.naturalWidth > 0)")
        context.close()
