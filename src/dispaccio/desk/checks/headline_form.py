"""The form of a headline: short enough to be one and to be shown whole, and not shouted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.release.model import Revision

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
        message = (
            f"The headline has {len(revision.headline):,} characters, and may have {MOST:,}; "
            f"shorten it, since nothing is cut for you: too much is all from {shown(beyond)} on."
        )
        yield Finding(context.text_fault, message, "headline", beyond[:200])
    elif width > LONGEST:
        message = (
            f"The headline has {width} characters; keep to {LONGEST}, since search engines and "
            "feeds cut the rest."
        )
        yield Finding(Severity.NOTE, message, "headline")
    words = [word for word in headline.split() if len(word) > 3]
    if headline.isupper() and len(words) >= _SHOUTED_WORDS:
        message = "The headline is in capitals only; write it as a sentence."
        yield Finding(Severity.NOTE, message, "headline")
