"""The form of a headline: short enough to be one and to be shown whole, and not shouted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.release.model import Revision
from dispaccio.words import say

LONGEST = 110
"""Characters after which search engines and feeds cut a headline; a wide one counts as two."""
MOST = 1_000
"""Characters of the longest headline that is taken."""
_SHOUTED_WORDS = 4


@check("headline-form", "Length and capitals of the headline")
def headline_form(revision: Revision, context: Context) -> Iterator[Finding]:
    """Stops at one that is no headline any more, notes one that is cut when shown or shouted."""
    headline = revision.headline[:MOST].strip()
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in headline)
    if beyond := revision.headline[MOST:].strip():
        message = say(
            "The headline has {count} characters, and may have {most}; shorten it, since nothing "
            "is cut for you: too much is all from {beyond} on.",
            count=len(revision.headline),
            most=MOST,
            beyond=shown(beyond),
        )
        yield Finding(context.text_fault, message, "headline", beyond[:200])
    elif width > LONGEST:
        message = say(
            "The headline has {count} characters; keep to {most}, since search engines and feeds "
            "cut the rest.",
            count=width,
            most=LONGEST,
        )
        yield Finding(Severity.NOTE, message, "headline")
    words = [word for word in headline.split() if len(word) > 3]
    if headline.isupper() and len(words) >= _SHOUTED_WORDS:
        message = say("The headline is in capitals only; write it as a sentence.")
        yield Finding(Severity.NOTE, message, "headline")
