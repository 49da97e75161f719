"""The list of an issuer's releases for its own site."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.site.app import create_site
from dispaccio.site.assets import assets
from dispaccio.site.front import Front
from dispaccio.testing import home as homes
from dispaccio.wire.public import Public
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed, submit
from dispaccio.wire.withdraw import notice
from tests.support.public import DAIRY, SECRET, FakePublic, Numbers, at

LIST = "/embed/aurora-dairy"


def _tree(client: TestClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.fromstring(answer.text)


def _entries(tree: html.HtmlElement) -> list[str]:
    return [" ".join(entry.text_content().split()) for entry in tree.xpath("//li")]


def test_the_list_holds_an_issuers_releases_with_label_and_mark(
    client: TestClient, numbers: Numbers
) -> None:
    for language, label, corrected, withheld in (
        ("en", "Press release – promotional content", "Corrected", "Withheld"),
        ("it", "Press release – promotional content", "Rettificato", "Sospeso"),
    ):
        tree = _tree(client, f"{LIST}?lang={language}")
        assert tree.get("lang") == language
        first, second = _entries(tree)
        assert first.startswith(f"{label} 23 ") and first.endswith(f"✎ {corrected}")
        assert "09:30" in first, "in the wire's zone"
        assert numbers.withheld in second and withheld in second
        assert "Plankton" not in tree.text_content() and SECRET not in tree.text_content()
        assert tree.xpath("//li//time/@datetime")[0] == "2026-11-23T08:30:00Z"
        links = tree.xpath("//a")
        assert {(a.get("target"), a.get("rel")) for a in links} == {("_blank", "noopener")}
        assert all(a.get("href").startswith("https://ponte.example/") for a in links)


def test_any_page_may_hold_it_and_no_other(client: TestClient, numbers: Numbers) -> None:
    answer = client.get(LIST)
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors *" in policy and "script" not in policy
    assert not html.fromstring(answer.text).xpath("//script | //form | //@style")
    assert "set-cookie" not in answer.headers
    for path in ("/", f"/r/{numbers.dairy}", "/search", "/privacy", "/nothing", f"{LIST}/"):
        assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"]


def test_it_is_as_long_as_is_asked_for_within_bounds(
    client: TestClient, public: FakePublic
) -> None:
    for index in range(60):
        public.publish(replace(DAIRY, headline=f"Plant {index}"), at(1, index))
    for limit, count in (("", 10), ("3", 3), ("0", 1), ("999", 50), ("-1", 10), ("x", 10)):
        entries = _entries(_tree(client, f"{LIST}?limit={limit}"))
        assert len(entries) == count, limit
        assert "Plant 59" in entries[0]
    weight = sum(
        len(gzip.compress(body)) for body in (client.get(LIST).content, assets()["embed.css"].body)
    )
    assert weight <= 8 * 1024


def test_it_keeps_one_theme_if_asked(client: TestClient, numbers: Numbers) -> None:
    for theme, said, scheme in (
        ("dark", "dark", "dark"),
        ("light", "light", "light"),
        ("x", None, "light dark"),
    ):
        tree = _tree(client, f"{LIST}?theme={theme}")
        assert tree.get("data-theme") == said
        assert tree.xpath("//meta[@name='color-scheme']/@content") == [scheme]


def test_of_an_issuer_with_nothing_public_there_is_nothing(
    client: TestClient, numbers: Numbers
) -> None:
    answers = [client.get(f"/embed/{name}") for name in ("nobody", "aurora")]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content
    assert "Nothing of this issuer is public here." in answers[0].text
    assert "frame-ancestors *" in answers[0].headers["content-security-policy"]
    assert client.get("/embed/nobody/feed.json").content == client.get("/nothing").content
    for path in ("/embed", "/embed/", "/embed/A", f"{LIST}/rss.xml", f"{LIST}/feed.json/"):
        assert client.get(path).content == client.get("/nothing").content, path


def test_a_test_home_says_so(public: FakePublic) -> None:
    public.test = True
    public.publish(DAIRY, at(1))
    with TestClient(create_site(public)) as client:
        assert "nothing here is a real release" in client.get(LIST).text


def test_programs_get_the_same_list_as_a_json_feed(client: TestClient, numbers: Numbers) -> None:
    answer = client.get(f"{LIST}/feed.json?limit=2")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert feed["feed_url"] == f"https://ponte.example{LIST}/feed.json"
    assert [item["url"].rpartition("/")[2] for item in feed["items"]] == [
        numbers.dairy,
        numbers.withheld,
    ]
    assert feed["items"][0]["_dispaccio"]["label"]["text"]
    assert SECRET not in answer.text


@pytest.mark.parametrize("end", ["", "?limit=5", "/feed.json"])
def test_it_is_kept_until_something_public_changes(tmp_path: Path, end: str) -> None:
    wire = homes.make(tmp_path / "home").open()
    front = Front(create_site(Public(wire)))
    wire.changed.append(front.invalidate)
    anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")
    path = f"/embed/aurora{end}"
    with TestClient(front) as client:
        assert client.get(path).status_code == 404
        numbers = []
        for title in ("The first plant", "The second plant"):
            id = submit(wire, anna, _handed(title)).id
            numbers.append(publish(wire, dora, id, confirm=True)[-1].number)
            answer = client.get(path)
            assert title in answer.text
            assert "max-age=5" in answer.headers["cache-control"]
            etag = answer.headers["etag"]
            assert client.get(path, headers={"if-none-match": etag}).status_code == 304
        notice(wire, dora, numbers[0], Kind.WITHDRAWAL, Reason("error"))
        assert "The first plant" not in client.get(path).text
        assert numbers[0] in client.get(path).text
    wire.store.close()


def _handed(title: str) -> Handed:
    return Handed(json.dumps(homes.document(title)).encode(), "application/json")
