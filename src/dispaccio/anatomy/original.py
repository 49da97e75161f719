"""Where the text first stood: "View original content", "View source version", and their like."""

from __future__ import annotations

import re
from dataclasses import replace

from dispaccio.anatomy import wires
from dispaccio.anatomy.document import Passage, SpanKind
from dispaccio.anatomy.work import Work
from dispaccio.release.body import MarkKind
from dispaccio.release.model import Identifier, WireMark

_WORDS = re.compile(
    r"""\W*(?:
      (?:view|read|see)\s+(?:the\s+)?(?:original|source)\s+(?:content|version|release|article)
    | (?:original|source)\s+(?:content|version|release)\s*: | (?:link\s+to\s+(?:the\s+)?)original
    | (?:vedi\s+|leggi\s+)?(?:il\s+)?(?:contenuto|comunicato|testo|fonte)\s+originale
    | originalmeldung | originaltext | original-content | (?:zur|die)\s+originalmitteilung
    | (?:voir|consulter)\s+le\s+(?:contenu|communiqué)\s+original | (?:contenu|texte)\s+original
    | (?:ver\s+)?(?:el\s+|o\s+)?(?:contenido|comunicado|conteúdo)\s+original
    | оригинални\s+садржај | originalni\s+sadržaj
    | 查看原文 | 原文链接 | 原文请见
    | (?:عرض\s+)?المحتوى\s+الأصلي | النص\s+الأصلي
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def take(work: Work) -> None:
    """Claim lines that lead to the original; the address tells the wire and its number."""
    for index, passage in work.lines(2000):
        href = address_of(passage)
        if href and _WORDS.match(passage.text):
            work.claim(index, SpanKind.ORIGINAL)
            work.say(original_url=href)
    href = work.said.original_url
    wire = wires.by_address(href) if href else None
    if not href or not wire:
        return
    number = wires.number_in(wire, href)
    said = work.said.wire
    if said is None or said.name == wire.name:
        work.said = replace(work.said, wire=WireMark(wire.name, number))
    if number and wire.scheme:
        work.identify(Identifier(wire.scheme, number))


def address_of(passage: Passage) -> str | None:
    """The first address that a passage links to."""
    marks = (mark for mark in passage.block.marks if mark.kind is MarkKind.LINK)
    return next((mark.href for mark in marks if mark.href), None)
