"""How running text looks in any script: its width, its sentences, whether a line is prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

WIDE = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60"
"""Characters (inside a class) that are as wide as two: Han, Kana, Hangul."""
UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠȘŤȚŪŮŰŲŹŻŽЀ-Я"
"""Capital letters (inside a class) of the Latin and Cyrillic scripts."""
_WORD = rf"(?:[{UPPER}]\.|[{UPPER}][\w'’&-]*+(?:\.(?=[\w]))?[\w-]*+)"
_LINK = r"(?:\s(?:de|di|da|do|du|del|della|dos|van|von|zu|der|den|bin|al|el|la|le|of))*+"
NAME = rf"{_WORD}(?:{_LINK}\s{_WORD}){{0,5}}"
"""A pattern for a name in the Latin or Cyrillic script: words with capitals, "de", "von"."""

_WIDE = re.compile(f"[{WIDE}]+")
_END = re.compile(
    r"[.!?…]['\"”’»)\]]*(?=\s|$)|[。！？؟][”’」』》）]*",
)
_STOPS = (".", "!", "?", "…", "。", "！", "？", "؟")
_CLOSERS = "'\"”’»)]」』》）"
_ABBREVIATED = re.compile(
    r"\b(?:[^\W\d_]|(?:Mr|Mrs|Ms|Dr|Prof|Inc|Ltd|Co|Corp|St|No|Nr|vs|ca|bzw|dott|sig|ing|avv"
    r"|Sr|Sra|M|Mme|art|etc|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec))$",
    re.IGNORECASE,
)
_LONG, _SENTENCE = 160, 100


def width(text: str) -> int:
    """How wide a line is: its characters, wide ones counted as two and a half letters."""
    wide = 0 if text.isascii() else sum(map(len, _WIDE.findall(text)))
    return len(text) + wide * 3 // 2


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does, not with an abbreviation."""
    bare = text[-80:].rstrip(_CLOSERS)
    if not bare.endswith(_STOPS):
        return False
    return not bare.endswith(".") or _ABBREVIATED.search(bare[-16:-1]) is None


def is_prose(text: str) -> bool:
    """Whether a block is running text, and not a title, a name or a line of a frame."""
    if len(text) > _LONG or (wide := width(text)) > _LONG:
        return True
    ends, long = ends_sentence(text), wide > _SENTENCE
    return (ends and long) or ((ends or long) and any(islice(sentences(text), 1, None)))


def is_running(text: str) -> bool:
    """Whether a block is running text or at least a sentence."""
    return is_prose(text) or ends_sentence(text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text as (start, end) offsets, without the blanks between them."""
    start = 0
    for end in _END.finditer(text):
        if text[end.start()] == "." and _ABBREVIATED.search(text[start : end.start()][-12:]):
            continue
        yield start, end.end()
        start = end.end()
        while start < len(text) and text[start].isspace():
            start += 1
    if start < len(text):
        yield start, len(text)


def letters(text: str) -> str:
    """The letters and digits of a text in lower case, for comparing names with host names."""
    return re.sub(r"[\W_]+", "", text.casefold())
