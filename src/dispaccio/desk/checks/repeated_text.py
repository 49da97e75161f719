"""A text that is already public here: handed in twice by mistake, or meant as something else."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision


@check("repeated-text", "A text that is already public")
def repeated_text(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns with the number of the release; a later revision may keep its own text."""
    found = context.published_text(revision)
    if found is None or found.number == revision.number:
        return
    if found.withdrawn:
        message = (
            f"The same text was public here as number {found.number} and was withdrawn; make sure "
            "that it may be published again."
        )
    else:
        message = (
            f"The same text is already public here as number {found.number}; withdraw this one, or "
            f"hand in a correction of {found.number} if something changed."
        )
    yield Finding(Severity.WARNING, message)
