"""Every private page as people see it: axe finds nothing, nothing runs over, each photographed.

``DISPACCIO_SCREENSHOTS=folder`` keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dispaccio.office.app import DOORS
from tests.browser.office import House, running
from tests.support.tools import require

pytestmark = pytest.mark.long

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1100, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1100, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
ROLES = {
    "author": ["author:aurora"],
    "desk": ["desk"],
    "operator": ["operator"],
    "sub": ["subscriber:gazette"],
    "vetted": ["vetted_reader:gazette"],
}
PAGES: dict[str, tuple[str, str]] = {
    "log-in": ("", "/login"),
    "invitation": ("", "/invitation/{invitation}"),
    "apply": ("", "/apply"),
    "account": ("author", "/account"),
    "link": ("", "/log-in/{link}"),
    "people": ("operator", "/people"),
    "releases": ("author", "/releases"),
    "on-its-way": ("author", "/releases/{review}"),
    "on-its-way-arabic": ("author", "/releases/{arabic}"),
    "submit": ("author", "/submit"),
    "desk": ("desk", "/desk"),
    "desk-text": ("desk", "/desk/{review}"),
    "desk-arabic": ("desk", "/desk/{arabic}"),
    "desk-public": ("desk", "/desk/{number}"),
    "report": ("author", "/releases/{number}/report"),
    "report-operator": ("operator", "/releases/{number}/report?find=gazette"),
    "withdraw": ("author", "/releases/{number}/withdraw"),
    "withhold": ("desk", "/releases/{number}/withhold"),
    "draft": ("author", "/submit/{draft}"),
    "draft-arabic": ("author", "/submit/{draft_arabic}"),
    "preview": ("author", "/submit/{draft}/preview"),
    "preview-arabic": ("author", "/submit/{draft_arabic}/preview"),
    "preview-mail": ("author", "/submit/{draft}/preview?as=mail"),
    "files": ("author", "/submit/{draft}/files"),
    "sign": ("author", "/submit/{draft}/sign"),
    "person": ("operator", "/people/as-author"),
    "organisations": ("operator", "/organisations"),
    "offering": ("author", "/releases/{offered}/readers"),
    "reading": ("vetted", "/reading"),
    "under-embargo": ("vetted", "/reading/{offered}"),
    "under-embargo-arabic": ("vetted", "/reading/{arabic}"),
    "vetting": ("desk", "/vetting"),
    "subscription": ("sub", "/me"),
    "endpoint": ("sub", "/me/{endpoint}"),
    "operator": ("operator", "/operator"),
    "refused": ("author", "/people"),
    "nothing": ("vetted", "/reading/none"),
}
"""Who opens which page."""
AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});
  return found.violations.map(v =>
    `${v.id}: ${v.nodes.map(n => n.html.slice(0, 120)).join(" | ")}`);
}"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("office") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def tokens(house: House) -> dict[str, str]:
    return {name: house.token(f"as-{name}", *roles) for name, roles in ROLES.items()}


@pytest.fixture(scope="module")
def made(house: House, tokens: dict[str, str]) -> dict[str, str]:
    return house.fill()


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_window_for_a_picture_is_fit_to_use(
    browser: Any, house: House, tokens: dict[str, str], made: dict[str, str], language: str
) -> None:
    axe = (require("axe-core") / "axe.min.js").read_text("utf-8")
    context = browser.new_context(**LOOKS["phone"])
    cookie = {"name": "dispaccio", "value": tokens["author"], "url": house.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{house.url}/submit/{made['draft_arabic']}?lang={language}")
    page.locator(".add-picture").first.click()
    page.evaluate(axe)
    found = page.evaluate(AXE)
    assert not found, "\n".join(found)
    assert page.evaluate(WIDER) <= 0, "it runs over"
    context.close()


def test_every_page_is_looked_at() -> None:
    """By the pattern of its address; what is no page but a document has none here."""
    documents = {"/reading/{id}/json", "/account/data", "/people/{name}/data"}
    seen = {path.split("/")[1] for _, path in PAGES.values()}
    pages = {door.path for door in DOORS if door.method == "GET"} - documents
    assert {path.split("/")[1] for path in pages} == seen


@pytest.mark.parametrize(
    ("look", "language"), [("light", "en"), ("dark", "it"), ("phone", "it"), ("phone-dark", "en")]
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fit_to_use(
    browser: Any,
    house: House,
    tokens: dict[str, str],
    made: dict[str, str],
    pictures: Path,
    name: str,
    look: str,
    language: str,
) -> None:
    axe = (require("axe-core") / "axe.min.js").read_text("utf-8")
    role, path = PAGES[name]
    context = browser.new_context(**LOOKS[look], locale="en-GB", timezone_id="Europe/Rome")
    if role:
        cookie = {"name": "dispaccio", "value": tokens[role], "url": house.url}
        context.add_cookies([cookie])
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text))
    page.goto(f"{house.url}{path.format(**made)}{'&' if '?' in path else '?'}lang={language}")
    page.screenshot(path=pictures / f"{name}-{look}-{language}.png", full_page=True)
    assert page.evaluate(WIDER) <= 0, "it runs over"
    page.evaluate(axe)
    found = page.evaluate(AXE)
    assert not found, "\n".join(found)
    mistakes = [line for line in told if "Content Security Policy" in line]
    assert not mistakes, mistakes
    context.close()
