"""What a correction changed, word by word. Pure, and bounded whatever the texts are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from dispaccio.release.body import Block, MarkKind
from dispaccio.release.model import Revision

MOST_EDITS = 400
"""Beyond so many differing words (or paragraphs) a passage counts as replaced as a whole."""
MOST_WORK = 200_000
"""The steps that all comparisons of one page may take together."""

_NO_BLANKS = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"\d+(?:[.,:]\d+)*|[{_NO_BLANKS}]|[^\W{_NO_BLANKS}]+|\s+|[^\w\s]")


class Change(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text with one fate."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that differs, as runs; or with no runs, ``skipped`` paragraphs that do not."""

    runs: tuple[Run, ...] = ()
    skipped: int = 0


def changes(before: Revision, after: Revision) -> list[Passage]:
    """What differs between two texts: label, headline, subhead, place, body, what follows it."""
    budget = [MOST_WORK]
    passages: list[Passage] = []
    old, new = _paragraphs(before), _paragraphs(after)
    for same, group in groupby(_edits(old, new, budget), lambda edit: edit[0] is Change.SAME):
        edits = list(group)
        if same:
            passages.append(Passage(skipped=len(edits)))
        else:
            passages += _paired(edits, budget)
    return passages


def compare(before: str, after: str, budget: list[int] | None = None) -> tuple[Run, ...]:
    """Two texts word by word; character by character where a script has no blanks.

    Joined, the runs that are same or removed give ``before``, those same or added ``after``.
    """
    edits = _edits(_TOKEN.findall(before), _TOKEN.findall(after), budget or [MOST_WORK])
    return tuple(
        Run(change, text)
        for _, group in groupby(_bridged(edits), lambda edit: edit[0] is Change.SAME)
        for words in [list(group)]
        for change in Change
        if (text := "".join(word for found, word in words if found is change))
    )


def _bridged(edits: list[tuple[Change, str]]) -> Iterator[tuple[Change, str]]:
    """A lone blank between two changed words counts as changed: whole phrases read better."""
    for index, (change, text) in enumerate(edits):
        beside = {found for found, _ in edits[max(index - 1, 0) : index + 2 : 2]}
        if change is Change.SAME and text.isspace() and index and Change.SAME not in beside:
            yield Change.REMOVED, text
            yield Change.ADDED, text
        else:
            yield change, text


def _paired(edits: list[tuple[Change, str]], budget: list[int]) -> Iterator[Passage]:
    """Removed and added paragraphs beside each other, as far as they go in pairs."""
    removed = [text for change, text in edits if change is Change.REMOVED]
    added = [text for change, text in edits if change is Change.ADDED]
    pairs = min(len(removed), len(added))
    for old, new in zip(removed, added, strict=False):
        yield Passage(compare(old, new, budget))
    for text in removed[pairs:]:
        yield Passage((Run(Change.REMOVED, text),))
    for text in added[pairs:]:
        yield Passage((Run(Change.ADDED, text),))


def _edits(
    before: Sequence[str], after: Sequence[str], budget: list[int]
) -> list[tuple[Change, str]]:
    """The shortest way from one sequence to the other (Myers 1986), removals first."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    middle = _script(old, new, budget)
    return [
        *((Change.SAME, item) for item in before[:head]),
        *middle,
        *((Change.SAME, item) for item in before[len(before) - tail :]),
    ]


def _script(old: Sequence[str], new: Sequence[str], budget: list[int]) -> list[tuple[Change, str]]:
    whole = [(Change.REMOVED, item) for item in old] + [(Change.ADDED, item) for item in new]
    if not old or not new:
        return whole
    reach: dict[int, int] = {1: 0}
    history: list[dict[int, int]] = []
    for edits in range(min(len(old) + len(new), MOST_EDITS) + 1):
        history.append(dict(reach))
        for line in range(-edits, edits + 1, 2):
            down = line == -edits or (line != edits and reach[line - 1] < reach[line + 1])
            x = start = reach[line + 1] if down else reach[line - 1] + 1
            while x < len(old) and x - line < len(new) and old[x] == new[x - line]:
                x += 1
            reach[line] = x
            budget[0] -= 1 + x - start
            if x >= len(old) and x - line >= len(new):
                return _walk_back(old, new, history)
        if budget[0] < 0:
            break
    return whole


def _walk_back(
    old: Sequence[str], new: Sequence[str], history: list[dict[int, int]]
) -> list[tuple[Change, str]]:
    edits: list[tuple[Change, str]] = []
    x, y = len(old), len(new)
    for count in range(len(history) - 1, -1, -1):
        reach, line = history[count], x - y
        down = line == -count or (line != count and reach[line - 1] < reach[line + 1])
        x_before = reach[line + 1 if down else line - 1]
        y_before = x_before - (line + 1 if down else line - 1)
        while x > max(x_before, 0) and y > max(y_before, 0):
            x, y = x - 1, y - 1
            edits.append((Change.SAME, old[x]))
        if count:
            edits.append((Change.ADDED, new[y_before]) if down else (Change.REMOVED, old[x_before]))
            x, y = x_before, y_before
    return edits[::-1]


def _paragraphs(revision: Revision) -> list[str]:
    contacts = (
        ", ".join(filter(None, (c.name, c.role, c.organisation, c.email, c.phone)))
        for c in revision.contacts
    )
    texts = [
        revision.label.text if revision.label else None,
        revision.headline,
        revision.subhead,
        revision.place,
        *(_with_targets(block) for block in revision.body),
        revision.boilerplate,
        *contacts,
    ]
    return [text for text in texts if text]


def _with_targets(block: Block) -> str:
    """A block's text with the target of each link behind it, since a changed target matters."""
    text = block.text
    for mark in sorted(block.marks, reverse=True):
        if mark.kind is MarkKind.LINK and mark.href != block.text[mark.start : mark.end]:
            text = f"{text[: mark.end]} <{mark.href}>{text[mark.end :]}"
    return text
