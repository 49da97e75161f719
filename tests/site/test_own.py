"""What is a wire's own on its pages: logo, colours, and what it says about itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from dispaccio.settings import Settings
from dispaccio.site.app import create_site
from dispaccio.site.front import Front
from dispaccio.wire import looks
from dispaccio.wire.shown import Policy
from tests.support.public import FakePublic
from tests.wire.test_looks import MARK

IMPRINT = """# Chi siamo

Ponte, via Sant’Alessandro 1, **Bergamo** <script>alert(1)</script>

[Scrivici](mailto:redazione@ponte.example), [qui](javascript:alert(1))

![La sede](https://ponte.example/sede.png)
"""


@pytest.fixture
def dressed(tmp_path: Path, public: FakePublic) -> FakePublic:
    (tmp_path / "logo.svg").write_text(MARK, "utf-8")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "imprint.it.md").write_text(IMPRINT, "utf-8")
    settings = Settings("Ponte", "https://ponte.example", logo="logo.svg", colour="#8a1538")
    public.looks = looks.read(tmp_path, settings)
    return public


@pytest.fixture
def client(public: FakePublic) -> TestClient:
    return TestClient(Front(create_site(public)), follow_redirects=False)


def _tree(client: TestClient, path: str) -> html.HtmlElement:
    return html.fromstring(client.get(path).text)


def test_every_page_has_the_logo_and_the_colours(dressed: FakePublic, client: TestClient) -> None:
    for path in ("/", "/privacy?lang=it", "/nothing"):
        tree = _tree(client, path)
        [image] = tree.xpath("//header//img")
        assert image.get("alt") == "Ponte"
        sheets = tree.xpath("//link[@rel='stylesheet']/@href")
        answer = client.get(sheets[-1])
        assert "--link:#8a1538" in answer.text
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "immutable" in answer.headers["cache-control"]
        answer = client.get(image.get("src"))
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ") and "sandbox" in policy
        assert "script-src" not in policy


def test_a_wire_without_looks_names_itself(client: TestClient) -> None:
    tree = _tree(client, "/")
    assert tree.xpath("string(//header/p[@class='name'])") == "Ponte"
    assert not tree.xpath("//img")


def test_pages_about_the_wire_are_linked_from_every_page(
    dressed: FakePublic, client: TestClient
) -> None:
    for path, ask in (("/", ""), ("/search?lang=it", "?lang=it"), ("/imprint", "")):
        links = _tree(client, path).xpath("//footer//a/@href")
        for kind in looks.KINDS:
            assert f"/{kind}{ask}" in links, path


def test_an_imprint_is_the_wires_own_or_there_is_none(
    public: FakePublic, client: TestClient
) -> None:
    assert client.get("/imprint").status_code == 404
    assert client.get("/imprint").content == client.get("/nothing").content
    assert "/imprint" not in client.get("/").text
    assert client.get("/imprint/").status_code == 404


def test_its_own_words_stand_in_their_language(dressed: FakePublic, client: TestClient) -> None:
    for ask in ("", "?lang=it"):
        tree = _tree(client, f"/imprint{ask}")
        [title], [text] = tree.xpath("//h1"), tree.xpath("//div[@class='text']")
        assert (title.text, title.get("lang"), text.get("lang")) == ("Chi siamo", "it", "it")
        assert text.xpath(".//strong/text()") == ["Bergamo"]
        assert text.xpath(".//a/@href") == [
            "mailto:redazione@ponte.example",
            "https://ponte.example/sede.png",
        ]
        assert not tree.xpath("//main//script | //main//img")
        assert tree.xpath("string(//title)") == "Chi siamo – Ponte"


def test_what_we_say_of_every_wire_gives_way_to_its_own(tmp_path: Path, public: FakePublic) -> None:
    for kind, english, italian in (
        ("privacy", "sets no cookie for its readers", "non imposta cookie"),
        ("accessibility", "level AA", "livello AA"),
    ):
        with TestClient(create_site(public)) as client:
            assert english in client.get(f"/{kind}").text
            assert italian in client.get(f"/{kind}", headers={"accept-language": "it"}).text
        (tmp_path / "pages").mkdir(exist_ok=True)
        (tmp_path / "pages" / f"{kind}.en.md").write_text("Our own words.", "utf-8")
        settings = Settings("Ponte", "https://ponte.example")
        dressed = replace(public, looks=looks.read(tmp_path, settings))
        with TestClient(create_site(dressed)) as client:
            for language, title in (("en", kind.capitalize()), ("it", {"privacy": "Privacy"})):
                page = client.get(f"/{kind}?lang={language}").text
                assert "Our own words." in page and 'lang="en" dir="ltr"' in page
                assert english not in page and italian not in page
                assert not isinstance(title, str) or f"<h1>{title}</h1>" in page


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("desk@ponte.example", "mailto:desk@ponte.example"),
        ("https://ponte.example/x", "https://ponte.example/x"),
    ],
)
def test_they_say_whom_to_write_to(public: FakePublic, contact: str, href: str) -> None:
    public.policy = Policy(contact)
    with TestClient(create_site(public)) as client:
        for kind in ("privacy", "accessibility"):
            assert href in _tree(client, f"/{kind}").xpath("//main//a/@href")
