"""File names from templates: harmless on every system, whatever the texts in them. Pure.

The receiver's kit uses it, too, and so it needs nothing of dispaccio.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

LONGEST = 120
"""Characters of one place."""
PLACE = re.compile(r"\{([a-z]*)\}")
"""A place of a template, such as ``{number}``."""
_MOST_BYTES = 200
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
# Names that Windows keeps for devices, with and without a suffix.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def fill(template: str, places: Mapping[str, str]) -> PurePosixPath:
    """The relative path that a template gives; each part of it is a harmless name."""
    steps = []
    for step in template.split("/"):
        parts = PLACE.split(step)
        filled = "".join(
            _suffix(places["suffix"])
            if index % 2 and part == "suffix"
            else component(places.get(part, ""))
            if index % 2
            else part
            for index, part in enumerate(parts)
        )
        steps.append(_whole(filled))
    return PurePosixPath(*steps)


def component(text: str) -> str:
    """A text as a part of a file name: no separators, no control or direction characters."""
    seen = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if char.isspace() else char
        for char in seen
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    name = " ".join(_FORBIDDEN.sub("-", kept).split()).strip(" .")
    return name[:LONGEST].rstrip(" .") or "_"


def _suffix(text: str) -> str:
    return text if re.fullmatch(r"(?:\.[a-z0-9]{1,12}){1,3}", text) else ""


def _whole(name: str) -> str:
    """A name that no system keeps for itself, and short enough with whatever stands before it."""
    if _DEVICE.fullmatch(name) or name.startswith("."):
        name = f"_{name}"
    stem, dot, suffix = name.partition(".")
    while len(name.encode()) > _MOST_BYTES and len(stem) > 1:
        stem = stem[:-1]
        name = f"{stem.rstrip()}{dot}{suffix}"
    return name.encode()[:_MOST_BYTES].decode("utf-8", "ignore")
