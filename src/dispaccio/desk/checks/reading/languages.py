"""Which language a text is surely in, by its script and its commonest words; silent when unsure.

``anatomy.language`` guesses where nobody says it; this contradicts somebody who did, so it asks for
more: enough of a text, and hardly a word of the language that it is said to be in.
"""

from __future__ import annotations

import re
from collections import Counter

from dispaccio.words import Sentence, say, term

ENOUGH_LETTERS, ENOUGH_WORDS, ENOUGH_HITS = 150, 60, 12
"""What a text has at least: letters of its script; words, and common ones of its language alone."""
SHARE, SCRIPT_SHARE = 0.12, 0.85
"""How many of its words are such common ones; how many of its letters are of one script."""
CLEARLY = 4
"""So many times as often as those of the stated language alone do they stand there."""
NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "nb": "Norwegian",
    "nn": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
_COMMON = {
    "en": "the of and to in is that for it with as on are by this be was at from have which has "
    "its will their an not they said been who were we than between but also more his her",
    "it": "il di che la e per un in del della le con è non i sono da una si dei alla nel al lo "
    "delle più gli ha anche come dal degli alle nella dalla dell all sul sulla ai nei questo",
    "de": "der die und den von zu das mit sich des auf für ist im dem nicht ein eine als auch es "
    "an werden aus hat dass nach wird bei einer um am sind wie einem über einen zum zur durch",
    "fr": "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il "
    "sont avec aux été cette ou ont ses leur mais nous deux ces fait elle son d l",
    "es": "de la que el en y los del se las por un para con no una su al lo como más sus le ha es "
    "este está entre cuando sin sobre también hasta hay desde durante fue son pero",
    "pt": "de o que e do da em um para com não uma os no na por mais as dos como foi ao das à seu "
    "sua ou há nos também pelo pela até são às pelos sobre entre",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als bij door naar "
    "uit wordt worden deze heeft maar dan nog werd over hun meer",
    "pl": "w i na z się do nie że jest o to jak po od za przez oraz dla są które który która jego "
    "tym przy będzie także roku już być może",
    "sv": "och i att det som en på är av för med till den har de inte om ett men var från vid kan "
    "också efter eller sig så under nu",
    "da": "og i at det er en til af på den de som med for der har et ikke fra om kan var også ved "
    "blev efter eller over mere men ud sig",
    "no": "og i det er på en å til som av for at med har den de ikke et om fra kan var også ved "
    "ble etter eller over mer men seg",
    "fi": "ja on ei se että hän oli ovat mutta myös kun joka niin kuin sen tai vain jos jotka "
    "mukaan sekä vuoden hänen tämä ovat ollut",
    "hu": "a az és hogy nem is egy meg ez csak de volt el már még mint azt ezt vagy van lesz után "
    "szerint illetve pedig majd",
    "ro": "și de la în a cu pe un o că nu din care mai este pentru se sunt sau prin fost această "
    "după ale lui cel ce s au",
    "cs": "a v se na je že s z do o i ve to jako pro za by po od jsou bude také který která které "
    "podle při nebo byl bylo již",
    "sk": "a v sa na je že s z do o aj vo to ako pre za by po od sú bude tiež ktorý ktorá ktoré "
    "podľa pri alebo bol bolo už",
    "hr": "i u je da se na za su od s koji kao a ne do što o iz će ali koja ili bi nije po također "
    "te kako sve između prema gdje tijekom",
    "sr": "i u je da se na za su od sa koji kao a ne do što o iz će ali koja ili bi nije po takođe "
    "kako sve između prema gde tokom",
    "tr": "ve bir bu da de için ile olarak daha olan en çok gibi kadar sonra ancak ise göre ya ne "
    "her olduğu tarafından ilgili",
}
_OTHERS = {"nb": "no", "nn": "no", "bs": "hr"}
_NEAR = (frozenset({"da", "no", "sv"}), frozenset({"hr", "sr"}), frozenset({"cs", "sk"}))
"""Languages that share too many of their common words to be told apart by them."""
_SCRIPTS = {
    "Latin": r"A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Greek": r"\u0370-\u03ff\u1f00-\u1fff",
    "Cyrillic": r"\u0400-\u052f",
    "Hebrew": r"\u05d0-\u05ea",
    "Arabic": r"\u0620-\u064a\u0671-\u06d3",
    "Devanagari": r"\u0904-\u0939\u0958-\u0961",
    "Thai": r"\u0e01-\u0e30",
    "Japanese": r"\u3041-\u3096\u30a1-\u30fa",
    "Korean": r"\uac00-\ud7a3",
    "Chinese": r"\u3400-\u4dbf\u4e00-\u9fff",
}
LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_EAST = frozenset({"Japanese", "Korean", "Chinese"})
_WRITTEN_IN = {
    **{code: frozenset({"Latin"}) for code in (*_COMMON, *_OTHERS) if code not in ("sr", "bs")},
    **dict.fromkeys(("sr", "bs"), frozenset({"Latin", "Cyrillic"})),
    **dict.fromkeys(("ru", "uk", "bg", "mk", "be"), frozenset({"Cyrillic"})),
    **dict.fromkeys(("ar", "fa", "ur"), frozenset({"Arabic"})),
    **dict.fromkeys(("hi", "mr", "ne"), frozenset({"Devanagari"})),
    "el": frozenset({"Greek"}),
    "he": frozenset({"Hebrew"}),
    "th": frozenset({"Thai"}),
    "ja": _EAST,
    "ko": _EAST,
    "zh": frozenset({"Chinese"}),
}
_WORD = re.compile(r"[^\W\d_]+")


def name_of(code: str) -> str:
    """A language in English words, by its tag; the tag itself where it is not known here."""
    return NAMES.get(_base(code), code)


def contradicted(text: str, said: str) -> Sentence | None:
    """What a text surely is instead of the language that it is said to be in, or None.

    Args:
        text: as much as there is of it.
        said: a BCP 47 tag. One that names a script (``sr-Latn``) is taken at its word.

    Returns:
        ``Italian``, or ``in Cyrillic letters`` where that is all that can be told.
    """
    base = _base(said)
    written = _WRITTEN_IN.get(base)
    if written is None or any(len(part) == 4 and part.isalpha() for part in said.split("-")[1:]):
        return None
    script = _script_of(text)
    if script is None:
        return None
    if script not in written:
        named = script in ("Japanese", "Korean")
        return term(script) if named else say("in {script} letters", script=term(script))
    other = _other_words(text, _OTHERS.get(base, base)) if script == "Latin" else None
    return term(other) if other else None


def _base(code: str) -> str:
    return code.split("-", maxsplit=1)[0].lower()


def _script_of(text: str) -> str | None:
    """The one script that a text is in; what is Japanese or Korean may hold Chinese signs."""
    counted = {name: len(letters.findall(text)) for name, letters in LETTERS.items()}
    total = sum(counted.values())
    for name in ("Japanese", "Korean"):
        if counted[name] * 4 > counted["Chinese"] + counted[name]:
            counted[name] += counted.pop("Chinese", 0)
            break
    best = max(counted, key=lambda name: counted[name])
    enough = ENOUGH_LETTERS / 3 if best in _EAST else ENOUGH_LETTERS
    return best if counted[best] >= enough and counted[best] >= SCRIPT_SHARE * total else None


def _other_words(text: str, said: str) -> str | None:
    words = _WORD.findall(text.casefold())
    if len(words) < ENOUGH_WORDS or said not in _COMMON:
        return None
    score: Counter[str] = Counter()
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            score[language] += 1
    best = score.most_common(1)[0][0] if score else said
    if best == said or any({best, said} <= some for some in _NEAR):
        return None
    theirs = sum(_is_only(word, best, said) for word in words)
    stated = sum(_is_only(word, said, best) for word in words)
    sure = theirs >= max(ENOUGH_HITS, SHARE * len(words)) and theirs >= CLEARLY * stated
    return NAMES[best] if sure else None


def _is_only(word: str, of: str, other: str) -> bool:
    """Whether a word is a common one of the first language and not of the second."""
    known = _LANGUAGES_OF.get(word, ())
    return of in known and other not in known


_LANGUAGES_OF: dict[str, tuple[str, ...]] = {}
for _language, _words in _COMMON.items():
    for _word in set(_words.split()):
        _LANGUAGES_OF[_word] = (*_LANGUAGES_OF.get(_word, ()), _language)
