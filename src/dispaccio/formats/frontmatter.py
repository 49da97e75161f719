"""Front matter: ``key: value`` lines between two lines of ``---`` at the head of a text.

The keys are the native names of the fields. A value is the rest of its line; a list is lines of
``- item`` below the key; a value in double quotes is a JSON string. This is a small part of YAML
1.2, and nothing beyond it is taken.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from dispaccio import clock
from dispaccio.anatomy import contacts
from dispaccio.errors import InputError, MalformedDocument
from dispaccio.formats.base import Options
from dispaccio.release.label import Label, LabelKind, of_kind, recognise
from dispaccio.release.model import Contact, Party, Revision, SignedBy, Visibility, WireMark
from dispaccio.release.state import Kind, Status
from dispaccio.words import say

_E = TypeVar("_E", bound=StrEnum)

OWN = "dispaccio"
"""The key of what our Markdown carries beyond its text."""
TEXTS = (
    "title subhead place language boilerplate id number channel url original_url category author "
    "slugline editorial_note usage_terms"
)
INSTANTS = "release_time embargo first_created version_created"
LISTS = "tags legal disclaimers"
OTHERS = (
    "issuer wire label commissioned paid_by paid_to contact contacts created version urgency kind "
    "status signed_by"
)
_KNOWN = frozenset(f"{TEXTS} {INSTANTS} {LISTS} {OTHERS} {OWN}".split())
_PAIR = re.compile(r"(?P<key>[A-Za-z][\w-]*)\s*:(?:\s+(?P<value>.*))?")
_OPENS = re.compile(r"---[ \t]*\n(?:[ \t]*(?:#.*)?\n)*[A-Za-z][\w-]*[ \t]*:(?=\s)")
_ITEM = re.compile(r"\s*-\s+(?P<value>.*)")
_MAX_LINES = 500
_YES, _NO = ("yes", "true", "1", "sì", "si"), ("no", "false", "0")
_MEDIA_ONLY = "media only"


@dataclass(frozen=True, slots=True)
class Front:
    """Front matter: its values by key, each with its line; ``lines`` is how many it takes."""

    values: dict[str, list[str]] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    lines: int = 0

    def one(self, key: str) -> str | None:
        """The value of a key, or None."""
        return ", ".join(self.values[key]) if self.values.get(key) else None


def begins(text: str) -> bool:
    """Whether a text begins with front matter."""
    return _OPENS.match(text) is not None


def split(text: str) -> tuple[Front, str]:
    """The front matter of a text and the text below it. Raises MalformedDocument with the line."""
    if not begins(text):
        return Front(), text
    lines = text.split("\n", _MAX_LINES)
    ends = (
        at for at, line in enumerate(lines[:_MAX_LINES]) if at and line.rstrip() in ("---", "...")
    )
    end = next(ends, None)
    if end is None:
        raise MalformedDocument(say("The front matter has no end; close it with a line of ---."))
    front = Front(lines=end + 1)
    key = ""
    for number, line in enumerate(lines[1:end], start=2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if (item := _ITEM.fullmatch(line)) and key:
            front.values[key].append(_value(item["value"], number))
        elif pair := _PAIR.fullmatch(line.rstrip()):
            key = pair["key"].lower().replace("-", "_")
            if key in front.values:
                raise MalformedDocument(
                    say("Line {line}: the key {key} stands twice.", line=number, key=repr(key))
                )
            front.values[key] = [_value(pair["value"], number)] if pair["value"] else []
            front.at[key] = number
        else:
            raise MalformedDocument(
                say("Line {line} of the front matter is no `key: value`.", line=number)
            )
    return front, "\n".join(lines[end + 1 :])


def revision(front: Front, options: Options) -> tuple[Revision, tuple[str, ...]]:
    """What front matter states, and warnings of keys that are not known.

    Raises MalformedDocument for a key that looks misspelt or a value of the wrong kind, and the
    errors of ``clock.parse`` for times.
    """
    warnings = _unknown(front)
    if "embargo" in front.values and not front.one("embargo"):
        unclear = say("Under embargo, but its end is not stated.")
        told = say(
            "Line {line}, {key}: {why}", line=front.at["embargo"], key="embargo", why=unclear
        )
        warnings = (*warnings, told)
    stated: dict[str, object] = {}
    for key in TEXTS.split():
        stated["headline" if key == "title" else key] = front.one(key)
    for key in INSTANTS.split():
        stated[key] = _instant(front, key, options)
    for key in LISTS.split():
        stated[key] = tuple(front.values.get(key, ()))
    if len(tags := front.values.get("tags", [])) == 1:
        stated["tags"] = tuple(tag.strip() for tag in tags[0].strip("[]").split(","))
    stated |= {
        "issuer": Party(name) if (name := front.one("issuer")) else None,
        "wire": WireMark(name) if (name := front.one("wire")) else None,
        "label": _label(front),
        "contacts": _contacts(front),
        "created": _day(front, options),
        "version": _number(front, "version"),
        "urgency": _number(front, "urgency"),
        "kind": _member(front, "kind", Kind),
        "status": _member(front, "status", Status),
        "signed_by": _member(front, "signed_by", SignedBy),
    }
    known: dict[str, Any] = {name: it for name, it in stated.items() if it not in (None, ())}
    return Revision(**known), warnings


def read_contact(line: str) -> Contact:
    """A contact from one line: name, role, organisation, e-mail address, telephone number."""
    bare = line.removesuffix(f", {_MEDIA_ONLY}")
    found = contacts.parse([bare])
    contact = found[0] if found else Contact(name=bare)
    only = Visibility.MEDIA_ONLY if bare != line else Visibility.PUBLIC
    return replace(contact, visibility=only)


def _unknown(front: Front) -> tuple[str, ...]:
    warnings = []
    for key in front.values.keys() - _KNOWN:
        near = difflib.get_close_matches(key, _KNOWN, 1, 0.8)
        if near:
            raise MalformedDocument(
                say(
                    "Line {line}: the key {key} is not known; do you mean {near}?",
                    line=front.at[key],
                    key=repr(key),
                    near=repr(near[0]),
                )
            )
        warnings.append(
            say(
                "Line {line}: the key {key} is not known, and was left out.",
                line=front.at[key],
                key=repr(key),
            )
        )
    return tuple(sorted(warnings))


def _value(text: str, number: int) -> str:
    text = text.strip()
    if not text.startswith('"'):
        return text.strip("'") if len(text) > 1 and text[0] == text[-1] == "'" else text
    try:
        value = json.loads(text)
    except ValueError:
        raise MalformedDocument(
            say("Line {line}: the quoted value is no JSON string.", line=number)
        ) from None
    return str(value)


def _instant(front: Front, key: str, options: Options) -> datetime | None:
    value = front.one(key)
    try:
        return clock.parse(value, options.zone) if value else None
    except InputError as error:
        raise type(error)(
            say("Line {line}, {key}: {why}", line=front.at[key], key=key, why=error.message)
        ) from None


def _wrong(front: Front, key: str, expected: str) -> MalformedDocument:
    return MalformedDocument(
        say(
            "Line {line}: {key} should be {expected}, not {said}.",
            line=front.at[key],
            key=key,
            expected=expected,
            said=repr((front.one(key) or "")[:60]),
        )
    )


def _flag(front: Front, key: str) -> bool | None:
    value = (front.one(key) or "").lower()
    if value and value not in _YES + _NO:
        raise _wrong(front, key, "yes or no")
    return value in _YES if value else None


def _number(front: Front, key: str) -> int | None:
    value = front.one(key)
    if value and not re.fullmatch(r"\d{1,9}", value, re.ASCII):
        raise _wrong(front, key, "a whole number")
    return int(value) if value else None


def _member(front: Front, key: str, kinds: type[_E]) -> _E | None:
    value = front.one(key)
    if value and value not in list(kinds):
        raise _wrong(front, key, "one of " + ", ".join(kinds))
    return kinds(value) if value else None


def _label(front: Front) -> Label | None:
    """The label, from its kind or its words; a commission alone makes it promotional."""
    commissioned, value = _flag(front, "commissioned"), front.one("label")
    facts = {"paid_by": front.one("paid_by"), "paid_to": front.one("paid_to")}
    if value is None and commissioned is None and not facts["paid_by"]:
        return None
    language = front.one("language")
    if value in list(LabelKind):
        return of_kind(LabelKind(value), language, commissioned=commissioned, **facts)
    if value is not None:
        known = recognise(value)
        if known is None:
            raise _wrong(front, "label", "one of " + ", ".join(LabelKind))
        stated = known.commissioned if commissioned is None else commissioned
        return Label(known.kind, known.text, stated, facts["paid_by"], facts["paid_to"])
    kind = LabelKind.INSTITUTIONAL if commissioned is False else LabelKind.PROMOTIONAL
    return of_kind(kind, language, commissioned=commissioned, **facts)


def _contacts(front: Front) -> tuple[Contact, ...]:
    lines = front.values.get("contact", []) + front.values.get("contacts", [])
    return tuple(read_contact(line) for line in lines)


def _day(front: Front, options: Options) -> datetime | date | None:
    value = front.one("created")
    if not value or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return _instant(front, "created", options)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _wrong(front, "created", "a day that exists") from None
