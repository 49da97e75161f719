"""Sentences that can be said in another language.

A sentence is its English text: commands, the API and logs have that and nothing else. It remembers
how it was made, too, so that a page says it in the language of whoever reads it. What ``say`` is
given is what the catalogues hold; a value stands in it by its name, in braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any, LiteralString, Protocol, Self, TypeAlias

Value: TypeAlias = str | int | date
"""What may stand in a sentence: text as it is, another sentence, a number, a day, an instant."""

PLACE = re.compile(r"\{(\w+)\}", re.ASCII)
"""Where a value stands in a text."""
COUNT = "count"
"""The value by which a sentence chooses its form."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_TEXT, _MANY, _VALUES, _DAY, _INSTANT = "$say", "many", "with", "$day", "$at"


class Tongue(Protocol):
    """A language, and a way to write it down."""

    def form(self, text: str, many: str | None, count: int) -> str:
        """The words for a text; ``many`` is the text for other counts than one, if it has one."""
        ...

    def value(self, value: Value) -> str:
        """A value that is no sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Making:
    """How a sentence was made: its text, the values in it, and its form for several."""

    text: str
    values: Mapping[str, Value]
    many: str | None = None


class Sentence(str):
    """The English text of a sentence, which remembers how it was made. It never changes."""

    __slots__ = ("making",)
    making: Making

    def __new__(cls, making: Making) -> Self:
        """A sentence is made by ``say``, ``say_of`` and ``in_a_row``."""
        made = super().__new__(cls, _told(making, _English()))
        made.making = making
        return made

    def __getnewargs__(self) -> tuple[Making]:  # type: ignore[override]  # of a text: its letters
        """What a copy is made of."""
        return (self.making,)


def say(text: LiteralString, /, **values: Value) -> Sentence:
    """A sentence, with its values."""
    return Sentence(Making(text, values))


def say_of(one: LiteralString, many: LiteralString, /, **values: Value) -> Sentence:
    """A sentence that has another form for several; ``count`` among its values decides."""
    return Sentence(Making(one, values, many))


def term(text: str) -> Sentence:
    """A word or a phrase that the catalogues have by another way, as those of an enumeration."""
    return Sentence(Making(text, {}))


def in_a_row(values: Iterable[Value], by: str = ", ") -> Sentence:
    """Values one after another: what is between them is the same in every language."""
    known = {str(at): value for at, value in enumerate(values)}
    return Sentence(Making(by.join(f"{{{at}}}" for at in known), known))


def either(values: Iterable[Value]) -> Value:
    """One of several values, of which there is one at least."""
    return reduce(
        lambda first, second: say("{first} or {second}", first=first, second=second), values
    )


def told(sentence: Sentence, tongue: Tongue) -> str:
    """A sentence in a language."""
    return _told(sentence.making, tongue)


def instant(when: datetime) -> str:
    """An instant as people read it here: ``2026-05-26 07:00:00 UTC``."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def keepable(value: Any) -> Any:
    """What JSON has of a value of lists and objects, where sentences lie as they were made."""
    if isinstance(value, Sentence):
        making = value.making
        values = {name: keepable(item) for name, item in making.values.items()}
        many = {_MANY: making.many} if making.many else {}
        return {_TEXT: making.text, _VALUES: values, **many}
    if isinstance(value, date):
        return {_INSTANT if isinstance(value, datetime) else _DAY: value.isoformat()}
    if isinstance(value, dict):
        return {name: keepable(item) for name, item in value.items()}
    return [keepable(item) for item in value] if isinstance(value, list | tuple) else value


def recalled(document: dict[str, Any]) -> Any:
    """An object of what ``keepable`` made, as it was: an ``object_hook`` for ``json.loads``."""
    if _TEXT in document:
        return Sentence(Making(document[_TEXT], document[_VALUES], document.get(_MANY)))
    if _INSTANT in document:
        return datetime.fromisoformat(document[_INSTANT])
    return date.fromisoformat(document[_DAY]) if _DAY in document else document


def _told(making: Making, tongue: Tongue) -> str:
    count = making.values.get(COUNT, 0)
    text = tongue.form(making.text, making.many, count if isinstance(count, int) else 0)
    said = {
        name: told(value, tongue) if isinstance(value, Sentence) else tongue.value(value)
        for name, value in making.values.items()
    }
    return PLACE.sub(lambda place: said.get(place[1], place[0]), text)


class _English:
    """The language of the texts, as it is written where no page is."""

    def form(self, text: str, many: str | None, count: int) -> str:
        """The text, or the one for several."""
        return many if many and count != 1 else text

    def value(self, value: Value) -> str:
        """A value as commands and the API write it."""
        if isinstance(value, datetime):
            return instant(value)
        if isinstance(value, date):
            return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"
        return f"{value:,}" if isinstance(value, int) else str(value)
