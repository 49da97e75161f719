"""Whether what a filter names is there: a typo would bring nothing, and nobody would notice. Pure.

``delivery.filter`` judges the form of a filter alone, since it also reads those that are kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from dispaccio.delivery.filter import Filter, fold
from dispaccio.errors import MalformedFilter
from dispaccio.release import subjects
from dispaccio.settings import LANGUAGE_TAG
from dispaccio.words import say

_DEEPER = re.compile(r"2000[0-9]{4}", re.ASCII)
"""Media Topics below the two levels that this wire knows by name."""


def meant(name: str, known: Iterable[str]) -> str:
    """The question whether the nearest known name was meant; nothing, where none is near."""
    folded = {fold(one): one for one in known}
    near = get_close_matches(fold(name), folded, n=1, cutoff=0.6)
    return say(" did you mean {name}?", name=repr(folded[near[0]])) if near else ""


def require_languages(asked: Filter) -> None:
    """Nothing, unless a language is none of BCP 47 (RFC 5646). Raises MalformedFilter."""
    for tag in asked.languages:
        if (better := _better(tag)) != tag:
            hint = say(" did you mean {name}?", name=repr(better)) if better else ""
            raise MalformedFilter(
                say(
                    "languages: {tag} is no language tag (BCP 47), such as it or pt-BR;{hint} "
                    "`dispaccio search` shows the language of releases.",
                    tag=repr(tag),
                    hint=hint,
                )
            )


def require_subjects(asked: Filter, borne: Collection[str]) -> None:
    """Nothing, unless a subject is no Media Topic, and no release bears it.

    ``borne`` are the subjects of published releases. Raises MalformedFilter.
    """
    for ref in asked.subjects:
        scheme, code = subjects.parse(ref) or ("", "")
        topic = scheme == subjects.SCHEME and (code in subjects.topics() or _DEEPER.fullmatch(code))
        if not topic and ref not in borne:
            raise MalformedFilter(
                say(
                    "subjects: {ref} is no Media Topic, and no release bears it;{meant} `GET "
                    "/api/v1/subjects` lists those of releases, and "
                    "http://cv.iptc.org/newscodes/mediatopic/ all there are.",
                    ref=repr(ref),
                    meant=subjects.meant(ref),
                )
            )


def require_issuers(asked: Filter, names: Collection[str]) -> None:
    """Nothing, unless an issuer is called otherwise than all that are known here.

    ``names`` are short names and names. Raises MalformedFilter.
    """
    known = set(map(fold, names))
    for name in asked.issuers:
        if fold(name) not in known:
            raise MalformedFilter(
                say(
                    "issuers: there is no issuer {name} on this wire;{meant} `dispaccio issuer "
                    "list` shows those there are.",
                    name=repr(name),
                    meant=meant(name, names),
                )
            )


def _better(tag: str) -> str | None:
    """The tag itself, one that says the same and is registered, or None."""
    from babel.core import Locale, get_global

    if not LANGUAGE_TAG.fullmatch(tag):
        return None
    language, *rest = tag.split("-")
    english = Locale("en")
    low = language.lower()
    if len(low) == 2 and low not in english.languages and low not in get_global("language_aliases"):
        return None
    if len(low) == 3 and (shorter := get_global("language_aliases").get(low)):
        return "-".join([shorter, *rest])
    at = next((i for i, part in enumerate(rest) if len(part) == 2 or part.isdigit()), None)
    if at is not None and rest[at].upper() not in english.territories:
        instead = get_global("territory_aliases").get(rest[at].upper()) or [None]
        return "-".join([language, *rest[:at], instead[0], *rest[at + 1 :]]) if instead[0] else None
    return tag
