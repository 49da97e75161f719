"""A release without a headline or without a text cannot be published."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import HIDDEN
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("text-missing", "Headline and text")
def text_missing(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors when the headline or the body is absent, blank, or made of hidden characters."""
    if _blank(revision.headline):
        message = say("The release has no headline; write one.")
        yield Finding(Severity.ERROR, message, "headline")
    if all(_blank(block.text) for block in revision.body):
        message = say("The release has no text; write at least one paragraph below the headline.")
        yield Finding(Severity.ERROR, message, "body")


def _blank(text: str) -> bool:
    return not HIDDEN.sub("", text).strip()
