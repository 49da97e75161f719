"""What a format is: the protocol that built-in and third-party formats satisfy alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from dispaccio.release.model import Reading, Revision

PROTOCOL_VERSION = 1
MAX_BYTES = 4 * 1024 * 1024
"""The largest document of one release that a reader takes, in bytes."""
MAX_MANY_BYTES = 64 * 1024 * 1024
"""The largest document of several: a feed, a mailbox, a message with many items."""


@dataclass(frozen=True, slots=True)
class About:
    """What people and the registry need to know of a format.

    ``media_types`` and ``suffixes`` begin with the preferred one; a suffix has its dot.
    ``recognises`` takes a document's bytes and says whether it is of this format. ``twin``: every
    release has an address with the first suffix, and its rendering is made at publication; other
    formats are written when somebody asks. ``many``: one document may hold many releases.
    """

    title: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    reads: bool
    writes: bool
    lossless: bool
    recognises: Callable[[bytes], bool]
    twin: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """How to read: the zone of times that state none, and the charset that the sender declared."""

    zone: ZoneInfo | None = None
    charset: str | None = None


class Format(Protocol):
    """One format. Entry point group ``dispaccio.formats``; the name is what ``--as`` takes."""

    name: str
    version: int
    about: About

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The releases in a document, one Reading each. Raises an InputError that says where."""
        ...

    def write(self, revision: Revision) -> bytes:
        """The document for one revision. The same revision gives the same bytes."""
        ...
