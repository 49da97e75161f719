"""A time of day in the text that does not say where it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import digits, shown
from dispaccio.desk.checks.reading.passages import inside, passages
from dispaccio.release.model import Revision
from dispaccio.words import say

_HOUR = r"(?:[01]?\d|2[0-3])"
_TIME = re.compile(
    rf"(?<![\d:.,/-])(?:{_HOUR}:[0-5]\d(?:\s?[ap]\.?m\b\.?)?|{_HOUR}h[0-5]\d"
    r"|(?:0?[1-9]|1[0-2])\s?[ap]\.?m\b\.?"
    rf"|{_HOUR}(?:\.[0-5]\d)?\sUhr"
    rf"|(?:ore|alle|dalle|a\slas|às)\s{_HOUR}[.h][0-5]\d"
    rf"|(?:ore|a\slas|às)\s{_HOUR}h?)(?![\w:%]|[.,]\d)",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"[:.h]\d|\s?[ap]\.?m|\sUhr", re.IGNORECASE)
"""What stands behind the digits of an hour where no word leads them."""
_LEADING = ("ore", "alle", "las", "às")
_LONGEST = 6
"""Characters of the longest of what may lead a time, with the blank: "dalle ", "a las "."""
_ZONE = re.compile(
    r"[^.;!?\n]{0,12}?(?:\b(?:UTC|GMT|CES?T|MES?Z|WES?T|EES?T|BST|[ECMPAJI][SD]?T|HKT|SGT|MSK)\b"
    r"|\b(?:local|Ortszeit|locale|italiana|peninsular)\b|\b\w{2,20}\stime\b"
    r"|\b(?:heure\sde|hora\sde|ora\sdi)\b|[+-]\d\d:?\d\d|Z\b)",
)


@check("time-without-zone", "Times in the text without a zone")
def time_without_zone(revision: Revision, context: Context) -> Iterator[Finding]:
    """Notes the first time of day in the text behind which no zone is said."""
    for passage in passages(revision):
        for found in _times(passage.text):
            if not _ZONE.match(passage.text, found.end()):
                message = say(
                    "The time {time} {inside} has no zone; add one (15:00 CET) if readers "
                    "elsewhere are to know when that is.",
                    time=shown(found[0]),
                    inside=inside(passage.where),
                )
                yield Finding(Severity.NOTE, message, passage.where, found[0])
                return


def _times(text: str) -> Iterator[re.Match[str]]:
    """Every time of day. Only digits that can be an hour's are tried: most of a text has none."""
    done = 0
    for begin, end in digits(text):
        first = begin
        if text[max(0, first - _LONGEST) : first].rstrip().casefold().endswith(_LEADING):
            first -= _LONGEST
        elif not _BEHIND.match(text, end):
            continue
        for start in range(max(done, first), begin + 1):
            if found := _TIME.match(text, start):
                yield found
                done = found.end()
                break
