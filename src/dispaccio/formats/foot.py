"""The foot below a text that this wire wrote as plain text, read back line by line."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from dispaccio.formats.html.words import ENGLISH, ITALIAN, Words
from dispaccio.release.model import Revision

_NUMBER = r"(?P<number>T?\d{9})"
_INSTANT = "%Y-%m-%d %H:%M:%S UTC"
_ADDRESS = re.compile(r"https?://\S+")


def take(text: str) -> tuple[Revision, str]:
    """What the foot of a text states, and the text with these lines blank.

    The foot is the last paragraph, if it has a line as this wire writes it. Who issued it and
    who paid is for the anatomy, as in anybody's text.
    """
    above, gap, foot = text.rstrip().rpartition("\n\n")
    for words in (ENGLISH, ITALIAN):
        said, rest = Revision(), []
        for line in foot.split("\n"):
            ours = said != Revision() or foot.startswith(f"{words.issued_by} ")
            found = _line(line, said, words, ours=ours)
            rest.append("" if found else line)
            said = found or said
        if said != Revision():
            return said, f"{above}{gap}{chr(10).join(rest)}\n"
    return Revision(), text


def _line(line: str, said: Revision, words: Words, *, ours: bool) -> Revision | None:
    """The revision with what one line adds to it; None for a line that is none of ours.

    An address and the words of the signature count only in a foot that is known to be ``ours``.
    """
    if found := re.fullmatch(rf"{words.number} {_NUMBER}(?:, {words.revision} (\d{{1,9}}))?", line):
        return replace(said, number=found[1], version=int(found[2] or 1))
    opening, _, rest = line.partition(" ")
    if opening in (words.published, words.changed) and (at := _instant(rest)):
        first = opening == words.published
        return replace(said, first_created=at) if first else replace(said, version_created=at)
    opening, _, address = line.partition(": ")
    if opening == words.original and _ADDRESS.fullmatch(address):
        return replace(said, original_url=address)
    if ours and not said.url and _ADDRESS.fullmatch(line):
        return replace(said, url=line)
    signed = next((by for by, sentence in words.signed.items() if sentence == line), None)
    if signed and ours:
        return replace(said, signed_by=signed)
    return replace(said, archive=True) if line == words.archive else None


def _instant(written: str) -> datetime | None:
    try:
        return datetime.strptime(written, _INSTANT).replace(tzinfo=UTC)
    except ValueError:
        return None
