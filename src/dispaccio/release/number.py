"""The public number of a release: text, decimal from 100000001, ``T`` in front in test mode."""

from __future__ import annotations

import re

from dispaccio.errors import NoSuchRelease

FIRST = 100_000_001
_NUMBER = re.compile(r"(T?)([1-9][0-9]{8,15})", re.ASCII)


def write(ordinal: int, *, test: bool) -> str:
    """The number as people write it: ``write(100000001, test=True)`` is ``T100000001``."""
    return f"{'T' if test else ''}{ordinal}"


def parse(number: str, *, test: bool) -> int:
    """The ordinal of a number of this kind of home. Raises NoSuchRelease."""
    found = _NUMBER.fullmatch(number)
    if not found or bool(found[1]) is not test or int(found[2]) < FIRST:
        raise NoSuchRelease(number=number)
    return int(found[2])
