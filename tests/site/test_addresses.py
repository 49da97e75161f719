"""Addresses: what is one of ours, and what a slug may be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.site import addresses
from dispaccio.site.addresses import ReleaseAddress


@given(st.text(max_size=300))
def test_any_headline_gives_a_harmless_slug_or_none(headline: str) -> None:
    slug = addresses.slug(headline)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*-?)?", slug)
    assert len(slug) <= addresses.SLUG_LENGTH
    assert not re.fullmatch(r"report|v[0-9]+", slug)
    assert addresses.slug(headline) == slug


@given(st.text(alphabet="aébcß 1-’ñ北", max_size=80))
def test_the_right_address_is_recognised_as_such(headline: str) -> None:
    path = addresses.page("100000001", headline)
    found = addresses.parse_release(path.removeprefix("/r/"))
    assert found is not None
    assert addresses.page(found.number, headline) == path
    assert (found.slug or "") == addresses.slug(headline)


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        ("Report", "report-"),
        ("V2", "v2-"),
        ("v2 of it", "v2-of-it"),
        ("Éclairs à l’école: ça va?", "eclairs-a-lecole-ca-va"),
        ("Ørsted, Łódź, Straße", "orsted-lodz-strasse"),
        ("北京", ""),
        ("نخلة الواحة", ""),
        ("CGTX: 共享 2026", "cgtx-2026"),
        ("one two " * 30, "one-two-one-two-one-two-one-two-one-two-one-two-one-two-one"),
    ],
)
def test_slugs(headline: str, slug: str) -> None:
    assert addresses.slug(headline) == slug


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("100000001", ReleaseAddress("100000001")),
        ("T100000001.ninjs.json", ReleaseAddress("T100000001", suffix=".ninjs.json")),
        ("100000001/v2.txt", ReleaseAddress("100000001", 2, ".txt")),
        ("100000001/a-slug", ReleaseAddress("100000001", slug="a-slug")),
        ("100000001/", ReleaseAddress("100000001", slug="")),
        ("100000001/report", None),
        ("100000001/v02", None),
        ("100000001/v0", None),
        ("100000001/v2/words", None),
        ("100000001/a/b", None),
        ("٠١٢٣٤٥٦٧٨٩", None),
        ("12345678901234567890", None),
        ("", None),
    ],
)
def test_what_an_address_names(rest: str, found: ReleaseAddress | None) -> None:
    assert addresses.parse_release(rest) == found


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("economia", ("economia", "")),
        ("economia/", ("economia", "/")),
        ("a/b/rss.xml", ("a/b", "/rss.xml")),
        ("a/feed.json", ("a", "/feed.json")),
        ("a/b/atom/12.xml", ("a/b", "/atom/12.xml")),
        ("a/atom/12.xml", ("a", "/atom/12.xml")),
        ("a/atom/", ("a/atom", "/")),
        ("a/rss.xml/", None),
        ("a/feed.xml", None),
        ("a/atom/0.xml", None),
        ("a/b/c/atom.xml", None),
    ],
)
def test_what_an_address_of_a_channel_names(rest: str, found: tuple[str, str] | None) -> None:
    assert addresses.parse_channel(rest) == found


def test_which_page_of_the_archive_is_named() -> None:
    assert addresses.parse_archive("/atom/12.xml") == 12
    assert addresses.parse_archive("atom/1.xml") == 1
    assert addresses.parse_archive("/atom/012.xml") is None
    assert addresses.parse_archive("/atom.xml") is None
