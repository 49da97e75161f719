"""The model to JSON and back: one rule for every dataclass of ``dispaccio.release.model``.

A dataclass is an object, a tuple an array, an enumeration its value, an instant or a day
RFC 3339 text; what is absent is left out. Only the names in ``ALIASES`` differ from the model's.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from dispaccio.errors import MalformedDocument, TimeWithoutZone
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import Label
from dispaccio.release.model import Dateline, Revision
from dispaccio.words import Sentence

T = TypeVar("T")
_Read: TypeAlias = Callable[[Any, str, list[str] | None], Any]
"""Reads a JSON value: the value, its path, and the list of unknown names."""

MOST = 10_000
"""How many items a list of a document may have."""
GREATEST = 2**53 - 1
"""Beyond this no two JSON readers need agree (RFC 8259 section 6, RFC 8785)."""

ALIASES: dict[type, dict[str, str]] = {
    Revision: {"headline": "title"},
    Dateline: {"day": "date"},
    Label: {"kind": "code"},
}
_SIGNS = re.compile(r"[\dW-]{7,}[Tt ][\d:.,]+(?:[Zz]|[+-][\d:]+)?", re.ASCII)
_IN_JSON = {"None": "null", "True": "true", "False": "false"}
_AS_THEY_ARE = (str, int, bool, type(None))
_WORDS = {str: "text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a dataclass: its name in the model, and how it is read."""

    name: str
    read: _Read
    default: Any
    may_be_absent: bool


def encode(value: Any) -> Any:
    """A value of the model as JSON."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if is_dataclass(value):
        return {
            written: encode(item)
            for written, field in _fields(type(value)).items()  # type: ignore[arg-type]
            if (item := getattr(value, field.name)) not in (None, (), field.default)
        }
    if isinstance(value, datetime):
        return write_instant(value)
    return value.isoformat() if isinstance(value, date) else value


def decode(
    kind: type[T],
    document: Any,
    *,
    unknown: list[str] | None = None,
    known: frozenset[str] = frozenset(),
    path: str = "",
) -> T:
    """A dataclass of the model from a JSON object.

    Names that the model lacks are added to ``unknown`` (but for ``known``, at the top). Raises
    MalformedDocument, which says at which path what was expected.
    """
    if not isinstance(document, dict):
        raise _wrong(path, "an object", document)
    expected = _fields(kind)  # type: ignore[arg-type]  # a class is hashable
    found: dict[str, Any] = {}
    for name, value in document.items():
        field = expected.get(name)
        if field is None:
            if unknown is not None and name not in known:
                unknown.append(_join(path, name))
        elif value is not None:
            found[field.name] = field.read(value, _join(path, name), unknown)
    for name, field in _required(kind):  # type: ignore[arg-type]
        if field.name not in found:
            if not field.may_be_absent:
                raise MalformedDocument(f"{_join(path, name)} is missing.", path=_join(path, name))
            found[field.name] = None
    try:
        return kind(**found)
    except MalformedDocument as error:
        raise MalformedDocument(f"{path or 'The document'}: {error.message}", path=path) from None


@cache
def _fields(kind: type) -> dict[str, _Field]:
    """The fields of a dataclass by their names in JSON. Looking at types is done once."""
    alias = ALIASES.get(kind, {})
    hints = get_type_hints(kind)
    return {
        alias.get(field.name, field.name): _Field(
            field.name,
            _reader(hints[field.name]),
            field.default,
            type(None) in get_args(hints[field.name]),
        )
        for field in fields(kind)
    }


@cache
def _required(kind: type) -> tuple[tuple[str, _Field], ...]:
    """The fields that have no default."""
    return tuple(pair for pair in _fields(kind).items() if pair[1].default is MISSING)


def _reader(hint: Any) -> _Read:
    """How a value of that type is read."""
    if get_origin(hint) in (Union, types.UnionType):
        arms = [arm for arm in get_args(hint) if arm is not type(None)]
        return _instant_or_day if set(arms) == {datetime, date} else _reader(arms[0])
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return _pairs if get_origin(item) is tuple else partial(_items, _reader(item))
    if is_dataclass(hint):
        return partial(_object, hint)  # type: ignore[arg-type]
    if hint in (datetime, date):
        return partial(_time, hint)
    if issubclass(hint, StrEnum):
        return partial(_choice, {item.value: item for item in hint})
    return partial(_plain, hint)


def _plain(hint: type, value: Any, path: str, unknown: list[str] | None) -> Any:
    as_hint = type(value) is hint or (hint is str and isinstance(value, Sentence))
    if not as_hint or (isinstance(value, int) and abs(value) > GREATEST):
        raise _wrong(path, _WORDS[hint], value)
    return value


def _choice(
    choices: dict[str, StrEnum], value: Any, path: str, unknown: list[str] | None
) -> StrEnum:
    chosen = choices.get(value) if isinstance(value, str) else None
    if chosen is None:
        raise _wrong(path, "one of " + ", ".join(choices), value)
    return chosen


def _object(hint: type, value: Any, path: str, unknown: list[str] | None) -> Any:
    return decode(hint, value, unknown=unknown, path=path)


def _items(read: _Read, value: Any, path: str, unknown: list[str] | None) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _wrong(path, "a list", value)
    if len(value) > MOST:
        raise _wrong(path, f"a list of at most {MOST:,} items", len(value))
    return tuple([read(item, f"{path}[{i}]", unknown) for i, item in enumerate(value)])


def _pairs(value: Any, path: str, unknown: list[str] | None) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        raise _wrong(path, "a list", value)
    if len(value) > MOST:
        raise _wrong(path, f"a list of at most {MOST:,} items", len(value))
    if not all(isinstance(v, list) and [type(i) for i in v] == [str, str] for v in value):
        raise _wrong(path, "a list of pairs of texts", value)
    return tuple((name, text) for name, text in value)


def _instant_or_day(value: Any, path: str, unknown: list[str] | None) -> date:
    day = isinstance(value, str) and len(value) == 10
    return _time(date if day else datetime, value, path, unknown)


def _time(hint: type[date], value: Any, path: str, unknown: list[str] | None) -> date:
    words = "an instant like 2026-05-26T09:00:00+02:00"
    if hint is date:
        words = "a day like 2026-05-26"
    if not isinstance(value, str) or (hint is datetime and len(value) < 16):
        raise _wrong(path, words, value)
    try:
        found = hint.fromisoformat(_bare(value))
        if isinstance(found, datetime):
            if found.tzinfo is None:
                raise TimeWithoutZone(f"{path}: {value!r} has no zone; write it {words[11:]}.")
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong(path, words, value) from None
    return found


def _bare(value: str) -> str:
    """A time with a capital Z, as Python takes it. Raises ValueError for signs that it skips."""
    if len(value) > 10 and not _SIGNS.fullmatch(value):
        raise ValueError
    return value.replace("z", "Z")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(path: str, expected: str, value: Any) -> MalformedDocument:
    shown = _IN_JSON.get(repr(value)) or repr(value)[:60]
    return MalformedDocument(
        f"{path or 'The document'} should be {expected}, not {shown}.", path=path
    )
