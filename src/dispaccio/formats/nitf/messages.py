"""What a sender says to the desk: status, embargo, label lines, remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from dispaccio.anatomy import layout, reader
from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.errors import MalformedDocument
from dispaccio.formats import newscodes as codes
from dispaccio.formats import times
from dispaccio.formats.html.tree import Node
from dispaccio.formats.nitf.elements import children, first, said, words
from dispaccio.formats.nitf.text import PREFIX
from dispaccio.release.label import Label, recognise
from dispaccio.release.state import Status

_EMBARGOED = ("embargoed", "embargo")


@dataclass(slots=True)
class Head:
    """The document that is read, and what was noticed on the way."""

    root: Node
    zone: ZoneInfo | None
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    embargoes: list[datetime] = field(default_factory=list)
    legal: list[str] = field(default_factory=list)
    disclaimers: list[str] = field(default_factory=list)
    copyright: str | None = None

    @property
    def head(self) -> Node | None:
        """The element ``head``."""
        return first(self.root, "head")

    @property
    def docdata(self) -> Node | None:
        """The element ``docdata``."""
        return first(self.root, "head", "docdata")

    @property
    def above(self) -> Node | None:
        """The element ``body.head``."""
        return first(self.root, "body", "body.head")


def remarks(seen: Head) -> None:
    """Take in messages and notes, and look for an embargo in them."""
    _messages(seen)
    _notes(seen)
    if seen.remarks:
        told = reader.take_apart(layout.lay_out("\n\n".join(seen.remarks)), seen.zone)
        seen.embargoes += [told.revision.embargo] if told.revision.embargo else []
        seen.warnings += (warning for warning in told.warnings if UNCLEAR in warning)


def status(seen: Head) -> Status | None:
    """The status in the words of IPTC or of agencies. Raises MalformedDocument for another."""
    stated = said(seen.docdata, "management-status")
    if stated is None or stated.lower() in _EMBARGOED:
        return None
    found = codes.STATUSES.get(codes.bare(stated))
    if found is None:
        known = ", ".join((*Status, "embargoed"))
        raise MalformedDocument(
            f"docdata/@management-status should be one of {known}, not {stated[:40]!r}.",
            path="docdata/@management-status",
        )
    return found


def embargo(seen: Head) -> datetime | None:
    """The latest instant that a date, a message or a note states: none is ever weakened."""
    for date_ in children(seen.docdata, "date.release"):
        norm = said(date_, "norm") or words(date_)
        moment = times.embargo(norm or "", "date.release", seen.zone, seen.warnings)
        seen.embargoes += [moment] if moment else []
    stated = said(seen.docdata, "management-status") or ""
    warned = any(UNCLEAR in warning for warning in seen.warnings)
    if stated.lower() in _EMBARGOED and not seen.embargoes and not warned:
        seen.warnings.append(f"docdata: {UNCLEAR} its end is not stated.")
    return max(seen.embargoes, default=None)


def _messages(seen: Head) -> None:
    """Messages to the desk, corrections among them: label, embargo, or a note."""
    for message in children(seen.docdata, "ed-msg"):
        kind, info = (said(message, "msg-type") or "").lower(), said(message, "info")
        if text := info or words(message):
            _remark(seen, text, label=kind == "label")
    known = {note.partition(": ")[2] for note in seen.notes}
    for correction in children(seen.docdata, "correction"):
        info = said(correction, "info")
        if info and info not in known:
            _remark(seen, info)


def _notes(seen: Head) -> None:
    """The notes above the text, by their class."""
    for note in children(seen.above, "note"):
        kind = note.get("noteclass").lower()
        ours = note.get("class").removeprefix(PREFIX)
        paragraphs = [text for node in note.named("p") if (text := words(node))]
        text = "\n".join(paragraphs) or words(note)
        if not text:
            continue
        if kind == "cpyrt":
            seen.copyright = seen.copyright or text
        elif kind in ("end", "trademk"):
            seen.disclaimers.append(text)
        elif ours == "legal":
            seen.legal.append(text)
        elif ours == "embargo":
            seen.remarks.append(text)
        else:
            _remark(seen, text, label=ours == "label")


def _remark(seen: Head, text: str, *, label: bool = False) -> None:
    """A remark of the sender: a label by its words or its mark, else a note to the desk."""
    known = recognise(text)
    if known or label:
        seen.labels.append(known or Label(None, text))
        return
    seen.remarks.append(text)
    seen.notes.append(text)
