"""Files that are whole or not there, and names for them that no wire can abuse."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from dispaccio.errors import MalformedReceiver

PLACES = ("number", "version", "kind", "status", "date", "title", "issuer", "suffix")
"""What a file name may hold in braces."""
LONGEST = 120
"""Characters of one place."""
_MOST_BYTES = 200
_PLACE = re.compile(r"\{([a-z]*)\}")
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
# Names that Windows keeps for devices, with and without a suffix.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def check_template(template: str) -> None:
    """See that a template gives one path below a folder. Raises MalformedReceiver."""
    unknown = [name for name in _PLACE.findall(template) if name not in PLACES]
    rest = _PLACE.sub("x", template)
    steps = rest.split("/")
    if unknown or "{" in rest or "}" in rest or "\\" in rest or not rest.isprintable():
        raise MalformedReceiver(
            f"--name: in braces there may be {', '.join(PLACES)}; not {template!r}."
        )
    if any(step.strip(" .") == "" for step in steps):
        raise MalformedReceiver(f"--name: write a path below the folder, not {template!r}.")
    if "{number}" not in template or "{version}" not in template:
        raise MalformedReceiver(
            "--name: {number} and {version} have to be in it, or one file would replace another."
        )


def fill(template: str, places: Mapping[str, str]) -> Path:
    """The relative path that a template gives; each part of it is a harmless name."""
    steps = []
    for step in template.split("/"):
        parts = _PLACE.split(step)
        filled = "".join(
            _suffix(places["suffix"])
            if index % 2 and part == "suffix"
            else component(places.get(part, ""))
            if index % 2
            else part
            for index, part in enumerate(parts)
        )
        steps.append(_whole(filled))
    return Path(*steps)


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


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; it is on the disk when this returns."""
    made = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    for folder in (path.parent, *(folder.parent for folder in made)):
        _sync(folder)


def _sync(folder: Path) -> None:
    """Have the disk keep the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
