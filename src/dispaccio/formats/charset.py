"""Bytes into text: never a silent replacement, and nothing invisible taken unnoticed."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from dispaccio.errors import NotText, WrongCharset
from dispaccio.formats import strict
from dispaccio.formats.base import Options
from dispaccio.words import say, say_of

ASIANET = re.compile(
    rb"PRNewswire-AsiaNet|^(?:MEDIA|PRESS|NEWS) RELEASE (?:PR|AN)\d{4,8}", re.MULTILINE
)
"""What a text of AsiaNet bears: its dateline's mark, or the header with its number."""

_MAGIC = (
    (b"%PDF", say("a PDF document")),
    (b"PK\x03\x04", say("a ZIP file (a Word or OpenDocument text is one)")),
    (b"\x89PNG", say("a PNG picture")),
    (b"\xff\xd8\xff", say("a JPEG picture")),
    (b"GIF8", say("a GIF picture")),
    (b"RIFF", say("a sound, film or WebP picture")),
    (b"\xd0\xcf\x11\xe0", say("an old Word, Excel or Outlook file")),
    (b"{\\rtf", say("a Rich Text file")),
    (b"\x1f\x8b", say("a gzip file")),
    (b"MZ", say("a Windows program")),
    (b"\x7fELF", say("a program")),
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""Byte order marks, which say the character set as surely as a declaration."""
_JOINING = "\u0620-\u07ff\u0900-\u0dff\u200d\U0001f000-\U0001faff\u2600-\u27bf\ufe0f"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\ufeff"
    "\ufe00-\ufe0f\ufff9-\ufffb\U000e0000-\U000e0fff]"
    f"|(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])"
)
_MAYBE_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""One class of characters, which is searched ten times faster than ``_INVISIBLE``."""
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Every character that nobody sees, for writing them visibly."""
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
UNSEEN = re.compile(f"{_CONTROL.pattern}|\r|{_INVISIBLE.pattern}")
"""What ``visible`` takes out of a text."""
_UNUSUAL = re.compile(f"{_CONTROL.pattern[:-1]}{_MAYBE_INVISIBLE.pattern[1:-1]}\u202a-\u202e]")
"""All that ``visible`` takes out or warns of, and a little more."""
_MOSTLY = 0.1


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with LF line ends and nothing invisible in it, and what was noticed."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, options: Options, *, wire_texts: bool = False) -> Decoded:
    """The text of a document: UTF-8, UTF-16 with its mark, or the charset that the options state.

    ``wire_texts``: what is not UTF-8 but bears AsiaNet's marks is read as windows-1252, with a
    warning. Raises NotText, which says what the bytes look like, and WrongCharset with the offset.
    """
    _refuse_binary(data)
    warnings: list[str] = []
    charset = options.charset or ("utf-16" if data.startswith(_UTF16) else "utf-8")
    try:
        text = strict.decode(data, charset)
    except WrongCharset as error:
        if options.charset or not wire_texts or not ASIANET.search(data):
            raise
        text = strict.decode(data, "windows-1252")
        warnings.append(
            say(
                "The text is not UTF-8 ({why}); it bears AsiaNet's marks and was read as "
                "windows-1252.",
                why=error.message.split(";")[0],
            )
        )
    return visible(text.replace("\r\n", "\n").replace("\r", "\n"), tuple(warnings))


def visible(text: str, warnings: tuple[str, ...] = ()) -> Decoded:
    """The text without characters that nobody sees, each kind counted in a warning.

    Zero-width characters, variation selectors, tags and control characters are taken out; those
    that join letters of Arabic and Indic scripts or parts of an emoji are spelling, and stay.
    Marks that turn the direction of writing stay, and are warned of. Raises NotText for a text
    that is mostly control characters.
    """
    found = list(warnings)
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return Decoded(text, warnings)
    if not _UNUSUAL.search(text):
        return Decoded(text, warnings)
    if _CONTROL.search(text):
        text, count = _CONTROL.subn("", text)
        if count > _MOSTLY * (len(text) + count):
            raise NotText(
                say(
                    "{count} of its characters are control characters: it is not text.", count=count
                )
            )
        found.append(
            say_of(
                "{count} control character was taken out.",
                "{count} control characters were taken out.",
                count=count,
            )
        )
    if text.isascii():
        return Decoded(text, tuple(found))
    if _MAYBE_INVISIBLE.search(text) and _INVISIBLE.search(text):
        where = text.count("\n", 0, _first(_INVISIBLE, text)) + 1
        text, count = _INVISIBLE.subn("", text)
        found.append(
            say_of(
                "{count} invisible character was taken out, in line {line}.",
                "{count} invisible characters were taken out, the first in line {line}.",
                count=count,
                line=where,
            )
        )
    if _BIDI.search(text):
        found.append(_turns(text))
    return Decoded(text, tuple(found))


def _turns(text: str) -> str:
    return say_of(
        "{count} character turns the direction of writing, in line {line}.",
        "{count} characters turn the direction of writing, the first in line {line}.",
        count=len(_BIDI.findall(text)),
        line=text.count("\n", 0, _first(_BIDI, text)) + 1,
    )


def stripped(text: str) -> str:
    """The text as ``visible`` leaves it, for writing."""
    return UNSEEN.sub("", text)


def _first(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return match.start() if match else 0


def _refuse_binary(data: bytes) -> None:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise NotText(
                say(
                    "This looks like {name}, not text; hand in text, Markdown, HTML or JSON.",
                    name=name,
                )
            )
