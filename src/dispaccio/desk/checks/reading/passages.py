"""The passages, names and links of a revision, bounded so that a hostile text costs little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dispaccio.release.body import MarkKind
from dispaccio.release.model import Revision
from dispaccio.words import Sentence, say

MOST_CHARACTERS = 150_000
"""How much of the text the checks read; ``too-long`` says when there is more."""
MOST_PASSAGES = 3_000
"""How many passages they read, and how many names."""
MOST_NAME_CHARACTERS = 20_000
MOST_LINKS = 2_000
MOST_LINK_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text and its place."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A link: where it stands, the words that are linked (empty if unknown) and its target."""

    where: str
    text: str
    href: str


def passages(revision: Revision) -> tuple[Passage, ...]:
    """The issuer's own text in reading order, as it stands, without contacts and media."""
    return _read(revision)[0]


def names(revision: Revision) -> tuple[Passage, ...]:
    """Where somebody is named: issuer, and the name, organisation and e-mail of each contact."""
    return _read(revision)[1]


def links(revision: Revision) -> Iterator[Linked]:
    """The links of the body, of the list of links, and the addresses of media; each once."""
    seen: set[tuple[str, str]] = set()
    for link in islice(_linked(revision), MOST_LINKS):
        if link.href and (link.text, link.href) not in seen:
            seen.add((link.text, link.href))
            yield link


def whole(revision: Revision) -> bool:
    """Whether the checks read all of it."""
    return (
        _fits(_all(revision), MOST_CHARACTERS)
        and _fits(_named(revision), MOST_NAME_CHARACTERS)
        and sum(1 for _ in islice(_linked(revision), MOST_LINKS + 1)) <= MOST_LINKS
    )


_WHOLE = {
    "headline": say("in the headline"),
    "subhead": say("in the subhead"),
    "place": say("in the place"),
    "boilerplate": say("in the boilerplate"),
    "issuer": say("in the issuer's name"),
}


def inside(where: str) -> Sentence:
    """Where in a release, in words: ``in the headline``, ``in block 4 of the text``."""
    part, _, index = where.partition("/")
    at = int(index) + 1 if index.isdecimal() else 0
    match part:
        case "body" if at:
            return say("in block {number} of the text", number=at)
        case "contacts" if at:
            return say("in press contact {number}", number=at)
        case "links" if at:
            return say("in link {number}", number=at)
        case "media" if at:
            return say("in file {number}", number=at)
    return _WHOLE.get(where) or say("in the part {part}", part=where)


_last: tuple[Revision, tuple[Passage, ...], tuple[Passage, ...]] | None = None
"""The revision that was read last, for one check after another asks for the same."""


def _read(revision: Revision) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    global _last  # noqa: PLW0603  # one assignment, so that threads cannot meet half of it
    last = _last
    if last is None or last[0] is not revision:
        text = tuple(_bounded(_all(revision), MOST_CHARACTERS))
        last = _last = revision, text, tuple(_bounded(_named(revision), MOST_NAME_CHARACTERS))
    return last[1:]


def _bounded(found: Iterator[Passage], left: int) -> Iterator[Passage]:
    for passage in islice(found, MOST_PASSAGES):
        text = passage.text[:left]
        left -= len(text)
        if text and not text.isspace():
            yield Passage(passage.where, text)


def _fits(found: Iterator[Passage], most: int) -> bool:
    some = list(islice(found, MOST_PASSAGES + 1))
    return len(some) <= MOST_PASSAGES and sum(len(passage.text) for passage in some) <= most


def _all(revision: Revision) -> Iterator[Passage]:
    yield Passage("headline", revision.headline)
    yield Passage("subhead", revision.subhead or "")
    yield Passage("place", revision.place or "")
    for index, block in enumerate(revision.body):
        yield Passage(f"body/{index}", block.text)
    yield Passage("boilerplate", revision.boilerplate or "")


def _named(revision: Revision) -> Iterator[Passage]:
    if revision.issuer:
        yield Passage("issuer", revision.issuer.name)
    for index, contact in enumerate(revision.contacts):
        for text in (contact.name, contact.organisation, contact.email):
            yield Passage(f"contacts/{index}", text or "")


def _linked(revision: Revision) -> Iterator[Linked]:
    for index, block in enumerate(revision.body):
        for mark in block.marks:
            if mark.kind is MarkKind.LINK:
                yield _link(f"body/{index}", block.text[mark.start : mark.end], mark.href)
    for index, link in enumerate(revision.links):
        yield _link(f"links/{index}", link.text, link.href)
    for index, item in enumerate(revision.media):
        yield _link(f"media/{index}", None, item.href)


def _link(where: str, text: str | None, href: str | None) -> Linked:
    return Linked(where, (text or "")[:MOST_LINK_CHARACTERS], (href or "")[:MOST_LINK_CHARACTERS])
