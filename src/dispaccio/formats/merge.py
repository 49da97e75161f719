"""Putting together what two places of one document say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from dispaccio.anatomy import figures, quotes
from dispaccio.release.label import Label, recognise
from dispaccio.release.model import Media, Reading, Revision

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


def label(told: Label | None, shown: Label | None) -> Label | None:
    """The label of fields and text: the paid one, else the one whose words are a label's."""
    if told is None or shown is None or told.paid != shown.paid:
        return max(told, shown, key=lambda label: label is not None and 1 + label.paid)
    return told if recognise(told.text) else shown


def heaviest(labels: Iterable[Label]) -> Label | None:
    """Of several labels the one that says most: that somebody paid, then its kind."""
    return max(labels, key=lambda label: (label.paid, label.kind is not None), default=None)


def media(shown: tuple[Media, ...], told: tuple[Media, ...]) -> tuple[Media, ...]:
    """The media of the text, as the fields describe them, and then the others."""
    by_href = {medium.href: medium for medium in told if medium.href}
    merged = tuple(by_href.pop(medium.href or "", medium) for medium in shown)
    return (*merged, *(medium for medium in told if not medium.href or medium.href in by_href))


def noticed(name: str, revision: Revision, warnings: tuple[str, ...] = ()) -> Reading:
    """The reading of a revision that came whole, with the quotations and figures of its text."""
    said = figures.find(revision.body, revision.language)
    return Reading(name, revision, quotes.find(revision.body), said, warnings)
