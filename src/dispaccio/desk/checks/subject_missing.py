"""The subject: under which a release is listed, and by which newsrooms sort what comes in."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.topics import Suggestion, suggest
from dispaccio.release.model import Revision
from dispaccio.release.subjects import write


@check("subject-missing", "Subject")
def subject_missing(revision: Revision, context: Context) -> Iterator[Finding]:
    """Notes that a release has no subject, with up to three that its words point to."""
    if revision.subjects:
        return
    found = "; ".join(_told(suggestion) for suggestion in suggest(revision))
    advice = (
        f"its words point to {found}"
        if found
        else "choose from the IPTC Media Topics if it is to be listed under one"
    )
    yield Finding(Severity.NOTE, f"The release has no subject; {advice}.", "subjects")


def _told(suggestion: Suggestion) -> str:
    subject = suggestion.subject
    words = ", ".join(suggestion.words)
    return f"{write(subject.scheme, subject.code)} {subject.name} ({words})"
