"""The subject: under which a release is listed, and by which newsrooms sort what comes in."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.topics import Suggestion, suggest
from dispaccio.release.model import Revision
from dispaccio.release.subjects import write
from dispaccio.words import Sentence, in_a_row, say


@check("subject-missing", "Subject")
def subject_missing(revision: Revision, context: Context) -> Iterator[Finding]:
    """Notes that a release has no subject, with up to three that its words point to."""
    if revision.subjects:
        return
    found = in_a_row((_told(suggestion) for suggestion in suggest(revision)), "; ")
    message = (
        say("The release has no subject; its words point to {subjects}.", subjects=found)
        if found
        else say(
            "The release has no subject; choose from the IPTC Media Topics if it is to be listed "
            "under one."
        )
    )
    yield Finding(Severity.NOTE, message, "subjects")


def _told(suggestion: Suggestion) -> Sentence:
    subject = suggestion.subject
    words = f"({', '.join(suggestion.words)})"
    return in_a_row((write(subject.scheme, subject.code), subject.name or "", words), " ")
