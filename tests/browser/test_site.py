"""The public pages as a person sees them, each photographed.

``DISPACCIO_SCREENSHOTS=folder`` keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.public import FakePublic, Numbers, filled

pytestmark = pytest.mark.long

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1000, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1000, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
PAGES = {
    "home": "/",
    "home-italian": "/?lang=it",
    "release": "/r/{lake}",
    "corrected": "/r/{dairy}",
    "corrected-italian": "/r/{dairy}?lang=it",
    "version": "/r/{dairy}/v1",
    "withdrawn": "/r/{withdrawn}",
    "withheld": "/r/{withheld}",
    "relayed": "/r/{harbour}",
    "arabic": "/r/{dates}",
    "chinese": "/r/{books}",
    "search": "/search?q=Bergamo",
    "search-none": "/search?q=nowhere",
    "channel": "/c/economia/",
}
CONTRAST = 4.5
"""WCAG 2.2, 1.4.3."""

# The contrast of every visible text with what lies behind it, worst first.
CONTRASTS = """() => {
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const rgba = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = rgba(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility()) continue;
    const [a, b] = [light(rgba(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([ratio, walker.currentNode.data.trim().slice(0, 40)]);
  }
  return found.sort((x, y) => x[0] - y[0]);
}"""

# Links and buttons that stand by themselves and are smaller than 24 px (WCAG 2.2, 2.5.8).
SMALL = """() => [...document.querySelectorAll('a, button, input, summary')]
  .filter(e => e.checkVisibility())
  .filter(e => !e.closest('.text, .notice, .unseen, .skip, .empty, .stations'))
  .map(e => [e.getBoundingClientRect(), e.textContent.trim() || e.name])
  .filter(([box]) => box.width && (box.width < 24 || box.height < 24))
  .map(([box, words]) => `${words} ${box.width}x${box.height}`)"""


@pytest.fixture(scope="module")
def public() -> FakePublic:
    return FakePublic()


@pytest.fixture(scope="module")
def numbers(public: FakePublic) -> Numbers:
    return filled(public)


@pytest.fixture(scope="module")
def site(serve: Callable[[FakePublic], str], public: FakePublic, numbers: Numbers) -> str:
    return serve(public)


@contextmanager
def opened(browser: Any, look: str, **more: Any) -> Iterator[Any]:
    """A page that fails the test on whatever the browser complains of."""
    options = {"timezone_id": "Europe/Rome", "locale": "en-GB", **LOOKS[look], **more}
    context = browser.new_context(**options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    yield page
    context.close()
    assert not complaints


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_together(
    browser: Any, site: str, numbers: Numbers, pictures: Path, name: str, look: str
) -> None:
    with opened(browser, look) as page:
        page.goto(site + PAGES[name].format(**vars(numbers)))
        page.screenshot(path=pictures / f"{name}-{look}.png", full_page=True)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        contrasts = page.evaluate(CONTRASTS)
        assert contrasts[0][0] >= CONTRAST, contrasts[:3]
        assert page.evaluate(SMALL) == []
        label, headline = page.locator(".disclosure"), page.locator(".release h1")
        if headline.count():
            assert label.is_visible()
            above, below = label.bounding_box(), headline.bounding_box()
            assert above["y"] + above["height"] <= below["y"]
            assert above["y"] < page.viewport_size["height"] / 3
        page.screenshot(path=pictures / f"{name}-{look}-open.png", full_page=True)


@pytest.mark.parametrize("look", LOOKS)
def test_an_empty_test_home(
    browser: Any, serve: Callable[[FakePublic], str], pictures: Path, look: str
) -> None:
    with opened(browser, look) as page:
        page.goto(serve(FakePublic(test=True)))
        page.screenshot(path=pictures / f"empty-{look}.png", full_page=True)
        assert "nothing here is a real release" in page.locator(".test").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(CONTRASTS)[0][0] >= CONTRAST


def test_times_are_the_readers_own_and_utc_without_a_script(browser: Any, site: str) -> None:
    with opened(browser, "light", timezone_id="Asia/Kathmandu") as page:
        page.goto(site)
        assert page.locator(".when").first.inner_text() == "16:46"
        assert page.locator(".hour .clock").first.inner_text() == "16:45"
        assert "Asia/Kat" in page.locator(".foot").inner_text()
    with opened(browser, "light", java_script_enabled=False) as page:
        page.goto(site)
        assert page.locator(".when").first.inner_text() == "11:01"
        assert "Times are in UTC." in page.locator(".foot").inner_text()


def test_the_day_is_said_again_where_it_changes_for_the_reader(browser: Any, site: str) -> None:
    with opened(browser, "light", timezone_id="Pacific/Honolulu") as page:
        page.goto(site)
        days = [day.inner_text() for day in page.locator(".hour .day").all() if day.is_visible()]
        assert [day.split()[0].rstrip(",") for day in days] == ["Monday", "Sunday"]


def test_the_text_is_copied_with_its_label_and_its_source(
    browser: Any, site: str, numbers: Numbers
) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with opened(browser, "light", permissions=permissions) as page:
        page.goto(f"{site}/r/{numbers.dairy}")
        page.get_by_role("button", name="Copy text").click()
        page.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("Press release – promotional content")
        order = [
            "promotional",
            "hires 112",
            "40,000 litres of oat drink a day from",
            "BERGAMO,",
            "Oats from within",
            "since 1951",
            f"https://ponte.example/r/{numbers.dairy}",
        ]
        places = [copied.index(words) for words in order]
        assert places == sorted(places)


def test_the_keyboard_reaches_everything_and_is_seen(
    browser: Any, site: str, numbers: Numbers
) -> None:
    with opened(browser, "light") as page:
        page.goto(f"{site}/r/{numbers.dairy}")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        seen = []
        for _ in range(30):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 11)"))
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", seen[-1]
            if "Provenance" in seen[-1]:
                break
        assert {"Search", "Italiano", "Copy text", "✎ Corrected"} <= set(seen)
        page.keyboard.press("Enter")
        assert page.locator(".provenance pre").first.is_visible()


def test_a_line_of_text_has_about_66_characters(browser: Any, site: str, numbers: Numbers) -> None:
    with opened(browser, "light") as page:
        page.goto(f"{site}/r/{numbers.dairy}")
        text = page.locator(".text > p").nth(1)
        lines = text.evaluate(
            "e => { const r = document.createRange(); r.selectNodeContents(e);"
            " return new Set([...r.getClientRects()].map(b => Math.round(b.top))).size }"
        )
        full = len(text.inner_text()) / (lines - 0.5)
        assert 54 <= full <= 80


def test_paper_shows_the_release_and_not_the_machinery(
    browser: Any, site: str, numbers: Numbers, pictures: Path
) -> None:
    with opened(browser, "light") as page:
        page.goto(f"{site}/r/{numbers.dairy}")
        page.emulate_media(media="print")
        for gone in (".actions", ".masthead search", ".languages"):
            assert not page.locator(gone).is_visible()
        for kept in (".disclosure", ".release h1", ".text", ".contact"):
            assert page.locator(kept).is_visible()
        page.screenshot(path=pictures / "print.png", full_page=True)


def test_the_bare_document_is_styled_under_its_own_policy(
    browser: Any, site: str, numbers: Numbers
) -> None:
    from dispaccio.site.addresses import twins

    if ".html" not in twins():
        pytest.skip("the format html is not registered")
    with opened(browser, "light") as page:
        page.goto(f"{site}/r/{numbers.dairy}.html")
        assert page.locator(".label").evaluate("e => getComputedStyle(e).fontWeight") == "700"


def test_what_is_not_there_has_a_page(browser: Any, site: str, pictures: Path) -> None:
    context = browser.new_context(**LOOKS["light"])
    page = context.new_page()
    assert page.goto(f"{site}/r/100000099").status == 404
    page.screenshot(path=pictures / "nothing.png")
    assert page.get_by_role("heading", name="There is nothing here.").is_visible()
    context.close()
