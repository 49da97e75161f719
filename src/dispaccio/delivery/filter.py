"""What a subscription asks for, in data and in words. Pure: a filter is judged, never queried."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Any

from dispaccio.errors import MalformedFilter
from dispaccio.formats.registry import likely
from dispaccio.release import subjects
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Revision
from dispaccio.words import Sentence, either, in_a_row, say, term

MOST_VALUES = 50
LONGEST_VALUE = 200
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What filters look at in a release; ``words`` holds its folded words, each once."""

    issuers: frozenset[str]
    language: str
    subjects: frozenset[str]
    place: str
    label: str
    words: frozenset[str]

    @classmethod
    def of(cls, said: Revision, issuer: str | None) -> Facts:
        """The facts of a revision and its issuer's short name on this wire, where it has one."""
        names = [issuer, said.issuer and said.issuer.name]
        text = [said.headline, said.subhead, said.place, *(block.text for block in said.body)]
        return cls(
            issuers=frozenset(fold(name) for name in names if name),
            language=(said.language or "").lower(),
            subjects=frozenset(subjects.facets(said.subjects)),
            place=fold(said.place or ""),
            label=said.label.kind.value if said.label and said.label.kind else "",
            words=frozenset(_WORD.findall(fold(" ".join(part for part in text if part)))),
        )


@dataclass(frozen=True)
class Filter:
    """All that is given has to hold; within one kind any one of its values.

    Issuers by short name or name; languages as tags (``pt`` takes ``pt-BR``, too); subjects as
    ``medtop:04000000``, where a top term takes what lies below it; places by a part of the place;
    label kinds; ``words`` all of which the text holds, whatever their case and accents.
    """

    issuers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    words: str = ""

    def matches(self, facts: Facts) -> bool:
        """Whether a release with these facts is asked for."""
        return (
            _any_or_empty(self._issuers, facts.issuers)
            and (not self.languages or any(_covers(tag, facts.language) for tag in self._languages))
            and _any_or_empty(self._subjects, facts.subjects)
            and (not self.places or any(place in facts.place for place in self._places))
            and (not self.labels or facts.label in self.labels)
            and self._words <= facts.words
        )

    def says(self) -> Sentence:
        """The filter in words: ``issued by aurora, in it or de, with the words "comet"``."""
        said = []
        if self.issuers:
            said.append(say("issued by {issuers}", issuers=either(self.issuers)))
        if self.languages:
            said.append(say("in {languages}", languages=either(self.languages)))
        if self.subjects:
            said.append(say("about {subjects}", subjects=either(self.subjects)))
        if self.places:
            said.append(say("from {places}", places=either(self.places)))
        if self.labels:
            said.append(say("labelled {labels}", labels=either(map(term, self.labels))))
        if self.words:
            said.append(say("with the words “{words}”", words=self.words))
        return in_a_row(said) or say("everything")

    def write(self) -> str | None:
        """The filter as the store keeps it: alike filters are the same text; None for no filter."""
        said = self.data()
        return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None

    def data(self) -> dict[str, Any]:
        """The filter as data, without what it does not ask for."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value
        }

    @cached_property
    def _issuers(self) -> frozenset[str]:
        return frozenset(map(fold, self.issuers))

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        return tuple(tag.lower() for tag in self.languages)

    @cached_property
    def _subjects(self) -> frozenset[str]:
        return frozenset(self.subjects)

    @cached_property
    def _places(self) -> tuple[str, ...]:
        return tuple(map(fold, self.places))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(fold(self.words)))


def parse(said: Mapping[str, Any]) -> Filter:
    """A filter from data. Raises MalformedFilter, which names what is wrong."""
    known = {field.name for field in fields(Filter)}
    for name in said:
        if name not in known:
            raise MalformedFilter(
                say("A filter has no {name}; {likely}", name=repr(name), likely=likely(name, known))
            )
    found = Filter(
        **{name: _values(name, said[name]) for name in known - {"words"} if name in said},
        words=_words(said["words"]) if "words" in said else "",
    )
    _check(found)
    return found


@lru_cache(maxsize=65_536)
def read(text: str) -> Filter:
    """A filter as the store keeps it."""
    return parse(json.loads(text))


def matching(filters: Iterable[str], facts: Facts) -> list[str]:
    """Those of these stored filters that ask for a release."""
    return [text for text in filters if read(text).matches(facts)]


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Text without case and accents, for comparing."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold().strip()


def _any_or_empty(asked: frozenset[str], found: frozenset[str]) -> bool:
    return not asked or not asked.isdisjoint(found)


def _covers(tag: str, language: str) -> bool:
    return language == tag or language.startswith(tag + "-")


def _values(name: str, said: Any) -> tuple[str, ...]:
    values = [said] if isinstance(said, str) else said
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise MalformedFilter(say("{name}: give a list of texts.", name=name))
    kept = sorted({value.strip() for value in values})
    if "" in kept:
        raise MalformedFilter(
            say("{name}: there is an empty value; leave it out, or name one.", name=name)
        )
    if len(kept) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in kept):
        raise MalformedFilter(
            say(
                "{name}: give up to {most} values of up to {longest} characters.",
                name=name,
                most=MOST_VALUES,
                longest=LONGEST_VALUE,
            )
        )
    return tuple(kept)


def _words(said: Any) -> str:
    if not isinstance(said, str) or len(said) > LONGEST_VALUE:
        raise MalformedFilter(
            say(
                "words: give a text of up to {longest} characters.",
                longest=LONGEST_VALUE,
            )
        )
    if not _WORD.search(said):
        raise MalformedFilter(say("words: {said} holds no word.", said=repr(said)))
    return " ".join(said.split())


def _check(found: Filter) -> None:
    for label in found.labels:
        if label not in set(LabelKind):
            raise MalformedFilter(
                say(
                    "labels: there is no label {label}; {likely}",
                    label=repr(label),
                    likely=likely(label, map(str, LabelKind)),
                )
            )
    for tag in found.languages:
        if not _TAG.fullmatch(tag):
            raise MalformedFilter(
                say(
                    "languages: {tag} is no language tag (BCP 47), such as it or pt-BR.",
                    tag=repr(tag),
                )
            )
    for subject in found.subjects:
        if subjects.parse(subject) is None:
            raise MalformedFilter(
                say(
                    "subjects: write scheme and code like medtop:04000000, not "
                    "{subject};{meant} `GET /api/v1/subjects` lists those of releases.",
                    subject=repr(subject),
                    meant=subjects.meant(subject),
                )
            )
