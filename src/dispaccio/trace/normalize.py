"""Text as words, the same way for search and for tracing.

NFKC, casefolded, without zero-width characters; scripts written without blanks (Han, Kana, Thai,
Lao, Khmer) give one word a character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

VERSION = "1"
MAX_QUERY_WORDS = 32

_SINGLE = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # iteration mark, Kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Han
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487"  # on Latin, Greek and Cyrillic letters
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06ed"  # Arabic vowels
    "\u0900-\u0963\u0966-\u0dff"  # the scripts of India and Sri Lanka, vowel signs among them
)
_JOINED = rf"(?:[^\W{_SINGLE}]|[{_MARKS}])+"
_WORD = re.compile(rf"[{_SINGLE}]|{_JOINED}")
_ASCII_WORDS = "".join(chr(at) if chr(at).isalnum() or chr(at) == "_" else " " for at in range(128))
_RUN = re.compile(rf"[{_SINGLE}]+|{_JOINED}")
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)


def fold(text: str) -> str:
    """NFKC, casefolded, without characters that nobody sees."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()


def words(text: str) -> list[str]:
    """The words of a text in their order."""
    folded = fold(text)
    if folded.isascii():
        return folded.translate(_ASCII_WORDS).split()
    return _WORD.findall(folded)


def phrases(query: str) -> Iterator[list[str]]:
    """A query's words, each a phrase of its own; a run of single characters is one phrase."""
    for count, run in enumerate(_RUN.findall(fold(query))):
        if count == MAX_QUERY_WORDS:
            return
        yield words(run)
