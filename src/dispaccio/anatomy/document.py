"""A document before anyone knows what it says: its blocks in order, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from dispaccio.errors import TooLarge
from dispaccio.release.body import Block, BlockKind, Mark
from dispaccio.release.model import Media
from dispaccio.words import say

MAX_TEXT, MAX_BLOCKS, MAX_LINKS = 1_000_000, 10_000, 5_000
"""The most characters, blocks and addresses that a text may have: a hundred long releases."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One block of a document.

    ``line`` and ``last`` are its first and last line in the source, counted from 1. ``start`` is
    its offset in ``Document.text``. ``gap``: a blank line stands before it. ``title``: its markup
    makes it the title of the whole.
    """

    block: Block
    line: int
    last: int
    gap: bool = True
    title: bool = False
    start: int = 0

    @property
    def text(self) -> str:
        """The plain text of the block."""
        return self.block.text

    @property
    def end(self) -> int:
        """The offset in ``Document.text`` at which the passage ends."""
        return self.start + len(self.block.text)

    @property
    def kind(self) -> BlockKind:
        """The kind of the block."""
        return self.block.kind


@dataclass(frozen=True, slots=True)
class Document:
    """The passages of a document and ``text``, their plain text, a blank line between each two.

    All offsets of an anatomy are code points of ``text``. ``marked``: the source marks its
    headings; where it does not, a short line that stands alone is taken for one.
    """

    text: str
    passages: tuple[Passage, ...]
    marked: bool = False
    media: tuple[Media, ...] = ()
    warnings: tuple[str, ...] = ()


class SpanKind(StrEnum):
    """What a span of a release is."""

    LABEL = "label"
    EMBARGO = "embargo"
    HEADLINE = "headline"
    SUBHEAD = "subhead"
    DATELINE = "dateline"
    BODY = "body"
    BOILERPLATE = "boilerplate"
    CONTACT = "contact"
    ISSUER = "issuer"
    WIRE = "wire"
    ORIGINAL = "original"
    CHANNEL = "channel"
    COPYRIGHT = "copyright"
    DISCLAIMER = "disclaimer"
    MEDIA = "media"
    NOTE = "note"
    FRAME = "frame"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: offsets in ``Document.text``, and lines of the source, from 1."""

    kind: SpanKind
    start: int
    end: int
    line: int
    last: int


def assemble(
    passages: Iterable[Passage],
    *,
    marked: bool = False,
    media: Iterable[Media] = (),
    warnings: Iterable[str] = (),
) -> Document:
    """A document of these passages, their offsets set. Raises TooLarge for too many blocks."""
    placed: list[Passage] = []
    at = 0
    for passage in passages:
        if len(placed) == MAX_BLOCKS:
            raise TooLarge(say("The text has more than {most} paragraphs.", most=MAX_BLOCKS))
        block, line, last = passage.block, passage.line, passage.last
        placed.append(Passage(block, line, last, passage.gap, passage.title, at))
        at += len(block.text) + 2
    text = "\n\n".join([passage.block.text for passage in placed])
    return Document(text, tuple(placed), marked, tuple(media), tuple(warnings))


def limit(text: str, most_lines: int) -> None:
    """Refuse what is too long to be a release. Raises TooLarge, which says by what."""
    for count, most, what in (
        (len(text), MAX_TEXT, say("characters")),
        (text.count("\n"), most_lines, say("lines")),
        (text.count("://"), MAX_LINKS, say("addresses")),
    ):
        if count > most:
            raise TooLarge(
                say(
                    "The text has {count} {what}; the wire takes {most}.",
                    count=count,
                    what=what,
                    most=most,
                )
            )


def cut(passage: Passage, upto: int) -> Passage:
    """The passage without its first ``upto`` characters and the blanks that follow them."""
    text = passage.text
    while upto < len(text) and text[upto].isspace():
        upto += 1
    marks = (
        Mark(max(mark.start - upto, 0), mark.end - upto, mark.kind, mark.href)
        for mark in passage.block.marks
        if mark.end > upto
    )
    block = replace(passage.block, text=text[upto:], marks=tuple(marks))
    return replace(passage, block=block, start=passage.start + upto)
