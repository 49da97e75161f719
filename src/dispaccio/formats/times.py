"""Times as documents of other wires write them: nothing is guessed, and no embargo is lost."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from dispaccio import clock
from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.errors import InputError, MalformedTime, TimeWithoutZone

_COMPACT = re.compile(
    r"(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)(?:[T ]?(?P<H>\d\d):?(?P<M>\d\d)(?::?(?P<S>\d\d))?"
    r"(?:[.,](?P<f>\d+))?\s*(?P<zone>Z|z|[+-]\d\d(?::?\d\d)?)?)?"
)
_MAIL = re.compile(r"(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{2,4} ")


def instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """The instant in a text, in UTC: RFC 3339, ISO 8601 in its short form, RFC 5322.

    ``20260526T0900+0200``, ``2026-05-26T09:00:00+0200`` and ``Tue, 26 May 2026 09:00:00 +0200`` are
    the same one. ``zone`` is for texts that state none. Raises the errors of ``clock.parse``;
    a day alone is a MalformedTime.
    """
    said = text.strip()
    if _MAIL.match(said):
        return _mail(said, zone)
    found = _COMPACT.fullmatch(said)
    if not found or not found["H"]:
        return clock.parse(said, zone)
    offset = (found["zone"] or "").upper()
    if re.fullmatch(r"[+-]\d\d", offset):
        offset += ":00"
    return clock.parse(
        f"{found['y']}-{found['m']}-{found['d']}T{found['H']}:{found['M']}:{found['S'] or '00'}"
        + (f".{found['f'][:6]}" if found["f"] and found["S"] else "")
        + offset,
        zone,
    )


def stated(
    text: str | None, where: str, zone: ZoneInfo | None, warnings: list[str]
) -> datetime | None:
    """The instant of a field that may be absent; what cannot be read is left out with a warning."""
    if not text or not text.strip():
        return None
    try:
        return instant(text, zone)
    except TimeWithoutZone:
        warnings.append(f"{where} was left out: it states no zone, and none is set.")
    except InputError as error:
        warnings.append(f"{where} was left out. {error.message}")
    return None


def embargo(
    text: str | None, where: str, zone: ZoneInfo | None, warnings: list[str]
) -> datetime | None:
    """The end of an embargo; one that cannot be read leaves the text embargoed until it is settled.

    So does an empty one; None is for a field that is not there. The warning begins with
    ``UNCLEAR``, on which the checks act.
    """
    if text is None:
        return None
    if not text.strip():
        warnings.append(f"{where}: {UNCLEAR} its end is not stated.")
        return None
    try:
        return instant(text, zone)
    except InputError as error:
        warnings.append(f"{where}: {UNCLEAR} its end is not clear. {error.message}")
        return None


def _mail(said: str, zone: ZoneInfo | None) -> datetime:
    try:
        found = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise MalformedTime(f"{said[:60]!r} is not a time.") from None
    if found.tzinfo is None:
        return clock.parse(found.isoformat(), zone)
    return clock.parse(found.isoformat())
