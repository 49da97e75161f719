"""The issuer's text: what nobody else claimed, in its order, with its headings found."""

from __future__ import annotations

import re
from dataclasses import replace

from dispaccio.anatomy.document import Passage, SpanKind
from dispaccio.anatomy.prose import ends_sentence, is_prose, width
from dispaccio.anatomy.work import Work
from dispaccio.release.body import Block, BlockKind
from dispaccio.words import say

_TAIL = (
    SpanKind.COPYRIGHT,
    SpanKind.DISCLAIMER,
    SpanKind.ORIGINAL,
    SpanKind.ISSUER,
    SpanKind.CHANNEL,
    SpanKind.FRAME,
)
_NO_HEADING = re.compile(r"[\d\W]*$|[\W\d]|.*[.!;:,…。！；：，、،؛*]$", re.DOTALL)
_MAX_HEADING, _MAX_WORDS = 90, 14


def take(work: Work) -> None:
    """Claim the body.

    Short lines behind the text, among the lines of a frame, are not the issuer's: they are left
    out with a warning, since nothing is dropped in silence.
    """
    loose = [index for index, _ in work.free()]
    texts = [index for index in loose if _is_text(work, index)]
    end = texts[-1] if texts else -1
    tail = min((index for index, _ in work.of(*_TAIL) if index > end and texts), default=None)
    blocks: list[Block] = []
    under = -1 if work.document.marked else _text_under(work, loose, tail)
    for place, index in enumerate(loose):
        passage = work.passages[index]
        if tail is not None and index > tail:
            work.claim(index, SpanKind.UNKNOWN)
            shown = passage.text if len(passage.text) <= 80 else passage.text[:79] + "…"
            work.warn(index, say("“{shown}” was not understood, and is left out.", shown=shown))
            continue
        work.claim(index, SpanKind.BODY)
        below = loose[place + 1 : place + 2]
        if not work.document.marked and _is_heading(work, index, below, under):
            blocks.append(Block(BlockKind.HEADING, passage.text, passage.block.marks, level=2))
        else:
            blocks.append(passage.block)
    work.said = replace(work.said, body=tuple(blocks))


def _is_text(work: Work, index: int) -> bool:
    passage = work.passages[index]
    return index == work.lead or is_prose(passage.text) or passage.kind is BlockKind.TABLE


def _text_under(work: Work, loose: list[int], tail: int | None) -> int:
    """The last passage of the text that is no heading by its looks."""
    texts = (
        index
        for index in loose
        if (tail is None or index < tail) and not _looks_like_heading(work.passages[index])
    )
    return max(texts, default=-1)


def _is_heading(work: Work, index: int, below: list[int], under: int) -> bool:
    """Whether an unmarked line is a heading: short, alone, no sentence, with text below it."""
    return (
        index != work.lead
        and index < under
        and _looks_like_heading(work.passages[index])
        and _stands_apart(work, index)
        and (not below or _stands_apart(work, below[0]) or is_prose(work.passages[below[0]].text))
    )


def _looks_like_heading(passage: Passage) -> bool:
    text = passage.text
    return (
        passage.kind is BlockKind.PARAGRAPH
        and not passage.block.marks
        and len(text) <= _MAX_HEADING
        and width(text) <= _MAX_HEADING
        and len(text.split()) <= _MAX_WORDS
        and not _NO_HEADING.match(text)
        and (text.endswith(("?", "？", "؟")) or not ends_sentence(text))
        and not text[0].islower()
    )


def _stands_apart(work: Work, index: int) -> bool:
    """Whether a blank line or a paragraph of text stands above a passage."""
    above: Passage | None = work.passages[index - 1] if index else None
    return above is None or work.passages[index].gap or is_prose(above.text)
