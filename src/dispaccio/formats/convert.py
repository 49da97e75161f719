"""Releases from one format into another: what is written, and what had to be left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dispaccio.anatomy import embargo
from dispaccio.errors import UnknownFormat
from dispaccio.formats import items
from dispaccio.formats.base import Format
from dispaccio.formats.registry import by_name, formats, likely
from dispaccio.release.model import ItemKind, Reading, Revision
from dispaccio.release.notice import is_notice

ALIASES = {"native": "dispaccio"}
"""Other names under which a format to write may be asked for."""
_UNSAFE = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Written:
    """One release in its new format; ``name`` is a safe file name, ``warnings`` the reader's."""

    name: str
    body: bytes
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of a document: what was written, and a sentence about each item that was not."""

    written: tuple[Written, ...]
    left_out: tuple[str, ...]


class Names:
    """File names given so far; no two are the same."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def give(self, stem: str, suffix: str) -> str:
        """A name that is not given yet: the stem, with a count where it was given before."""
        stem = safe(stem) or "release"
        while True:
            count = self._given[stem] = self._given[stem] + 1
            if count == 1:
                return f"{stem}{suffix}"
            if not self._given[longer := f"{stem}-{count}"]:
                self._given[longer] = 1
                return f"{longer}{suffix}"


def target(name: str) -> Format:
    """The format to write. Raises UnknownFormat, which lists those that are written."""
    known = {key for key, format in formats().items() if format.about.writes}
    name = ALIASES.get(name, name)
    if name not in known:
        raise UnknownFormat(f"No release is written in {name!r}; {likely(name, known)}")
    return by_name(name)


def convert(
    readings: Iterable[Reading], to: Format, stem: str = "release", names: Names | None = None
) -> Conversion:
    """Write every text among the readings of one document, but none whose embargo is not clear.

    A file is named by the release's number or id, else by ``stem`` and its place; ``names`` are
    those of documents before it.
    """
    readings, names = list(readings), names or Names()
    lost = items.lost(readings)
    written: list[Written] = []
    left_out, known = list(lost), frozenset(lost)
    for index, reading in enumerate(readings, start=1):
        if why := _refused(reading):
            left_out.append(f"Item {index}{_titled(reading.revision)} {why}")
            continue
        named = _stem(reading.revision) or (f"{stem}-{index}" if len(readings) > 1 else stem)
        name = names.give(named, to.about.suffixes[0])
        warnings = tuple(said for said in reading.warnings if said not in known)
        written.append(Written(name, to.write(reading.revision), warnings))
    return Conversion(tuple(written), tuple(left_out))


def safe(text: str) -> str:
    """A text as the stem of a file name: small Latin letters, digits and dashes, or nothing."""
    return _UNSAFE.sub("-", text.lower())[:_LONGEST_NAME].strip("-")


def _refused(reading: Reading) -> str | None:
    """Why an item is not written: it is no text, or held until nobody knows when.

    No format has a field for such a hold; written, the text would be usable at once.
    """
    if reading.item is not ItemKind.TEXT:
        return f"is {reading.item.value}, not text; it was left out."
    said = reading.revision
    unclear = next((it for it in reading.warnings if embargo.unclear([it])), None)
    if unclear is None or said.release_time or is_notice(said):
        return None
    return (
        "was left out, since it is under embargo and does not say clearly until when; name its "
        f"zone (--zone), or write the embargo's day, time and zone in the document. {unclear}"
    )


def _titled(said: Revision) -> str:
    return f" ({said.headline[:80]})" if said.headline else ""


def _stem(said: Revision) -> str:
    """Number and version, else the id, else what another wire or mailbox calls it."""
    version = f"-v{said.version}" if said.number and said.version else ""
    named = said.number or (said.id or "").removeprefix("urn:uuid:")
    if not named and said.wire and said.wire.number:
        named = said.wire.number
    if not named and said.identifiers:
        named = said.identifiers[0].value
    return safe(named + version)
