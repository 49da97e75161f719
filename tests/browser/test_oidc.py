"""Coming in by the organisation's provider in a real browser, which holds to the pages' policy.

``DISPACCIO_SCREENSHOTS=folder`` keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dispaccio.wire.home import write_key_file
from tests.browser.office import House, running
from tests.browser.test_accounts import let_proof_grow_old
from tests.browser.test_office import AXE, LOOKS, WIDER
from tests.support.provider import CLIENT, SECRET, Account, Provider, provider
from tests.support.tools import require

pytestmark = pytest.mark.long
ON = "On to the log-in"


@dataclass
class Organisation:
    house: House
    provider: Provider


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    with provider() as found:
        settings: dict[str, Any] = {
            "oidc_issuer": found.issuer,
            "oidc_client_id": CLIENT,
            "oidc_name": "Ponte’s log-in",
            "oidc_roles": ("news = desk",),
        }
        with running(tmp_path_factory.mktemp("oidc") / "home", **settings) as house:
            wire = house.wire
            write_key_file(wire.home, wire.settings, "oidc.secret", SECRET.encode())
            yield Organisation(house, found)


def come_in(page: Any, organisation: Organisation, name: str) -> None:
    more = {"name": f"{name.capitalize()} Ponte"}
    organisation.provider.who = Account(
        f"sub-{name}", f"{name}@ponte.example", groups=("news",), more=more
    )
    page.goto(f"{organisation.house.url}/account")
    page.get_by_role("button", name="Log in with Ponte’s log-in").click()
    page.get_by_role("heading", name="Ponte's log-in").wait_for()
    page.get_by_role("button", name="It is me").click()
    page.get_by_role("heading", name=f"{name.capitalize()} Ponte").wait_for()
    assert page.url == f"{organisation.house.url}/account"


def test_somebody_comes_in_and_proves_anew_in_another_tab(
    browser: Any, organisation: Organisation
) -> None:
    context = browser.new_context()
    page = context.new_page()
    come_in(page, organisation, "ida")
    let_proof_grow_old(organisation.house.wire, "ida")
    page.get_by_role("checkbox", name="reading").check()
    page.get_by_role("button", name="Make a key").click()
    page.get_by_role("heading", name="Is it you?").wait_for()
    with context.expect_page() as opened:
        page.get_by_role("button", name="Prove it with Ponte’s log-in").click()
    tab = opened.value
    tab.get_by_role("button", name="It is me").click()
    tab.get_by_role("heading", name="It is you").wait_for()
    tab.close()
    page.get_by_role("button", name="I am back: go on").click()
    page.locator(".done code", has_text="dsp_").wait_for()
    context.close()


def test_it_needs_no_script(browser: Any, organisation: Organisation) -> None:
    context = browser.new_context(java_script_enabled=False)
    come_in(context.new_page(), organisation, "max")
    context.close()


@pytest.mark.parametrize(
    ("look", "language"), [("light", "en"), ("dark", "it"), ("phone", "it"), ("phone-dark", "en")]
)
def test_its_pages_are_fit_to_use(
    browser: Any, organisation: Organisation, pictures: Path, look: str, language: str
) -> None:
    axe = (require("axe-core") / "axe.min.js").read_text("utf-8")
    context = browser.new_context(**LOOKS[look], locale="en-GB")
    context.set_extra_http_headers({"accept-language": language})
    page, url = context.new_page(), organisation.house.url

    def fit(name: str) -> None:
        page.screenshot(path=pictures / f"oidc-{name}-{look}-{language}.png", full_page=True)
        assert page.evaluate(WIDER) <= 0, f"{name} runs over"
        page.evaluate(axe)
        found = page.evaluate(AXE)
        assert not found, "\n".join([name, *found])

    page.goto(f"{url}/login?lang={language}")
    fit("log-in")
    context.route(f"{organisation.provider.issuer}/**", lambda route: route.abort("aborted"))
    page.locator("form[action^='/login/oidc'] button").click()
    page.locator("meta[http-equiv=refresh]").wait_for(state="attached")
    fit("on")
    context.unroute_all()
    page.goto(f"{url}/login/oidc/back?state=x&lang={language}")
    fit("strayed")
    token = organisation.house.token(f"lea-{look}", "desk", language=language)
    context.add_cookies([{"name": "dispaccio", "value": token, "url": url}])
    name = f"lea-{look}"
    organisation.provider.who = Account(f"sub-{name}", f"{name}@ponte.example")
    context.clear_cookies()
    page.goto(f"{url}/login?lang={language}")
    page.locator("form[action^='/login/oidc'] button").click()
    page.get_by_role("button", name="It is me").click()
    page.locator("nav.rooms").wait_for()
    page.goto(f"{url}/account?lang={language}")
    fit("account")
    let_proof_grow_old(organisation.house.wire, name)
    page.locator("input[name=scope]").first.check()
    page.locator("form[action^='/account/key'] button.main").click()
    page.locator("form[action^='/account/proof/oidc']").wait_for()
    fit("proof")
    context.close()
