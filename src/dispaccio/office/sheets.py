"""The form of a release: what was typed into it, and what it offers to choose from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from dispaccio import clock
from dispaccio.errors import MalformedRequest, MalformedTime
from dispaccio.formats import codec
from dispaccio.formats.html import direction
from dispaccio.formats.plain import contact_line
from dispaccio.intake.sheet import Sheet, settled
from dispaccio.office.asked import Asked
from dispaccio.office.pages import Office
from dispaccio.release import subjects
from dispaccio.release.body import Block
from dispaccio.release.model import Contact, Visibility
from dispaccio.release.subjects import Topic
from dispaccio.wire import drafting
from dispaccio.wire.drafting import Open
from dispaccio.words import say

LANGUAGES = (
    "ar", "bg", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi",
    "hr", "hu", "it", "ja", "ko", "lt", "lv", "mk", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl",
    "sq", "sr", "sr-Latn", "sv", "tr", "uk", "ur", "vi", "zh", "zh-Hant",
)  # fmt: skip
"""The languages that the form offers (BCP 47)."""
ZONES = (
    "UTC", "Europe/Rome", "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Madrid",
    "Europe/Lisbon", "Europe/Athens", "Europe/Belgrade", "Europe/Kyiv", "Europe/Moscow",
    "Europe/Istanbul", "Africa/Cairo", "Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles",
)  # fmt: skip
"""The zones that the form proposes; any other may be typed."""
_CONTACT = ("name", "role", "organisation", "email", "phone")
_TEXTS = tuple(field.name for field in fields(Sheet) if field.type == "str")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers."""

    languages: tuple[str, ...]
    channels: tuple[tuple[str, str], ...]
    groups: dict[str, int]
    topics: tuple[tuple[Topic, tuple[Topic, ...]], ...]
    zones: tuple[str, ...]


def typed(asked: Asked) -> Sheet:
    """What was typed. Raises MalformedRequest for a body that no editor of ours made."""
    rows = zip_longest(*(asked.several(f"contact_{name}") for name in _CONTACT), fillvalue="")
    contacts = tuple(
        _contact(row, only=str(at) in asked.several("contact_only"))
        for at, row in enumerate(rows)
        if any(part.strip() for part in row)
    )
    texts: dict[str, Any] = {name: asked.form.get(name, ("",))[0] for name in _TEXTS}
    return Sheet(
        **texts,
        body=_body(asked.text("body")),
        contacts=contacts,
        subjects=asked.several("subject"),
        to=asked.several("to"),
    )


def saved(asked: Asked) -> int:
    """The state that the form began with; 0 for a draft that was never saved."""
    count = asked.text("saved")
    return int(count) if count.isdecimal() and len(count) < 10 else 0


def choices(office: Office, kept: Open) -> Choices:
    """What the form of that draft offers."""
    own = kept.sheet.language
    languages = LANGUAGES if own in LANGUAGES or not own else (own, *LANGUAGES)
    every = subjects.topics().values()
    return Choices(
        languages,
        tuple((one.name, one.title) for one in office.public.channels()),
        drafting.groups_of(office.wire, kept.issuer),
        tuple(
            (top, tuple(topic for topic in every if topic.parent == top.code))
            for top in subjects.top_terms()
        ),
        ZONES,
    )


def direction_of(language: str) -> str:
    """In which direction the fields of a text run; as it is typed while nobody says."""
    return direction(language) if language else "auto"


def until(at: datetime, now: datetime) -> tuple[int, int, int]:
    """Days, hours and minutes until an instant; nothing for what is past."""
    minutes = max(0, int((at - now).total_seconds())) // 60
    return minutes // 1440, minutes // 60 % 24, minutes % 60


def local(at: datetime, zone: str, otherwise: ZoneInfo) -> datetime:
    """An instant as the clocks show it in a zone that was typed; in the wire's where it is none."""
    try:
        return at.astimezone(clock.zone_named(zone))
    except MalformedTime:
        return at.astimezone(otherwise)


def texts(sheet: Sheet) -> dict[str, str]:
    """Every field of a sheet as text, by its name, for two people to compare."""
    found = {name: getattr(sheet, name).strip() for name in _TEXTS}
    found["text"] = settled(sheet).text.strip()
    found["contacts"] = "\n".join(contact_line(contact) for contact in sheet.contacts)
    return found | {"subjects": "\n".join(sheet.subjects), "to": "\n".join(sheet.to)}


def body_json(blocks: Iterable[Block]) -> str:
    """A body as the editor takes it: the native format's."""
    return json.dumps([codec.encode(block) for block in blocks], ensure_ascii=False)


def _contact(row: tuple[str, ...], *, only: bool) -> Contact:
    parts: dict[str, Any] = dict(zip(_CONTACT, (part.strip() or None for part in row), strict=True))
    return Contact(**parts, visibility=Visibility.MEDIA_ONLY if only else Visibility.PUBLIC)


def _body(said: str) -> tuple[Block, ...]:
    try:
        found = json.loads(said) if said else []
    except (ValueError, RecursionError):
        raise MalformedRequest(
            say("The text of the editor cannot be read; open the page anew.")
        ) from None
    if not isinstance(found, list):
        raise MalformedRequest(say("The text of the editor is no list of blocks."))
    return tuple(codec.decode(Block, item, path=f"body[{at}]") for at, item in enumerate(found))
