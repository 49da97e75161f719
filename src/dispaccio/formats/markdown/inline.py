"""Text and marks as Markdown inline notation, and the escapes that keep text what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dispaccio.formats import charset
from dispaccio.release.body import Mark, MarkKind

_SIGNS = re.compile(r"[\\`*_\[\]<]|&(?=#?\w+;)|!(?=\[|$)")
_LINE_START = re.compile(r"^(?:[#>+=~|:-]|\d{1,9}(?=[.)]))", re.MULTILINE)
_LEADING = re.compile(r"^[^\S\n]+", re.MULTILINE)
_SIMPLE_TARGET = re.compile(r"[\w:/.?=%~#,+@;$-]+")
_AUTOLINK = re.compile(r"(?:https?|mailto):[^\x00-\x20<>\\&]{1,1000}")
_WORDS = {MarkKind.STRONG: "**", MarkKind.EM: "*"}


def escape(text: str) -> str:
    """Text with a backslash before whatever Markdown would read as a sign, nothing invisible."""
    text = _SIGNS.sub(lambda sign: "\\" + sign[0], text)
    return charset.UNSEEN.sub(lambda sign: f"&#{ord(sign[0])};", text)


def lines(text: str) -> str:
    """Notation whose lines do not begin as a heading, list, quote, table or code would."""
    text = _LEADING.sub(lambda blanks: "".join(f"&#{ord(sign)};" for sign in blanks[0]), text)
    return _LINE_START.sub(_guarded, text)


def _guarded(start: re.Match[str]) -> str:
    return f"{start[0]}\\" if start[0].isdigit() else f"\\{start[0]}"


def inline(text: str, marks: Iterable[Mark]) -> str:
    """Text with its marks, as far as Markdown has them: strong, em and link, properly nested.

    A mark around blanks alone is left out, since Markdown would read its signs as a rule.
    """
    pieces: list[str] = []
    opened: list[Mark] = []
    at = 0
    for place, mark in _events(m for m in marks if text[m.start : m.end].strip()):
        pieces.append(escape(text[at:place]))
        at = place
        if mark not in opened:
            opened.append(mark)
            if mark.kind is MarkKind.LINK and pieces[-1].endswith("!"):
                pieces[-1] = pieces[-1][:-1] + "\\!"
            pieces.append(_WORDS.get(mark.kind, "["))
        elif mark.kind is MarkKind.LINK and _is_bare(pieces, mark, text):
            pieces[-2:] = [f"<{mark.href}>"]
        else:
            pieces.append(_WORDS.get(mark.kind) or f"]({_target(mark.href or '')})")
    pieces.append(escape(text[at:]))
    return "".join(pieces)


def _is_bare(pieces: list[str], mark: Mark, text: str) -> bool:
    """Whether a link shows its own address, with no other mark inside."""
    shown = text[mark.start : mark.end]
    return pieces[-2] == "[" and shown == mark.href and _AUTOLINK.fullmatch(shown) is not None


def _events(marks: Iterable[Mark]) -> list[tuple[int, Mark]]:
    """Where marks open and close, in order; a mark that crosses another is left out."""
    events: list[tuple[int, Mark]] = []
    stack: list[Mark] = []
    written = {m for m in marks if m.kind in _WORDS or m.kind is MarkKind.LINK}
    for mark in sorted(written, key=lambda m: (m.start, -m.end, m.kind, m.href or "")):
        while stack and stack[-1].end <= mark.start:
            events.append((stack[-1].end, stack.pop()))
        if stack and mark.end > stack[-1].end:
            continue
        stack.append(mark)
        events.append((mark.start, mark))
    while stack:
        events.append((stack[-1].end, stack.pop()))
    return events


def _target(href: str) -> str:
    if _SIMPLE_TARGET.fullmatch(href):
        return href
    return "<" + re.sub(r"[\\<>&]", lambda sign: "\\" + sign[0], href) + ">"
