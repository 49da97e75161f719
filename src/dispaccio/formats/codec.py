"""The model to JSON and back: one rule for every dataclass of ``dispaccio.release.model``.

A dataclass is an object, a tuple an array, an enumeration its value, an instant or a day
RFC 3339 text; what is absent is left out. Only the names in ``ALIASES`` differ from the model's.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from dispaccio.errors import MalformedDocument, TimeWithoutZone
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import Label
from dispaccio.release.model import Dateline, Revision

T = TypeVar("T")

ALIASES: dict[type, dict[str, str]] = {
    Revision: {"headline": "title"},
    Dateline: {"day": "date"},
    Label: {"kind": "code"},
}


def encode(value: Any) -> Any:
    """A value of the model as JSON."""
    if is_dataclass(value):
        alias = ALIASES.get(type(value), {})
        return {
            alias.get(field.name, field.name): encode(item)
            for field in fields(value)
            if (item := getattr(value, field.name)) not in (None, (), field.default)
        }
    if isinstance(value, tuple):
        return [encode(item) for item in value]
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
    expected = _hints(kind)  # type: ignore[arg-type]  # a class is hashable
    for name in document.keys() - expected.keys() - known:
        if unknown is not None:
            unknown.append(_join(path, name))
    found: dict[str, Any] = {}
    for name, (field, hint, required) in expected.items():
        if document.get(name) is not None:
            found[field] = _value(hint, document[name], _join(path, name), unknown)
        elif required:
            if type(None) not in get_args(hint):
                raise MalformedDocument(f"{_join(path, name)} is missing.", path=_join(path, name))
            found[field] = None
    try:
        return kind(**found)
    except MalformedDocument as error:
        raise MalformedDocument(f"{path or 'The document'}: {error.message}", path=path) from None


def _value(hint: Any, value: Any, path: str, unknown: list[str] | None) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return _union(
            [arm for arm in get_args(hint) if arm is not type(None)], value, path, unknown
        )
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint)[0], value, path, unknown)
    if is_dataclass(hint):
        return decode(hint, value, unknown=unknown, path=path)  # type: ignore[arg-type]
    if hint in (datetime, date):
        return _time(hint, value, path)
    if issubclass(hint, StrEnum):
        if value not in list(hint):
            raise _wrong(path, "one of " + ", ".join(hint), value)
        return hint(value)
    if type(value) is not hint:
        raise _wrong(path, {str: "text", int: "a whole number", bool: "true or false"}[hint], value)
    return value


def _union(arms: list[Any], value: Any, path: str, unknown: list[str] | None) -> Any:
    if arms == [datetime, date] or arms == [date, datetime]:
        return _time(date if isinstance(value, str) and len(value) == 10 else datetime, value, path)
    return _value(arms[0], value, path, unknown)


def _tuple(hint: Any, value: Any, path: str, unknown: list[str] | None) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _wrong(path, "a list", value)
    if get_origin(hint) is tuple:
        if not all(isinstance(v, list) and [type(i) for i in v] == [str, str] for v in value):
            raise _wrong(path, "a list of pairs of texts", value)
        return tuple((name, text) for name, text in value)
    return tuple(_value(hint, item, f"{path}[{i}]", unknown) for i, item in enumerate(value))


def _time(hint: type[date], value: Any, path: str) -> date:
    words = "an instant like 2026-05-26T09:00:00+02:00"
    if hint is date:
        words = "a day like 2026-05-26"
    if not isinstance(value, str) or (hint is datetime and len(value) < 16):
        raise _wrong(path, words, value)
    try:
        found = hint.fromisoformat(value)
        if isinstance(found, datetime):
            if found.tzinfo is None:
                raise TimeWithoutZone(f"{path}: {value!r} has no zone; write it like {words[11:]}.")
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong(path, words, value) from None
    return found


@lru_cache(maxsize=None)
def _hints(kind: type) -> dict[str, tuple[str, Any, bool]]:
    alias = ALIASES.get(kind, {})
    hints = get_type_hints(kind)
    return {
        alias.get(field.name, field.name): (
            field.name,
            hints[field.name],
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    }


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(path: str, expected: str, value: Any) -> MalformedDocument:
    shown = repr(value)[:60]
    return MalformedDocument(
        f"{path or 'The document'} should be {expected}, not {shown}.", path=path
    )
