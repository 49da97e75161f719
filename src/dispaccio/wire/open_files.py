"""Pictures and files for everybody: found by their id, and read on their way out.

The answer for one that is not public is that for one that never was: nothing of it is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dispaccio.embargo import files
from dispaccio.release import number as numbers
from dispaccio.release.model import Media
from dispaccio.release.state import Status
from dispaccio.store import media as rows
from dispaccio.wire import filed as filing
from dispaccio.wire.core import Wire
from dispaccio.wire.filed import Filed, Form


@dataclass(frozen=True, slots=True)
class Found:
    """A picture or file that is public, or was: ``filed`` is None while nobody may have it."""

    number: str
    status: Status
    filed: Filed | None


class OpenFiles:
    """The public's questions about pictures and files."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def find(self, id: str) -> Found | None:
        """One by its id; None for one that is not public, or never was."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            row = rows.public(tx, id)
        if row is None:
            return None
        opened, status, ordinal = row
        usable = opened is not None and status == Status.USABLE
        number = numbers.write(ordinal, test=self._wire.settings.test)
        return Found(number, Status(status), filing.from_json(opened or "") if usable else None)

    def of(self, media: tuple[Media, ...]) -> dict[str, Filed]:
        """Those of this wire among a release's media, by their addresses and in its order."""
        url = self._wire.settings.url
        ids = {id: item.href or "" for item in media if (id := filing.id_of(item, url))}
        if not ids:
            return {}
        with self._wire.store.read(self._wire.clock.now()) as tx:
            found = rows.public_of(tx, ids)
        return {ids[id]: filing.from_json(found[id]) for id in ids if id in found}

    def read(self, form: Form, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of one form, in pieces. Raises SealBroken."""
        return files.read(self._wire.home, form.stored, start, end)
