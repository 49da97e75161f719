"""Which format a document is read in: its looks, and where they leave a choice its name."""

from __future__ import annotations

import pytest

from dispaccio.errors import MalformedDocument
from dispaccio.formats import registry

PAGE = b"<!DOCTYPE html><html><title>503 Service Unavailable</title><p>Later.</p></html>"
MARKED = b'<div align="center">ADVERTISEMENT</div>\n\n# A mill closes\n\nIt is old.\n'


@pytest.mark.parametrize(
    ("file", "data", "name"),
    [
        ("a.md", MARKED, "markdown"),
        ("A.MARKDOWN", MARKED, "markdown"),
        ("a.md", b"ADVERTISEMENT\n\n# A mill closes\n", "markdown"),
        ("a.html", MARKED, "html"),
        ("a.md", b'{"standard": "dispaccio/1"}', "dispaccio"),
        ("a.rss", b"<rss><channel/></rss>", "rss"),
        ("a.txt", PAGE, "html"),
        ("a", PAGE, "html"),
        (None, b'[{"title": "A mill closes"}]', "dispaccio"),
        (None, b' [ {\n"title": "A mill closes"}]', "dispaccio"),
        (None, b"[Advertisement]\n\nA mill closes", "text"),
        (None, MARKED, "html"),
    ],
)
def test_a_name_settles_what_the_looks_leave_open(file: str | None, data: bytes, name: str) -> None:
    assert registry.detect(data, file).name == name


@pytest.mark.parametrize("file", ["feed.rss", "feed.rss.xml", "feed.atom", "x.feed.json"])
def test_a_page_in_place_of_a_feed_is_refused(file: str) -> None:
    with pytest.raises(MalformedDocument, match="fetch the feed again"):
        registry.read(PAGE, file=file)


def test_the_label_above_a_markdown_file_is_read() -> None:
    (found,) = registry.read(MARKED, file="a.md")
    assert found.revision.headline == "A mill closes"
    assert found.revision.label is not None
