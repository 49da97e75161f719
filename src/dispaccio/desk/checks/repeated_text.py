"""A text that is already public here: handed in twice by mistake, or meant as something else."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision


@check("repeated-text", "A text that is already public")
def repeated_text(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns with the number of the release; a later revision may keep its own text."""
    number = context.published_text(revision)
    if number and number != revision.number:
        message = (
            f"The same text is already public here as number {number}; withdraw this one, or hand "
            f"in a correction of {number} if something changed."
        )
        yield Finding(Severity.WARNING, message)
