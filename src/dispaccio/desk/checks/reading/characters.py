"""Characters that nobody sees, letters that look like others, and how to show and compare them.

Ranges and names are those of the Unicode Character Database; the look-alikes are the ones that
cannot be told apart in common typefaces (compare UTS 39, confusables).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""One character without a form of its own: zero width, direction, tag, variation, control."""

# Where such a character is good writing.
_FLAGS = re.compile("\U0001f3f4\U000e0067\U000e0062[\U000e0061-\U000e007a]{3}\U000e007f")
_EMOJI = "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299"
_EMOJI_LIKE = re.compile(f"[{_EMOJI}\U0001f000-\U0001faff\ufe0f\U000e007f]")
_HAN = re.compile(
    "[\u2e80-\u2fdf\u3001-\u3007\u3400-\u9fff\uf900-\ufaff\uff01-\uff1f]|[𠀀-\U0003ffff]"
)
_MONGOLIAN = re.compile("[\u1800-\u18af]")
_JOINING = re.compile(
    "[\u0620-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1a20-\u1aaf\u1b00-\u1b7f\ua980-\ua9df]"
)
_UNSPACED = re.compile("[\u0e00-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u1b00-\u1b7f]")
_RIGHT_TO_LEFT = re.compile("[\u05d0-\u05f4\u0620-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

_DIGITS = re.compile(r"\d+")
_ONES = re.compile(rb"1+")
_DIGITS_AS_ONES = bytes(b"01"[chr(byte).isdecimal()] for byte in range(256))
LETTERS = re.compile("(?:[^\\W\\d_][\u0300-\u036f]*)+")
"""A word: letters with their accents."""
LATIN = re.compile("[A-Za-zÀ-ÖØ-öø-\u024f\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff]")
GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
CYRILLIC = re.compile("[\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f]")

TWINS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХҮԌԚԜӀаесһіјорѕхуԁԛԝѵӏ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABESIJKMHOPCTYXYGQWIaechijopsxydqwvl" + "ABEZHIKMNOPTYXo",
)
"""Cyrillic and Greek letters that look exactly like a Latin one."""
_NEAR = str.maketrans("вгкмнптѡɑαβγεηικνρτυωı0135", "brkmhntwaabyenikvptuwioles")
_INSIDE_OTHERS = frozenset("ABCEHKMOPTXaceopxyij")
"""Latin letters that can stand unseen in a Cyrillic or Greek word."""


def digits(text: str) -> Iterator[tuple[int, int]]:
    """The offsets of every run of decimal digits. Looked for in bytes where that is quicker."""
    try:
        as_ones = text.encode("latin-1").translate(_DIGITS_AS_ONES)
    except UnicodeEncodeError:
        return (found.span() for found in _DIGITS.finditer(text))
    return (found.span() for found in _ONES.finditer(as_ones))


def hidden(text: str) -> Iterator[int]:
    """The offsets of hidden characters that do not belong where they stand.

    They belong in emoji and flags, after the letters of scripts that join, select or break with
    them (Arabic, Indic, Mongolian, Thai, Han), and, for direction marks, in text that has letters
    running from right to left.
    """
    if (text.isascii() and text.isprintable()) or not HIDDEN.search(text):
        return
    bare = _FLAGS.sub(lambda flag: "\U0001f3f4" + " " * (len(flag[0]) - 1), text)
    right_to_left = bool(_RIGHT_TO_LEFT.search(text))
    for found in HIDDEN.finditer(bare):
        before, after = (
            bare[max(0, found.start() - 1) : found.start()],
            bare[found.end() : found.end() + 1],
        )
        in_figure = before.isdigit() and after.isdigit()
        directs = right_to_left and found[0] in "\u200e\u200f\u061c"
        if in_figure or not (directs or _belongs(found[0], before, after)):
            yield found.start()


def named(character: str) -> str:
    """A character by code point and Unicode name: ``U+200B ZERO WIDTH SPACE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def shown(text: str, most: int = 60) -> str:
    """A passage in quotation marks on one line, cut, with hidden characters made visible."""
    line = " ".join(text[: most + 1].split())
    cut = line if len(text) <= most else f"{line[:most].rstrip()}…"
    return f"“{HIDDEN.sub(lambda found: f'⟨U+{ord(found[0]):04X}⟩', cut)}”"


def intruders(word: str) -> str:
    """The letters that make one word of two scripts in order to deceive, or nothing.

    Deceiving is a letter of another script that looks like one of the word's own. ``TNFα``, ``ΔT``
    and ``kΩ`` are science, and a Latin name beside Cyrillic words is two words.
    """
    if word.isascii():
        return ""
    latin, greek, cyrillic = (script.findall(word) for script in (LATIN, GREEK, CYRILLIC))
    other = greek + cyrillic
    if greek and cyrillic:
        return "".join(greek if len(greek) < len(cyrillic) else cyrillic)
    if not latin or not other:
        return ""
    if all(ord(letter) in TWINS for letter in other):
        return "".join(other)
    if len(other) > 1 and _INSIDE_OTHERS.issuperset(latin):
        return "".join(latin)
    return ""


def disguised(word: str) -> bool:
    """Whether a word is wholly of Cyrillic or Greek letters and yet reads as a Latin one."""
    return all(ord(letter) in TWINS for letter in word)


def skeleton(text: str) -> str:
    """What a name looks like: two names with the same skeleton can be taken for each other."""
    plain = unicodedata.normalize("NFKC", HIDDEN.sub("", text[:200])).translate(TWINS).casefold()
    bare = unicodedata.normalize("NFD", plain.translate(TWINS).translate(_NEAR))
    letters = "".join(letter for letter in bare if letter.isalnum())
    return letters.replace("rn", "m").replace("vv", "w").replace("i", "l")


def _belongs(character: str, before: str, after: str) -> bool:
    match character:
        case "\u200c":
            return bool(_JOINING.match(before))
        case "\u200d":
            joined = _EMOJI_LIKE.match(before) and _EMOJI_LIKE.match(after)
            return bool(joined or _JOINING.match(before))
        case "\u200b":
            return bool(_UNSPACED.match(before))
        case "\ufe0e" | "\ufe0f":
            keycap = before in set("0123456789#*") and after == "\u20e3"
            return keycap or bool(_EMOJI_LIKE.match(before))
        case _ if "\u180b" <= character <= "\u180f":
            return bool(_MONGOLIAN.match(before))
        case _ if "\ufe00" <= character <= "\ufe02" or "\U000e0100" <= character <= "\U000e01ef":
            return bool(_HAN.match(before))
    return False
