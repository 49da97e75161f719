"""HTML: a page that stands alone, reads back, and is built of escaped text; anybody's page read."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from lxml import html as lxml_html

from dispaccio.errors import DispaccioError, EmptyInput
from dispaccio.formats.base import Options
from dispaccio.formats.html import body_html, head_meta, html, json_ld, title_of
from dispaccio.formats.html.render import PAID_REL
from dispaccio.formats.text import text
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.label import LabelKind
from dispaccio.release.model import (
    Contact,
    Hop,
    Identifier,
    Media,
    Party,
    Reading,
    Revision,
    Visibility,
    WireMark,
)
from dispaccio.release.notice import as_held, for_everyone
from dispaccio.testing import releases
from tests.formats.revisions import revisions
from tests.support.broken import samples

PROSE = "The Harbour of Lowmere opens its new ferry dock to travellers on Monday morning."
PAGE = "<!DOCTYPE html><html><body><article><h1>Lowmere opens a dock</h1>{}</article></body></html>"
STRONG, EM, LINK = MarkKind.STRONG, MarkKind.EM, MarkKind.LINK


def read(source: str | bytes, options: Options | None = None) -> Reading:
    data = source if isinstance(source, bytes) else source.encode()
    (found,) = html.read(data, options or Options())
    return found


def blocks(inside: str) -> tuple[Block, ...]:
    return read(PAGE.format(f"<p>{PROSE}</p>{inside}")).revision.body[1:]


def tree(revision: Revision) -> Any:
    return lxml_html.document_fromstring(html.write(revision).decode())


# Written


def test_the_order_of_the_page() -> None:
    article = tree(releases.english()).find(".//article")
    order = [child.get("class") or child.tag for child in article]
    expected = "label p h1 subhead text boilerplate contacts copyright provenance"
    assert " ".join(order) == expected
    assert article[0].text_content() == "Press release – promotional content"


@pytest.mark.parametrize("revision", releases.samples(), ids=lambda r: r.language)
def test_language_and_direction_stand_on_the_text(revision: Revision) -> None:
    page = tree(revision)
    article = page.find(".//article")
    assert article.get("lang") == revision.language
    assert article.get("dir") == ("rtl" if revision.language == "ar" else "ltr")
    assert page.get("lang") == ("it" if revision.language == "it" else "en")


def test_the_page_loads_and_runs_nothing() -> None:
    for _, revision in releases.in_every_state():
        page = tree(revision)
        assert not page.xpath("//@src | //@srcset | //@style | //@*[starts-with(name(), 'on')]")
        assert {link.get("rel") for link in page.iter("link")} <= {"canonical"}
        assert {script.get("type") for script in page.iter("script")} == {"application/ld+json"}
        style = page.findtext(".//style")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"


def test_the_page_is_well_formed() -> None:
    for _, revision in releases.in_every_state():
        page = tree(revision)
        assert len(page.findall(".//h1")) == len(page.findall(".//main")) == 1
        levels = [int(e.tag[1]) for e in page.iter("h1", "h2", "h3")]
        assert all(below - above <= 1 for above, below in pairwise(levels))
        assert page.findtext(".//title")
        assert all(image.get("alt") is not None for image in page.iter("img"))


def test_every_link_of_a_paid_release_is_sponsored() -> None:
    page, unpaid = tree(releases.english()), tree(releases.italian())
    assert {link.get("rel") for link in page.iter("a")} == {PAID_REL}
    assert {link.get("rel") for link in unpaid.iter("a")} == {None}
    assert len(list(page.iter("a"))) > 4


def test_contacts_for_the_media_are_not_on_the_page() -> None:
    assert b"ada@harbour.example" in html.write(releases.english())
    assert b"ben@harbour.example" not in html.write(releases.english())


def test_json_ld() -> None:
    data = json.loads(json_ld(releases.english()))
    assert data["@type"] == ["NewsArticle", "AdvertiserContentArticle"]
    assert data["author"] == data["creator"]
    assert data["author"]["name"] == "Harbour of Lowmere"
    assert data["publisher"]["name"] == "Ponte"
    assert data["sponsor"]["name"] == "Lowmere Ferries Ltd"
    assert data["dateline"] == "LOWMERE, November 23, 2026 /Ponte/ -"
    assert data["identifier"][0]["value"] == "T100000001"
    assert data["inLanguage"] == "en"
    assert json.loads(json_ld(releases.italian()))["@type"] == "NewsArticle"
    assert json.loads(json_ld(releases.italian()))["correction"]["text"].startswith("The number")
    relayed = json.loads(json_ld(releases.chinese()))
    assert relayed["isBasedOn"] == "https://lantern.example/news/77120031"


@pytest.mark.parametrize(
    "headline", ["</script><script>alert(1)</script>", "<!--<script>", "a & b \u2028 c", "{{7*7}}"]
)
def test_a_title_cannot_leave_its_place(headline: str) -> None:
    revision = replace(releases.english(), headline=headline)
    written = json_ld(revision)
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written)["headline"] == headline
    page = tree(revision)
    assert len(list(page.iter("script"))) == 1
    assert page.findtext(".//h1") == page.findtext(".//title") == headline


def test_open_graph_carries_the_label() -> None:
    head = str(head_meta(releases.chinese()))
    assert 'property="og:description" content="新闻稿——推广内容 – 青湖科技' in head
    assert '<link rel="canonical" href="https://wire.example/r/T100000004">' in head


@pytest.mark.parametrize("state", ["withheld", "withdrawn", "embargoed"])
def test_search_engines_keep_out(state: str) -> None:
    head = str(head_meta(releases.in_state(releases.english(), state)))
    assert '<meta name="robots" content="noindex">' in head
    assert "noindex" not in head_meta(releases.english())


def test_an_embargo_stands_below_the_label_until_it_ends() -> None:
    held = tree(releases.in_state(releases.english(), "embargoed")).find(".//article")
    assert [child.get("class") for child in held][:2] == ["label", "embargo"]
    assert held[1].findtext("time") == "November 23, 2026, 08:00:00 UTC"
    released = replace(releases.english(), embargo=releases.PUBLISHED)
    assert tree(released).find(".//p[@class='embargo']") is None


def test_a_notice_says_what_why_and_when() -> None:
    revision = releases.in_state(releases.italian(), "withdrawn")
    page = tree(revision)
    notice = page.find(".//div[@class='notice']").text_content()
    assert "è stato ritirato" in notice
    assert "Motivo: The number of boats was wrong." in notice
    assert "23 novembre 2026, 14:00:00 UTC" in notice
    assert page.findtext(".//h1") == title_of(revision)
    assert "T100000002" in title_of(revision)


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " data:text/html,x",
        "vbscript:x", "file:///etc/passwd", "//evil.example", "/path", "#top", "http:", "", "ftp://a",
    ],
)  # fmt: skip
def test_other_schemes_are_never_written(href: str) -> None:
    block = Block.paragraph("Click here now", Mark(6, 10, LINK, href))
    revision = replace(
        releases.english(), body=(block,), media=(Media(href=href),), url=href, original_url=href
    )
    page = tree(replace(revision, contacts=()))
    assert list(page.iter("a")) == []
    assert page.find(".//div[@class='text']").text_content().endswith("Click here now")


def test_marks_that_cross_are_nested() -> None:
    block = Block.paragraph("abcdef", Mark(0, 4, STRONG), Mark(2, 6, EM))
    assert body_html(Revision(body=(block,))) == (
        "<p><strong>ab<em>cd</em></strong><em>ef</em></p>"
    )


def test_marks_of_a_list_end_with_its_items() -> None:
    block = Block(BlockKind.LIST, "one\ntwo", (Mark(0, 7, STRONG),))
    assert body_html(Revision(body=(block,))) == (
        "<ul><li><strong>one</strong></li>\n<li><strong>two</strong></li></ul>"
    )


def test_a_dateline_opens_the_first_paragraph() -> None:
    assert body_html(releases.arabic()).startswith('<p><span class="dateline">')
    heading = Block(BlockKind.HEADING, "First", level=2)
    written = body_html(replace(releases.arabic(), body=(heading,)))
    assert re.fullmatch('<p><span class="dateline">.*</span></p>\n<h2>First</h2>', written)


@given(revision=revisions)
def test_any_revision_is_a_page(revision: Revision) -> None:
    page = tree(revision)
    assert len(page.findall(".//h1")) == 1
    assert {e.tag for e in page.find(".//article").iter()} <= {
        "article", "p", "bdi", "h1", "h2", "h3", "div", "span", "strong", "em", "sub", "sup", "a",
        "br",
        "ul", "ol", "li", "blockquote", "table", "tr", "td", "figure", "figcaption", "section",
        "footer", "dl", "dt", "dd", "time",
    }  # fmt: skip
    assert not page.xpath("//a[not(contains('https mailto tel', substring-before(@href, ':')))]")


# Read back


def test_a_page_of_ours_comes_back() -> None:
    for state, revision in releases.in_every_state():
        original, found = as_held(for_everyone(revision)), read(html.write(revision)).revision
        for name in (
            "headline", "subhead", "place", "boilerplate", "language", "id", "number", "version",
            "kind", "status", "url", "issuer", "signed_by", "first_created", "version_created",
            "embargo", "reason", "original_url", "tags", "copyright", "legal", "identifiers",
            "wire",
        ):  # fmt: skip
            assert getattr(found, name) == getattr(original, name), f"{state}: {name}"
        assert [(b.kind, b.text) for b in found.body] == [(b.kind, b.text) for b in original.body]
        assert found.label
        assert original.label
        assert replace(found.label, commissioned=None) == replace(original.label, commissioned=None)
        assert found.label.paid == original.label.paid
        assert (found.dateline and found.dateline.text) == (
            original.dateline and original.dateline.text
        )


def test_contacts_and_pictures_of_ours_come_back() -> None:
    found = read(html.write(releases.english())).revision
    assert found.contacts == (
        Contact(
            "Ada Fenwick", "Head of press", None, "ada@harbour.example", "+44 20 7946 0001",
            Visibility.PUBLIC,
        ),
    )  # fmt: skip
    (picture,) = found.media
    assert (picture.href, picture.alt) == (
        "https://harbour.example/dock.jpg",
        "The new dock at low tide",
    )


@given(revision=revisions)
def test_any_page_of_ours_can_be_read(revision: Revision) -> None:
    try:
        found = read(html.write(revision)).revision
    except EmptyInput:
        assert not "".join(block.text for block in revision.body).strip()
        return
    assert found.number == revision.number
    assert found.embargo == as_held(revision).embargo
    assert (found.label and found.label.kind) == (revision.label and revision.label.kind)


# Anybody's page


def test_a_wires_frame_reads_as_its_text_does() -> None:
    lines = (
        "COMUNICATO STAMPA - CONTENUTO PROMOZIONALE",
        "Ondachiara presenta il sensore che misura la salinità",
        (
            "BERGAMO, 23 novembre 2026 /PRNewswire/ -- La società Ondachiara presenta un sensore. "
            "Misura la salinità dell'acqua in 30 secondi, e si venderà da dicembre in tutta Italia."
        ),
        "Il nuovo strumento costa 240 euro e sarà venduto in tutta Italia nei prossimi mesi.",
        "SOURCE Ondachiara",
        "Copyright 2026 PR Newswire. All Rights Reserved.",
        (
            "COMUNICATO STAMPA - CONTENUTO PROMOZIONALE: Immediapress non è responsabile per i "
            "contenuti dei comunicati trasmessi"
        ),
    )
    label, title, *rest = lines
    inside = "".join(f"<p>{line}</p>" for line in rest)
    page = f"<html><body><div><p>{label}</p><h1>{title}</h1>{inside}</div></body></html>"
    (plain,) = text.read("\n\n".join(lines).encode(), Options())
    found = read(page).revision
    assert found == plain.revision
    assert found.dateline
    assert found.wire == WireMark("PR Newswire")
    assert found.issuer == Party("Ondachiara")
    assert [hop.party for hop in found.hops] == ["Ondachiara", "PR Newswire", "Immediapress"]


def test_the_main_part_is_found() -> None:
    parts = {
        "article": f"<article><p>{PROSE}</p></article>",
        "main": f"<main><p>{PROSE}</p></main>",
        "role": f"<div role=main><p>{PROSE}</p></div>",
        "div": f"<div><div class=x><p>{PROSE}</p><p>{PROSE}</p></div></div>",
        "table": f"<table><tr><td width=100>Menu</td><td><p>{PROSE}</p></td></tr></table>",
    }
    around = "<nav><a href=/>Home</a></nav>{}<footer>Imprint and so on</footer>"
    for name, part in parts.items():
        body = read(
            f"<html><body><h1>A title</h1>{around.format(part)}</body></html>"
        ).revision.body
        assert {block.text for block in body} == {PROSE}, name


def test_of_many_articles_the_longest_is_read() -> None:
    teaser = "<article><h2>Other</h2><p>Short.</p></article>"
    page = f"<main>{teaser}<article><h1>One</h1><p>{PROSE}</p></article>{teaser}</main>"
    found = read(f"<!doctype html>{page}").revision
    assert (found.headline, [b.text for b in found.body]) == ("One", [PROSE])


def test_blocks_and_marks() -> None:
    assert blocks(
        "<h2>Two</h2><h3>Three</h3><p>a <b>bold</b> <a href='https://x.example/?a=1&amp;b'>link</a></p>"
        "<ul><li>one</li><li>t<i>w</i>o</li></ul><ol><li>first</li></ol>"
        "<blockquote><p>said</p><p>again</p></blockquote>"
        "<table><tr><td></td><th>h</th></tr><tr><td>1</td><td>2<sub>x</sub></td></tr></table>"
    ) == (
        Block(BlockKind.HEADING, "Two", level=2),
        Block(BlockKind.HEADING, "Three", level=3),
        Block.paragraph(
            "a bold link", Mark(2, 6, STRONG), Mark(7, 11, LINK, "https://x.example/?a=1&b")
        ),
        Block(BlockKind.LIST, "one\ntwo", (Mark(5, 6, EM),)),
        Block(BlockKind.LIST, "first", ordered=True),
        Block(BlockKind.QUOTE, "said\nagain"),
        Block(BlockKind.TABLE, "\th\n1\t2x", (Mark(6, 7, MarkKind.SUB),)),
    )


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<p>a\n   b\t c</p>", "a b c"),
        ("<p>one<br>two</p>", "one\ntwo"),
        ("<p>x <span>y</span><span> z</span></p>", "x y z"),
        ("<div>loose <em>text</em></div>", "loose text"),
        ("<p>H<sub>2</sub>O &lt;b&gt;</p>", "H2O <b>"),
        ("<p>cafe&#769;</p>", "café"),
        ("<p>1&#8203;2&shy;3&#xFE0F;</p>", "123"),
        ("<p>می&zwnj;خواهم</p>", "می\u200cخواهم"),
        ("<dl><dt>Term</dt></dl>", "Term"),
        ("<pre>a  b\nc</pre>", "a b\nc"),
        ("<p>{{7*7}} ${7*7} #{7*7}</p>", "{{7*7}} ${7*7} #{7*7}"),
    ],
)
def test_running_text(inside: str, expected: str) -> None:
    assert [block.text for block in blocks(inside)] == [expected]


def test_two_line_breaks_divide_paragraphs() -> None:
    assert [b.text for b in blocks("one line<br>goes on<br><br>and another")] == [
        "one line\ngoes on",
        "and another",
    ]


def test_marks_end_with_their_paragraph_and_go_on() -> None:
    found = blocks("<b><div>one</div><div>two</div></b><p><b> a </b> <b>b</b></p>")
    assert [block.marks for block in found] == [(Mark(0, 3, STRONG),)] * 3


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        (
            "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
            "onerror=alert(1)&gt;'>"
        ),
        "<a href='javascript:alert(1)'>click</a>",
        "<a href='jAvAsCrIpT&colon;alert(1)'>click</a>",
        "<a href='&#14;javascript:alert(1)'>click</a>",
        "<a href='java&#10;script:alert(1)'>click</a>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<template><img src=x onerror=alert(1)></template>",
        "<form action='javascript:alert(1)'><button formaction='javascript:x'>go</button></form>",
        "<p style='background:url(javascript:alert(1))' onclick='alert(1)'>text</p>",
        "<base href='javascript:alert(1)//'><a href='x'>click</a>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
        "<b><i></b><p>&lt;img src=x onerror=alert(1)&gt;</i></p>",
    ],
)
def test_attacks_become_harmless(inside: str) -> None:
    found = read(PAGE.format(f"<p>{PROSE}</p>{inside}<p>{PROSE}</p>")).revision
    texts = [block.text for block in found.body]
    assert texts[0] == texts[-1] == PROSE
    assert not [mark for block in found.body for mark in block.marks if mark.kind is LINK]
    again = lxml_html.fromstring(f"<div>{body_html(found)}</div>")
    assert not again.xpath("//@*[starts-with(name(), 'on')] | //@style | //@href")
    assert {e.tag for e in again.iter()} <= {"div", "p", "strong", "em", "span"}


def test_what_is_left_out_is_said() -> None:
    warnings = read(
        PAGE.format(
            f"<p>{PROSE}</p><script>x</script><form><input></form><p hidden>h</p><u>under</u>"
            "<a href='javascript:x'>l</a><a href='#top'>up</a><h5>Small</h5>"
        )
    ).warnings
    assert warnings == (
        (
            "Left out, since the wire does not carry it: 1 × hidden text, 1 × input, "
            "1 × link target, 1 × script."
        ),
        "The text was kept, its formatting not: heading of level 5, u.",
    )


def test_addresses_are_resolved_against_the_pages_own() -> None:
    head = "<link rel=canonical href='https://harbour.example/news/1'>"
    text = f"<h1>A title</h1><p><a href='../dock'>{PROSE}</a></p>"
    page = f"<html><head>{head}</head><body>{text}</body></html>"
    found = read(page).revision
    assert found.body[0].marks[0].href == "https://harbour.example/dock"
    assert Identifier("url", "https://harbour.example/news/1") in found.identifiers


def test_pictures() -> None:
    found = read(
        PAGE.format(
            f"<p>{PROSE}</p><figure><img src='https://x.example/a.jpg' alt='A dock'>"
            "<figcaption>The dock</figcaption></figure><p><img src='data:image/png;base64,AA'>"
            "<img src='https://t.example/p.gif' width=1 height=1></p>"
        )
    )
    assert found.revision.body[1] == Block(BlockKind.IMAGE, "A dock", media=0)
    assert found.revision.media == (
        Media(href="https://x.example/a.jpg", alt="A dock", caption="The dock"),
    )
    assert found.warnings == (
        "Left out, since the wire does not carry it: 1 × picture without an address.",
    )


def test_json_ld_fills_what_the_text_is_silent_about() -> None:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "x"},
            {
                "@type": ["NewsArticle"],
                "headline": "A title from the data",
                "datePublished": "2026-11-23T09:00:00+01:00",
                "dateModified": "2026-11-23T10:00:00",
                "author": [{"@type": "Person", "name": "Redazione"}],
                "publisher": {"name": "Il Corriere di Valdombra"},
                "identifier": {"propertyID": "corriere", "value": 4711},
                "keywords": "acqua, sensori",
            },
        ],
    }
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    found = read(f"<html><head>{script}</head><body><p>{PROSE}</p></body></html>")
    said = found.revision
    assert said.headline == "A title from the data"
    assert said.first_created == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert (said.author, said.issuer, said.label) == ("Redazione", None, None)
    assert said.tags == ("acqua", "sensori")
    assert said.identifiers == (Identifier("corriere", "4711"),)
    evidence = "publisher: Il Corriere di Valdombra"
    assert said.hops == (Hop("Il Corriere di Valdombra", "enhanced", said.first_created, evidence),)
    assert said.version_created is None
    assert "dateModified was left out" in found.warnings[0]
    local = read(
        f"<html><head>{script}</head><body><p>{PROSE}</p></body></html>",
        Options(zone=ZoneInfo("UTC")),
    )
    assert local.revision.version_created == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_paid_content_names_its_issuer() -> None:
    data = {"@type": "AdvertiserContentArticle", "author": {"name": "Ondachiara"}}
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    found = read(PAGE.format(f"{script}<p>{PROSE}</p>")).revision
    assert found.issuer == Party("Ondachiara")
    assert found.label
    assert (found.label.kind, found.label.paid) == (LabelKind.PROMOTIONAL, True)


@pytest.mark.parametrize(
    "data", ["{", "[1, 2]", '{"@type": 5}', '{"@type": "NewsArticle", "author": 5}']
)
def test_broken_json_ld_does_not_stop_the_reading(data: str) -> None:
    script = f"<script type='application/ld+json'>{data}</script>"
    found = read(PAGE.format(f"{script}<p>{PROSE}</p>")).revision
    assert [block.text for block in found.body] == [PROSE]


# Bytes


@pytest.mark.parametrize(
    ("data", "stated"),
    [
        ("\ufeff<p>perché</p>".encode(), None),
        ("<p>perché</p>".encode("utf-16"), None),
        (b"<meta charset=iso-8859-1><p>perch\xe9 \x96</p>", None),
        (b"<meta content='text/html; charset=windows-1252'><p>perch\xe9</p>", None),
        (b"<p>perch\xe9</p>", "windows-1252"),
        ("<meta charset=iso-8859-1><p>perché</p>".encode(), "utf-8"),
        ("<p>perché</p>".encode(), None),
    ],
)
def test_character_sets(data: bytes, stated: str | None) -> None:
    found = read(data, Options(charset=stated)).revision
    assert f"{found.headline} {' '.join(b.text for b in found.body)}".strip().startswith("perché")


@pytest.mark.parametrize(("path", "code"), samples("html"))
def test_a_broken_page(path: Path, code: str) -> None:
    with pytest.raises(DispaccioError) as raised:
        html.read(path.read_bytes(), Options())
    assert raised.value.code() == code


_HUGE = {
    "nested": "'<div>' * 100_000 + 'text'",
    "crossed": "'<b><div></b>' * 100_000 + 'text'",
    "attributes": "'<p ' + ' '.join(f'a{i}=1' for i in range(400_000)) + '>text'",
    "elements": "'<p>text' * 500_000",
    "references": "'<p>' + '&amp;' * 800_000",
    "marks": "'<p>' + '<b>e&#769;</b> ' * 40_000",
    "one line": "'<p>' + 'word ' * 800_000",
}


@pytest.mark.parametrize("what", _HUGE)
@pytest.mark.long
def test_huge_input_costs_little(what: str) -> None:
    """Under 256 MB, measured in a process of its own; the seconds are those of processor time."""
    program = (
        "import re, time\nfrom dispaccio.formats.html import html\n"
        "from dispaccio.formats.base import Options\nfrom dispaccio.errors import DispaccioError\n"
        f"data = ({_HUGE[what]}).encode()\n"
        "try:\n    html.read(data, Options())\nexcept DispaccioError:\n    pass\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]\n"
        "print(int(peak) // 1024, time.process_time())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    megabytes, seconds = done.stdout.split()
    assert int(megabytes) < 256
    assert float(seconds) < 10


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><p>x", b"\xef\xbb\xbf  <html>", b"<!-- x --><!doctype HTML>", b"<p>x</p>",
        b"<?xml version='1.0'?><!DOCTYPE html><html>", b"<H1>x</H1>",
    ],
)  # fmt: skip
def test_html_is_recognised(data: bytes) -> None:
    assert html.about.recognises(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0'?><nitf>",
        b"<rss><channel>",
        b"a <p>x</p>",
        b"{",
        b"<https://a.example>",
    ],
)
def test_other_documents_are_not_recognised(data: bytes) -> None:
    assert not html.about.recognises(data)


@pytest.mark.parametrize("shift", range(0, 40, 7))
@pytest.mark.long
def test_a_long_page_reads_the_same_wherever_the_parser_stops_to_look(shift: int) -> None:
    words = [f"Brücke {number} 大桥 <em>öffnet &amp; schließt</em>." for number in range(4000)]
    page = "<h1>Title</h1>" + "x" * shift + "".join(f"<p>{text}</p>" for text in words)
    found = [block.text for block in read(page.encode()).revision.body]
    expected = [f"Brücke {number} 大桥 öffnet & schließt." for number in range(4000)]
    assert found[-4000:] == expected


def test_what_is_nested_too_deeply_is_refused_at_once() -> None:
    with pytest.raises(DispaccioError, match="nested deeper than 200"):
        read(b"<div>" * 190_000)
