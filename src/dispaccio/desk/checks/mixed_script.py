"""Words of two scripts: a letter of one alphabet that poses as one of another."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading import characters, domains
from dispaccio.desk.checks.reading.characters import named, shown
from dispaccio.desk.checks.reading.passages import Passage, names, passages, spoken
from dispaccio.release.model import Revision


@check("mixed-script", "Letters of two alphabets in one word")
def mixed_script(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors for a disguised word or domain; warns of a whole word that only looks Latin.

    Reads headline, subhead, place, names and the domains of issuer and contacts. Symbols of science
    (``TNFα``), Han with Kana, and a Latin name beside Cyrillic words are no disguise.
    """
    for passage in passages(revision):
        if passage.where in {"headline", "subhead", "place"}:
            yield from _words(passage, context.text_fault)
    for passage in names(revision):
        if "@" in passage.text:
            yield from _domain(passage.where, domains.of_address(passage.text), context.text_fault)
        else:
            yield from _words(passage, context.text_fault)
    if revision.issuer and revision.issuer.domain:
        yield from _domain("issuer", domains.readable(revision.issuer.domain), context.text_fault)


def _words(passage: Passage, fault: Severity) -> Iterator[Finding]:
    if passage.text.isascii():
        return
    words = characters.LETTERS.findall(passage.text)
    mostly_latin = any(characters.LATIN.match(word) for word in words) and all(
        characters.LATIN.search(word) or characters.disguised(word) for word in words
    )
    for word in words:
        odd = characters.intruders(word)
        if odd:
            message = (
                f"{shown(word)} in {spoken(passage.where)} mixes alphabets, with {_listed(odd)}; "
                "type the word anew in one."
            )
            yield Finding(fault, message, passage.where, word)
        elif mostly_latin and characters.disguised(word):
            message = (
                f"{shown(word)} in {spoken(passage.where)} reads as a Latin word, but begins with "
                f"{named(word[0])}; type it anew if that is not meant."
            )
            yield Finding(Severity.WARNING, message, passage.where, word)


def _domain(where: str, host: str | None, fault: Severity) -> Iterator[Finding]:
    letters = domains.odd_letters(host) if host else ""
    if host and letters:
        message = (
            f"The domain {shown(host)} in {spoken(where)} has letters that pose as others, "
            f"{_listed(letters)}; write the domain that is meant."
        )
        yield Finding(fault, message, where, host)


def _listed(letters: str) -> str:
    different = list(dict.fromkeys(letters))
    return ", ".join(named(letter) for letter in different[:3])
