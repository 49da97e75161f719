"""The small files for programs, and what stays out of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from lxml import etree
from starlette.testclient import TestClient

from dispaccio.release.label import LabelKind, of_kind
from dispaccio.site.app import create_site
from dispaccio.site.front import Front
from dispaccio.wire.shown import Policy
from tests.support.public import FERRY, SECRET, FakePublic, Numbers, at

FILES = (
    "/robots.txt",
    "/llms.txt",
    "/.well-known/trust.txt",
    "/.well-known/tdmrep.json",
    "/sitemap.xml",
    "/sitemap/1.xml",
    "/news-sitemap.xml",
)
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def locations(client: TestClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    return [loc.text or "" for loc in etree.fromstring(answer.content).iter(f"{MAP}loc")]


def test_nothing_of_what_was_taken_back(client: TestClient, numbers: Numbers) -> None:
    for path in FILES:
        text = client.get(path).text
        assert SECRET not in text, path
        assert numbers.withdrawn not in text, path
        assert numbers.withheld not in text, path


def test_every_file_has_the_guards_of_the_site(client: TestClient, numbers: Numbers) -> None:
    for path in FILES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "content-security-policy" in answer.headers
        assert "max-age=5" in answer.headers["cache-control"]
        assert client.head(path).status_code == 200


# The sitemap


def test_the_sitemap_leads_to_every_usable_release(client: TestClient, numbers: Numbers) -> None:
    assert locations(client, "/sitemap.xml") == ["https://ponte.example/sitemap/1.xml"]
    listed = locations(client, "/sitemap/1.xml")
    usable = {numbers.dairy, numbers.lake, numbers.ferry, numbers.books, numbers.dates}
    assert set(listed) == {f"https://ponte.example/r/{n}" for n in {*usable, numbers.harbour}}
    for path in listed:
        assert client.get(path.removeprefix("https://ponte.example")).status_code == 200
    page = etree.fromstring(client.get("/sitemap/1.xml").content)
    assert {mod.text for mod in page.iter(f"{MAP}lastmod")} == {"2026-11-23T13:00:00Z"}


def test_an_empty_wire_has_an_empty_index(client: TestClient) -> None:
    assert locations(client, "/sitemap.xml") == []
    assert client.get("/sitemap/1.xml").status_code == 404


@pytest.mark.parametrize("rest", ["0.xml", "2.xml", "01.xml", "1", "", "x.xml", "1.xml/", "-1.xml"])
def test_there_is_no_other_page(client: TestClient, numbers: Numbers, rest: str) -> None:
    answer = client.get(f"/sitemap/{rest}")
    assert answer.status_code == 404
    assert answer.content == client.get("/nothing").content


# The news sitemap


def publish(public: FakePublic, when: datetime, **more: object) -> str:
    return public.publish(replace(FERRY, **more), when)  # type: ignore[arg-type]


def test_only_what_nobody_paid_for(client: TestClient, numbers: Numbers) -> None:
    listed = locations(client, "/news-sitemap.xml")
    assert listed == [f"https://ponte.example/r/{n}" for n in (numbers.ferry, numbers.lake)]


@pytest.mark.parametrize(
    "label",
    [
        None,
        of_kind(LabelKind.PROMOTIONAL, "it"),
        replace(of_kind(LabelKind.INSTITUTIONAL, "it"), kind=None),
        replace(of_kind(LabelKind.INSTITUTIONAL, "it"), commissioned=True),
        of_kind(LabelKind.POLITICAL, "it"),
    ],
)
def test_what_may_be_paid_for_is_left_out(
    client: TestClient, public: FakePublic, label: object
) -> None:
    publish(public, at(1), label=label)
    assert locations(client, "/news-sitemap.xml") == []


def test_the_last_two_days_to_the_second(client: TestClient, public: FakePublic) -> None:
    since = public.now() - timedelta(hours=48)
    publish(public, since - timedelta(seconds=1))
    number = publish(public, since)
    assert locations(client, "/news-sitemap.xml") == [f"https://ponte.example/r/{number}"]


def test_it_grows_old_without_a_change(
    client: TestClient, public: FakePublic, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(public, at(1))
    assert len(locations(client, "/news-sitemap.xml")) == 1
    monkeypatch.setattr(public, "now", lambda: at(50), raising=False)
    assert locations(client, "/news-sitemap.xml") == []


def test_what_an_entry_says(client: TestClient, public: FakePublic) -> None:
    publish(public, at(1), headline="Traghetto & <b>pontile</b>\x0b")
    [entry] = etree.fromstring(client.get("/news-sitemap.xml").content)
    said = {node.tag.removeprefix(NEWS): node.text for node in entry.iter() if NEWS in node.tag}
    assert said["title"] == "Traghetto & <b>pontile</b>"
    assert said["name"] == "Ponte"
    assert said["language"] == "it"
    assert said["publication_date"] == "2026-11-23T07:00:00Z"


def test_many_are_bounded(client: TestClient, public: FakePublic) -> None:
    for _ in range(1_005):
        publish(public, at(1))
    assert len(locations(client, "/news-sitemap.xml")) == 1_000


# Texts


@pytest.fixture
def site() -> Callable[..., TestClient]:
    return lambda **fields: TestClient(Front(create_site(FakePublic(**fields))))


def test_robots(site: Callable[..., TestClient]) -> None:
    text = site().get("/robots.txt").text
    assert "Sitemap: https://ponte.example/sitemap.xml" in text
    assert "Sitemap: https://ponte.example/news-sitemap.xml" in text
    assert "Disallow: /search" in text
    assert site(test=True).get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_trust(site: Callable[..., TestClient]) -> None:
    assert site().get("/.well-known/trust.txt").text == (
        "# trust.txt of Ponte\ndatatrainingallowed=no\n"
    )
    policy = Policy("desk@ponte.example", ("belongto=https://association.example",), False)
    assert site(policy=policy).get("/.well-known/trust.txt").text.split("\n")[1:] == [
        "belongto=https://association.example",
        "contact=desk@ponte.example",
        "datatrainingallowed=yes",
        "",
    ]


def test_tdmrep(site: Callable[..., TestClient]) -> None:
    answer = site().get("/.well-known/tdmrep.json")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.text) == [{"location": "/", "tdm-reservation": 1}]
    policy = Policy(tdm_reservation=False, tdm_policy="https://ponte.example/terms")
    assert json.loads(site(policy=policy).get("/.well-known/tdmrep.json").text) == [
        {"location": "/", "tdm-reservation": 0, "tdm-policy": "https://ponte.example/terms"}
    ]


def test_llms(site: Callable[..., TestClient]) -> None:
    text = site().get("/llms.txt").text
    assert text.startswith("# Ponte\n\n> A press-release wire.")
    assert "are reserved" in text
    assert "/c/economia/atom.xml" in text
    policy = Policy("desk@ponte.example", (), False, "https://ponte.example/terms")
    text = site(policy=policy, test=True).get("/llms.txt").text
    assert "A TEST of" in text
    assert "are not reserved" in text
    assert "desk@ponte.example" in text
    assert "https://ponte.example/terms" in text


def test_the_addresses_that_llms_names_are_there(client: TestClient, numbers: Numbers) -> None:
    text = client.get("/llms.txt").text
    for part in text.split("](https://ponte.example")[1:]:
        path = part.partition(")")[0]
        if not path.startswith("/api/"):
            assert client.get(path).status_code == 200, path
