"""The codes that ninjs and the IPTC NewsCodes give to what a release says."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
        return f"{_NEWSCODES}{vocabulary}/{subject.code}"
    return f"{subject.scheme}{subject.code}" if _ADDRESS.match(subject.scheme) else None


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


def label(
    genres: Iterable[tuple[str | None, str | None]], shown: Iterable[Label] = ()
) -> Label | None:
    """The label that genres, each with its code and its words, and label lines make.

    The codes say whether somebody paid, and a code of ours the kind; the words are those shown.
    """
    marks: set[str] = set()
    words: list[str] = []
    ours: Label | None = None
    for code, name in genres:
        if code and code.startswith(LABEL):
            kind = code.removeprefix(LABEL)
            ours = Label(LabelKind(kind) if kind in list(LabelKind) else None, name or "")
        else:
            marks |= {bare(code)} if code else set()
            words += [name] if name else []
    paid = bool(marks & PAID_GENRES)
    if ours:
        return replace(ours, commissioned=True if paid or ours.paid else None)
    named = [known for word in words if (known := recognise(word))]
    best = max((*shown, *named), key=lambda one: (one.paid, one.kind is not None), default=None)
    if best and best.kind and (best.paid or not paid):
        return best
    if not paid and PRESS_RELEASE.lower() not in marks:
        return best
    kind = LabelKind.PROMOTIONAL if paid else LabelKind.INSTITUTIONAL
    said = best.text if best else ", ".join(sorted(marks))
    return Label(kind, said, True if paid else None)


def stronger(told: Label | None, shown: Label | None) -> Label | None:
    """The label of fields and of text: the paid one, else the one whose words are a label's."""
    if told is None or shown is None or told.paid != shown.paid:
        return max(told, shown, key=lambda one: one is not None and 1 + one.paid)
    return told if recognise(told.text) else shown
