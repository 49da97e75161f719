"""The pages as readers and programs get them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html
from starlette.testclient import TestClient

from dispaccio.errors import StoreFailed
from dispaccio.release.body import Block
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import Contact, Party, Reason, SignedBy, Visibility
from dispaccio.release.state import Kind
from dispaccio.site.addresses import twins
from dispaccio.site.app import create_site
from dispaccio.site.assets import assets
from dispaccio.site.home import PAGE
from tests.support.public import DAIRY, FERRY, LAKE, SECRET, FakePublic, Numbers, at, link

KB = 1024


def _tree(client: TestClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.fromstring(answer.text)


def _find(tree: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    """What a CSS selector of names, classes, descent and commas finds, in its own order."""
    found = []
    for path in selector.split(", "):
        steps = []
        for step in path.split():
            name, *classes = step.split(".")
            tests = [f"[contains(concat(' ', @class, ' '), ' {c} ')]" for c in classes]
            steps.append(f"//{name or '*'}{''.join(tests)}")
        found += tree.xpath("." + "".join(steps))
    return found


def _text(tree: html.HtmlElement) -> str:
    return " ".join(tree.text_content().split())


def _addresses(number: str) -> list[str]:
    """Every address of a release with one or two versions."""
    ends = ["", ".proof.json", *twins()]
    return [f"/r/{number}{version}{end}" for version in ("", "/v1", "/v2") for end in ends]


# What is not there


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whatever_is_not_there_is_the_same_404(
    client: TestClient, numbers: Numbers, method: str
) -> None:
    absent = [
        "/nothing", "/r/", "/r/100000099", "/r/100000099.json", "/r/100000099/words",
        "/r/T100000001", "/r/1", "/r/x",
        "/r/100000099/v1", "/r/100000099.proof.json", f"/r/{numbers.dairy}/v9",
        f"/r/{numbers.dairy}/v9.json", f"/r/{numbers.dairy}.exe", f"/r/{numbers.dairy}/report",
        f"/r/{numbers.dairy}/v9.proof.json", "/c/", "/c/none", "/c/none/", "/c/none/atom.xml",
        "/c/economia/atom.xml/", "/c/Economia/", "/static/site.000000000000.css", "/robots.txt/",
        "/search/", "/?x".replace("?", "%3F"), "/imprint", "/embed/", "/embed/Aurora",
        "/%00", "/r/%F0%9F%98%80",
    ]  # fmt: skip
    for language, words in (("en", "There is nothing here."), ("it", "Qui non c’è nulla.")):
        answers = [
            client.request(method, path, headers={"accept-language": language}) for path in absent
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert len({tuple(answer.headers.items()) for answer in answers}) == 1
        assert answers[0].headers["vary"] == "accept-language"
        assert (words in answers[0].text) is (method == "GET")


def test_nothing_and_trouble_are_said_in_the_language_asked_for(public: FakePublic) -> None:
    def broken(number: str) -> None:
        raise StoreFailed

    public.release = broken  # type: ignore[assignment]
    with TestClient(create_site(public)) as client:
        for path, english, italian in (
            ("/nothing", "There is nothing here.", "Qui non c’è nulla."),
            ("/r/100000001", "Try again in a minute.", "Riprova tra un minuto."),
        ):
            for ask, said in (("", english), ("?lang=it", italian), ("?lang=en", english)):
                answer = client.get(path + ask)
                assert said in answer.text
                assert len(set(map(answer.text.count, (english, italian)))) == 2, "in both"
            assert italian in client.get(path, headers={"accept-language": "it"}).text
        assert client.get("/r/100000001").headers["cache-control"] == "no-store"


def test_a_reason_is_said_in_words(client: TestClient, public: FakePublic) -> None:
    number = public.publish(LAKE, at(1))
    first = public.kept[int(number)][0]
    for reason, english, italian in (
        (Reason("wrong-date", "It was Monday."), "A date is wrong – It was Monday.", "Una data"),
        (Reason("wrong-date"), "Reason: A date is wrong", "Motivo: Una data"),
        (Reason("house-code", "In our words."), "Reason: In our words.", "Motivo: In our words."),
        (Reason("house-code"), "Reason: house-code", "Motivo: house-code"),
    ):
        public.kept[int(number)] = [first]
        public.publish(replace(first, kind=Kind.WITHDRAWAL, reason=reason), at(2), after=number)
        with TestClient(create_site(public)) as fresh:
            page = _tree(fresh, f"/r/{number}")
            assert english in _text(_find(page, ".notice")[0])
            assert english.removeprefix("Reason: ") in _text(_find(page, ".stations")[0])
            assert italian in _text(_find(_tree(fresh, f"/r/{number}?lang=it"), ".notice")[0])


@pytest.mark.parametrize("path", ["/", "/nothing", "/r/100000001", "/search", "/atom.xml"])
def test_other_methods_are_refused(client: TestClient, path: str) -> None:
    answer = client.post(path)
    assert answer.status_code in (404, 405)
    assert answer.status_code == client.delete(path).status_code
    assert "content-security-policy" in answer.headers


def test_a_wrong_slug_leads_to_the_right_address(client: TestClient, numbers: Numbers) -> None:
    right = f"/r/{numbers.lake}/plankton-in-alpine-lakes-wakes-eleven-days-earlier-than-in"
    assert client.get(right).status_code == 200
    for wrong in ("/", "/x", "/plankton", "/%D8%A7", "/v2-"):
        answer = client.get(f"/r/{numbers.lake}{wrong}")
        assert (answer.status_code, answer.headers["location"]) == (308, right)
    answer = client.get(f"/r/{numbers.lake}/x?lang=it&q=junk")
    assert answer.headers["location"] == f"{right}?lang=it"
    assert client.get("/c/economia").headers["location"] == "/c/economia/"


# Headers


def test_every_answer_has_the_same_guards(client: TestClient, numbers: Numbers) -> None:
    style = next(asset.path for asset in assets().values() if asset.path.endswith(".css"))
    paths = ["/", "/search?q=x", "/nothing", "/atom.xml", "/c/economia", "/robots.txt", style]
    for path in [*paths, *_addresses(numbers.dairy)]:
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; "), path
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "referrer-policy" in headers
        assert "set-cookie" not in headers
        if path != style:
            assert headers["cache-control"] == "public, max-age=5", path


def test_static_files_stay_for_ever_under_a_name_of_their_bytes(client: TestClient) -> None:
    for asset in assets().values():
        answer = client.get(asset.path)
        assert answer.content == asset.body
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_known_etag_is_not_sent_again(client: TestClient, numbers: Numbers) -> None:
    for path in ("/", f"/r/{numbers.dairy}", f"/r/{numbers.dairy}.json", "/atom.xml"):
        etag = client.get(path).headers["etag"]
        answer = client.get(path, headers={"if-none-match": etag})
        assert (answer.status_code, answer.content) == (304, b"")


def test_the_schema_of_the_native_format(client: TestClient) -> None:
    answer = client.get("/schema/dispaccio-1.json")
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_robots_are_kept_out_of_searches_and_of_tests(
    client: TestClient, public: FakePublic
) -> None:
    assert "Disallow: /search" in client.get("/robots.txt").text


# Home, channel, search


def test_home_lists_by_hour_newest_first(client: TestClient, numbers: Numbers) -> None:
    tree = _tree(client, "/")
    hours = [section.xpath("string(.//h2)").split()[-1] for section in _find(tree, ".hour")]
    assert hours == ["11:00", "09:00", "08:00", "07:00", "06:00"]
    times = tree.xpath("//p[@class='when']/time/@datetime")
    assert times == sorted(times, reverse=True)
    assert times[0] == "2026-11-23T11:01:00Z"
    assert "Times are in UTC." in _text(tree)


def test_releases_of_one_hour_have_one_heading(public: FakePublic, client: TestClient) -> None:
    for count in range(3):
        public.publish(LAKE, at(8, count) + timedelta(microseconds=1000 * count))
    assert len(_find(_tree(client, "/"), ".hour")) == 1


def test_an_entry_says_what_a_reader_needs(client: TestClient, numbers: Numbers) -> None:
    entries = {e.xpath("string(.//h3/a/@href)"): e for e in _find(_tree(client, "/"), ".entry")}
    dairy = next(e for path, e in entries.items() if numbers.dairy in path)
    said = _text(dairy)
    for words in ("08:30", "Press release – promotional content", "Aurora Dairy Cooperative",
                  "Corrected", "Bergamo", "English"):  # fmt: skip
        assert words in said
    assert said.index("promotional") < said.index("hires")
    assert "Withdrawn" in _text(entries[f"/r/{numbers.withdrawn}"])
    assert "Withheld" in _text(entries[f"/r/{numbers.withheld}"])
    relayed = next(e for path, e in entries.items() if numbers.harbour in path)
    assert "taken over from another wire" in _text(relayed)


def test_an_empty_home_explains_itself_and_names_its_feed(client: TestClient) -> None:
    tree = _tree(client, "/")
    assert "Nothing has been published on this wire yet." in _text(tree)
    assert "leaves an entry in the public log." in _text(tree)
    assert "/atom.xml" in tree.xpath("//main//a/@href")


def test_paging_shows_each_release_once(client: TestClient, public: FakePublic) -> None:
    for index in range(PAGE * 2 + 1):
        public.publish(replace(LAKE, headline=f"Release {index}"), at(0, index))
    seen, path = [], "/"
    for _ in range(4):
        tree = _tree(client, path)
        seen += tree.xpath("//h3/a/@href")
        older = tree.xpath("//a[@rel='next']/@href")
        if not older:
            break
        path = older[0]
    assert len(seen) == len(set(seen)) == PAGE * 2 + 1
    assert "Newest" in _text(tree)
    assert client.get("/?before=junk").text.count("<h3") == PAGE
    assert "There is nothing older." in _text(_tree(client, "/?before=1"))


def test_a_channel_lists_its_own(client: TestClient, numbers: Numbers) -> None:
    found = _tree(client, "/c/economia/")
    assert len(_find(found, ".entry")) == 2
    assert "/c/economia/atom.xml" in found.xpath("//link[@rel='alternate']/@href")
    assert len(_find(_tree(client, "/c/immediata/ponente/"), ".entry")) == 1


@pytest.mark.parametrize(
    ("query", "count", "sentence"),
    [
        ("Bergamo", 1, "1 release holds “Bergamo”."),
        ("traghetto Isola", 1, "1 release holds “traghetto Isola”."),
        ("明湖", 1, "1 release holds “明湖”."),
        ("nowhere", 0, "No release holds “nowhere”."),
        ('"<b>%(x)s {{7*7}}', 0, 'No release holds “"<b>%(x)s {{7*7}}”.'),
        ("   ", 0, "Write words into the field above."),
    ],
)
def test_search_says_what_it_found(
    client: TestClient, numbers: Numbers, query: str, count: int, sentence: str
) -> None:
    answer = client.get("/search", params={"q": query})
    tree = html.fromstring(answer.text)
    assert len(_find(tree, ".entry")) == count
    assert sentence in _text(tree)
    assert tree.xpath("string(//input[@name='q']/@value)") == query.strip()
    assert "noindex" in tree.xpath("//meta[@name='robots']/@content")


# A release


def test_the_label_comes_first_in_the_same_words_and_place(
    client: TestClient, numbers: Numbers
) -> None:
    for number in vars(numbers).values():
        main = _find(_tree(client, f"/r/{number}"), "article.release")[0]
        first = main.xpath("./header/*[1]")[0]
        assert "disclosure" in first.get("class")
        assert first.xpath("string(strong)")


def test_who_issued_it_and_how_that_was_proved(client: TestClient, numbers: Numbers) -> None:
    for number, words in (
        (numbers.lake, "signed with the issuer's own key"),
        (numbers.dairy, "signed by this wire for the issuer"),
        (numbers.harbour, "taken over from another wire"),
    ):
        by = _find(_tree(client, f"/r/{number}"), "p.by")[0]
        assert words in _text(by)
        assert by.xpath("bdi[@class='issuer']")


def test_issuers_text_has_its_language_and_direction(client: TestClient, numbers: Numbers) -> None:
    for number, lang, direction in (
        (numbers.dates, "ar", "rtl"),
        (numbers.books, "zh", "ltr"),
        (numbers.ferry, "it", "ltr"),
    ):
        tree = _tree(client, f"/r/{number}?lang=en")
        for part in _find(tree, ".release h1, .text, .disclosure strong"):
            assert (part.get("lang"), part.get("dir")) == (lang, direction)
        entry = next(
            h for h in _find(_tree(client, "/"), "h3") if number in h.xpath("string(a/@href)")
        )
        assert (entry.get("lang"), entry.get("dir")) == (lang, direction)


def test_the_relays_label_keeps_its_own_language(client: TestClient, numbers: Numbers) -> None:
    label = _find(_tree(client, f"/r/{numbers.harbour}"), ".disclosure strong")[0]
    assert label.get("lang") == "it"


def test_links_of_a_paid_release_say_so(client: TestClient, numbers: Numbers) -> None:
    host = client.base_url.host
    for number in (numbers.dairy, numbers.harbour, numbers.dates):
        tree = _tree(client, f"/r/{number}")
        outside = [
            a for a in tree.xpath("//article//a[contains(@href, ':')]")
            if host not in a.get("href") and not a.get("href").startswith("https://ponte.example")
        ]  # fmt: skip
        assert outside
        assert {a.get("rel") for a in outside} == {"sponsored nofollow noopener"}


def test_a_correction_shows_what_changed(client: TestClient, numbers: Numbers) -> None:
    tree = _tree(client, f"/r/{numbers.dairy}")
    changes = _find(tree, "details.changes")[0]
    assert _text(_find(changes, "summary")[0]) == "✎ Corrected 12:05 UTC – see what changed"
    assert [e.text for e in _find(changes, "del")] == ["120", "14", "120"]
    assert [e.text for e in _find(changes, "ins")][:3] == ["112", "14.6", "112"]
    assert "an older plan" in _text(changes)


def test_an_old_version_says_that_it_is_old(client: TestClient, numbers: Numbers) -> None:
    tree = _tree(client, f"/r/{numbers.dairy}/v1")
    assert "hires 120 people" in _text(tree)
    old = _find(tree, ".notice.old")[0]
    assert "Version 1, which has been replaced." in _text(old)
    assert old.xpath("string(a/@href)").startswith(f"/r/{numbers.dairy}/aurora")
    assert not _find(tree, "details.changes")
    canonical = tree.xpath("string(//link[@rel='canonical']/@href)")
    assert canonical == f"https://ponte.example/r/{numbers.dairy}"
    assert not _find(_tree(client, f"/r/{numbers.dairy}/v2"), ".notice.old")


def test_a_text_that_is_usable_again_still_shows_its_correction(
    client: TestClient, public: FakePublic, numbers: Numbers
) -> None:
    text = public.kept[int(numbers.dairy)][-1]
    for kind in (Kind.WITHHOLD, Kind.USABLE_AGAIN):
        again = replace(text, kind=kind, reason=Reason("check", "Checked."))
        public.publish(again, at(8), after=numbers.dairy)
    tree = _tree(client, f"/r/{numbers.dairy}")
    assert "Corrected 12:05" in _text(_find(tree, "details.changes summary")[0])
    stations = [_text(_find(li, "strong")[0]) for li in _find(tree, ".provenance .stations li")]
    assert stations == ["Published", "Corrected", "Withheld", "Usable again"]


@pytest.mark.parametrize("state", ["withdrawn", "withheld"])
def test_what_was_taken_back_shows_its_reason_and_no_text_anywhere(
    client: TestClient, numbers: Numbers, state: str
) -> None:
    number = getattr(numbers, state)
    page = _text(_tree(client, f"/r/{number}"))
    assert {"withdrawn": "This release was withdrawn.", "withheld": "withheld for the moment"}[
        state
    ] in page
    assert {"withdrawn": "could not be repeated", "withheld": "being checked"}[state] in page
    for path in [*_addresses(number), "/", "/atom.xml", f"/search?q={SECRET}", "/?lang=it"]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        body = answer.text.replace(f'value="{SECRET}"', "").replace(f"“{SECRET}”", "")
        assert SECRET not in body.replace(f": {SECRET} –", "").replace(f"q={SECRET}", ""), path
    slug = client.get(f"/r/{number}/a-claim-that-did-not-hold-{SECRET}")
    assert slug.headers["location"] == f"/r/{number}"


def test_a_relayed_release_shows_the_chain_and_the_original(
    client: TestClient, numbers: Numbers
) -> None:
    chain = _find(_tree(client, f"/r/{numbers.harbour}"), ".chain")[0]
    assert "Taken over from another wire" in _text(chain)
    parties = [_text(li.xpath("bdi")[0]) for li in _find(chain, ".stations li")]
    assert parties == ["Cantieri Porto Chiaro", "Ponente", "Immediata", "Ponte"]
    assert "5530192" in _text(chain)
    assert "https://ponente.example/releases/" in chain.xpath("string(.//dd/a/@href)")


def test_provenance_says_one_line_then_everything(client: TestClient, numbers: Numbers) -> None:
    lake = _find(_tree(client, f"/r/{numbers.lake}"), "details.provenance")[0]
    line = _text(_find(lake, "summary")[0])
    assert "Issued by Istituto Lariano per i Laghi and signed with its own key" in line
    assert line.endswith("unaltered since.")
    said = _text(lake)
    for words in (
        "curl -sO https://ponte.example/r/",
        "| sha256sum",
        "Manifest (SHA-256)",
        "Signature of this wire",
        "Entries in the public log",
        '{"t": "publish"',
    ):
        assert words in said
    dairy = _find(_tree(client, f"/r/{numbers.dairy}"), "details.provenance summary")[0]
    assert _text(dairy).endswith("changed once since.")


def test_twins_are_the_renderings_and_offered_on_the_page(
    client: TestClient, public: FakePublic, numbers: Numbers
) -> None:
    offered = _tree(client, f"/r/{numbers.dairy}").xpath("//a[@download]/@href")
    assert set(offered) == {f"/r/{numbers.dairy}{suffix}" for suffix in twins()}
    for suffix, name in twins().items():
        for version in (None, 1, 2):
            middle = f"/v{version}" if version else ""
            answer = client.get(f"/r/{numbers.dairy}{middle}{suffix}")
            rendering = public.rendering(numbers.dairy, version, name)
            assert rendering is not None
            assert answer.content == rendering.body
            assert answer.headers["content-type"].startswith(rendering.media_type)
            assert answer.headers["access-control-allow-origin"] == "*"
    assert f"/r/{numbers.dairy}/v1" in _tree(client, f"/r/{numbers.dairy}/v1").xpath(
        "string((//a[@download])[1]/@href)"
    )


@pytest.mark.parametrize(
    ("language", "first"), [("en", ["Plain text", "HTML page"]), ("it", ["Testo", "Pagina HTML"])]
)
def test_formats_have_the_names_that_readers_know(
    client: TestClient, numbers: Numbers, language: str, first: list[str]
) -> None:
    offered = _tree(client, f"/r/{numbers.dairy}?lang={language}").xpath("//a[@download]/text()")
    assert offered == [*first, "Markdown", "ninjs", "JSON", "NewsML-G2", "NITF"]


def test_machines_read_the_label_too(client: TestClient, numbers: Numbers) -> None:
    tree = _tree(client, f"/r/{numbers.dairy}")
    assert "AdvertiserContentArticle" in tree.xpath("string(//script[@type])")
    description = tree.xpath("string(//meta[@property='og:description']/@content)")
    assert description.startswith("Press release – promotional content")


def test_contacts_for_the_media_only_are_not_shown(client: TestClient, public: FakePublic) -> None:
    hidden = Contact(
        "Vera Nascosta", None, None, "vera@hidden.example", None, Visibility.MEDIA_ONLY
    )
    number = public.publish(replace(DAIRY, contacts=(*DAIRY.contacts, hidden)), at(1))
    page = client.get(f"/r/{number}").text
    assert "Livia Brembati" in page
    assert "hidden.example" not in page
    assert "Nascosta" not in client.get("/atom.xml").text


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}%(x)s\"'\u202e"


def test_a_lone_surrogate_does_not_break_a_page(client: TestClient, public: FakePublic) -> None:
    number = public.publish(replace(LAKE, headline="a\ud800b"), at(1))
    assert client.get(f"/r/{number}").status_code == client.get("/").status_code == 200


def test_what_an_issuer_writes_stays_text(client: TestClient, public: FakePublic) -> None:
    evil = replace(
        FERRY,
        headline=HOSTILE, subhead=HOSTILE, place=HOSTILE, boilerplate=HOSTILE, language='x" y',
        issuer=Party(HOSTILE, HOSTILE, HOSTILE), legal=(HOSTILE,), disclaimers=(HOSTILE,),
        label=replace(of_kind(LabelKind.PROMOTIONAL, "en"), text=HOSTILE, paid_by=HOSTILE),
        body=(Block.paragraph(HOSTILE), link("click here", "here", "javascript:alert(1)")),
        contacts=(Contact(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        reason=Reason(HOSTILE, HOSTILE), channel="economia",
    )  # fmt: skip
    number = public.publish(evil, at(1))
    changed = replace(evil, kind=Kind.CORRECTION, body=(Block.paragraph(f"{HOSTILE} x"),))
    public.publish(changed, at(2), after=number)
    for path in (f"/r/{number}", f"/r/{number}/v1", "/", "/c/economia/", "/?lang=it"):
        tree = _tree(client, path)
        sources = [s for s in tree.xpath("//script") if s.get("type") != "application/ld+json"]
        assert [s.get("src") for s in sources] == [assets()["site.js"].path]
        assert not tree.xpath("//img | //*[@onerror]")
        assert not tree.xpath("//a[starts-with(@href, 'javascript')]")
        assert "{{7*7}}%(x)s" in client.get(path).text


def test_a_release_of_which_little_is_known_has_a_page(
    client: TestClient, public: FakePublic
) -> None:
    bare = replace(LAKE, label=None, issuer=None, place=None, language=None, contacts=())
    number = public.publish(bare, at(1))
    tree = _tree(client, f"/r/{number}")
    assert _find(tree, ".release h1")[0].get("dir") == "auto"
    assert not _find(tree, ".disclosure")
    assert _find(_tree(client, "/"), ".entry")


# Language, test mode, weight


def test_the_chosen_language_is_kept_on_the_way(client: TestClient, numbers: Numbers) -> None:
    tree = _tree(client, "/?lang=it")
    assert tree.get("lang") == "it"
    inside = tree.xpath("//main//h3/a/@href")
    assert all(path.endswith("?lang=it") for path in inside)
    assert tree.xpath("string(//input[@name='lang']/@value)") == "it"
    release = _tree(client, inside[0])
    assert release.get("lang") == "it"
    assert release.xpath("string(//nav[@class='languages']/a[@lang='en']/@href)").endswith(
        "lang=en"
    )


def test_the_header_chooses_where_nothing_was_chosen(client: TestClient, numbers: Numbers) -> None:
    italian = client.get("/", headers={"accept-language": "it"})
    assert "Rettificato" in italian.text
    assert "?lang=" not in html.fromstring(italian.text).xpath("string(//main//h3/a/@href)")
    assert "accept-language" in italian.headers["vary"]
    assert "Corrected" in client.get("/?lang=en", headers={"accept-language": "it"}).text
    assert "Corrected" in client.get("/?lang=xx").text


def test_a_real_home_does_not_look_like_a_test(client: TestClient, public: FakePublic) -> None:
    number = public.publish(LAKE, at(1))
    assert "nothing here is a real release" not in client.get(f"/r/{number}").text


def test_pages_are_light(client: TestClient, public: FakePublic) -> None:
    long = tuple(Block.paragraph(f"{index} {block.text}") for index in range(30)
                 for block in DAIRY.body)  # fmt: skip
    number = public.publish(replace(DAIRY, body=long), at(0))
    public.publish(replace(DAIRY, kind=Kind.CORRECTION, body=long[5:]), at(1), after=number)
    for index in range(PAGE):
        public.publish(replace(FERRY, headline=f"{FERRY.headline} {index}"), at(1, index))
    assert _weight(client, f"/r/{number}") <= 40 * KB
    assert _weight(client, "/") <= 60 * KB
    assert len(assets()["site.css"].body) <= 12 * KB


def _weight(client: TestClient, path: str) -> int:
    """The bytes of a page and of all that it loads, compressed."""
    page = client.get(path)
    loaded = [asset.body for asset in assets().values() if asset.path in page.text]
    assert loaded, "it loads nothing"
    return sum(len(gzip.compress(body)) for body in (page.content, *loaded))


def test_a_page_that_was_asked_for_before_asks_nobody(
    client: TestClient, public: FakePublic, numbers: Numbers
) -> None:
    client.get(f"/r/{numbers.dairy}")
    before = public.asked
    client.get(f"/r/{numbers.dairy}")
    assert public.asked == before


def test_a_release_of_an_archive_says_so(public: FakePublic, client: TestClient) -> None:
    old = replace(LAKE, archive=True, label=None, signed_by=SignedBy.OBSERVED)
    number = public.publish(old, at(0))
    for language, words in (("en", "not issued through this wire"), ("it", "non diffuso da")):
        tree = _tree(client, f"/r/{number}?lang={language}")
        [band] = _find(tree, "p.notice.archive")
        assert words in band.text_content()
        assert words in _find(tree, "span.signed")[0].text_content()
    tree = _tree(client, f"/r/{number}")
    page = " ".join(tree.text_content().split())
    for said in ("Dated", "The text in the archive bears no label", "From an archive",
                 "Brought in from an archive"):  # fmt: skip
        assert said in page, said
    for said in ("another wire", "The other wire", "signed by this wire"):
        assert said not in page, said
    assert number not in client.get("/").text
    assert number not in client.get("/atom.xml").text
    listed = client.get("/archive?lang=it").text
    assert number in listed
    assert "non diffuso da questa agenzia" in listed
    assert any(a.get("href") == "/archive" for a in _find(_tree(client, "/"), "a"))


def test_an_archive_is_listed_by_day_without_times(public: FakePublic, client: TestClient) -> None:
    old = replace(LAKE, archive=True, label=None, signed_by=SignedBy.OBSERVED)
    day, timed = public.publish(old, at(-6)), public.publish(old, at(3, 30))
    for language, words in (("en", "Monday, 23 November 2026"), ("it", "lunedì 23 novembre 2026")):
        [section] = _find(_tree(client, f"/archive?lang={language}"), ".hour")
        assert section.xpath("string(.//h2)") == words
        assert section.xpath(".//time/@datetime") == ["2026-11-23"]
        assert len(section.xpath(".//li")) == 2
    dated = {
        number: _tree(client, f"/r/{number}").xpath("string(//p[@class='meta']/span[1])")
        for number in (day, timed)
    }
    assert dated == {day: "Dated 23 November 2026", timed: "Dated 23 November 2026, 09:30 UTC"}


def test_an_archive_with_nothing_in_it(numbers: Numbers, client: TestClient) -> None:
    assert "Nothing has been brought in from an archive." in client.get("/archive").text
    assert not any(a.get("href") == "/archive" for a in _find(_tree(client, "/"), "a"))


def test_an_old_address_leads_to_its_release(
    public: FakePublic, numbers: Numbers, client: TestClient
) -> None:
    nothing = client.get("/old/none.html")
    assert nothing.status_code == 404
    ordinal = public.latest(1)[0].ordinal
    public.old = {"/old/caffè.html": ordinal, "/news.php?id=7": ordinal}
    for path in ("/old/caff%C3%A8.html", "/old/caff%C3%A8.html?from=mail", "/news.php?id=7"):
        answer = client.get(path)
        assert answer.status_code == 301, path
        assert answer.headers["location"].startswith(f"/r/{ordinal}")
        assert client.head(path).status_code == 301
    for path in ("/news.php", "/news.php?id=8", f"/{'x' * 3000}"):
        assert client.get(path).content == nothing.content
    assert client.post("/news.php?id=7").status_code == 404
