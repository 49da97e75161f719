"""Every registered format keeps the contract that third-party formats are held to."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest

from dispaccio.formats.base import Format
from dispaccio.testing import formats, releases
from tests.support import docs

FORMATS = docs.plugins("formats")
LAST_RESORT = "text"
READ_BY = {"ninjs-1": "ninjs", "ninjs-2": "ninjs"}
"""Formats that are written only, and which one reads what they write."""


def load(name: str) -> Format:
    loaded: Format = EntryPoint(name, FORMATS[name], "dispaccio.formats").load()
    return loaded


@pytest.fixture(scope="module", params=sorted(FORMATS))
def registered(request: pytest.FixtureRequest) -> Format:
    return load(request.param)


@pytest.mark.parametrize("check", formats.CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Callable[[Format], None], registered: Format) -> None:
    check(registered)


def test_no_format_takes_anothers_documents_for_its_own(registered: Format) -> None:
    """Whatever the order in which they are asked; plain text is asked last."""
    if not registered.about.writes:
        return
    reader = READ_BY.get(registered.name, registered.name)
    others = [load(name) for name in FORMATS if name not in (reader, LAST_RESORT)]
    for state, sample in releases.in_every_state():
        data = registered.write(sample)
        takers = [other.name for other in others if other.about.recognises(data)]
        assert takers == [], state


def test_media_types_and_suffixes_are_nobody_elses() -> None:
    for what in ("media_types", "suffixes"):
        told = [value for name in FORMATS for value in getattr(load(name).about, what)]
        assert len(told) == len(set(told)), what
