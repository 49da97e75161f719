"""Places in a list that is ordered by an instant: cursors, as the calls and pages hand them on."""

from __future__ import annotations

import re
from datetime import datetime

from dispaccio.errors import MalformedCursor
from dispaccio.store.columns import instant, microseconds
from dispaccio.store.queue import Place
from dispaccio.words import say

_PLACE = re.compile(r"(-|[0-9]{1,17})\.([0-9]{1,18})", re.ASCII)


def write(at: datetime | None, key: int) -> str:
    """The cursor of a row: its instant, or that it has none, and its key."""
    return f"{'-' if at is None else microseconds(at)}.{key}"


def read(cursor: str) -> Place | None:
    """The place that a cursor means; None for the beginning. Raises MalformedCursor."""
    if not cursor:
        return None
    found = _PLACE.fullmatch(cursor)
    if found is None:
        raise MalformedCursor(
            say("{cursor} is no place in this list; begin without one.", cursor=repr(cursor[:40]))
        )
    at = None if found[1] == "-" else instant(int(found[1]))
    return at, int(found[2])
