"""The categories of an entry: what they are about, the label, the status, the channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dispaccio.formats import newscodes as codes
from dispaccio.formats.feeds.entry import CATEGORY, CHANNEL, LABEL, SIGNAL, STATUS, SUBJECT
from dispaccio.formats.html.ours import member
from dispaccio.release.label import PRESS_RELEASE, Label, LabelKind, recognise, words
from dispaccio.release.model import Revision, Subject
from dispaccio.release.state import Kind, Status

_OURS = (CHANNEL, CATEGORY, SIGNAL, LABEL)
Category = tuple[str | None, str, str | None]
"""Scheme, term, and words for people."""


def read(categories: Iterable[Category], language: str | None, warnings: list[str]) -> Revision:
    """What the categories say, as the fields of a revision.

    Of those without a scheme the first is the category, unless ours stands there too, and the
    others are tags; words that are a label's are the label.
    """
    told = list(dict.fromkeys(categories))
    found = {scheme: term for scheme, term, _ in told if scheme in _OURS}
    ours = bool(found)
    plain = [said or term for scheme, term, said in told if not scheme]
    tags = plain if ours else [word for word in plain if not recognise(word)]
    return Revision(
        label=label((one for one in told if one[0] or not ours), language),
        status=_status(told, warnings),
        kind=Kind.CORRECTION if found.get(SIGNAL) == "correction" else None,
        channel=found.get(CHANNEL),
        category=found.get(CATEGORY) if ours else next(iter(tags), None),
        tags=tuple(tags if ours else tags[1:]),
        subjects=tuple(_subjects(told)),
    )


def label(told: Iterable[Category], language: str | None) -> Label | None:
    """The label that categories make: our kind, the IPTC's genres, or words that are a label's."""
    marks: set[str] = set()
    ours: Label | None = None
    named: Label | None = None
    for scheme, term, said in told:
        if scheme == LABEL:
            kind = member(LabelKind, term)
            ours = Label(kind, said or (words(kind, language) if kind else term))
        elif scheme and codes.bare(scheme) == "genre":
            marks.add(codes.bare(term))
            named = named or recognise(said or "")
        elif not scheme and (known := recognise(said or term)):
            named = max(named, known, key=lambda label: label is not None and 1 + label.paid)
    paid = bool(marks & codes.PAID_GENRES)
    if ours:
        return replace(ours, commissioned=True if paid or ours.paid else None)
    if named and (named.paid or not paid):
        return named
    if not paid and PRESS_RELEASE.lower() not in marks:
        return None
    kind = LabelKind.PROMOTIONAL if paid else LabelKind.INSTITUTIONAL
    return Label(kind, words(kind, language), True if paid else None)


def _status(told: Iterable[Category], warnings: list[str]) -> Status | None:
    for scheme, term, _ in told:
        if scheme and codes.bare(scheme) in ("pubstatusg2", "pubstatus"):
            if status := codes.STATUSES.get(codes.bare(term)):
                return status
            warnings.append(f"The status {term[:40]!r} is not known; it was left out.")
    return None


def _subjects(told: Iterable[Category]) -> Iterator[Subject]:
    for scheme, term, said in told:
        if not scheme or scheme in (*_OURS, STATUS) or codes.bare(scheme) == "genre":
            continue
        if scheme.startswith(SUBJECT):
            pair: tuple[str, str] | None = (scheme.removeprefix(SUBJECT), term)
        else:
            slash = scheme if scheme.endswith(("/", "#")) else f"{scheme}/"
            pair = codes.subject_of(f"{slash}{term}", None)
        yield Subject(*(pair or (scheme, term)), said)
