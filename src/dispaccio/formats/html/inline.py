"""Running text gathered from HTML: blanks collapsed, marks by code-point offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from dispaccio.release.body import Block, BlockKind, Mark, MarkKind, clean

MAX_WORK = 20_000_000
"""Characters times marks up to which a block's marks are moved along when its text is cleaned."""

_BLANKS = re.compile(r"[ \t\n\r\f]+")


@dataclass(slots=True)
class _Open:
    kind: MarkKind
    href: str | None
    start: int | None = None


@dataclass(slots=True)
class Line:
    """The text of one block while it is gathered.

    A blank, a line break or another divider waits until text follows it; so no text begins or
    ends with one, and no mark covers one at its ends.
    """

    pieces: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    length: int = 0
    waiting: str = ""
    _open: list[_Open] = field(default_factory=list)

    def text(self, value: str) -> None:
        """Add running text, its blanks collapsed as HTML does."""
        if "  " in value or not value.isprintable():
            value = _BLANKS.sub(" ", value)
        bare = value.strip(" ")
        if value.startswith(" "):
            self.divide(" ")
        if bare:
            self._put(bare)
            if value.endswith(" "):
                self.divide(" ")

    def divide(self, divider: str) -> None:
        """Ask for a divider before the next text; a line break is stronger than a blank."""
        if self.length and (divider == "\n" or not self.waiting):
            self.waiting = divider

    def open(self, kind: MarkKind, href: str | None = None) -> None:
        """Begin a mark."""
        self._open.append(_Open(kind, href))

    def close(self) -> None:
        """End the mark that was begun last."""
        self._end(self._open.pop())

    def finish(self) -> tuple[str, tuple[Mark, ...]]:
        """The text and its marks; open marks go on in the text that is gathered next."""
        for mark in self._open:
            self._end(mark)
            mark.start = None
        found = "".join(self.pieces), united(self.marks)
        self.pieces, self.marks, self.length, self.waiting = [], [], 0, ""
        return found

    def _put(self, value: str) -> None:
        if self.waiting:
            self.pieces.append(self.waiting)
            self.length += len(self.waiting)
            self.waiting = ""
        for mark in self._open:
            if mark.start is None:
                mark.start = self.length
        self.pieces.append(value)
        self.length += len(value)

    def _end(self, mark: _Open) -> None:
        if mark.start is not None:
            self.marks.append(Mark(mark.start, self.length, mark.kind, mark.href))


def stack(parts: Iterable[tuple[str, tuple[Mark, ...]]], divider: str) -> tuple[str, list[Mark]]:
    """Several texts as one, with a divider between each two, and their marks moved along."""
    texts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for text, own in parts:
        marks += [Mark(m.start + at, m.end + at, m.kind, m.href) for m in own]
        texts.append(text)
        at += len(text) + len(divider)
    return divider.join(texts), marks


def united(marks: Iterable[Mark], text: str = "") -> tuple[Mark, ...]:
    """The marks in their order, as one where two of a kind and target overlap or touch.

    In ``text``, those with only a blank between them touch as well.
    """
    found: list[Mark] = []
    last: dict[tuple[MarkKind, str | None], int] = {}
    for mark in sorted(marks):
        key = mark.kind, mark.href
        at = last.get(key)
        if at is not None and (
            found[at].end >= mark.start or text[found[at].end : mark.start] == " "
        ):
            found[at] = Mark(found[at].start, max(found[at].end, mark.end), *key)
        else:
            last[key] = len(found)
            found.append(mark)
    return tuple(sorted(found))


def block(
    kind: BlockKind,
    text: str,
    marks: Iterable[Mark],
    *,
    level: int | None = None,
    ordered: bool = False,
) -> Block:
    """A block with canonical text. Marks that would cost too much to move along are left out."""
    kept = united(marks, text)
    if len(kept) * len(text) > MAX_WORK and clean(text) != text:
        kept = ()
    return Block(kind, text, kept, level, ordered).cleaned()
