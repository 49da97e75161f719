"""Invented releases of realistic size, the same for the same seed, in five languages.

Words are drawn by Zipf's laws, as in real text: a few in every release, most of them in few, and
the commoner the shorter, so that 600 words have about 4,000 characters. The commonest are real
words, the rest is made of syllables, so nobody's text is in here.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate

from dispaccio.release.body import Block, BlockKind
from dispaccio.release.dateline import compose
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import Contact, Identifier, Party, Revision

LANGUAGES = ("en", "en", "it", "de", "es", "zh")
"""One after the other; English is twice as frequent as the others."""
VOCABULARY = 30_000
WORDS = 600

_COMMON = {
    "en": "the of and to in a is for that with on as by it has new from will are its",
    "it": "il di e la che in per un con del una sono da non si al lo le nel ha",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als",
    "es": "de la que el en y a los se del las un por con una su para es al lo",
}
_SYLLABLES = {
    "en": "ber ton shire ling ward man ter ing land cor vel ment dle pro rick sto ham",
    "it": "ra to ne li ca sto vi no ma re zio gna ta le mo per do",
    "de": "ber gen lich ung schaft ver stein haus kraft wald burg feld ge werk",
    "es": "ra do cion ta les mar que bro nue san tor mi ento da lo ve",
}


def release(seed: int, *, words: int = WORDS) -> Revision:
    """An invented release as its issuer writes it: about ``words`` words in blocks."""
    rng = random.Random(seed)
    language = LANGUAGES[seed % len(LANGUAGES)]
    paragraphs = []
    left = words
    while left > 0:
        count = min(left, rng.randint(40, 90))
        paragraphs.append(_paragraph(rng, language, count))
        left -= count
    blocks = [Block(BlockKind.PARAGRAPH, text) for text in paragraphs]
    if len(blocks) > 3:
        blocks.insert(2, Block(BlockKind.HEADING, _title(rng, language, 5), level=2))
    return Revision(
        headline=_title(rng, language, 10),
        subhead=_title(rng, language, 14),
        place="Lumora",
        body=tuple(blocks),
        boilerplate=_paragraph(rng, language, 40),
        contacts=(Contact(name="Press office", email="press@lumora.example"),),
        language=language,
        issuer=Party("Lumora Water Works", "lumora.example"),
        label=of_kind(LabelKind.INSTITUTIONAL, language),
    )


def archived(seed: int, *, words: int = WORDS) -> Revision:
    """An old release as an archive has it: with its date, its number and its address there."""
    said = release(seed, words=words)
    when = datetime(2001, 1, 1, 9, tzinfo=UTC) + timedelta(hours=seed)
    return replace(
        said,
        first_created=when,
        version_created=when,
        dateline=compose(said.place, when.date(), "Lumora Wire", said.language),
        identifiers=(Identifier("lumora", str(seed)),),
        original_url=f"https://old.lumora.example/{seed}.html",
    )


def words_of(language: str) -> list[str]:
    """The vocabulary of a language, the commonest first; in Chinese its characters."""
    return _vocabulary(language)[0]


def _title(rng: random.Random, language: str, count: int) -> str:
    return _sentence(rng, language, count).rstrip(".。")


def _paragraph(rng: random.Random, language: str, count: int) -> str:
    sentences = []
    while count > 0:
        length = min(count, rng.randint(8, 22))
        sentences.append(_sentence(rng, language, length))
        count -= length
    return ("" if language == "zh" else " ").join(sentences)


def _sentence(rng: random.Random, language: str, count: int) -> str:
    vocabulary, weights = _vocabulary(language)
    if language == "zh":
        return "".join(rng.choices(vocabulary, cum_weights=weights, k=count * 2)) + "。"
    words = rng.choices(vocabulary, cum_weights=weights, k=count)
    if rng.random() < 0.2:
        words[-1] = f"{rng.randint(2, 999)},{rng.randint(0, 9)}"
    return " ".join(words).capitalize() + "."


@cache
def _vocabulary(language: str) -> tuple[list[str], list[float]]:
    rng = random.Random(language)
    if language == "zh":
        words = [chr(0x4E00 + index) for index in rng.sample(range(6000), 2500)]
    else:
        words = _COMMON[language].split()
        syllables = _SYLLABLES[language].split()
        found = dict.fromkeys(words)
        while len(found) < VOCABULARY:
            found["".join(rng.choices(syllables, k=rng.randint(1, 5)))] = None
        words = sorted(found, key=lambda word: (word not in words, len(word)))
    return words, list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
