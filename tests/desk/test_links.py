from __future__ import annotations

import pytest

from dispaccio.desk.checks.base import Severity
from dispaccio.release.model import Link, Media
from tests.desk.cases import linked, release, said, severities

TARGET, ADDRESS = "link-target", "link-address"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("https://arvello.example", "https://evil.test/"),
        ("arvello.example", "https://arvello.example.evil.test/"),
        ("www.arvello.example/press", "https://click.tracker.test/?u=arvello.example"),
        ("ARVELLO.EXAMPLE", "http://evil.test"),
        ("press@arvello.example", "mailto:press@evil.test"),
        ("bruma.example:8080/x", "https://arvello.example"),
    ],
)
def test_text_and_target_that_differ_are_asked_about(text: str, href: str) -> None:
    assert severities(TARGET, linked(text, href)) == [WARNING]
    assert severities(TARGET, release(links=(Link(href, text),))) == [WARNING]


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("https://arvello.example", "https://arvello.example/press?x=1"),
        ("arvello.example", "https://www.arvello.example/"),
        ("www.arvello.example", "https://shop.arvello.example/"),
        ("shop.arvello.example", "https://arvello.example/shop"),
        ("ARVELLO.example", "https://arvello.EXAMPLE."),
        ("münchen.example", "https://xn--mnchen-3ya.example/"),
        ("press@arvello.example", "mailto:press@arvello.example?subject=Dock"),
        ("our press room", "https://evil.test/"),
        ("Node.js", "https://evil.test/"),
        ("report.pdf", "https://evil.test/"),
        ("S.p.A.", "https://evil.test/"),
        ("12.5", "https://evil.test/"),
        ("e.g. this", "https://evil.test/"),
        ("arvello.example", "tel:+390005550100"),
        ("arvello.example", "https://[broken"),
    ],
)
def test_other_links_are_let_be(text: str, href: str) -> None:
    assert said(TARGET, linked(text, href)) == []


@pytest.mark.parametrize(
    "href",
    [
        "https://аrvello.example/",  # Cyrillic a
        "https://xn--rvello-4ve.example/",
        "https://arve11o.example/",  # ones for the l
        "https://press.arvelIo.example/",  # a capital I
        "https://αrvello.example/",
    ],
)
def test_a_host_in_disguise_is_an_error(href: str) -> None:
    assert severities(TARGET, linked("our dock", href)) == [ERROR]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " java\tscript:alert(1)",
        "java\u200bscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://arvello.example/1",
        "https://arvello.example@evil.test/",
        "https://arvello.example\\@evil.test/",
        "https:\\\\evil.test",
    ],
)
def test_a_dangerous_address_is_an_error(href: str) -> None:
    assert severities(ADDRESS, linked("our dock", href)) == [ERROR]
    assert severities(ADDRESS, release(media=(Media(href=href),))) == [ERROR]


@pytest.mark.parametrize(
    "href",
    ["/press", "#dock", "arvello.example", "//arvello.example/", "localhost:8000", "gopher:x"],
)
def test_an_address_that_few_can_follow_is_asked_about(href: str) -> None:
    assert severities(ADDRESS, linked("our dock", href)) == [WARNING]


@pytest.mark.parametrize(
    "href",
    [
        "https://arvello.example/a@b?c=data:x",
        "http://arvello.example:8080",
        "mailto:press@arvello.example",
        "tel:+390005550100",
        "HTTPS://ARVELLO.EXAMPLE",
    ],
)
def test_a_plain_address_is_let_be(href: str) -> None:
    assert said(ADDRESS, linked("our dock", href)) == []


def test_the_same_link_in_text_and_list_is_named_once() -> None:
    twice = release(
        body=linked("our dock", "javascript:x").body, links=(Link("javascript:x", "our dock"),)
    )
    assert len(said(ADDRESS, twice)) == 1
