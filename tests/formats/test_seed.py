"""A release as it came out of a chain of four wires, through every lossless format and back."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from dispaccio.formats import registry
from dispaccio.formats.convert import convert
from dispaccio.formats.registry import by_name, formats
from dispaccio.release.canonical import canonical_bytes
from dispaccio.release.model import Revision

LOSSLESS = sorted(name for name, format in formats().items() if format.about.lossless)


@pytest.fixture(scope="module")
def seed(shared: Path) -> Revision:
    (found,) = registry.read((shared / "seed" / "press-release.txt").read_bytes())
    assert found.revision.label
    assert found.revision.hops
    return found.revision


def back(revision: Revision, *names: str) -> Revision:
    """The release after it went from format to format, each recognised by its looks."""
    for name in names:
        (made,) = convert(
            registry.read(by_name("dispaccio").write(revision)), by_name(name)
        ).written
        (found,) = registry.read(made.body)
        assert found.format == name
        revision = found.revision
    return revision


def test_what_was_promised_is_there() -> None:
    assert set(LOSSLESS) == {"dispaccio", "markdown", "newsml-g2", "ninjs", "nitf"}


@pytest.mark.parametrize("name", LOSSLESS)
def test_the_seed_is_the_same_after_a_format(name: str, seed: Revision) -> None:
    found = back(seed, name)
    assert canonical_bytes(found) == canonical_bytes(seed)
    assert found == seed


@pytest.mark.parametrize(
    ("first", "second"),
    list(permutations(LOSSLESS, 2)),
)
def test_the_seed_is_the_same_after_two(first: str, second: str, seed: Revision) -> None:
    assert canonical_bytes(back(seed, first, second)) == canonical_bytes(seed)
