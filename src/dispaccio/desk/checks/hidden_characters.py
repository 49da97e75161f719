"""Characters that nobody sees but that machines read: in names and figures they deceive."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import hidden, named, shown
from dispaccio.desk.checks.reading.passages import Passage, inside, names, passages
from dispaccio.release.model import Revision
from dispaccio.words import in_a_row, say, say_of

_MOST_KINDS = 4
_SOFT_HYPHEN = "\u00ad"


@check("hidden-characters", "Hidden characters")
def hidden_characters(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors in headline, names and figures, warnings elsewhere; names each character.

    A soft hyphen only ever warns, unless it stands inside a figure.
    """
    for passage in passages(revision):
        strict = passage.where == "headline"
        yield from _found(passage, context.text_fault, strict=strict)
    for passage in names(revision):
        yield from _found(passage, context.text_fault, strict=True)


def _found(passage: Passage, fault: Severity, *, strict: bool) -> Iterable[Finding]:
    offsets = list(hidden(passage.text))
    return _judged(passage, offsets, fault, strict=strict) if offsets else ()


def _judged(
    passage: Passage, offsets: list[int], fault: Severity, *, strict: bool
) -> Iterator[Finding]:
    in_figures: list[int] = []
    others: list[int] = []
    for start, end in _runs(offsets):
        (in_figures if _in_figure(passage.text, start, end) else others).extend(range(start, end))
    if in_figures:
        yield _finding(passage, in_figures, fault, in_figure=True)
    if others:
        soft = {passage.text[at] for at in others} == {_SOFT_HYPHEN}
        yield _finding(passage, others, fault if strict and not soft else Severity.WARNING)


def _finding(
    passage: Passage, offsets: list[int], severity: Severity, *, in_figure: bool = False
) -> Finding:
    counted = Counter(passage.text[at] for at in offsets)
    listed: list[str] = [
        say("{character} ({number} times)", character=named(character), number=number)
        if number > 1
        else named(character)
        for character, number in counted.most_common(_MOST_KINDS)
    ]
    if len(counted) > _MOST_KINDS:
        listed.append(
            say_of("{count} more kind", "{count} more kinds", count=len(counted) - _MOST_KINDS)
        )
    around = passage.text[max(0, offsets[0] - 20) : offsets[0] + 20]
    where = inside(passage.where)
    message = say(
        "Hidden {inside}: {characters}, near {around}; take this out, or type the passage anew.",
        inside=say("inside a figure {inside}", inside=where) if in_figure else where,
        characters=in_a_row(listed),
        around=shown(around),
    )
    return Finding(severity, message, passage.where, around)


def _runs(offsets: Iterable[int]) -> list[tuple[int, int]]:
    """Offsets that follow each other, as (start, end)."""
    runs: list[tuple[int, int]] = []
    for at in offsets:
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _in_figure(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isdigit() and (after.isdigit() or _of_figure(after))) or (
        _of_figure(before) and after.isdigit()
    )


def _of_figure(character: str) -> bool:
    """Whether a character belongs to figures: separators, signs, per cent, currencies."""
    return bool(character) and (character in ".,'’%‰−+" or unicodedata.category(character) == "Sc")
