"""The body of a release: six kinds of block, five kinds of mark, and nothing else."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from dispaccio.errors import MalformedDocument


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
            raise MalformedDocument("A heading has level 2 or 3, and no other block has a level.")
        for mark in self.marks:
            if not 0 <= mark.start < mark.end <= len(self.text):
                raise MalformedDocument(
                    f"A mark ({mark.kind} {mark.start}-{mark.end}) lies outside its block's "
                    f"{len(self.text)} characters."
                )
            if (mark.kind is MarkKind.LINK) != (mark.href is not None):
                raise MalformedDocument("A link has a target, and no other mark has one.")

    @classmethod
    def paragraph(cls, text: str, *marks: Mark) -> Self:
        """A paragraph, the commonest block."""
        return cls(BlockKind.PARAGRAPH, text, tuple(sorted(marks)))

    def cleaned(self) -> Block:
        """The same block with clean text, marks moved along; a mark left empty is dropped."""
        if clean(self.text) == self.text:
            return self
        marks = []
        for mark in self.marks:
            start, end = (
                min(len(clean_prefix(self.text, at)), 1 << 30) for at in (mark.start, mark.end)
            )
            marks.append((start, end, mark))
        text = clean(self.text)
        kept = tuple(
            Mark(start, min(end, len(text)), mark.kind, mark.href)
            for start, end, mark in marks
            if start < min(end, len(text))
        )
        return Block(self.kind, text, tuple(sorted(kept)), self.level, self.ordered, self.media)


def clean(text: str) -> str:
    """Canonical text: NFC (UAX 15), lines ended by LF, no blanks at line ends, none around.

    TABs are kept inside a line, since they divide table cells.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n ")


def clean_prefix(text: str, at: int) -> str:
    """What the first ``at`` code points of ``text`` become when the whole is cleaned."""
    head = unicodedata.normalize("NFC", text[:at].replace("\r\n", "\n").replace("\r", "\n"))
    lines = head.split("\n")
    return "\n".join([*(line.rstrip() for line in lines[:-1]), lines[-1]]).lstrip("\n ")
