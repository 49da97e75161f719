"""The form of a headline: short enough to be shown whole, and not shouted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision
from dispaccio.words import say

LONGEST = 110
"""Characters after which search engines and feeds cut a headline; a wide one counts as two."""
_SHOUTED_WORDS = 4


@check("headline-form", "Length and capitals of the headline")
def headline_form(revision: Revision, context: Context) -> Iterator[Finding]:
    """Notes a headline that is cut when shown, and one in capitals only."""
    headline = revision.headline[:1000].strip()
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in headline)
    if width > LONGEST:
        message = say(
            "The headline has {count} characters; keep to {most}, since search engines and feeds "
            "cut the rest.",
            count=width if len(revision.headline) <= 1000 else say("more than 1000"),
            most=LONGEST,
        )
        yield Finding(Severity.NOTE, message, "headline")
    words = [word for word in headline.split() if len(word) > 3]
    if headline.isupper() and len(words) >= _SHOUTED_WORDS:
        message = say("The headline is in capitals only; write it as a sentence.")
        yield Finding(Severity.NOTE, message, "headline")
