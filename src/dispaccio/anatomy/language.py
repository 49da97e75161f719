"""The language of a text, by its script and its commonest words; absent when unsure."""

from __future__ import annotations

import re
from collections import Counter

# The commonest words of each language, and of some that the wire does not know.
_COMMON = {
    "en": "the of and to in is that for it with as on are by this be was at from have which has "
    "its will their an or not they our said been more who also were new we than between "
    "all can his her about would into first these had but",
    "it": "il di che la e per un in del della le con è non i sono da una si dei alla nel al lo "
    "delle più gli ha anche come dal questo degli alle nella dalla ai o essere stato "
    "hanno l dell all d sul sulla tra presso loro questa nei",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als "
    "auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem "
    "über einen so zum haben nur oder aber vor zur bis mehr durch",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se "
    "ce il sont avec son aux d l été cette ou ont ses leur comme mais nous sa être deux "
    "ces fait y s qu n entre elle",
    "es": "de la que el en y a los del se las por un para con no una su al lo como más pero sus "
    "le ha es o este sí porque esta entre cuando muy sin sobre también me hasta hay donde "
    "quien desde todo nos durante fue son",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi "
    "ao ele das tem à seu sua ou ser quando muito há nos já está também só pelo pela até "
    "isso ela entre são sobre pelos",
    "sr-Latn": "i u je da se na za su od sa koji kao a ne do što o iz će ali koja ili biti nije po "
    "takođe koje bi ovaj ove kako još sve između prema gde godine šta svih čitav saopštio "
    "ovog izjavio danas",
    "other": "het een van niet zijn voor met dat ook wordt naar door bij aan og det som til av på "
    "er ikke den har jeg och att är med om för på w nie się z na jest do ve bir için bu "
    "ile olarak",
}
_WORD = re.compile(r"[^\W\d_]+")
_HAN, _KANA, _HANGUL = r"[\u3400-\u9fff]", r"[\u3040-\u30ff]", r"[\uac00-\ud7af]"
_ARABIC, _NOT_ARABIC = r"[\u0620-\u064a]", r"[پچژگکیےںہھٹڈڑ]"
_CYRILLIC, _SERBIAN, _NOT_SERBIAN = r"[Ѐ-ӿ]", r"[ђјљњћџ]", r"[ыэяюйщъьіїєґѓќѕ]"
_CROATIAN = "što tko gdje također priopćenje tijekom općina vijeće uvjet tvrtka"
_SERBIAN_LATIN = "šta ko gde takođe saopštenje saopštio tokom opština savet uslov"
_ENOUGH, _READ = 6, 20_000


def detect(text: str) -> str | None:
    """The BCP 47 tag of a text among those that the wire knows, or None when it is not sure.

    ``sr`` is Serbian in Cyrillic, ``sr-Latn`` in Latin script. Needs some twenty words.
    """
    text = text[:_READ].casefold()
    letters = len(re.findall(r"[^\W\d_]", text))
    if letters < 20:
        return None
    for script, decide in (
        (_HAN, _chinese), (_ARABIC, _arabic), (_CYRILLIC, _cyrillic), (_HANGUL, _none),
    ):  # fmt: skip
        if len(re.findall(script, text)) * 2 > letters:
            return decide(text)
    return _latin(text)


def _none(text: str) -> str | None:
    return None


def _chinese(text: str) -> str | None:
    return None if len(re.findall(_KANA, text)) * 20 > len(text) else "zh"


def _arabic(text: str) -> str | None:
    return None if len(re.findall(_NOT_ARABIC, text)) * 50 > len(text) else "ar"


def _cyrillic(text: str) -> str | None:
    ours, others = (len(re.findall(script, text)) for script in (_SERBIAN, _NOT_SERBIAN))
    return "sr" if ours * 60 > len(text) and others * 100 < len(text) else None


def _latin(text: str) -> str | None:
    words = _WORD.findall(text)
    score: Counter[str] = Counter()
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            score[language] += 1
    (best, hits), (_, second) = [*score.most_common(2), ("", 0), ("", 0)][:2]
    if hits < _ENOUGH or hits * 8 < len(words) or hits * 4 < second * 5 or best == "other":
        return None
    croatian, serbian = (set(row.split()) & set(words) for row in (_CROATIAN, _SERBIAN_LATIN))
    if best == "sr-Latn" and croatian and not serbian:
        return None
    return best


_LANGUAGES_OF: dict[str, tuple[str, ...]] = {}
for _language, _words in _COMMON.items():
    for _word in set(_words.split()):
        _LANGUAGES_OF[_word] = (*_LANGUAGES_OF.get(_word, ()), _language)
