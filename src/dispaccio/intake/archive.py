"""What of an archive may be public at once, and since when it is by its own words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from dispaccio.anatomy import embargo
from dispaccio.errors import NotForTheArchive
from dispaccio.intake.submission import Submission
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Revision
from dispaccio.release.notice import is_notice
from dispaccio.trace.normalize import words


def may_be_public(submission: Submission, now: datetime) -> None:
    """Nothing, if the item may be public at once.

    Raises NotForTheArchive where it is taken back, or held until an instant or nobody knows when.
    """
    said = submission.revision
    if is_notice(said):
        raise NotForTheArchive("Where it comes from, it was withheld or withdrawn.")
    held = [at for at in (said.embargo, said.release_time) if at and at > now]
    if held:
        raise NotForTheArchive(f"It is not to be public before {write_instant(max(held))}.")
    if embargo.unclear(submission.warnings):
        raise NotForTheArchive(
            "It is under embargo and does not say clearly until when; submit it, or take the "
            "embargo's line out of the file."
        )


def mark_of(said: Revision, when: datetime) -> bytes:
    """By what an item is known again that has neither an identifier nor a word in its body."""
    return f"title\n{write_instant(when)}\n{' '.join(words(said.headline))}".encode()


def instant_of(day: date) -> datetime:
    """A day without a time: its beginning in UTC, so that it is that day wherever UTC is shown."""
    return datetime.combine(day, time(), UTC)


def own_date(said: Revision, otherwise: datetime | None) -> tuple[datetime, tuple[str, ...]]:
    """When a text was first public by its own words. Raises NotForTheArchive where it is silent.

    Where only a day is stated it is ``instant_of`` that day, with a warning.
    """
    day = said.dateline.day if said.dateline else None
    stated = (said.first_created, said.version_created, said.created, said.release_time)
    for when in (*stated, said.embargo, day):
        if isinstance(when, datetime):
            return when, ()
        if isinstance(when, date):
            warning = f"It states the day {when} and no time; it stands at 00:00 UTC."
            return instant_of(when), (warning,)
    if otherwise is None:
        raise NotForTheArchive(
            "It states no date of its own; name one with --date, or `date` in the API."
        )
    return otherwise, (f"It states no date of its own; {write_instant(otherwise)} was given.",)
