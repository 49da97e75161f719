"""Names of files: harmless on every system, and fit to stand in an address."""

from __future__ import annotations

import re
import unicodedata

from dispaccio.media.kinds import FileType

LONGEST = 100
"""Characters of a name, its ending among them."""
_MOST_BYTES = 200
_APART = re.compile(r'[/\\:*?"<>|%#&+;]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""


def clean(name: str, kind: FileType) -> str:
    """The last step of a path as a name without folders, control or direction characters.

    It ends as its kind does, whatever it ended in; a name that is nothing then is ``file``.
    """
    last = re.split(r"[/\\]", name.strip())[-1]
    kept = "".join(
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", last)
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    plain = re.sub(r"[-\s]+", "-", _APART.sub("-", kept)).strip(".-_")
    stem, ending = _split(plain, kind)
    if _DEVICE.fullmatch(stem):
        stem = f"file-{stem}"
    stem = stem[: LONGEST - len(ending)]
    while len(stem.encode()) > _MOST_BYTES:
        stem = stem[:-1]
    return f"{stem.strip(' .-_') or 'file'}{ending}"


def stem(name: str) -> str:
    """A name without its ending."""
    before, dot, _ = name.rpartition(".")
    return before if dot else name


def _split(name: str, kind: FileType) -> tuple[str, str]:
    before, dot, after = name.rpartition(".")
    ending = f".{after.lower()}" if dot else ""
    if ending in kind.suffixes:
        return before, ending
    if dot and before and re.fullmatch(r"[A-Za-z0-9]{1,5}", after):
        return before, kind.suffixes[0]
    return name, kind.suffixes[0]
