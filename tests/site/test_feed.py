"""The Atom feeds, judged by RFC 4287 and RFC 6721."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree
from starlette.testclient import TestClient

from dispaccio.formats import atom
from dispaccio.release.body import Block
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


def test_the_same_revisions_give_the_same_bytes(client: TestClient, numbers: Numbers) -> None:
    assert client.get("/atom.xml").content == client.get("/atom.xml?x").content
