"""A JSON object whose names may be written in any case, read strictly by type.

ninjs 1.x and 2.x write ``versioncreated``, 3.x ``versionCreated``; names here are lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dispaccio import clock
from dispaccio.errors import InputError, MalformedDocument
from dispaccio.formats.codec import GREATEST

_FRACTION = re.compile(r"(\.\d{6})\d+")


@dataclass(slots=True)
class Item:
    """One object: its values by lower-case name, where it stands, and which names were asked for.

    A value that is null counts as absent. Asking for a value of another type than it has raises
    MalformedDocument, which says at which path.
    """

    values: dict[str, Any]
    names: dict[str, str]
    path: str = ""
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, document: Any, path: str = "") -> Item:
        """The item of a JSON value. Raises MalformedDocument if it is no object."""
        if not isinstance(document, dict):
            raise _wrong(path or "The item", "an object", document)
        values = {name.lower(): value for name, value in document.items() if value is not None}
        return cls(values, {name.lower(): name for name in document}, path)

    def at(self, name: str) -> str:
        """The path of a value, with the name as it is written."""
        written = self.names.get(name, name)
        return f"{self.path}.{written}" if self.path else written

    def get(self, *names: str) -> tuple[str, Any]:
        """The first of these names that is there, with its value; ``("", None)`` if none is."""
        self.asked.update(names)
        return next(((n, self.values[n]) for n in names if n in self.values), ("", None))

    def text(self, *names: str) -> str | None:
        """A text, without blanks around it; an empty one counts as absent."""
        name, value = self.get(*names)
        if value is not None and not isinstance(value, str):
            raise _wrong(self.at(name), "text", value)
        return value.strip() or None if value else None

    def integer(self, *names: str) -> int | None:
        """A whole number, as JSON writes it or as a text of digits."""
        name, value = self.get(*names)
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is not None and (type(value) is not int or abs(value) > GREATEST):
            raise _wrong(self.at(name), "a whole number", value)
        return value

    def instant(self, *names: str, zone: ZoneInfo | None) -> datetime | None:
        """An instant in UTC. Raises the errors of ``clock.parse``, with the path."""
        name, _ = self.get(*names)
        value = self.text(*names)
        if not value:
            return None
        try:
            return clock.parse(_FRACTION.sub(r"\1", value), zone)
        except InputError as error:
            raise type(error)(f"{self.at(name)}: {error.message}") from None

    def items(self, *names: str) -> list[Item]:
        """Objects: a list of them, or as in 1.x an object of them, whose names become ``name``."""
        name, value = self.get(*names)
        if value is None:
            return []
        path = self.at(name)
        if isinstance(value, dict):
            return [
                Item.of(
                    {"name": key, **inner} if isinstance(inner, dict) else inner, f"{path}.{key}"
                )
                for key, inner in value.items()
                if inner is not None
            ]
        if not isinstance(value, list):
            raise _wrong(path, "a list", value)
        return [Item.of(inner, f"{path}[{index}]") for index, inner in enumerate(value)]

    def beginning(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The texts whose names begin so, as ``body_html`` does, by the rest of their names."""
        for name in sorted(self.values):
            if name.startswith(prefix) and (value := self.text(name)):
                yield name.removeprefix(prefix), value

    def left(self) -> list[str]:
        """The paths of the values that nobody asked for."""
        return [self.at(name) for name in self.values if name not in self.asked]


def _wrong(path: str, expected: str, value: Any) -> MalformedDocument:
    return MalformedDocument(f"{path} should be {expected}, not {repr(value)[:60]}.", path=path)
