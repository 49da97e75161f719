"""Quotations: words between quotation marks that the text puts into somebody's mouth.

A quotation counts where its sentence says that somebody speaks; terms and titles in quotation
marks do not. The speaker is named only where the grammar says so.
"""

from __future__ import annotations

import re
from itertools import islice

from dispaccio.anatomy.prose import NAME, ends_sentence, sentences
from dispaccio.anatomy.words import listed
from dispaccio.release.body import Block, BlockKind
from dispaccio.release.model import Quote

_QUOTED = re.compile(
    r"“(?P<a>[^“”]++)”|«(?P<b>[^«»]++)»|„(?P<c>[^„“”]++)[“”]|»(?P<d>[^«»]++)«|「(?P<e>[^「」]++)」"
    r"|(?<!\w)\"(?P<f>[^\"\n]++)\"(?!\w)"
)
_SIGNS = ('"', "“", "«", "„", "»", "「")
_SPEAK = {
    "en": "say says said saying add adds added adding told tells note notes noted noting stress "
    "stressed stressing explain explains explained stated states according commented comments "
    "reaffirmed hailing hailed described describing calling called announced argued concluded "
    "emphasised emphasized remarked declared",
    "it": "dice dichiara ha_detto ha_dichiarato ha_spiegato ha_aggiunto ha_commentato ha_affermato "
    "ha_sottolineato afferma spiega sottolinea commenta aggiunge conclude ricorda osserva secondo",
    "de": "sagt sagte erklärt erklärte betont betonte so ergänzt ergänzte kommentiert kommentierte "
    "meint meinte fügte unterstrich laut freut",
    "fr": "dit déclare explique affirme souligne ajoute précise a_déclaré a_expliqué a_affirmé "
    "a_souligné a_ajouté a_dit selon conclut indique estime",
    "es": "dijo dice afirmó explicó señaló añadió declaró destacó subrayó según ha_dicho "
    "ha_afirmado ha_explicado ha_señalado ha_declarado ha_destacado explica afirma señala",
    "pt": "disse afirmou explicou declarou acrescentou sublinhou destacou segundo",
    "sr": "каже рекао рекла изјавио изјавила истакао истакла навео навела додао додала "
    "је_рекао је_рекла је_изјавио је_изјавила је_истакао је_истакла "
    "kaže rekao rekla izjavio izjavila istakao istakla naveo navela dodao dodala "
    "je_rekao je_rekla je_izjavio je_izjavila je_istakao je_istakla",
}
_TITLES = "Dr Prof Professor Professorin Mr Mrs Ms Sir Dott Frau Herr Mme M Sig Ing др проф"
_PRONOUNS = frozenset(
    listed("He She It They We I Er Sie Es Wir Il Elle Ils On Lui Lei Él Ella Он Она")
)
MOST, _LEAST, _REACH = 1_000, 3, 240
_VERB = rf"(?i:{'|'.join(word for row in _SPEAK.values() for word in listed(row))})(?!\w)"
_TITLE = rf"(?:(?:{'|'.join(listed(_TITLES))})\.?\s+)*+"
_WHO = rf"(?P<who>{NAME})"
_ASIDE = r"(?:,[^,“”\"«»„]{1,120}+,)?"
_AFTER = (
    re.compile(
        rf"[,.]?\s*(?:-|–|—)?\s*(?:e\s+)?{_VERB}\s+(?:[^\W\d_]+,?\s+){{0,3}}?{_TITLE}{_WHO}"
    ),
    re.compile(rf"[,.]?\s*(?:-|–|—)?\s*{_TITLE}{_WHO}{_ASIDE}\s+{_VERB}"),
)
_GONE = "\ufffc"
_BEFORE = re.compile(
    rf"{_TITLE}{_WHO}{_ASIDE}(?:\s+{_VERB}[^“”\"«»„:.{_GONE}]{{0,60}}[:,]?|\s?:)\s*$"
)
_SPEAKS = re.compile(rf"(?<!\w){_VERB}")
_OTHER_BEFORE = re.compile(
    r"(?P<zh>[\u4e00-\u9fff·]{2,16}?)(?:说|表示|指出|称|强调|介绍)(?:道)?[：:，,]?\s*$"
    r"|(?:وقال(?:ت)?|قال(?:ت)?|وأضاف(?:ت)?|أضاف(?:ت)?|وصرح(?:ت)?|صرح(?:ت)?|وأوضح(?:ت)?|أوضح(?:ت)?)\s+"
    r"(?P<ar>[^،:.\"«»“”]{3,60})[^:\"«»“”]{0,120}[:،]\s*$"
)
_OTHER_SPEAKS = re.compile("说|表示|指出|强调|介绍|قال|أضاف|صرح|أوضح|أكد|قائل")


def find(blocks: tuple[Block, ...]) -> tuple[Quote, ...]:
    """The quotations of a text, in order; no more than MOST pairs of marks are looked at."""
    found: list[Quote] = []
    left = MOST
    for block in blocks:
        if left <= 0:
            break
        if block.kind is BlockKind.QUOTE:
            found.append(Quote(block.text.replace("\n", " ")))
            left -= 1
        elif block.kind is BlockKind.PARAGRAPH:
            quoting = any(sign in block.text for sign in _SIGNS)
            quotes = list(islice(_QUOTED.finditer(block.text), left)) if quoting else []
            left -= len(quotes)
            found += _in(block.text, quotes)
    return tuple(found)


def _in(text: str, quotes: list[re.Match[str]]) -> list[Quote]:
    if not quotes:
        return []
    bare = _QUOTED.sub(lambda match: _GONE * len(match[0]), text)
    found: list[Quote] = []
    last: str | None = None
    for quote in quotes:
        words = next(group for group in quote.groups() if group)
        speaker = _speaker(bare, quote)
        if speaker is None and last and _stands_alone(text, quote):
            speaker = last
        last = speaker
        if speaker is None and not _spoken(bare, quote):
            continue
        if speaker is None and len(words.split()) < _LEAST and len(words) < 12:
            continue
        found.append(Quote(words.strip(), speaker))
    return found


def _speaker(bare: str, quote: re.Match[str]) -> str | None:
    after = bare[quote.end() : quote.end() + _REACH]
    for pattern in _AFTER:
        if (found := pattern.match(after)) and found["who"] not in _PRONOUNS:
            return found["who"]
    before = bare[max(quote.start() - _REACH, 0) : quote.start()]
    if (found := _BEFORE.search(before)) and found["who"] not in _PRONOUNS:
        return found["who"]
    other = _OTHER_BEFORE.search(before)
    return (other["zh"] or other["ar"]).strip() if other else None


def _stands_alone(text: str, quote: re.Match[str]) -> bool:
    """Whether a quotation is a sentence of its own, as one that goes on after its speaker is."""
    before = text[: quote.start()].rstrip()
    return before.endswith((".", "。")) and ends_sentence(quote[0])


def _spoken(bare: str, quote: re.Match[str]) -> bool:
    """Whether the sentence around a quotation, or the one it opens, says that somebody speaks."""
    near = max(quote.start() - _REACH, 0)
    window = bare[near : quote.end() + _REACH]
    for start, end in sentences(window):
        around = near + start < quote.end() and quote.start() <= near + end
        if around and any(words.search(window, start, end) for words in (_SPEAKS, _OTHER_SPEAKS)):
            return True
    return False
