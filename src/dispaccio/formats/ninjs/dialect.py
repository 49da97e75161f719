"""What agencies send against the letter: bytes that are no UTF-8, HTML in fields of plain text."""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

from dispaccio.errors import WrongCharset
from dispaccio.formats import strict
from dispaccio.formats.html import tree

_TEXTS = frozenset(
    ("by", "byline", "copyrightholder", "copyrightnotice", "ednote", "headline", "located")
) | {"slugline", "title", "usageterms"}
"""The fields of an item that are plain text, in lower case."""
_TAG = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|b|i|em|strong|u|a|span|font|sub|sup)\b[^<>]{0,999}>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BREAK = re.compile(r"<br\b[^<>]{0,99}>|</(?:p|div|li|h[1-6])\s{0,9}>", re.IGNORECASE)
_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def load(data: bytes, charset: str | None) -> tuple[Any, tuple[str, ...]]:
    """A JSON document: UTF-8, else the stated character set, else windows-1252 with a warning.

    A document that holds UTF-8 as well is damaged, and not repaired. Raises the errors of
    ``strict.load_json``.
    """
    try:
        return strict.load_json(data), ()
    except WrongCharset:
        if _UTF_8.search(data):
            raise
    name = charset if charset and charset.lower() not in ("utf-8", "utf8") else "windows-1252"
    warning = f"The document is not UTF-8, as JSON has to be; it was read as {name}."
    return strict.load_json(strict.decode(data, name).encode()), (warning,)


def plain(document: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """An item whose texts hold no HTML, and a warning for each that held some.

    Texts are its fields of plain text and its headlines; the bodies have a reader of their own.
    """
    repaired: list[str] = []
    changed: dict[str, Any] = {}
    for name, value in document.items():
        low = name.lower()
        if isinstance(value, str) and (low in _TEXTS or low.startswith("headline_")):
            changed[name] = _text(value, name, low == "ednote", repaired)
        elif low == "headlines" and isinstance(value, list):
            changed[name] = [
                _headline(entry, f"{name}[{index}]", repaired) for index, entry in enumerate(value)
            ]
    warnings = (f"{path} held HTML; its text was taken." for path in repaired)
    return document | changed, tuple(warnings)


def holds_markup(text: str) -> bool:
    """Whether there are elements of HTML in a text."""
    return _TAG.search(text) is not None


def _headline(entry: Any, path: str, repaired: list[str]) -> Any:
    value = entry.get("value") if isinstance(entry, dict) else None
    if not isinstance(value, str):
        return entry
    stated = entry.get("contentType", entry.get("contenttype"))
    html = isinstance(stated, str) and stated.startswith("text/html")
    return entry if html else entry | {"value": _text(value, path, False, repaired)}


def _text(value: str, path: str, lines: bool, repaired: list[str]) -> str:
    if not holds_markup(value) and not any(_known(name) for name in _REFERENCE.findall(value)):
        return value
    repaired.append(path)
    texts = (tree.parse(line).text() for line in _BREAK.split(value) if line.strip())
    return ("\n" if lines else " ").join(text for text in texts if text)


def _known(reference: str) -> bool:
    return reference.startswith("#") or f"{reference};" in html5
