"""Atom: archives, tombstones and dialects."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from dispaccio.formats import atom
from dispaccio.formats.base import Options
from dispaccio.formats.feeds.feed import Archive, Feed
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Reading, WireMark
from dispaccio.release.state import Status
from dispaccio.testing import releases
from tests.support.source import ROOT

DATA = ROOT / "tests" / "data" / "atom"
FEED = Feed(
    "Ponte", "https://w.example/atom.xml", "https://w.example/", "https://w.example/atom.xml"
)
NAMES = {
    "a": atom.ATOM,
    "at": atom.TOMBSTONE,
    "fh": "http://purl.org/syndication/history/1.0",
}


def sample(name: str) -> list[Reading]:
    return atom.atom.read((DATA / name).read_bytes(), Options())


def said(root: etree._Element, path: str) -> list[str]:
    return [str(found) for found in root.xpath(path, namespaces=NAMES)]


def test_a_feed_leads_to_its_archive() -> None:
    feed = replace(FEED, archived="https://w.example/atom/3.xml", hub="https://hub.example/")
    root = etree.fromstring(atom.write(feed, [releases.english()]))
    assert said(root, "a:link[@rel='prev-archive']/@href") == ["https://w.example/atom/3.xml"]
    assert said(root, "a:link[@rel='hub']/@href") == ["https://hub.example/"]
    assert not root.xpath("fh:archive", namespaces=NAMES)


def test_an_archive_page_has_its_neighbours() -> None:
    archive = Archive("https://w.example/atom/3.xml", "https://w.example/atom/1.xml")
    feed = replace(FEED, current="https://w.example/atom/2.xml", archive=archive)
    root = etree.fromstring(atom.write(feed, [releases.english()]))
    assert len(root.xpath("fh:archive", namespaces=NAMES)) == 1
    for rel, number in (("self", 2), ("next-archive", 3), ("prev-archive", 1)):
        address = f"https://w.example/atom/{number}.xml"
        assert said(root, f"a:link[@rel='{rel}']/@href") == [address]
    assert said(root, "a:link[@rel='current']/@href") == [FEED.url]
    assert said(root, "a:id/text()") == [FEED.url]


def test_an_entry_without_an_issuer_has_the_feeds_author() -> None:
    root = etree.fromstring(atom.write(FEED, [replace(releases.english(), issuer=None)]))
    assert said(root, "a:entry/a:author") == []
    assert said(root, "a:author/a:name/text()") == ["Ponte"]


def test_a_wires_feed() -> None:
    first, elsewhere, gone, back, unknown = sample("wire.xml")
    told = first.revision
    assert told.headline == "Lowmere builds two more docks"
    assert told.author == "Harbour of Lowmere, Ada Fenwick"
    assert told.first_created == datetime(2027, 5, 25, 7, tzinfo=UTC)
    assert told.version_created == datetime(2027, 5, 26, 7, 30, tzinfo=UTC)
    assert told.embargo == datetime(2027, 6, 1, 6, tzinfo=UTC)
    assert told.wire == WireMark("Tern Newswire")
    assert told.label
    assert told.label.kind is LabelKind.PROMOTIONAL
    assert [m.href for m in told.body[0].marks] == ["https://northern.example/1/board"]
    assert [(m.name, m.size) for m in told.media] == [("The plans", 4000)]
    assert told.category == "harbours"
    assert told.copyright
    assert elsewhere.revision.headline == "Ferries & fares"
    assert "https://northern.example/2/full" in elsewhere.warnings[0]
    for taken in (gone, unknown):
        assert taken.revision.status is Status.CANCELED
        assert (taken.revision.headline, taken.revision.body) == ("", ())
    assert gone.revision.reason
    assert gone.revision.reason.text == "Sent too early"
    assert gone.revision.version_created == datetime(2027, 5, 26, 7, tzinfo=UTC)
    assert back.revision.status is None
    assert back.revision.body


def test_atom_0_3() -> None:
    (found,) = sample("0.3.xml")
    assert found.revision.headline == "Mill & bakery open"
    assert found.revision.first_created == datetime(2004, 5, 6, 7, tzinfo=UTC)
    assert len(found.revision.body) == 2


def test_an_entry_may_stand_alone() -> None:
    data = b'<entry xmlns="http://www.w3.org/2005/Atom"><id>t:1</id><title>T</title><content>x</content></entry>'
    assert atom.atom.about.recognises(data)
    (found,) = atom.atom.read(data, Options())
    assert found.revision.headline == "T"


@pytest.mark.parametrize(
    ("minutes", "status"), [(-1, None), (0, Status.CANCELED), (1, Status.CANCELED)]
)
def test_the_later_of_tombstone_and_entry_counts(minutes: int, status: Status | None) -> None:
    sample = releases.english()
    assert sample.version_created
    when = (sample.version_created + timedelta(minutes=minutes)).isoformat()
    grave = f'<at:deleted-entry ref="{sample.id}" when="{when}"/>'.encode()
    data = atom.write(FEED, [sample]).replace(b"</feed>", grave + b"</feed>")
    (found,) = atom.atom.read(data, Options())
    assert found.revision.status is status
    assert bool(found.revision.body) is (status is None)


def test_markup_in_a_plain_content_is_text() -> None:
    data = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry>
    <id>t:1</id><title>T</title><content type="text">Use the &lt;p&gt; element.</content>
    </entry></feed>"""
    (found,) = atom.atom.read(data, Options())
    assert [b.text for b in found.revision.body] == ["Use the <p> element."]
