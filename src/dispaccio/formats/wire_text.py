"""Texts as the wires of old carry them: messages between control characters, and their texts.

What ANPA 1312 and IPTC 7901 have in common: SOH, a header, STX, the text, ETX, a trailer with the
day and the time; and bytes that only steered the machines which they were made for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from dispaccio import clock
from dispaccio.anatomy import days, layout, reader
from dispaccio.anatomy.document import Document
from dispaccio.anatomy.embargo import UNCLEAR, unclear, zone_of
from dispaccio.errors import (
    InputError,
    MalformedDocument,
    TooLarge,
    UnknownFormat,
    WrongCharset,
)
from dispaccio.formats import charset, items, strict
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.merge import fill
from dispaccio.release.model import Reading, Revision

SOH, STX, ETX, EOT = b"\x01", b"\x02", b"\x03", b"\x04"
MAX_LINES = 4096
"""The most bytes that the header of a message may have, and its trailer."""
FILL = rb"[\x00\x04\x07\x16\x7f\s]*"
"""What may stand between messages."""

_SILENT = re.compile(rb"[\x00\x05-\x07\x11-\x14\x16\x1d\x1f\x7f]")
"""Filling, acknowledging, bell, typesetting modes and separators: they say nothing to a reader."""
_STEERING = re.compile(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]+")
_UNKNOWN = re.compile("[\x01-\x08\x0b-\x1f]")
_INDENT = re.compile(r"\n(?:[ ]{2,}|\t+ *)(?=\S)")
_HELD = re.compile(
    r"(?<!\w)(?:adv(?:ance)?\.?\s?\d*|hfr|hold|embargo(?:ed)?|sperrfrist)(?!\w)", re.IGNORECASE
)
_MOST_HIGH, _CUT_SHORT = 0.2, 0.8


@dataclass(frozen=True, slots=True)
class Message:
    """One message: the bytes of its header, its text, and what follows the text.

    ``cut``: the ETX is missing.
    """

    header: bytes
    text: bytes
    trailer: bytes
    cut: bool


class WireFormat:
    """A format of the old wires, read and never written: known by its control characters alone.

    Args:
        name: the format's name; its title is the same in capitals.
        suffix: of its files, with the dot.
        header: what a transmission begins with.
        message: reads one message.
    """

    version = PROTOCOL_VERSION

    def __init__(
        self,
        name: str,
        suffix: str,
        header: re.Pattern[bytes],
        message: Callable[[Message, Options], Reading],
    ) -> None:
        self.name = name
        self._message = message
        self.about = About(
            title=name.upper().replace("-", " "),
            media_types=(f"application/vnd.{name}",),
            suffixes=(suffix,),
            reads=True,
            writes=False,
            lossless=False,
            many=True,
            recognises=lambda data: header.match(data[:2048]) is not None,
        )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The releases of a transmission, one a message.

        Raises MalformedDocument, WrongCharset or TooLarge where no message can be read.
        """
        return items.read_each(messages(data), lambda message: self._message(message, options))

    def write(self, revision: Revision) -> bytes:
        """It is not written. Raises UnknownFormat."""
        raise UnknownFormat(f"{self.about.title} is only read, not written.")


def messages(data: bytes) -> Iterator[Message]:
    """The messages of a transmission; what stands before the first SOH is filling."""
    for piece in filter(bytes.strip, data.split(SOH)[1:]):
        header, _, rest = piece.partition(STX)
        text, end, trailer = rest.partition(ETX)
        yield Message(header, text, trailer.partition(EOT)[0], not end)


def lines(data: bytes, options: Options, warnings: list[str]) -> list[str]:
    """The lines of a header or trailer, control characters as blanks; empty ones are left out.

    Raises TooLarge or WrongCharset.
    """
    if len(data) > MAX_LINES:
        raise TooLarge(f"A message's header or trailer has more than {MAX_LINES:,} bytes.")
    text = decoded(_STEERING.sub(b" ", data), options, warnings)
    return [said for line in text.split("\n") if (said := " ".join(line.split()))]


def decoded(data: bytes, options: Options, warnings: list[str]) -> str:
    """Text with LF line ends, in the stated charset, else UTF-8, else windows-1252 with a warning.

    Control characters that are not known stay. Raises WrongCharset.
    """
    data = _SILENT.sub(b"", data)
    try:
        text = strict.decode(data, options.charset or "utf-8")
    except WrongCharset:
        high = sum(sign > 127 for sign in data)
        if options.charset or high > _MOST_HIGH * len(data):
            raise
        text = strict.decode(data, "windows-1252")
        warnings.append("The text is not UTF-8; it was read as windows-1252.")
    return re.sub(r"\r+\n|\n\r+|\r", "\n", text)


def document(text: str, warnings: list[str]) -> Document:
    """A text as a document: an indent begins a paragraph; unknown control characters are shown."""
    if unknown := _UNKNOWN.findall(text):
        text = _UNKNOWN.sub(lambda found: chr(0x2400 + ord(found[0])), text)
        kinds = ", ".join(f"{ord(sign):#04x}" for sign in sorted(set(unknown)))
        warnings.append(f"{len(unknown)} unknown control character(s) are shown: {kinds}.")
    seen = charset.visible(_INDENT.sub("\n\n", f"\n{text}").strip("\n"))
    warnings += seen.warnings
    made = layout.lay_out(seen.text)
    if not made.passages:
        raise MalformedDocument("The message has no text.")
    return made


def reading(
    name: str, made: Document, told: Revision, options: Options, warnings: list[str]
) -> Reading:
    """The reading of a text whose header said ``told``: what the header says goes first."""
    found = reader.read(made, name, options.zone, Revision(created=told.created))
    said = fill(told, found.revision)
    return Reading(name, said, found.quotes, found.figures, (*warnings, *found.warnings))


def held(said: str, found: Reading) -> Reading:
    """The reading, with a warning where its header holds the text back and nothing says till when.

    ``Adv26`` is an advance for the 26th of a month that the header does not name.
    """
    mark = _HELD.search(said)
    if not mark or found.revision.embargo or unclear(found.warnings):
        return found
    sentence = f"Header: {UNCLEAR} its end is not clear; it says {mark[0]!r}. Ask the sender."
    return Reading(
        found.format, found.revision, found.quotes, found.figures, (sentence, *found.warnings)
    )


def counted(count: int | None, text: str, warnings: list[str]) -> None:
    """Warn of a text that has far fewer words than its header counts."""
    has = len(text.split())
    if count and has < _CUT_SHORT * count:
        warnings.append(f"The header counts {count} words, the text has {has}: is it whole?")


def moment(
    day: str, hour: int, minute: int, zone: str | None, options: Options, warnings: list[str]
) -> datetime | None:
    """The instant of a day in words (``26 May 2026``) and a time; nothing in it is guessed.

    Left out with a warning: a time without a zone where none is set, a zone that is several
    countries', a day or time that does not exist.
    """
    found = days.find(day)
    place: tzinfo | None = zone_of(zone.upper()) if zone else options.zone
    if found is None or hour > 23 or minute > 59:
        warnings.append(f"The time was left out: {day} {hour:02}:{minute:02} is none.")
    elif place is None:
        why = f"the zone {zone!r} is not one only" if zone else "it states no zone, and none is set"
        warnings.append(f"The time was left out: {why}.")
    else:
        local = f"{found.day.isoformat()} {hour:02}:{minute:02}"
        if not zone:
            try:
                return clock.parse(local, options.zone)
            except InputError as error:
                warnings.append(f"The time was left out. {error.message}")
                return None
        return datetime.fromisoformat(local).replace(tzinfo=place).astimezone(UTC)
    return None


def year(said: str | None) -> str | None:
    """A year of four digits; two are those of RFC 5322 section 4.3: 00 to 49 are 20xx."""
    if not said or len(said) == 4:
        return said
    return f"{'20' if said < '50' else '19'}{said}" if len(said) == 2 else None
