"""The feeds: Atom by RFC 4287, RFC 5005 and RFC 6721, RSS and JSON Feed beside it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from dispaccio.formats import atom
from dispaccio.release.body import Block
from dispaccio.site import feed as pages
from dispaccio.site.feed import ENTRIES
from tests.support.public import DAIRY, LAKE, SECRET, FakePublic, Numbers, at, corrected

NAMES = {"a": atom.ATOM, "at": atom.TOMBSTONE}


def _feed(client: TestClient, path: str = "/atom.xml") -> etree._Element:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml"
    return etree.fromstring(answer.content)


def _said(element: etree._Element, path: str) -> list[str]:
    return [str(found) for found in element.xpath(path, namespaces=NAMES)]


def _entry(feed: etree._Element, number: str) -> etree._Element:
    ends = f"/r/{number}"
    path = f"a:entry[a:link[substring(@href, string-length(@href) - 11) = '{ends}']]"
    (found,) = feed.xpath(path, namespaces=NAMES)
    return found


def test_the_feed_has_what_the_standard_asks_for(client: TestClient, numbers: Numbers) -> None:
    feed = _feed(client)
    assert _said(feed, "a:id/text()") == ["https://ponte.example/atom.xml"]
    assert _said(feed, "a:link[@rel='self']/@href") == ["https://ponte.example/atom.xml"]
    assert _said(feed, "a:link[@rel='alternate']/@href") == ["https://ponte.example/"]
    assert _said(feed, "a:updated/text()") == ["2026-11-23T12:30:00Z"]
    assert _said(feed, "@xml:lang") == ["en"]
    entries = feed.findall("a:entry", NAMES)
    assert len(entries) == len(vars(numbers))
    ids = _said(feed, "a:entry/a:id/text()")
    assert len(set(ids)) == len(ids)
    for entry in entries:
        for needed in ("id", "title", "updated", "published", "author", "content"):
            assert len(entry.findall(f"a:{needed}", NAMES)) == 1, needed
        assert _said(entry, "a:author/a:name/text()") != [""]


def test_an_entry_is_the_whole_release(client: TestClient, numbers: Numbers) -> None:
    entry = _entry(_feed(client), numbers.dairy)
    assert _said(entry, "@xml:lang") == ["en"]
    assert _said(entry, "a:title/text()")[0].endswith("hires 112 people in Bergamo")
    assert _said(entry, "a:published/text()") == ["2026-11-23T08:30:00Z"]
    assert _said(entry, "a:updated/text()") == ["2026-11-23T12:05:00Z"]
    assert _said(entry, "a:author/a:name/text()") == ["Aurora Dairy Cooperative"]
    assert _said(entry, "a:rights/text()") == ["Copyright 2026 Aurora Dairy Cooperative"]
    content = _said(entry, "a:content[@type='html']/text()")[0]
    assert content.startswith(
        '<div lang="en" dir="ltr" class="dispaccio"><p class="label"><strong>Press release'
    )
    for text in ("Eight further people", "<li>9,800 square metres</li>", "since 1951",
                 'rel="sponsored nofollow noopener"'):  # fmt: skip
        assert text in content


def test_the_label_travels_as_data(client: TestClient, numbers: Numbers) -> None:
    feed = _feed(client)
    paid = _said(
        _entry(feed, numbers.dairy), "a:category[@scheme=$s]/@term".replace("$s", f"'{atom.GENRE}'")
    )
    assert paid == ["Press_Release", "Advertiser_Supplied"]
    unpaid = _entry(feed, numbers.ferry)
    assert _said(unpaid, f"a:category[@scheme='{atom.GENRE}']/@term") == ["Press_Release"]
    assert _said(unpaid, f"a:category[@scheme='{atom.LABEL}']/@term") == ["institutional"]
    assert _said(unpaid, f"a:category[@scheme='{atom.LABEL}']/@label") == ["Comunicato stampa"]
    assert _said(unpaid, f"a:category[@scheme='{atom.CHANNEL}']/@term") == ["economia"]


def test_a_relayed_entry_leads_to_the_original(client: TestClient, numbers: Numbers) -> None:
    entry = _entry(_feed(client), numbers.harbour)
    assert _said(entry, "a:link[@rel='via']/@href")[0].startswith("https://ponente.example/")
    assert "Immediata is not responsible" in _said(entry, "a:content/text()")[0]


def test_a_withdrawal_is_a_tombstone_and_an_entry_without_text(
    client: TestClient, numbers: Numbers
) -> None:
    feed = _feed(client)
    (ref,) = _said(feed, "at:deleted-entry/@ref")
    entry = _entry(feed, numbers.withdrawn)
    assert _said(entry, "a:id/text()") == [ref]
    assert _said(feed, "at:deleted-entry/@when") == _said(entry, "a:updated/text()")
    assert "could not be repeated" in _said(feed, "at:deleted-entry/at:comment/text()")[0]
    assert _said(entry, "a:title/text()") == [f"Withdrawn: release {numbers.withdrawn}"]
    assert "could not be repeated" in _said(entry, "a:content/text()")[0]
    assert _said(entry, f"a:category[@scheme='{atom.STATUS}']/@term") == ["canceled"]
    assert SECRET not in client.get("/atom.xml").text


def test_what_is_withheld_may_come_back_and_has_no_tombstone(
    client: TestClient, numbers: Numbers
) -> None:
    feed = _feed(client)
    entry = _entry(feed, numbers.withheld)
    assert _said(entry, "a:title/text()") == [f"Withheld: release {numbers.withheld}"]
    assert _said(entry, "a:id/text()")[0] not in _said(feed, "at:deleted-entry/@ref")


def test_an_id_stays_through_all_revisions(client: TestClient, public: FakePublic) -> None:
    number = public.publish(DAIRY, at(1))
    first = _entry(_feed(client, "/atom.xml?a"), number)
    public.publish(corrected(DAIRY), at(2), after=number)
    second = _entry(_feed(client, "/atom.xml?b"), number)
    for same in ("a:id/text()", "a:published/text()"):
        assert _said(first, same) == _said(second, same)
    assert _said(first, "a:updated/text()") < _said(second, "a:updated/text()")


def test_a_channels_feed_holds_its_own(client: TestClient, numbers: Numbers) -> None:
    feed = _feed(client, "/c/economia/atom.xml")
    assert _said(feed, "a:id/text()") == ["https://ponte.example/c/economia/atom.xml"]
    assert _said(feed, "a:title/text()") == ["Economia – Ponte"]
    assert len(feed.findall("a:entry", NAMES)) == 2
    assert _said(
        _feed(client, "/c/immediata/ponente/atom.xml"), "a:link[@rel='alternate']/@href"
    ) == ["https://ponte.example/c/immediata/ponente/"]


def test_an_empty_feed_is_a_feed(client: TestClient) -> None:
    feed = _feed(client)
    assert _said(feed, "a:updated/text()") == ["1970-01-01T00:00:00Z"]
    assert not feed.findall("a:entry", NAMES)


def test_older_entries_follow_page_by_page(client: TestClient, public: FakePublic) -> None:
    for index in range(ENTRIES + 3):
        public.publish(replace(LAKE, headline=f"{index}"), at(0, index))
    feed, seen = _feed(client), []
    while True:
        seen += _said(feed, "a:entry/a:title/text()")
        older = _said(feed, "a:link[@rel='next']/@href")
        if not older:
            break
        feed = _feed(client, older[0].removeprefix("https://ponte.example"))
        assert _said(feed, "a:id/text()") == ["https://ponte.example/atom.xml"]
        assert "before=" in _said(feed, "a:link[@rel='self']/@href")[0]
    assert seen == [str(index) for index in reversed(range(ENTRIES + 3))]


@pytest.mark.parametrize("evil", ["\x00\x0b]]>&lt;", "<script>alert(1)</script>", "\ufffe\ud800"])
def test_any_text_gives_a_feed_that_can_be_read(
    client: TestClient, public: FakePublic, evil: str
) -> None:
    public.publish(replace(DAIRY, headline=f"x{evil}", body=(Block.paragraph(f"y{evil}"),)), at(1))
    feed = _feed(client)
    assert _said(feed, "a:entry/a:title/text()")[0].startswith("x")
    assert "<script>" not in _said(feed, "a:entry/a:content/text()")[0]


# RSS and JSON Feed beside it


def test_the_three_feeds_say_the_same(client: TestClient, numbers: Numbers) -> None:
    for path in ("/", "/c/economia/"):
        entries = _feed(client, f"{path}atom.xml").findall("a:entry", NAMES)
        rss = etree.fromstring(client.get(f"{path}rss.xml").content)
        told = client.get(f"{path}feed.json").json()
        assert rss.findtext("channel/title") == told["title"]
        assert len(entries) == len(rss.findall("channel/item")) == len(told["items"])
        for entry, item, said in zip(
            entries, rss.findall("channel/item"), told["items"], strict=True
        ):
            assert entry.findtext("a:id", namespaces=NAMES) == item.findtext("guid") == said["id"]
            title = entry.findtext("a:title", namespaces=NAMES)
            assert title == item.findtext("title") == said["title"]
            content = entry.findtext("a:content", namespaces=NAMES)
            encoded = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
            assert content == encoded == said["content_html"]


@pytest.mark.parametrize("path", ["/", "/c/economia/", "/c/immediata/ponente/"])
@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("atom.xml", "application/atom+xml"),
        ("rss.xml", "application/rss+xml"),
        ("feed.json", "application/feed+json"),
    ],
)
def test_every_feed_can_be_discovered(
    client: TestClient, numbers: Numbers, path: str, name: str, media_type: str
) -> None:
    answer = client.get(f"{path}{name}")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=5"
    assert f"https://ponte.example{path}{name}" in answer.text
    page = html.fromstring(client.get(path).text)
    found = page.xpath(f"//head/link[@rel='alternate'][@type='{media_type}']/@href")
    assert found == [f"{path}{name}"]


def test_no_feed_shows_what_was_taken_back(client: TestClient, numbers: Numbers) -> None:
    for name in ("atom.xml", "rss.xml", "feed.json"):
        text = client.get(f"/{name}").text
        assert SECRET not in text
        assert numbers.withdrawn in text
        assert numbers.withheld in text


@pytest.mark.parametrize("name", ["rss.xml", "feed.json"])
def test_older_entries_follow_there_too(
    client: TestClient, public: FakePublic, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ENTRIES", 2)
    for index in range(5):
        public.publish(replace(LAKE, headline=f"item-{index}-"), at(0, index))
    path, seen = f"/{name}", 0
    while path:
        text = client.get(path).text
        seen += len(set(re.findall(r"item-\d-", text)))
        older = re.findall(r"https://ponte\.example(/[a-z.]+\?before=\d+)", text)
        others = [one for one in older if one != path]
        path = others[0] if others else ""
    assert seen == 5


# The archive


def test_the_archive_holds_everything_page_by_page(
    client: TestClient, public: FakePublic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ENTRIES", 2)
    for index in range(7):
        public.publish(replace(LAKE, headline=f"{index}"), at(0, index))
    found, seen, met = _feed(client), [], []
    assert _said(found, "a:entry/a:title/text()") == ["6", "5"]
    while earlier := _said(found, "a:link[@rel='prev-archive']/@href"):
        met += earlier
        found = _feed(client, earlier[0].removeprefix("https://ponte.example"))
        assert len(found.findall("{http://purl.org/syndication/history/1.0}archive")) == 1
        assert _said(found, "a:link[@rel='self']/@href") == earlier
        assert _said(found, "a:link[@rel='current']/@href") == ["https://ponte.example/atom.xml"]
        assert _said(found, "a:id/text()") == ["https://ponte.example/atom.xml"]
        seen += _said(found, "a:entry/a:title/text()")
    assert met == [f"https://ponte.example/atom/{n}.xml" for n in (3, 2, 1)]
    assert seen == ["5", "4", "3", "2", "1", "0"]


def test_a_page_of_the_archive_leads_forward_without_changing(
    client: TestClient, public: FakePublic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ENTRIES", 2)
    for index in range(2):
        public.publish(replace(LAKE, headline=f"{index}"), at(0, index))
    before = client.get("/atom/1.xml").content
    answer = client.get("/atom/2.xml")
    assert (answer.status_code, answer.headers["location"]) == (307, "/atom.xml")
    assert client.get("/atom/3.xml").status_code == 404
    for index in range(2, 5):
        public.publish(replace(LAKE, headline=f"{index}"), at(0, index))
    assert client.get("/atom/1.xml?later").content == before
    assert _said(_feed(client, "/atom/1.xml"), "a:link[@rel='next-archive']/@href") == [
        "https://ponte.example/atom/2.xml"
    ]
    assert _said(_feed(client, "/atom/2.xml?later"), "a:entry/a:title/text()") == ["3", "2"]


def test_a_channel_has_an_archive_of_its_own(
    client: TestClient, public: FakePublic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ENTRIES", 2)
    for index in range(3):
        public.publish(replace(DAIRY, headline=f"dairy {index}"), at(0, index))
        public.publish(LAKE, at(1, index))
    found = _feed(client, "/c/economia/atom.xml")
    (earlier,) = _said(found, "a:link[@rel='prev-archive']/@href")
    assert earlier == "https://ponte.example/c/economia/atom/1.xml"
    page = _feed(client, "/c/economia/atom/1.xml")
    assert _said(page, "a:entry/a:title/text()") == ["dairy 1", "dairy 0"]
    assert client.get("/c/economia/atom/2.xml").headers["location"] == "/c/economia/atom.xml"
    assert client.get("/c/immediata/ponente/atom/1.xml").status_code == 307
    assert client.get("/c/none/atom/1.xml").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/atom/0.xml", "/atom/01.xml", "/atom/1", "/atom/x.xml", "/atom/", "/atom/9999999999.xml"],
)
def test_nothing_else_is_in_the_archive(client: TestClient, numbers: Numbers, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.get(f"/c/economia{path}").status_code == 404


def test_the_same_revisions_give_the_same_bytes(client: TestClient, numbers: Numbers) -> None:
    assert client.get("/atom.xml").content == client.get("/atom.xml?x").content
