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
_WORD = re.compile(rf"[{_SINGLE}]|[^\W{_SINGLE}]+")
_RUN = re.compile(rf"[{_SINGLE}]+|[^\W{_SINGLE}]+")
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)


def fold(text: str) -> str:
    """NFKC, casefolded, without characters that nobody sees."""
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()


def words(text: str) -> list[str]:
    """The words of a text in their order."""
    return _WORD.findall(fold(text))


def phrases(query: str) -> Iterator[list[str]]:
    """A query's words, each a phrase of its own; a run of single characters is one phrase."""
    for count, run in enumerate(_RUN.findall(fold(query))):
        if count == MAX_QUERY_WORDS:
            return
        yield words(run)
