"""A text longer than the checks read: the rest is for a person's eyes."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.passages import (
    MOST_CHARACTERS,
    MOST_LINKS,
    MOST_PASSAGES,
    whole,
)
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("too-long", "Texts longer than the checks read")
def too_long(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns when a part of the release was not checked."""
    if not whole(revision):
        message = say(
            "This release is longer than the checks read, {characters} characters of text, "
            "{blocks} blocks and {links} links; read the rest yourself.",
            characters=MOST_CHARACTERS,
            blocks=MOST_PASSAGES,
            links=MOST_LINKS,
        )
        yield Finding(Severity.WARNING, message)
