"""Subjects: the IPTC Media Topics (scheme ``medtop``), their names, and which lies below which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from dispaccio.release.mediatopics import TOPICS
from dispaccio.release.model import Subject
from dispaccio.words import say

SCHEME = "medtop"
LANGUAGES = ("en", "it")
_REF = re.compile(r"(?P<scheme>[A-Za-z][\w.-]{0,30}):(?P<code>[\w.-]{1,60})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Topic:
    """One Media Topic: code, name by language, and the code of the top term that it lies below."""

    code: str
    names: dict[str, str]
    parent: str | None = None


@cache
def topics() -> dict[str, Topic]:
    """Every known Media Topic by its code, in the IPTC's order, each top term before its own."""
    found: dict[str, Topic] = {}
    top: str | None = None
    for line in TOPICS.strip("\n").split("\n"):
        code, *names = (piece.strip() for piece in line.split("|"))
        below = line.startswith(" ")
        top = top if below else code
        named = dict(zip(LANGUAGES, names, strict=True))
        found[code] = Topic(code, named, top if below else None)
    return found


def top_terms() -> tuple[Topic, ...]:
    """The 17 top terms, in the order of their codes."""
    return tuple(topic for topic in topics().values() if topic.parent is None)


def name_of(code: str, language: str = "en") -> str | None:
    """The name of a Media Topic, English where there is none in the language; None if unknown."""
    topic = topics().get(code)
    base = language.partition("-")[0].lower()
    return topic.names.get(base, topic.names["en"]) if topic else None


def parent(code: str) -> str | None:
    """The code of the top term above a Media Topic; None for a top term and an unknown one."""
    topic = topics().get(code)
    return topic.parent if topic else None


def subject(code: str, language: str = "en") -> Subject:
    """A known Media Topic as a release carries it. Raises KeyError for a code that is unknown."""
    topic = topics()[code]
    return Subject(SCHEME, topic.code, name_of(code, language))


def write(scheme: str, code: str) -> str:
    """A subject as addresses and lists write it: ``medtop:04000000``."""
    return f"{scheme}:{code}"


def parse(ref: str) -> tuple[str, str] | None:
    """Scheme and code of ``medtop:04000000``; None for what is no such thing."""
    found = _REF.fullmatch(ref)
    return (found["scheme"], found["code"]) if found else None


def meant(text: str) -> str:
    """The question whether the Media Topic was meant that is nearest to a wrong code or a name."""
    said = text.rpartition(":")[2].casefold()
    codes = {name.casefold(): code for code, one in topics().items() for name in one.names.values()}
    names = {**codes, **{code: code for code in topics()}}
    near = get_close_matches(said, names, n=1, cutoff=0.75)
    if not near:
        return ""
    code = names[near[0]]
    return say(
        " did you mean {code} ({name})?", code=repr(write(SCHEME, code)), name=name_of(code) or ""
    )


def facets(said: tuple[Subject, ...], most: int = 16) -> tuple[str, ...]:
    """Under which subjects a release is listed: its own, and the top terms above them.

    Written as by ``write``, each once, at the most ``most``; one that no address can name is left
    out.
    """
    found: dict[str, None] = {}
    for one in said:
        ref = write(one.scheme, one.code)
        if parse(ref) is None:
            continue
        found[ref] = None
        above = parent(one.code) if one.scheme == SCHEME else None
        if above:
            found[write(SCHEME, above)] = None
    return tuple(found)[:most]
