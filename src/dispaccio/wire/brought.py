"""What became of the documents of an archive, as it is told while they come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispaccio.errors import DispaccioError
from dispaccio.release.canonical import write_instant


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one item of a document, counted from 1.

    ``number`` is None in a dry run of what would be new. ``left_out`` says what an item is that
    is no text; ``error`` why one that is a text did not come in.
    """

    item: int
    new: bool = False
    id: str | None = None
    number: str | None = None
    title: str | None = None
    date: datetime | None = None
    known_as: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    left_out: str | None = None
    error: DispaccioError | None = None

    def to_json(self) -> dict[str, Any]:
        """The answer as the API gives it."""
        found = {
            "item": self.item,
            "new": self.new,
            "id": self.id,
            "number": self.number,
            "title": self.title or None,
            "date": write_instant(self.date) if self.date else None,
            "known_as": list(self.known_as) or None,
            "warnings": list(self.warnings) or None,
            "left_out": self.left_out,
            "error": said(self.error) if self.error else None,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Told:
    """News of one document, counted from 1: some of its items, or why none of it came in.

    ``of`` says how many items it holds; the first news of a long one has none of them yet.
    """

    document: int
    of: int = 0
    items: tuple[Brought, ...] = ()
    error: DispaccioError | None = None

    def to_json(self) -> dict[str, Any]:
        """A line of the answer of the API."""
        if self.error:
            return {"document": self.document, "error": said(self.error)}
        items = [item.to_json() for item in self.items]
        return {"document": self.document, "of": self.of, "items": items}


def said(error: DispaccioError) -> dict[str, str]:
    """An error as an answer quotes it."""
    return {"code": error.code(), "message": error.message}
