"""The body of a release: six kinds of block, five kinds of mark, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from dispaccio.errors import CrowdedCharacters, MalformedDocument
from dispaccio.words import say

MOST_MARKS = 30
"""How many combining marks may stand on one character."""
_LINE = re.compile(r"(?P<line>[^\r\n]*)(?:\r\n|\r|\n|\Z)")
_MARK = r"[^\w\s\x00-\u02ff]"
_CROWD = re.compile(f"{_MARK}{_MARK}{{{MOST_MARKS},}}")
"""Begins with one of them, which is searched faster than with a count of them."""


class BlockKind(StrEnum):
    """The kinds of block that the wire carries; anything else is dropped at intake and said so."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    QUOTE = "quote"
    TABLE = "table"
    IMAGE = "image"


class MarkKind(StrEnum):
    """The kinds of inline mark."""

    STRONG = "strong"
    EM = "em"
    LINK = "link"
    SUB = "sub"
    SUP = "sup"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A span of a block's text, by code-point offsets, end exclusive; ``href`` for links only."""

    start: int
    end: int
    kind: MarkKind
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One block and its plain text.

    List items and table rows are divided by LF, table cells by TAB; an image's text is its alt
    text and ``media`` the index of its picture. ``level`` is 2 or 3 for headings.
    """

    kind: BlockKind
    text: str
    marks: tuple[Mark, ...] = ()
    level: int | None = None
    ordered: bool = False
    media: int | None = None

    def __post_init__(self) -> None:
        if (self.kind is BlockKind.HEADING) != (self.level in (2, 3)):
            raise MalformedDocument(
                say("A heading has level 2 or 3, and no other block has a level.")
            )
        for mark in self.marks:
            if not 0 <= mark.start < mark.end <= len(self.text):
                raise MalformedDocument(
                    say(
                        "A mark ({kind} {start}-{end}) lies outside its block's "
                        "{count} characters.",
                        kind=mark.kind.value,
                        start=mark.start,
                        end=mark.end,
                        count=len(self.text),
                    )
                )
            if (mark.kind is MarkKind.LINK) != (mark.href is not None):
                raise MalformedDocument(say("A link has a target, and no other mark has one."))

    @classmethod
    def paragraph(cls, text: str, *marks: Mark) -> Self:
        """A paragraph, the commonest block."""
        return cls(BlockKind.PARAGRAPH, text, tuple(sorted(marks)))

    def cleaned(self) -> Block:
        """The same block with clean text, marks moved along; a mark left empty is dropped.

        Raises CrowdedCharacters.
        """
        text = clean(self.text)
        if text == self.text:
            return self
        moved = _moved(self.text, {at for mark in self.marks for at in (mark.start, mark.end)})
        kept = tuple(
            replace(mark, start=start, end=end)
            for mark in self.marks
            if (start := moved[mark.start]) < (end := min(moved[mark.end], len(text)))
        )
        return replace(self, text=text, marks=tuple(sorted(kept)))


def clean(text: str) -> str:
    """Canonical text: NFC (UAX 15), lines ended by LF, no blanks at line ends, none around.

    TABs are kept inside a line, since they divide table cells. Raises CrowdedCharacters.
    """
    if not text.isascii():
        _refuse_crowds(text)
        text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n ")


def _moved(text: str, offsets: set[int]) -> dict[int, int]:
    """Where offsets of a text come to lie when it is cleaned: each line is walked once."""
    moved, wanted, before, lead = {}, sorted(offsets, reverse=True), 0, None
    for found in _LINE.finditer(text):
        line, start = found["line"], found.start()
        kept = len(unicodedata.normalize("NFC", line).rstrip())
        at = place = 0
        while wanted and wanted[-1] <= found.end("line"):
            inside = max(0, wanted[-1] - start)
            cut = _boundary(line, inside)
            place += len(unicodedata.normalize("NFC", line[at:cut]))
            tail = len(unicodedata.normalize("NFC", line[cut:inside]))
            moved[wanted.pop()] = before + min(place + tail, kept)
            at = cut
        if lead is None and kept:
            lead = before + len(line) - len(line.lstrip(" "))
        before += kept + 1
    return {at: max(0, place - (lead or 0)) for at, place in moved.items()}


def _boundary(line: str, at: int) -> int:
    """The last place not behind ``at`` that normalising to NFC does not look across."""
    least = max(0, at - 2 * MOST_MARKS)
    while least < at < len(line) and _joins(line[at]):
        at -= 1
    return at


def _joins(char: str) -> bool:
    """Whether a character may melt into the one before: a mark, or a Hangul vowel or final."""
    if char < "\u0300":
        return False
    first = unicodedata.normalize("NFD", char)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


def _refuse_crowds(text: str) -> None:
    """Normalising is quadratic in a run of combining marks; UAX 15 allows 30 (stream-safe)."""
    for run in _CROWD.finditer(text):
        marks = "".join("x" if unicodedata.combining(char) else " " for char in run[0])
        if "x" * (MOST_MARKS + 1) in marks:
            raise CrowdedCharacters
