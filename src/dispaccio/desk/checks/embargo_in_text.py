"""An embargo that stands in the text alone: the wire would publish it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.desk.checks.reading.passages import inside, passages
from dispaccio.release.model import Revision
from dispaccio.words import say

_LONGEST = 200
_UNTIL = r"(?:until|till?|fino|bis|jusqu|hasta|at[ée])"
_ORDER = re.compile(
    r"[\W_]{0,10}(?:"
    rf"EMBARGO(?:ED)?(?:\s(?i:{_UNTIL}|for\s(?:release|publication))|\s?[:–—-]|[\W_]{{0,10}}$)"
    rf"|(?i:(?:under|sotto|sous|bajo|sob|unter)\s(?:strict\s)?embargo(?:\s{_UNTIL}|\W{{0,10}}$|:)"
    rf"|(?:strictly\s)?embargoed\s(?:{_UNTIL}|for\s(?:release|publication))"
    rf"|strictly\sembargoed\b|embargad[oa]\s{_UNTIL}"
    r"|embargo\b.{0,60}\b\d{1,2}[:.h]\d\d\b"
    r"|sperrfrist(?:\s?[:–—-]|\s(?:bis|endet|\d))"
    r"|not\sfor\s(?:release|publication)\s(?:before|until)\b|hold\sfor\srelease\b"
    r"|da\snon\s(?:pubblicare|diffondere)\sprima\b|nicht\svor\b.{0,40}\bveröffentlichen"
    r"|ne\spas\s(?:publier|diffuser)\savant\b|no\s(?:publicar|difundir)\santes\b))"
)


@check("embargo-in-text", "An embargo that only the text states")
def embargo_in_text(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors when a line orders an embargo and no time is set; warns when one is, to compare them.

    An embargo that the text is about ("the oil embargo") orders nothing: only the beginning of
    headline, subhead and lines of the text is read.
    """
    at = revision.release_time or revision.embargo
    for passage in passages(revision):
        for line in passage.text.splitlines():
            if not _ORDER.match(line[:_LONGEST]):
                continue
            severity = Severity.WARNING if at else Severity.ERROR
            quote, where = shown(line), inside(passage.where)
            message = (
                say(
                    "{line} {inside} orders an embargo; compare it with the time that is set, "
                    "{time}, and take the line out.",
                    line=quote,
                    inside=where,
                    time=at,
                )
                if at
                else say(
                    "{line} {inside} orders an embargo; set the time for the wire and take the "
                    "line out, or it is published at once.",
                    line=quote,
                    inside=where,
                )
            )
            yield Finding(severity, message, passage.where, line[:_LONGEST])
