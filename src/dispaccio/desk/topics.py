"""Which subjects a text is about, by words of ours, each with its weight; nothing is learned.

A suggestion is for a person to accept: nothing sets a subject by itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from dispaccio.desk.checks.reading.passages import passages
from dispaccio.desk.topic_words import WORDS
from dispaccio.release import subjects
from dispaccio.release.model import Revision, Subject
from dispaccio.trace.normalize import fold, words

MOST = 3
"""How many subjects are suggested."""
MOST_WORDS = 300
"""How many words of a text are read: what it is about stands near its head."""
_ENOUGH = 5
_BESIDE_THE_BEST = 0.5
_WEIGHTS = {"!": 3, "?": 1}
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A Media Topic, how many points speak for it, and the words that led there, as written."""

    subject: Subject
    score: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pointer:
    """A word or a phrase that points to a topic. ``key`` is how it is listed: each counts once."""

    code: str
    weight: int
    key: str
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    """The pointers of one language, by their first word; ``stems`` by its beginning.

    ``heads`` are the first letters of the stems: most words have none of them.
    """

    whole: dict[str, list[_Pointer]]
    stems: dict[str, list[_Pointer]]
    heads: set[str]


def suggest(revision: Revision) -> tuple[Suggestion, ...]:
    """Up to three subjects that the text may have, the likeliest first; often none.

    A topic is suggested if two different words or more point to it, one of them in a clear way, and
    nearly as much speaks for it as for the best. A language that there are no words for gives none.
    """
    index = _indexes().get((revision.language or "").partition("-")[0].lower())
    if index is None:
        return ()
    found: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    for pointer, written, factor in _pointing(revision, index):
        weight = pointer.weight * factor
        before = found[pointer.code].get(pointer.key, (0, ""))
        found[pointer.code][pointer.key] = max(before, (weight, written))
    scores = {code: sum(weight for weight, _ in said.values()) for code, said in found.items()}
    best = max(scores.values(), default=0)
    least = max(_ENOUGH, best * _BESIDE_THE_BEST)
    taken = [c for c in scores if scores[c] >= least and len(found[c]) > 1 and _clear(found[c])]
    language = revision.language or "en"
    return tuple(
        Suggestion(subjects.subject(code, language), scores[code], _said(found[code]))
        for code in sorted(taken, key=lambda code: (-scores[code], code))[:MOST]
    )


def _clear(said: dict[str, tuple[int, str]]) -> bool:
    """Whether more than helping words speak for a topic."""
    return sum(1 for weight, _ in said.values() if weight > 1) > 1


def _said(found: dict[str, tuple[int, str]]) -> tuple[str, ...]:
    ordered = sorted(found.values(), key=lambda item: (-item[0], item[1]))
    return tuple(dict.fromkeys(written for _, written in ordered))[:5]


def _pointing(revision: Revision, index: _Index) -> Iterator[tuple[_Pointer, str, int]]:
    """What points somewhere, as written, and how much more it counts for standing in the title."""
    left = MOST_WORDS
    for passage in passages(revision):
        if passage.where == "place" or left <= 0:
            continue
        said = words(passage.text[: left * 20])[:left]
        left -= len(said)
        factor = 2 if passage.where == "headline" else 1
        for at, word in enumerate(said):
            if word not in index.whole and word[:_SHORTEST_STEM] not in index.heads:
                continue
            for pointer in _of(word, index):
                if length := _matches(pointer, said, at):
                    yield pointer, " ".join(said[at : at + length]), factor


def _of(word: str, index: _Index) -> Iterator[_Pointer]:
    yield from index.whole.get(word, ())
    for end in range(_SHORTEST_STEM, len(word) + 1):
        yield from index.stems.get(word[:end], ())


def _matches(pointer: _Pointer, said: list[str], at: int) -> int:
    """How many words a pointer takes from a place on; 0 if it does not stand there."""
    following = said[at + 1 : at + 1 + len(pointer.rest)]
    if len(following) < len(pointer.rest):
        return 0
    fits = (
        word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
        for word, wanted in zip(following, pointer.rest, strict=True)
    )
    return 1 + len(following) if all(fits) else 0


def records() -> Iterator[tuple[str, str, list[str]]]:
    """The list of words: code, language, and the words with their signs."""
    for record in re.split(r"\n(?! )", WORDS.strip()):
        code, language, *listed = record.split()
        yield code, language, listed


@cache
def _indexes() -> dict[str, _Index]:
    made: dict[str, _Index] = {}
    for code, language, listed in records():
        index = made.setdefault(language, _Index({}, {}, set()))
        for pointer, first in _pointers(code, listed):
            by = index.stems if first.endswith("*") else index.whole
            by.setdefault(first.removesuffix("*"), []).append(pointer)
            if by is index.stems:
                index.heads.add(first[:_SHORTEST_STEM])
    return made


def _pointers(code: str, listed: Iterable[str]) -> Iterator[tuple[_Pointer, str]]:
    for item in listed:
        weight = _WEIGHTS.get(item[0], 2)
        key = fold(item.lstrip("!?"))
        first, *rest = _words_of(key)
        yield _Pointer(code, weight, key, tuple(rest)), first


def _words_of(key: str) -> list[str]:
    """The words of a pointer as ``words`` cuts a text; the star stays at the end of its word."""
    found: list[str] = []
    for piece in key.split("_"):
        cut = words(piece.removesuffix("*"))
        found += [*cut[:-1], cut[-1] + "*" * piece.endswith("*")]
    return found
