"""The codes that ninjs and the IPTC NewsCodes give to what a release says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from dispaccio.release.label import (
    ADVERTISER_SUPPLIED,
    PRESS_RELEASE,
    Label,
    LabelKind,
    recognise,
)
from dispaccio.release.model import Subject
from dispaccio.release.state import Status

GENRES = "http://cv.iptc.org/newscodes/genre/"
GENRE_NAMES = {PRESS_RELEASE: "Press Release", ADVERTISER_SUPPLIED: "Advertiser Supplied"}
PAID_GENRES = frozenset({"advertiser_supplied", "sponsored", "supported"})
LABEL = "dispaccio-label:"
"""Before the kind, the ``literal`` of the genre whose name is the label's words."""
NUMBER = "dispaccio-number"
WIRE_NUMBER = "wire-number"
DISCLOSURE = "disclosure"
OLD_DISCLOSURE = "body_dispaccio"
"""The property that holds the disclosure in ninjs 1.x."""
MEDIA_ONLY = "media-only"
"""The role of a way to reach a contact who is not for the public."""
PROOF = "urn:dispaccio:proof"

STATUSES = {
    "usable": Status.USABLE,
    "withheld": Status.WITHHELD,
    "hold": Status.WITHHELD,
    "held": Status.WITHHELD,
    "canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
    "killed": Status.CANCELED,
    "kill": Status.CANCELED,
}
"""The publishing status as IPTC and as agencies write it."""

_NEWSCODES = "http://cv.iptc.org/newscodes/"
_CODE = re.compile(r"[\w.-]+", re.ASCII)
_VOCABULARIES = {"mediatopic": "medtop", "subjectcode": "subj"}
_ADDRESS = re.compile(r"(?P<scheme>https?://.+[/#])(?P<code>[^/#]+)/?")
_PAIR = re.compile(r"(?P<scheme>[A-Za-z][\w.-]{0,30}):(?P<code>[^\s/]+)")


def bare(code: str) -> str:
    """A code without its scheme, in lower case: ``genre:Press_Release``, or the same as address."""
    return re.split(r"[/#:]", code.rstrip("/"))[-1].lower()


def subject_address(subject: Subject) -> str | None:
    """The address of a subject of the IPTC Media Topics, or of a scheme that is an address."""
    if subject.scheme in _VOCABULARIES.values():
        vocabulary = next(v for v, alias in _VOCABULARIES.items() if alias == subject.scheme)
        return f"{_NEWSCODES}{vocabulary}/{subject.code}" if _CODE.fullmatch(subject.code) else None
    found = _ADDRESS.fullmatch(f"{subject.scheme}{subject.code}")
    return found[0] if found and found["scheme"] == subject.scheme else None


def code_of(address: str | None, literal: str | None) -> tuple[str | None, str] | None:
    """Scheme and code of an entry, as ninjs 1.x has them: of an address, else a literal alone."""
    if address and (found := _ADDRESS.fullmatch(address)) and not re.search(r"\s", address):
        return found["scheme"], found["code"]
    bare = literal or address
    return (None, bare) if bare else None


def subject_of(address: str | None, literal: str | None) -> tuple[str, str] | None:
    """Scheme and code of a subject, from its address or a literal such as ``medtop:20000763``."""
    if address and (found := _ADDRESS.fullmatch(address)):
        scheme = found["scheme"].replace("https://cv.iptc.org", "http://cv.iptc.org")
        if scheme.startswith(_NEWSCODES):
            vocabulary = scheme.removeprefix(_NEWSCODES).rstrip("/")
            scheme = _VOCABULARIES.get(vocabulary, vocabulary)
        return scheme, found["code"]
    for code in (address, literal):
        if code and (found := _PAIR.fullmatch(code)):
            return found["scheme"], found["code"]
    return None


def label_of(
    marks: Collection[str], words: Collection[str], ours: Label | None = None
) -> Label | None:
    """The label that genres make: ``marks`` are their bare codes, ``words`` their names.

    ``ours`` is the label of an entry that this product wrote. A paid mark always counts.
    """
    paid = not PAID_GENRES.isdisjoint(marks)
    if ours:
        return replace(ours, commissioned=True if paid or ours.paid else None)
    known = filter(None, map(recognise, words))
    named = max(known, key=lambda label: label.paid, default=None)
    if named and (named.paid or not paid):
        return named
    if not paid and PRESS_RELEASE.lower() not in marks:
        return None
    kind = LabelKind.PROMOTIONAL if paid else LabelKind.INSTITUTIONAL
    return Label(kind, " – ".join(words) or ", ".join(sorted(marks)), True if paid else None)


def label_of_genres(genres: Iterable[tuple[str | None, str | None]]) -> Label | None:
    """The label that genres make, each given by its code and its words."""
    marks: set[str] = set()
    named: list[str] = []
    ours: Label | None = None
    for code, name in genres:
        if code and code.startswith(LABEL):
            ours = label_ours(code, name or "")
        else:
            marks |= {bare(code)} if code else set()
            named += [name] if name else []
    return label_of(marks, named, ours)


def label_ours(code: str, words: str) -> Label:
    """The label of an entry whose code is ``dispaccio-label:`` and a kind, if one is stated."""
    kind = code.removeprefix(LABEL)
    return Label(LabelKind(kind) if kind in list(LabelKind) else None, words)
