"""The JSON Schema (2020-12) of the native format, made from the model itself.

It says what the reader takes: other names are allowed, since a reader names them in a warning and
reads on. ``tests/formats/test_schema.py`` holds what is written to it, other names forbidden.
"""

from __future__ import annotations

import inspect
import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from dispaccio.formats.codec import ALIASES, GREATEST, MOST
from dispaccio.formats.native import STANDARD, dumps
from dispaccio.release.body import Block, Mark
from dispaccio.release.model import Figure, ItemKind, Quote, Revision

NAME = "dispaccio-1.json"
"""The schema's file name; a site has it below ``/schema/``."""
MEDIA_TYPE = "application/schema+json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "urn:dispaccio:schema:dispaccio-1"

_INSTANT = {
    "type": "string",
    "format": "date-time",
    "description": "An instant by RFC 3339, with its offset.",
}
_DAY = {"type": "string", "format": "date", "description": "A day by RFC 3339."}
_HEADING = {
    "if": {"properties": {"kind": {"const": "heading"}}, "required": ["kind"]},
    "then": {"properties": {"level": {"enum": [2, 3]}}, "required": ["level"]},
    "else": {"not": {"required": ["level"]}},
}
_LINK = {
    "if": {"properties": {"kind": {"const": "link"}}, "required": ["kind"]},
    "then": {"required": ["href"]},
    "else": {"not": {"required": ["href"]}},
}
_RULES: dict[type, dict[str, Any]] = {Block: _HEADING, Mark: _LINK}
"""What the classes themselves demand beyond types: a level for headings, a target for links."""


@cache
def schema() -> bytes:
    """The schema as JSON. A document is a release, or a list of them."""
    definitions: dict[str, Any] = {}
    _define(Revision, definitions)
    release = definitions["Revision"]
    release["properties"] = {**_derived(definitions), **release["properties"]}
    return dumps(
        {
            "$schema": DIALECT,
            "$id": ID,
            "title": "dispaccio JSON, version 1",
            "description": "One revision of a release, or a list of several.",
            "anyOf": [
                {"$ref": "#/$defs/Revision"},
                {"type": "array", "items": {"$ref": "#/$defs/Revision"}},
            ],
            "$defs": dict(sorted(definitions.items())),
        }
    )


def _derived(definitions: dict[str, Any]) -> dict[str, Any]:
    """What stands beside the fields of a revision; none of it is read back."""
    return {
        "standard": {"const": STANDARD},
        "format": {"type": "string", "description": "The format that the text came in."},
        "item": {"enum": [kind.value for kind in ItemKind]},
        "quotes": _list(_define(Quote, definitions)),
        "figures": _list(_define(Figure, definitions)),
        "warnings": _list({"type": "string"}),
    }


def _define(kind: type, definitions: dict[str, Any]) -> dict[str, str]:
    """A reference to the definition of a dataclass, which is made when it is first asked for."""
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] |= _object(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    alias, hints = ALIASES.get(kind, {}), get_type_hints(kind)
    told = {alias.get(field.name, field.name): field for field in fields(kind)}
    said: dict[str, Any] = {
        "type": "object",
        "description": " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split()),
        "properties": {name: _of(hints[field.name], definitions) for name, field in told.items()},
    }
    needed = [
        name
        for name, field in told.items()
        if field.default is MISSING and type(None) not in get_args(hints[field.name])
    ]
    return said | ({"required": needed} if needed else {}) | _RULES.get(kind, {})


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type of the model; ``codec`` reads by the same rules."""
    if get_origin(hint) in (Union, types.UnionType):
        arms = [_of(arm, definitions) for arm in get_args(hint) if arm is not type(None)]
        return arms[0] if len(arms) == 1 else {"anyOf": arms}
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return _list(_pair() if get_origin(item) is tuple else _of(item, definitions))
    if is_dataclass(hint):
        return dict(_define(hint, definitions))  # type: ignore[arg-type]
    if hint in (datetime, date):
        return dict(_INSTANT if hint is datetime else _DAY)
    if issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    if hint is int:
        return {"type": "integer", "minimum": -GREATEST, "maximum": GREATEST}
    return {"type": "boolean" if hint is bool else "string"}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "maxItems": MOST, "items": item}


def _pair() -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
