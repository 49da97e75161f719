"""Putting together what two places of one document say."""

from __future__ import annotations

from dataclasses import fields, replace

from dispaccio.anatomy import figures, quotes
from dispaccio.release.model import Reading, Revision

_NAMES = tuple(field.name for field in fields(Revision))
_NOTHING = (None, (), "")


def fill(first: Revision, second: Revision) -> Revision:
    """``first``, with what it is silent about taken from ``second``."""
    silent = {
        name: said
        for name in _NAMES
        if (said := getattr(second, name)) not in _NOTHING and getattr(first, name) in _NOTHING
    }
    return replace(first, **silent) if silent else first


def noticed(name: str, revision: Revision, warnings: tuple[str, ...] = ()) -> Reading:
    """The reading of a revision that came whole, with the quotations and figures of its text."""
    said = figures.find(revision.body, revision.language)
    return Reading(name, revision, quotes.find(revision.body), said, warnings)
