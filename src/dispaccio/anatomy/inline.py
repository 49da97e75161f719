r"""Inline notation in plain text: what pasted Markdown leaves, and bare addresses.

Read are ``\$``, ``<https://…>``, ``[name](https://…)``, ``![alt](https://…)`` and bare addresses.
Everything else is text. All patterns run in linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dispaccio.release.body import Mark, MarkKind

_TARGET = r"(?:https?://|mailto:)(?:[^()\s<>]|\([^()\s<>]*+\))++"
_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    rf"|!\[(?P<alt>[^\[\]\n]*+)\]\(<?(?P<image>{_TARGET})>?\)"
    rf"|\[(?P<name>[^\[\]\n]++)\]\(<?(?P<target>{_TARGET})>?\)"
    r"|<(?P<angled>(?:https?://|mailto:)[^<>\s]++)>"
    r"|(?P<bare>https?://[^\s<>\"“”«»，。、；：）」》]{1,2000}+)"
)
_TRAILING = ".,;:!?*_'’"
_IMAGE = re.compile(rf"!\[(?P<alt>[^\[\]\n]*+)\]\(<?(?P<href>{_TARGET})>?\)")


@dataclass(frozen=True, slots=True)
class Picture:
    """A line that is a picture: its alternative text and its address."""

    alt: str
    href: str


def picture(line: str) -> Picture | None:
    """The picture that a whole line is, or None."""
    found = _IMAGE.fullmatch(line.strip())
    return Picture(found["alt"], found["href"]) if found else None


def read(raw: str) -> tuple[str, tuple[Mark, ...]]:
    """The text of a line of the source, unescaped, and its links as marks."""
    pieces: list[str] = []
    marks: list[Mark] = []
    length = at = 0
    for token in _TOKEN.finditer(raw):
        before = raw[at : token.start()]
        shown, href, at = _token(token)
        pieces += (before, shown)
        length += len(before) + len(shown)
        if href and shown:
            marks.append(Mark(length - len(shown), length, MarkKind.LINK, href))
    pieces.append(raw[at:])
    return "".join(pieces), tuple(marks)


def _token(token: re.Match[str]) -> tuple[str, str | None, int]:
    """What a token shows, where it leads, and where in the source it ends."""
    if token["escaped"]:
        return token["escaped"], None, token.end()
    if token["image"]:
        return token["alt"], None, token.end()
    if token["target"]:
        return _unescaped(token["name"]), token["target"], token.end()
    if token["angled"]:
        return token["angled"].removeprefix("mailto:"), token["angled"], token.end()
    href = _trimmed(token["bare"])
    return href, href, token.start() + len(href)


def _trimmed(address: str) -> str:
    """An address without the punctuation of the sentence around it."""
    address = address.rstrip(_TRAILING)
    for opening, closing in ("()", "[]"):
        while address.endswith(closing) and address.count(opening) < address.count(closing):
            address = address[:-1].rstrip(_TRAILING)
    return address


def _unescaped(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
