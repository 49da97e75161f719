"""Cursors: where one reader stands in the order of public changes. Pure.

A cursor bears a check of whose it is. That keeps one endpoint's cursor from being taken for
another's, where it would settle what was never read; it is no secret.
"""

from __future__ import annotations

import hashlib
import re

from dispaccio.errors import MalformedCursor

START = "start"
"""The cursor before everything."""
_LONGEST = 80
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9a-f]{8})")


def write(seq: int, whose: str) -> str:
    """The cursor of a public change for one reader."""
    return f"{seq}-{_check(seq, whose)}"


def read(text: str, whose: str) -> int:
    """The change behind a cursor. Raises MalformedCursor for what is none of this reader's."""
    if text == START:
        return 0
    found = _CURSOR.fullmatch(text)
    if found is None or found[2] != _check(int(found[1]), whose):
        raise MalformedCursor(
            f"{text[:_LONGEST]!r} is no cursor of this endpoint; give the `next` or a `cursor` of "
            "an answer as it came, or `start`."
        )
    return int(found[1])


def _check(seq: int, whose: str) -> str:
    return hashlib.sha256(f"{whose}/{seq}".encode()).hexdigest()[:8]
