"""IPTC 7901, the wire format of European agencies since 1979: read, never written.

A message is SOH, service and story number, priority, category and word count, a line of keywords,
STX, the text, ETX, and the day and time of sending.
"""

from __future__ import annotations

import re
from datetime import datetime

from dispaccio.errors import MalformedDocument
from dispaccio.formats import wire_text
from dispaccio.formats.base import Options
from dispaccio.formats.wire_text import Message, WireFormat
from dispaccio.release.model import Identifier, Reading, Revision, Subject

NAME = "iptc-7901"
_RECOGNISED = re.compile(
    wire_text.FILL
    + rb"\x01[A-Za-z]{2,6}[0-9]{1,5} +[1-9] +[A-Za-z]{1,3}(?![A-Za-z])[^\x02]{0,800}\x02"
)
_FIRST = re.compile(
    r"(?P<story>[A-Za-z]{2,6}\d{1,5}) (?P<priority>[1-9]) (?P<category>[A-Za-z]{1,3})"
    r"(?: (?P<count>\d{1,5}))?(?: (?P<more>.+))?"
)
_HEAD_ENDS = re.compile(r"(?<=\S)[ \t]+=[ \t]*$", re.MULTILINE)
"""The sign with which agencies end the headline."""
_SENT = re.compile(
    r"(?<!\d)(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d) ?(?P<zone>[A-Z]{2,4}(?= ))? ?"
    r"(?P<month>[^\W\d]{3,9})\.?(?: (?P<year>\d{4}|\d\d))?(?!\d)"
)


def _read(message: Message, options: Options) -> Reading:
    warnings: list[str] = []
    first, *keywords = wire_text.lines(message.header, options, warnings) or [""]
    opened = _FIRST.fullmatch(first)
    if not opened:
        raise MalformedDocument(f"This is no header of IPTC 7901: {first[:60]!r}.")
    if message.cut:
        warnings.append("The message is cut short: its ETX is missing.")
    body = wire_text.decoded(message.text, options, warnings)
    body, created = _sent(body, message, options, warnings)
    made = wire_text.document(_HEAD_ENDS.sub("", body, count=1), warnings)
    wire_text.counted(int(opened["count"] or 0), made.text, warnings)
    told = Revision(
        urgency=int(opened["priority"]),
        slugline=" ".join(keywords) or None,
        editorial_note=opened["more"],
        subjects=(Subject("iptc-7901-category", opened["category"].lower()),),
        identifiers=(Identifier(NAME, opened["story"].lower()),),
        created=created,
    )
    found = wire_text.reading(NAME, made, told, options, warnings)
    return wire_text.held(" ".join([*keywords, opened["more"] or ""]), found)


def _sent(
    body: str, message: Message, options: Options, warnings: list[str]
) -> tuple[str, datetime | None]:
    """The text without its last line where that is the day and time of sending, and the instant."""
    found = _SENT.search(" ".join(wire_text.lines(message.trailer, options, [])))
    if found is None:
        rest, _, last = body.rstrip().rpartition("\n")
        found = _SENT.fullmatch(" ".join(last.split()))
        body = rest if found else body
    if found is None:
        return body, None
    if not found["year"]:
        warnings.append(f"The time {found[0]!r} was left out: it states no year.")
        return body, None
    day = f"{found['day']} {found['month']} {wire_text.year(found['year'])}"
    hour, minute = int(found["hour"]), int(found["minute"])
    return body, wire_text.moment(day, hour, minute, found["zone"], options, warnings)


iptc_7901 = WireFormat(NAME, ".iptc", _RECOGNISED, _read)
