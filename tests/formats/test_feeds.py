"""RSS, Atom and JSON Feed: what they share, broken samples, limits, and what comes back."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from dispaccio.anatomy.embargo import unclear
from dispaccio.errors import DispaccioError, MalformedDocument, TooLarge
from dispaccio.formats import atom, items, json_feed, rss
from dispaccio.formats.base import Format, Options
from dispaccio.formats.charset import stripped
from dispaccio.formats.feeds.feed import Feed, of_one
from dispaccio.formats.feeds.told import SUMMARY
from dispaccio.formats.registry import detect
from dispaccio.formats.xml import clean
from dispaccio.release.body import Block
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import Reading, Revision
from dispaccio.release.notice import is_notice, shown
from dispaccio.release.state import Kind, Status
from dispaccio.testing import releases
from tests.formats.revisions import revisions
from tests.support.broken import samples
from tests.support.source import ROOT

MODULES: dict[str, ModuleType] = {"rss": rss, "atom": atom, "json-feed": json_feed}
FORMATS: dict[str, Format] = {"rss": rss.rss, "atom": atom.atom, "json-feed": json_feed.json_feed}
FEED = Feed(
    "Ponte – «all» & more",
    "https://wire.example/feed",
    "https://wire.example/",
    "https://wire.example/feed?before=9",
    next="https://wire.example/feed?before=3",
    hub="https://wire.example/hub",
)
LINE = "The Harbour of Lowmere opens its new ferry dock to travellers on Monday."


@pytest.fixture(params=list(FORMATS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def read(name: str, data: bytes | str, options: Options | None = None) -> list[Reading]:
    raw = data.encode() if isinstance(data, str) else data
    return FORMATS[name].read(raw, options or Options())


def one(name: str, revision: Revision) -> Reading:
    (found,) = read(name, FORMATS[name].write(revision))
    return found


def entry(name: str, text: str, more: str = "", *, title: str = "Dock opens") -> str:
    """A stranger's feed of one entry, whose text is HTML."""
    if name == "json-feed":
        extra = f", {more}" if more else ""
        said = f'"id": "1", "title": {json.dumps(title)}, "content_html": {json.dumps(text)}{extra}'
        return f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{{said}}}]}}'
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    if name == "atom":
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:lowmere.example:1</id>'
            f"<title>{title}</title>{more}<content type='html'>{escaped}</content></entry></feed>"
        )
    return (
        '<rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel><item>'
        f"<guid>1</guid><title>{title}</title>{more}<c:encoded>{escaped}</c:encoded></item>"
        "</channel></rss>"
    )


# What we write comes back


@given(revision=revisions)
@pytest.mark.parametrize("name", FORMATS)
def test_any_revision_comes_back(name: str, revision: Revision) -> None:
    found = one(name, revision).revision
    assert found.headline == " ".join(stripped(clean(shown(revision).headline)).split())
    assert found.issuer is None or (revision.issuer and found.issuer.name)
    if revision.embargo:
        assert found.embargo
        assert found.embargo >= revision.embargo.replace(microsecond=0)
    if revision.label:
        assert found.label
        assert found.label.kind is revision.label.kind
        assert found.label.paid == revision.label.paid
    if revision.number:
        assert found.number == revision.number


@pytest.mark.parametrize(("name", "sample"), list(product(FORMATS, releases.samples())))
def test_the_text_comes_back_block_by_block(name: str, sample: Revision) -> None:
    found = one(name, sample).revision
    assert [(b.kind, b.text, b.level, b.ordered, b.media) for b in found.body] == [
        (b.kind, b.text, b.level, b.ordered, b.media) for b in sample.body
    ]
    assert [[m.href for m in b.marks] for b in found.body] == [
        [m.href for m in b.marks] for b in sample.body
    ]
    for same in ("headline", "subhead", "boilerplate", "language", "number", "id", "url", "legal",
                 "channel", "tags", "first_created", "version_created"):  # fmt: skip
        assert getattr(found, same) == getattr(sample, same), same
    assert found.dateline
    assert sample.dateline
    assert found.dateline.text == sample.dateline.text
    assert found.copyright
    assert found.copyright.text == "© 2026 Ponte"
    assert found.label
    assert sample.label
    assert (found.label.kind, found.label.text) == (sample.label.kind, sample.label.text)
    assert [(s.scheme, s.code) for s in found.subjects] == [("medtop", "04000000")]
    assert [m.href for m in found.media] == [m.href for m in sample.media]


def test_what_was_taken_from_another_wire_names_it(name: str) -> None:
    found = one(name, releases.chinese()).revision
    assert found.wire
    assert found.wire.name == "Lantern Wire"
    assert found.original_url == "https://lantern.example/news/77120031"


@pytest.mark.parametrize("state", ["withheld", "withdrawn"])
def test_what_was_taken_back_comes_back_so(name: str, state: str) -> None:
    for sample in releases.samples():
        found = one(name, releases.in_state(sample, state)).revision
        assert found.status is (Status.WITHHELD if state == "withheld" else Status.CANCELED)
        assert is_notice(found)
        assert (found.headline, found.body) == ("", ())
        assert found.number == sample.number


def test_a_correction_says_so(name: str) -> None:
    assert one(name, releases.in_state(releases.english(), "corrected")).revision.kind is (
        Kind.CORRECTION
    )


def test_words_for_a_label_of_the_operators_come_back(name: str) -> None:
    label = replace(of_kind(LabelKind.PROMOTIONAL, "en"), text="Paid notice of the day")
    found = one(name, replace(releases.english(), label=label)).revision.label
    assert found
    assert (found.kind, found.text, found.paid) == (label.kind, label.text, True)


def test_several_entries_keep_their_order(name: str) -> None:
    data = MODULES[name].write(FEED, releases.samples())
    found = read(name, data)
    assert [r.revision.id for r in found] == [s.id for s in releases.samples()]
    assert {r.format for r in found} == {name}


def test_pieces_make_the_same_feed(name: str) -> None:
    module = MODULES[name]
    piece = module.entry if name == "atom" else module.item
    updated = releases.PUBLISHED + timedelta(hours=6)
    whole = module.write(FEED, releases.samples())
    assert module.document(FEED, updated, map(piece, releases.samples())) == whole


def test_an_empty_feed_is_a_feed(name: str) -> None:
    data = MODULES[name].write(FEED, [])
    assert b"1970" not in data or name != "json-feed"
    with pytest.raises(DispaccioError, match="no item"):
        read(name, data)


@pytest.mark.parametrize("evil", ["]]>", "<![CDATA[x]]>", "&lt;b&gt;", "</title><b>", "\x00\x0b"])
def test_any_text_is_safe(name: str, evil: str) -> None:
    sample = replace(
        releases.italian(), headline=f"x {evil} y", body=(Block.paragraph(f"a{evil}b"),)
    )
    found = one(name, sample).revision
    wanted = evil.replace("\x00\x0b", "")
    assert found.headline.split() == f"x {wanted} y".split()
    assert found.body[0].text == f"a{wanted}b"


# Anybody's


def test_a_strangers_text_is_taken_apart(name: str) -> None:
    text = f"<p>Press release</p><p>LOWMERE, Nov. 23, 2026 /PRNewswire/ -- {LINE}</p>"
    (found,) = read(name, entry(name, text))
    assert found.revision.label == of_kind(LabelKind.INSTITUTIONAL, "en", commissioned=None) or (
        found.revision.label and found.revision.label.kind is LabelKind.INSTITUTIONAL
    )
    assert [b.text for b in found.revision.body] == [LINE]
    assert found.revision.dateline
    assert found.revision.dateline.wire == "PR Newswire"


@pytest.mark.parametrize(
    "line",
    [
        "EMBARGO fino al 26 maggio 2027, ore 9.00, ora italiana",
        "Embargo bis 26. Mai 2027, 9.00 Uhr MESZ",
        "Under embargo until 26 May 2027, 07:00 UTC",
    ],
)
def test_an_embargo_in_the_text_holds(name: str, line: str) -> None:
    (found,) = read(name, entry(name, f"<p>{line}</p><p>{LINE}</p>"))
    assert found.revision.embargo == datetime(2027, 5, 26, 7, tzinfo=UTC)


def test_an_embargo_in_the_summary_holds(name: str) -> None:
    said = "EMBARGO until 26 May 2027, 07:00 UTC"
    more = {"rss": f"<description>{said}</description>", "atom": f"<summary>{said}</summary>"}
    (found,) = read(name, entry(name, f"<p>{LINE}</p>", more.get(name, f'"summary": "{said}"')))
    assert found.revision.embargo == datetime(2027, 5, 26, 7, tzinfo=UTC)


def test_an_embargo_in_the_title_holds(name: str) -> None:
    title = "Embargo until 26 May 2027, 07:00 UTC"
    (found,) = read(name, entry(name, f"<p>{LINE}</p>", title=title))
    assert found.revision.embargo == datetime(2027, 5, 26, 7, tzinfo=UTC)


def test_an_embargo_that_cannot_be_read_is_unclear(name: str) -> None:
    element = '<p:embargoDate xmlns:p="http://prismstandard.org/namespaces/basic/2.0/">soon'
    more = (
        f"{element}</p:embargoDate>" if name != "json-feed" else '"_dispaccio": {"embargo": "soon"}'
    )
    (found,) = read(name, entry(name, f"<p>{LINE}</p>", more))
    assert unclear(found.warnings)


def test_a_label_in_the_categories_counts(name: str) -> None:
    more = {
        "rss": "<category>Sponsored content</category><category>Ferries</category>",
        "atom": '<category term="Sponsored content"/><category term="Ferries"/>',
        "json-feed": '"tags": ["Sponsored content", "Ferries"]',
    }
    (found,) = read(name, entry(name, f"<p>{LINE}</p>", more[name]))
    assert found.revision.label
    assert found.revision.label.paid
    assert found.revision.category == "Ferries"


def test_a_zone_is_never_guessed(name: str) -> None:
    more = {
        "rss": "<pubDate>2026-11-23T09:00:00</pubDate>",
        "atom": "<published>2026-11-23T09:00:00</published>",
        "json-feed": '"date_published": "2026-11-23T09:00:00"',
    }
    data = entry(name, f"<p>{LINE}</p>", more[name])
    (found,) = read(name, data)
    assert found.revision.first_created is None
    assert any("no zone" in warning for warning in found.warnings)
    (found,) = read(name, data, Options(zone=ZoneInfo("Europe/Rome")))
    assert found.revision.first_created == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_what_has_no_place_is_named(name: str) -> None:
    more = {"rss": "<rating>5</rating>", "atom": "<rating>5</rating>", "json-feed": '"rating": 5'}
    (found,) = read(name, entry(name, f"<p>{LINE}</p>", more[name]))
    assert any("rating" in warning for warning in found.warnings)


def test_a_feed_is_known_by_its_looks(name: str) -> None:
    for data in (entry(name, "<p>x</p>").encode(), MODULES[name].write(FEED, [])):
        assert detect(data).name == name
        assert detect(b"\xef\xbb\xbf \n" + data).name == name


# Broken ones, and limits


@pytest.mark.parametrize(
    ("path", "code", "name"),
    [
        pytest.param(*sample.values, name, id=f"{name}-{sample.id}")  # type: ignore[attr-defined]
        for name in FORMATS
        for sample in samples(name)
    ],
)
def test_broken_samples(path: Path, code: str, name: str) -> None:
    begun = time.monotonic()
    if code in ("read", "warned"):
        found = read(name, path.read_bytes())
        assert found[0].revision.headline == "Dock opens"
        assert bool(found[0].warnings) is (code == "warned")
    else:
        with pytest.raises(DispaccioError) as caught:
            read(name, path.read_bytes())
        assert caught.value.code() == code
    assert time.monotonic() - begun < 2


def test_a_bad_entry_harms_no_other(name: str) -> None:
    good, bad = releases.english(), "</div>" * 3 + "<div>" * 300
    deep = MODULES[name].write(FEED, [good, releases.italian()])
    marker = "La biblioteca civica riapre"
    escaped = bad if name == "json-feed" else bad.replace("<", "&lt;").replace(">", "&gt;")
    found = read(name, deep.replace(marker.encode(), escaped.encode()))
    assert [r.revision.headline for r in found] == [good.headline]
    assert "left out" in found[0].warnings[-1]
    assert "deeper than 200" in found[0].warnings[-1]


def test_a_page_instead_of_a_feed_is_said_to_be_one(name: str) -> None:
    page = b"<!-- x -->\n<!doctype HTML><html><head><title>502 Bad Gateway</title>"
    with pytest.raises(MalformedDocument, match=r"HTML page.*502 Bad Gateway"):
        read(name, page)


@pytest.mark.parametrize(
    "filler", [b" ", b"\n \t", b"<!-- x -->", b"<?x y?>", b"<!--", b"<!DOCTYPE "]
)
def test_what_stands_before_a_root_costs_no_time(name: str, filler: bytes) -> None:
    begun = time.monotonic()
    for data in (filler * 4000, filler * 500 + b"x", filler * 20 + b"<html"):
        FORMATS[name].about.recognises(data)
        with suppress(DispaccioError):
            read(name, data)
    assert time.monotonic() - begun < 2


def test_a_million_entries_are_refused_at_once(name: str) -> None:
    listed = {
        "rss": ("<rss><channel>", "<item><guid>1</guid></item>", "", "</channel></rss>"),
        "atom": (
            '<feed xmlns="http://www.w3.org/2005/Atom">',
            "<entry><id>1</id></entry>",
            "",
            "</feed>",
        ),
        "json-feed": ('{"items":[', '{"id":"1","content_html":""}', ",", "]}"),
    }
    head, item, between, tail = listed[name]
    begun = time.monotonic()
    with pytest.raises(TooLarge, match="1,000,000"):
        read(name, head + between.join([item] * 10**6) + tail)
    assert time.monotonic() - begun < 2


def test_many_prefixed_entries_are_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MOST", 3)
    many = "<a:entry><a:id>1</a:id></a:entry>" * 4
    with pytest.raises(TooLarge):
        read("atom", f'<a:feed xmlns:a="http://www.w3.org/2005/Atom">{many}</a:feed>')


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_a_cut_names_the_line(name: str) -> None:
    data = MODULES[name].write(FEED, releases.samples())
    with pytest.raises(MalformedDocument, match=r"line \d+"):
        read(name, data[: len(data) // 2])


def test_a_far_day_is_kept_with_a_warning(name: str) -> None:
    sample = replace(releases.english(), first_created=datetime(2099, 1, 1, tzinfo=UTC))
    found = one(name, sample)
    assert found.revision.first_created == sample.first_created
    assert any("2099-01-01" in warning for warning in found.warnings)


def test_a_summary_alone_is_said_to_be_one(name: str) -> None:
    listed = {
        "rss": "<rss><channel><item><guid>1</guid><title>T</title>"
        "<description>Short …</description></item></channel></rss>",
        "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>t:1</id><title>T</title>'
        "<summary>Short …</summary></entry></feed>",
        "json-feed": '{"items": [{"id": "1", "title": "T", "summary": "Short …"}]}',
    }
    (found,) = read(name, listed[name])
    assert any(SUMMARY in warning for warning in found.warnings)
    assert [b.text for b in found.revision.body] == ["Short …"]


def test_a_single_release_has_a_feed_of_its_own() -> None:
    assert of_one(Revision()).title == "dispaccio"
    assert of_one(releases.english()).url == "https://wire.example/r/T100000001"


def test_samples_have_a_page_each() -> None:
    for name in FORMATS:
        assert list((ROOT / "tests" / "data" / name).iterdir())
