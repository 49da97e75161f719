"""ANPA 1312, the wire format of North American agencies since the 1970s: read, never written.

A message is SOH, service level and story number, a line with priority, category, keyword, version,
day and word count, STX, the text, ETX and the time of sending.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from dispaccio.errors import MalformedDocument
from dispaccio.formats import wire_text
from dispaccio.formats.base import Options
from dispaccio.formats.wire_text import Message, WireFormat
from dispaccio.release.model import Identifier, Reading, Revision, Subject

NAME = "anpa-1312"
URGENCIES = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 6}
"""Flash, bulletin, urgent, regular, deferred, as IPTC urgencies."""
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_RECOGNISED = re.compile(
    wire_text.FILL + rb"\x01[A-Za-z][0-9]{3,5}[^\x02\r\n0-9]?[^\x02\r\n]{0,200}"
    rb"(?:[\r\n]{1,4}[A-Za-z][ \x1f\x1d\x11-\x14]+[A-Za-z](?![A-Za-z])[^\x02]{0,600})?\x02"
)
_FIRST = re.compile(r"(?P<story>[A-Za-z]\d{3,5})(?:[ -]+(?P<selector>\S.*))?")
_SECOND = re.compile(
    r"(?P<priority>[A-Za-z]) ?(?P<category>[A-Za-z])(?: (?P<keyword>.*?))??"
    r"(?: (?P<month>\d{1,2})-(?P<day>\d{1,2}))?(?: (?P<count>\d{1,5}))?"
)
_SENT = re.compile(
    r"(?<!\d)(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d{4}|\d\d) "
    r"(?P<hour>\d\d):?(?P<minute>\d\d) ?(?P<zone>[A-Z]{1,4})?(?![A-Za-z])"
)
_MARKED = re.compile(r"^[ \t]*+\^(?P<text>[^^<\n]*+)\^?<?[ \t]*+$", re.MULTILINE)
_BY = re.compile(r"^[ \t]*\^By (?P<name>[^^<\n]{2,80}?)[ \t]*+\^?<?[ \t]*+\n", re.MULTILINE)
_ENDED = re.compile(r"(?<![ \t])[ \t]*+<[ \t]*+$", re.MULTILINE)


def _read(message: Message, options: Options) -> Reading:
    warnings: list[str] = []
    first, *rest = wire_text.lines(message.header, options, warnings) or [""]
    opened = _FIRST.fullmatch(first)
    if not opened:
        raise MalformedDocument(f"This is no header of ANPA 1312: {first[:60]!r}.")
    second = _SECOND.fullmatch(rest[0]) if rest else None
    if second is None:
        warnings.append("The header's line of priority and category was not understood.")
    if message.cut:
        warnings.append("The message is cut short: its ETX is missing.")
    body, author = _byline(wire_text.decoded(message.text, options, warnings))
    made = wire_text.document(_typeset(body, warnings), warnings)
    if not second:
        extra = " ".join(rest) or None
        told = Revision(editorial_note=extra)
    else:
        told, extra = _second(second, warnings)
        wire_text.counted(int(second["count"] or 0), made.text, warnings)
    told_at = _sent(message, second, options, warnings)
    story = (Identifier(NAME, opened["story"].lower()),)
    told = replace(told, author=author, created=told_at, identifiers=story)
    found = wire_text.reading(NAME, made, told, options, warnings)
    return wire_text.held(f"{told.slugline or ''} {extra or ''}", found)


def _second(found: re.Match[str], warnings: list[str]) -> tuple[Revision, str | None]:
    """What the line of priority and category says, and the version in words."""
    urgency = URGENCIES.get(found["priority"].lower())
    if urgency is None:
        warnings.append(f"The priority {found['priority']!r} was left out: it is not known.")
    keyword, _, version = (found["keyword"] or "").partition(",")
    version = version.strip() or ""
    told = Revision(
        urgency=urgency,
        slugline=keyword.strip() or None,
        editorial_note=version or None,
        subjects=(Subject("anpa-category", found["category"].lower()),),
    )
    return told, version


def _byline(text: str) -> tuple[str, str | None]:
    """A text without its marked line ``^By NAME``, and the name."""
    found = _BY.search(text)
    if not found:
        return text, None
    return text[: found.start()] + text[found.end() :], found["name"].strip()


def _sent(
    message: Message, second: re.Match[str] | None, options: Options, warnings: list[str]
) -> datetime | None:
    """When the message was sent, by its trailer: the header's day has neither year nor time."""
    trailer = " ".join(wire_text.lines(message.trailer, options, []))
    found = _SENT.search(trailer)
    if found and 1 <= int(found["month"]) <= 12:
        day = f"{found['day']} {_MONTHS[int(found['month']) - 1]} {wire_text.year(found['year'])}"
        hour, minute = int(found["hour"]), int(found["minute"])
        return wire_text.moment(day, hour, minute, found["zone"], options, warnings)
    if second and second["month"]:
        said = f"{second['month']}-{second['day']}"
        warnings.append(f"The day {said} was left out: the header states no year and no time.")
    return None


def _typeset(text: str, warnings: list[str]) -> str:
    """A text without the marks of typesetting: ``^`` before a head, ``<`` behind a paragraph."""
    if _MARKED.search(text):
        text = _MARKED.sub(lambda found: f"\n{found['text'].strip()}\n", text)
    text = _ENDED.sub("\n", text)
    changed = text.replace("``", "“").replace("''", "”").replace(" _ ", " – ")
    if changed != text:
        warnings.append("Typesetting codes were read as the quotation marks and dashes they set.")
    return changed


anpa_1312 = WireFormat(NAME, ".anpa", _RECOGNISED, _read)
