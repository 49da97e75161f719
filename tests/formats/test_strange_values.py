"""Values that nobody means, found by fuzzing: read, left out or refused in words, never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dispaccio.errors import MalformedDocument
from dispaccio.formats import links
from dispaccio.formats.base import Options
from dispaccio.formats.newscodes import subject_address
from dispaccio.formats.registry import by_name, formats
from dispaccio.release.body import Block
from dispaccio.release.model import Revision, Subject

NO_HOST = "http://["
TEXT = "The Harbour of Lowmere opens its new ferry dock on Monday."


def item(**more: Any) -> bytes:
    return json.dumps(
        {"uri": "urn:example:1", "headline": "A dock", "body_text": TEXT} | more
    ).encode()


def only(name: str, data: bytes) -> Revision:
    (found,) = by_name(name).read(data, Options())
    return found.revision


@pytest.mark.parametrize("name", [name for name, f in formats().items() if f.about.writes])
def test_an_address_without_a_host_can_be_written(name: str) -> None:
    revision = Revision(headline="A dock", body=(Block.paragraph(TEXT),), url=NO_HOST)
    assert by_name(name).write(revision)


def test_an_address_without_a_host_names_no_domain() -> None:
    assert links.host(NO_HOST) is None
    said = only(
        "ninjs",
        item(infosources=[{"name": "Harbour of Lowmere", "role": "issuer", "uri": NO_HOST}]),
    )
    assert said.issuer
    assert (said.issuer.name, said.issuer.domain) == ("Harbour of Lowmere", None)
    author = {"@type": "NewsArticle", "author": {"name": "Harbour of Lowmere", "url": NO_HOST}}
    page = f"<h1>A dock</h1><p>{TEXT}</p><script type='application/ld+json'>{json.dumps(author)}"
    said = only("html", f"<!doctype html><html><body>{page}</script></body></html>".encode())
    assert said.headline == "A dock"


@pytest.mark.parametrize("version", [1e300, 2**53, True])
def test_a_version_that_no_json_number_keeps_is_refused(version: object) -> None:
    with pytest.raises(MalformedDocument, match="version should be a whole number"):
        only("ninjs", item(version=version))


@pytest.mark.parametrize("size", ["9" * 5_000, "9" * 16, "-1", "x", "²"])
def test_a_size_that_is_none_is_left_out(size: str) -> None:
    said = only(
        "rss",
        f'<rss version="2.0"><channel><item><guid>1</guid><title>A dock</title><description>{TEXT}'
        f'</description><enclosure url="https://h.example/a.jpg" length="{size}"/></item></channel>'
        "</rss>".encode(),
    )
    assert [media.size for media in said.media] == [None]


def test_a_code_that_fits_no_address_has_none() -> None:
    assert subject_address(Subject("medtop", "04000000")) == (
        "http://cv.iptc.org/newscodes/mediatopic/04000000"
    )
    assert subject_address(Subject("medtop", "0 0")) is None
