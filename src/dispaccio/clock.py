"""The one clock: the only module that asks what time it is, or reads a time that a person wrote.

Inside there is only UTC. A person's time needs a zone: an offset, or an IANA zone name behind it.
"""

from __future__ import annotations

import ctypes
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispaccio.errors import (
    MalformedTime,
    TimeAmbiguous,
    TimeInGap,
    TimeOutOfRange,
    TimeWithoutZone,
)
from dispaccio.words import instant as written
from dispaccio.words import say

MAX_DRIFT = 1.0
"""Seconds by which the wall clock and the monotonic clock may disagree."""
STEADY = 10.0
"""Seconds of agreement after which a clock that jumped is trusted again."""
SLEW = 0.001
"""Seconds a second by which the clocks may part unnoticed: twice what NTP slews (RFC 5905)."""
FARTHEST = timedelta(days=5 * 366)
"""How far ahead a release time may lie."""
_LOOKS = 5
_TIME_ERROR = 5
"""What adjtimex(2) returns for a clock that is not synchronised."""


def _boottime() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall clock (aware UTC datetimes) and monotonic clock (seconds; it counts through sleep)."""

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    monotonic: Callable[[], float] = field(default=_boottime)


class ClockGuard:
    """Holds publication while the wall clock and the monotonic clock disagree. For any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._seen = self._offset = self._jump = 0.0
        self._steady_since: float | None = None
        self.accept()

    @property
    def jump(self) -> float:
        """By how many seconds the wall clock jumped; 0.0 while it is trusted."""
        return self._jump

    def trusted(self) -> bool:
        """Look at both clocks; whether publication may go on.

        After a jump of more than MAX_DRIFT seconds, at once or in small steps, it may not, until
        both clocks agreed for STEADY seconds on end.
        """
        with self._lock:
            wall, seconds = self._look()
            drift = wall - seconds - self._offset
            if abs(drift) > MAX_DRIFT:
                self._jump += drift
                self._offset += drift
                self._steady_since = seconds
            elif self._steady_since is None:
                slewed = SLEW * (seconds - self._seen)
                self._offset += max(-slewed, min(drift, slewed))
            elif seconds - self._steady_since >= STEADY:
                self._accept()
            self._seen = seconds
            return self._steady_since is None

    def _look(self) -> tuple[float, float]:
        """Both clocks at one moment: again, where the process was held up between the looks."""
        for _ in range(_LOOKS):
            seconds = self._clock.monotonic()
            wall = self._clock.now().timestamp()
            if self._clock.monotonic() - seconds < MAX_DRIFT / 10:
                break
        return wall, seconds

    def accept(self) -> None:
        """Trust the wall clock as it stands (``dispaccio clock accept``)."""
        with self._lock:
            self._accept()

    def _accept(self) -> None:
        wall, self._seen = self._look()
        self._offset = wall - self._seen
        self._jump, self._steady_since = 0.0, None


def synchronised() -> bool | None:
    """Whether the kernel holds its clock to be synchronised (adjtimex(2)); None: it does not say.

    Containers often say no, though their host's clock is right.
    """
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR


_NO_ZONES = ("right/", "posix", "localtime")
"""Files beside the zones: with leap seconds counted, by other rules, or the machine's own."""
_WRITTEN = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?:(?<=\.\d{6})\d+)?"
    r"\s*(?P<offset>[Zz](?![A-Za-z])|[+-]\d\d:?\d\d)?\s*(?P<zone>[A-Za-z][A-Za-z0-9_+\-/]*)?",
    re.ASCII,
)


def parse(text: str, zone: ZoneInfo | None = None) -> datetime:
    """The instant that a person wrote, in UTC.

    Takes ``2026-05-26T09:00+02:00`` as RFC 3339 has it, ``2026-05-26 09:00 Europe/Rome`` and the
    like; ``zone`` is used where the text states none, and what is finer than a microsecond is
    cut off. Raises MalformedTime, TimeWithoutZone, TimeInGap,
    TimeAmbiguous (both with the readings that are possible) or TimeOutOfRange.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        raise MalformedTime(
            say(
                "{text} is not a time; write it like 2026-05-26T09:00+02:00 or 2026-05-26 "
                "09:00 Europe/Rome.",
                text=repr(text[:60]),
            )
        )
    try:
        local = datetime.fromisoformat(f"{found['day']}T{found['time']}")
        if found["zone"]:
            zone = _zone(found["zone"])
        if found["offset"]:
            instant = _at_offset(local, found["offset"])
            if found["zone"] and zone and instant.astimezone(zone).replace(tzinfo=None) != local:
                raise MalformedTime(
                    say(
                        "{text} has an offset that {zone} has not got then.",
                        text=repr(text.strip()[:60]),
                        zone=zone.key,
                    )
                )
            return instant
        if zone is None:
            raise TimeWithoutZone(
                say(
                    "{text} has no zone; write an offset ({bare}+02:00) or a zone ({bare} "
                    "Europe/Rome).",
                    text=repr(text.strip()),
                    bare=text.strip(),
                )
            )
        return _in_zone(local, zone)
    except (ValueError, OverflowError):
        raise MalformedTime(
            say("{text} is a day or a time that does not exist.", text=repr(text[:60]))
        ) from None


def check_ahead(instant: datetime, now: datetime) -> datetime:
    """The instant, if it lies ahead and not absurdly far. Raises TimeOutOfRange."""
    if instant <= now:
        raise TimeOutOfRange(
            say(
                "{time} is past (it is {now}); leave the time out to publish at once.",
                time=instant,
                now=now,
            )
        )
    if instant - now > FARTHEST:
        raise TimeOutOfRange(say("{time} is more than five years away.", time=instant))
    return instant


def write(instant: datetime) -> str:
    """An instant as people read it here: ``2026-05-26 07:00:00 UTC``."""
    return written(instant)


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises MalformedTime."""
    return _zone(name)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo("" if name.startswith(_NO_ZONES) else name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MalformedTime(
            say(
                "There is no time zone {name}; use an IANA name such as Europe/Rome or UTC.",
                name=repr(name),
            )
        ) from None


def _at_offset(local: datetime, offset: str) -> datetime:
    if offset in ("Z", "z"):
        return local.replace(tzinfo=UTC)
    if int(offset[-2:]) > 59 or (offset[1:3], offset[-2:]) > ("14", "00"):
        raise MalformedTime(
            say(
                "{offset} is not an offset from UTC that exists; write one like +02:00.",
                offset=offset,
            )
        )
    return datetime.fromisoformat(f"{local.isoformat()}{offset}").astimezone(UTC)


def _in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    readings = say(
        "{first} or {second}",
        first=first.astimezone(UTC).astimezone(zone).isoformat(),
        second=second.astimezone(UTC).astimezone(zone).isoformat(),
    )
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise TimeInGap(
            say(
                "{local} does not exist in {zone}: the clocks skip it. Write {readings}.",
                local=local.isoformat(" "),
                zone=zone.key,
                readings=readings,
            )
        )
    raise TimeAmbiguous(
        say(
            "{local} happens twice in {zone}. Write {readings}.",
            local=local.isoformat(" "),
            zone=zone.key,
            readings=readings,
        )
    )
