"""Files that are whole or not there, and the templates of their names."""

from __future__ import annotations

import os
from pathlib import Path

from dispaccio.delivery.filename import PLACE
from dispaccio.errors import MalformedReceiver

PLACES = ("number", "version", "kind", "status", "date", "title", "issuer", "suffix")
"""What a file name may hold in braces."""


def check_template(template: str) -> None:
    """See that a template gives one path below a folder. Raises MalformedReceiver."""
    unknown = [name for name in PLACE.findall(template) if name not in PLACES]
    rest = PLACE.sub("x", template)
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
