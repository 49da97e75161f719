"""Strict JSON and text for untrusted input: duplicate keys, NaN, depth and charset are errors."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, NoReturn

from dispaccio.errors import MalformedDocument, NotText, WrongCharset
from dispaccio.words import say

MAX_DEPTH = 64
_NO_CHARSETS = frozenset(
    ("charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")
)
"""Codecs of Python that are no character sets of documents."""
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or what is left from a quote that nothing closes: so no byte is looked at twice."""
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def load_json(data: bytes) -> Any:
    """A JSON document (RFC 8259) with no duplicate names, no NaN, no depth over 64.

    Raises MalformedDocument with line and column, WrongCharset with the byte offset, or NotText.
    """
    _limit_depth(data)
    text = decode(data, "utf-8")
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        if "\\u" in text:
            _judge_escapes(document)
    except json.JSONDecodeError as error:
        raise MalformedDocument(
            say(
                "This is not JSON: line {line}, column {column}: {why}.",
                line=error.lineno,
                column=error.colno,
                why=error.msg,
            )
        ) from None
    except UnicodeEncodeError:
        raise MalformedDocument(
            say("The JSON holds a lone surrogate, which is not text.")
        ) from None
    except ValueError:
        raise MalformedDocument(say("The JSON holds a number too long to be taken.")) from None
    return document


def _judge_escapes(document: Any) -> None:
    """Raise NotText for a NUL, and UnicodeEncodeError for half a pair, that came as an escape."""
    written = json.dumps(document, ensure_ascii=False)
    written.encode()
    if _NUL.search(written):
        raise NotText(say("The JSON holds a NUL (\\u0000), which is not text."))


def decode(data: bytes, charset: str) -> str:
    """Text from bytes, without any silent replacement; a byte order mark is left out.

    Raises WrongCharset with the byte offset, and NotText for binary input.
    """
    name = _codec(charset)
    if b"\x00" in data and not name.startswith(("utf-16", "utf-32")):
        if _like_utf16(data):
            raise WrongCharset(
                say(
                    "The input looks like UTF-16 and does not say so; state the character set "
                    "utf-16, utf-16-le or utf-16-be, or save it as UTF-8."
                )
            )
        raise NotText(say("The input has a NUL at byte {at}: it is not text.", at=data.index(0)))
    try:
        text = data.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        raise WrongCharset(
            say(
                "Byte {at} is not {charset}; state the right character set or save as UTF-8.",
                at=error.start,
                charset=charset,
            )
        ) from None
    except LookupError:
        raise WrongCharset(
            say("{charset} is no character set.", charset=repr(charset[:40]))
        ) from None
    if "\x00" in text:
        raise NotText(
            say("The input has a NUL at character {at}: it is not text.", at=text.index(chr(0)))
        )
    return text


def _like_utf16(data: bytes) -> bool:
    """Whether every other byte is mostly NUL, as in Latin letters of UTF-16."""
    head = data[:2000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    return len(head) > 8 and max(even, odd) > len(head) * 0.3 and min(even, odd) < len(head) * 0.05


def _codec(charset: str) -> str:
    """Python's name of a character set. Raises WrongCharset for a name that is none."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        name = "undefined"
    if name in _NO_CHARSETS:
        raise WrongCharset(
            say(
                "The character set {charset} is not known; name the right one, like utf-8 or "
                "windows-1252, or save the document as UTF-8.",
                charset=repr(charset[:40]),
            )
        )
    return name


def _limit_depth(data: bytes) -> None:
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _STRING.sub(b"", data).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            raise MalformedDocument(
                say(
                    "The JSON is nested deeper than {most} levels; send it flatter.", most=MAX_DEPTH
                )
            )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedDocument(
            say("The name {name} stands twice in one JSON object.", name=repr(twice[:80]))
        )
    return found


def _no_constant(name: str) -> NoReturn:
    raise MalformedDocument(say("{name} is not a JSON value.", name=name))
