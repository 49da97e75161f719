"""The note to the receiving desk: what it has to say of a revision, and the embargo it may name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from dispaccio.anatomy import layout, reader
from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.formats.html.head import title_of
from dispaccio.formats.html.words import words_for
from dispaccio.release.model import Revision
from dispaccio.release.notice import is_notice
from dispaccio.release.state import Kind


def lines(seen: Revision) -> Iterator[str]:
    """What the receiving desk has to know: notices and corrections with their reason."""
    words = words_for(seen.language)
    why = (seen.reason.text or seen.reason.code) if seen.reason else None
    if seen.archive:
        yield words.archive
    if is_notice(seen):
        yield title_of(seen)
        if why:
            yield f"{words.reason}: {why}"
    elif why or seen.kind is Kind.CORRECTION:
        yield f"{words.corrected}: {why}" if why else words.corrected
    if seen.editorial_note:
        yield seen.editorial_note


def embargo(note: str | None, zone: ZoneInfo | None, warnings: list[str]) -> datetime | None:
    """The end of the embargo that a note names; one whose end is not clear is warned of."""
    if not note:
        return None
    told = reader.take_apart(layout.lay_out(note), zone)
    warnings += (warning for warning in told.warnings if UNCLEAR in warning)
    return told.revision.embargo
