"""A zip of files as they are, written while it is read: its size is known before (APPNOTE 6.3.10).

Nothing is compressed, since pictures, films and PDFs are already. Sizes and checksums are known, so
that no reader needs data descriptors. Up to 4 GiB: beyond, there is none.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

MOST_BYTES = 2**32 - 1
_LOCAL, _CENTRAL, _END = 0x04034B50, 0x02014B50, 0x06054B50
_UTF8, _STORED, _VERSION = 0x0800, 0, 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file: its name, size and CRC-32, and how its bytes are had."""

    name: str
    size: int
    crc32: int
    read: Callable[[], Iterable[bytes]]


def size_of(entries: Sequence[Entry]) -> int:
    """How many bytes the zip has."""
    return 22 + sum(30 + 46 + 2 * len(entry.name.encode()) + entry.size for entry in entries)


def write(entries: Sequence[Entry], at: datetime) -> Iterator[bytes]:
    """The zip in pieces; every file in it is dated ``at``."""
    stamp, offset, directory = _dos(at), 0, b""
    for entry in entries:
        name = entry.name.encode()
        shared = struct.pack(
            "<HHHHHIIIHH",
            _VERSION,
            _UTF8,
            _STORED,
            *stamp,
            entry.crc32,
            entry.size,
            entry.size,
            len(name),
            0,
        )
        yield struct.pack("<I", _LOCAL) + shared + name
        yield from entry.read()
        directory += struct.pack("<IH", _CENTRAL, _VERSION) + shared
        directory += struct.pack("<HHHII", 0, 0, 0, 0, offset) + name
        offset += 30 + len(name) + entry.size
    yield directory
    count = len(entries)
    yield struct.pack("<IHHHHIIH", _END, 0, 0, count, count, len(directory), offset, 0)


def apart(names: Iterable[str]) -> list[str]:
    """Names that no two files share, also where capitals do not count: ``a.jpg``, ``a-2.jpg``."""
    taken: set[str] = set()
    found = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        stem, again, given = stem if dot else name, 1, name
        while given.casefold() in taken:
            again += 1
            given = f"{stem}-{again}{dot}{ending if dot else ''}"
        taken.add(given.casefold())
        found.append(given)
    return found


def _dos(at: datetime) -> tuple[int, int]:
    """An instant as MS-DOS writes it, to two seconds: time, and day."""
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (max(at.year, 1980) - 1980) << 9 | at.month << 5 | at.day
