"""Words of two scripts: a letter of one alphabet that poses as one of another."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading import characters, domains
from dispaccio.desk.checks.reading.characters import named, shown
from dispaccio.desk.checks.reading.passages import Passage, inside, names, passages
from dispaccio.release.model import Revision
from dispaccio.words import Sentence, in_a_row, say


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
            message = say(
                "{word} {inside} mixes alphabets, with {letters}; type the word anew in one.",
                word=shown(word),
                inside=inside(passage.where),
                letters=_listed(odd),
            )
            yield Finding(fault, message, passage.where, word)
        elif mostly_latin and characters.disguised(word):
            message = say(
                "{word} {inside} reads as a Latin word, but begins with {letter}; type it anew if "
                "that is not meant.",
                word=shown(word),
                inside=inside(passage.where),
                letter=named(word[0]),
            )
            yield Finding(Severity.WARNING, message, passage.where, word)


def _domain(where: str, host: str | None, fault: Severity) -> Iterator[Finding]:
    letters = domains.odd_letters(host) if host else ""
    if host and letters:
        message = say(
            "The domain {host} {inside} has letters that pose as others, {letters}; write the "
            "domain that is meant.",
            host=shown(host),
            inside=inside(where),
            letters=_listed(letters),
        )
        yield Finding(fault, message, where, host)


def _listed(letters: str) -> Sentence:
    different = list(dict.fromkeys(letters))
    return in_a_row(named(letter) for letter in different[:3])
