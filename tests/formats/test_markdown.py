"""Markdown: any author's file is read, and what we write comes back without loss."""

from __future__ import annotations

from hypothesis import given

from dispaccio.formats.base import Options
from dispaccio.formats.markdown import markdown
from dispaccio.release.canonical import canonical_bytes
from dispaccio.release.model import Reading, Revision
from tests.formats.revisions import revisions


def read(text: str) -> Reading:
    (only,) = markdown.read(text.encode(), Options())
    return only


@given(revisions)
def test_what_is_written_comes_back_whole(revision: Revision) -> None:
    document = markdown.write(revision)
    (reading,) = markdown.read(document, Options())
    assert canonical_bytes(reading.revision) == canonical_bytes(revision)
    assert reading.revision == revision
    assert markdown.write(reading.revision) == document
