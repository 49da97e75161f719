"""Formats over the API: what ``Accept`` prefers, and converting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dispaccio.api.accept import preferred
from dispaccio.errors import NotAcceptable
from dispaccio.formats.registry import formats
from dispaccio.store import tables
from dispaccio.wire import convert, fitting
from tests.api.service import ADDRESS, Service
from tests.support.source import ROOT

PLAIN, NINJS = "text/plain", "application/vnd.iptc.ninjs+json"


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("", "dispaccio"),
        ("*/*", "dispaccio"),
        (PLAIN, "text"),
        (f"{PLAIN};q=0.5, {NINJS}", "ninjs"),
        (f"{PLAIN}, {NINJS}", "text"),
        (f"{NINJS}; q=0.1, */*; q=0", "ninjs"),
        (f"*/*, {PLAIN};q=0.9", "dispaccio"),
        ("text/*", "html"),
        ("text/*, text/html;q=0.2, text/markdown;q=0.3", "text"),
        ("application/json;q=0, application/*", "dispaccio"),
        (f"image/png, {PLAIN};q=0.001", "text"),
        ("TEXT/PLAIN; Q=1.0", "text"),
        (", ,", "dispaccio"),
        ("nonsense", "dispaccio"),
    ],
)
def test_the_best_quality_wins(accept: str, name: str) -> None:
    assert preferred([accept]) == name


@pytest.mark.parametrize(
    "accept", ["image/png", f"{PLAIN};q=0", "*/*;q=0", f"{PLAIN};q=high", "x/" * 9000]
)
def test_what_takes_nothing_of_ours_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable, match=PLAIN):
        preferred([accept])


def test_a_release_comes_in_every_written_format(service: Service) -> None:
    number = service.public()
    for name, format in formats().items():
        if not format.about.writes:
            continue
        answer = service.ask(
            "GET", f"/releases/{number}", headers={"accept": format.about.media_types[0]}
        )
        assert answer.status_code == 200, name
        assert answer.headers["content-type"].startswith(format.about.media_types[0])
        assert number in answer.text
    refused = service.ask("GET", f"/releases/{number}", headers={"accept": "image/png"})
    assert (refused.status_code, refused.json()["code"]) == (406, "not-acceptable")


def test_a_format_that_is_not_kept_is_written_from_what_is_shown(service: Service) -> None:
    """As it is for one that is no twin, or that came after the release was published."""
    usable, withheld = service.public(), service.withheld()
    kept = {
        number: service.ask("GET", f"/releases/{number}", headers={"accept": PLAIN}).content
        for number in (usable, withheld)
    }
    with service.wire.store.write(service.wire.clock.now()) as tx:
        tx.run(tables.rendering.delete().where(tables.rendering.c.format == "text"))
    for number, body in kept.items():
        answer = service.ask("GET", f"/releases/{number}", headers={"accept": PLAIN})
        assert answer.content == body
    assert b"Text number" in kept[usable]
    assert b"Text number" not in kept[withheld]


def test_an_endpoint_gets_what_the_wire_writes(service: Service) -> None:
    body = {"subscriber": "gazette", "address": ADDRESS, "payload": "full", "format": "telex"}
    answer = service.ask("POST", "/endpoints", "operator", body)
    assert answer.json()["code"] == "unknown-format"
    assert (
        "dispaccio, html, json-feed, markdown, newsml-g2, ninjs, ninjs-1" in answer.json()["detail"]
    )
    assert fitting.PAYLOADS == ("thin", "full")


def test_converting(service: Service) -> None:
    said = service.ask("POST", "/convert?to=markdown", "author", service.text()).json()
    (made,) = said["documents"]
    assert said["media_type"] == "text/markdown"
    assert said["left_out"] == []
    assert "Text number" in made["document"]
    picture = {"uri": "urn:example:p", "type": "picture"}
    items = [picture, {"uri": "urn:example:1", "headline": "A", "body_text": "B opens today."}]
    said = service.ask("POST", "/convert?to=text&format=ninjs", "author", items).json()
    assert len(said["documents"]) == 1
    assert said["left_out"] == ["Item 1 is picture, not text; it was left out."]
    assert service.ask("POST", "/convert?to=telex", "author", items).status_code == 415
    assert service.ask("POST", "/convert?to=text", "author", b"{").status_code == 422


@pytest.mark.parametrize(
    ("kind", "before", "item", "behind"),
    [
        (
            "rss",
            "<rss version='2.0'><channel>",
            "<item><title>A</title></item>",
            "</channel></rss>",
        ),
        ("atom", "<a:feed xmlns:a='x'>", "<a:entry/>", "</a:feed>"),
        ("newsml-g2", "<newsMessage>", "<newsItem guid='a'/>", "</newsMessage>"),
        ("dispaccio", "[{}", ', {"title": "A"}', "]"),
        ("ninjs", '{"items": [{}', ', {"uri": "a"}', "]}"),
        ("mail", "", "From a@b.example Mon May 26\n\n", ""),
        ("anpa-1312", "", "\x01a\x02b\x03c\x04", ""),
    ],
)
def test_more_items_than_one_call_converts(
    service: Service,
    kind: str,
    before: str,
    item: str,
    behind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(convert, "readings_of", lambda *_: pytest.fail("they were read"))
    document = f"{before}{item * 1001}{behind}".encode()
    answer = service.ask("POST", f"/convert?to=text&format={kind}", "author", document)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert "one call converts 1,000 at the most" in answer.json()["detail"]


def test_as_many_items_as_one_call_converts(service: Service) -> None:
    items = [{"uri": f"urn:example:{at}", "headline": "A", "body_text": "B."} for at in range(1000)]
    said = service.ask("POST", "/convert?to=text&format=ninjs", "author", items).json()
    assert len(said["documents"]) == 1000


def test_converting_keeps_nothing(service: Service) -> None:
    canary = "canary-of-converting-1937"
    document = json.dumps({"title": canary, "body": [{"kind": "paragraph", "text": canary}]})
    answer = service.ask(
        "POST",
        "/convert?to=ninjs",
        "author",
        document.encode(),
        headers={"content-type": "application/json"},
    )
    assert canary in answer.text
    folder = Path(service.home.folder)
    found = [p for p in folder.rglob("*") if p.is_file() and canary.encode() in p.read_bytes()]
    assert found == []


def test_a_mail_can_be_handed_in_and_converted(service: Service) -> None:
    mail = (ROOT / "tests/data/mail/plain.eml").read_bytes()
    head = {"content-type": "message/rfc822"}
    answer = service.ask("POST", "/submissions?issuer=aurora", "author", mail, headers=head)
    assert answer.status_code == 201
    said = service.ask("POST", "/convert?to=text", "author", mail, headers=head).json()
    assert said["documents"][0]["name"] == "dock-1-harbour-example.txt"
    two = (ROOT / "tests/data/anpa-1312/two.anpa").read_bytes()
    head = {"content-type": "application/octet-stream"}
    refused = service.ask("POST", "/submissions?issuer=aurora", "author", two, headers=head)
    assert refused.json()["code"] == "several-releases"
    said = service.ask("POST", "/convert?to=ninjs", "author", two, headers=head).json()
    assert [item["name"] for item in said["documents"]] == ["a0123.ninjs.json", "a0124.ninjs.json"]
