"""The feed around a single release says who paid, and invents neither language nor time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispaccio.formats.base import Options
from dispaccio.formats.registry import by_name
from dispaccio.testing import releases

NAMES = ("atom", "rss", "json-feed")
BARE = replace(
    releases.english(),
    language=None,
    first_created=None,
    version_created=None,
    release_time=None,
)


@pytest.mark.parametrize("name", NAMES)
def test_who_paid_stands_in_the_text_and_comes_back(name: str) -> None:
    assert BARE.label is not None
    assert BARE.label.paid_by
    written = by_name(name).write(BARE)
    assert f"Paid for by {BARE.label.paid_by}".encode() in written
    (found,) = by_name(name).read(written, Options())
    assert found.revision.label is not None
    assert found.revision.label.paid_by == BARE.label.paid_by


@pytest.mark.parametrize("name", NAMES)
def test_no_language_and_no_time_is_invented(name: str) -> None:
    written = by_name(name).write(BARE)
    assert b"1970" not in written or name == "atom"
    for sign in (b'xml:lang="en"', b"<language>", b'"language":'):
        assert sign not in written
    (found,) = by_name(name).read(written, Options())
    assert found.revision.version_created is None
    assert found.revision.first_created is None
