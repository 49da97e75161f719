"""A text that is already public here: handed in twice by mistake, or meant as something else."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("repeated-text", "A text that is already public")
def repeated_text(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns with the number of the release; a later revision may keep its own text."""
    found = context.published_text(revision)
    if found is None or found.number == revision.number:
        return
    if found.withdrawn:
        message = say(
            "The same text was public here as number {number} and was withdrawn; make sure that it "
            "may be published again.",
            number=found.number,
        )
    else:
        message = say(
            "The same text is already public here as number {number}; withdraw this one, or hand "
            "in a correction of {number} if something changed.",
            number=found.number,
        )
    yield Finding(Severity.WARNING, message)
