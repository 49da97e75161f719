"""The links of the text, each with what it leads to."""

from __future__ import annotations

import re

from dispaccio.anatomy.document import Passage, SpanKind
from dispaccio.anatomy.prose import letters
from dispaccio.anatomy.wires import host_of
from dispaccio.anatomy.work import Work
from dispaccio.release.body import MarkKind
from dispaccio.release.model import Link

_MORE = re.compile(
    r"""\W*(?:
      (?:for\s+)?(?:further|more)\s+(?:information|details) | (?:read|learn|find\s+out)\s+more
    | (?:to|please)\s+(?:learn|read|find|visit|see|click)
    | (?:per\s+)?(?:ulteriori|maggiori|altre)\s+informazioni | per\s+(?:saperne|approfondi)
    | weitere\s+informationen | mehr\s+(?:informationen|dazu|unter)
    | (?:pour\s+)?(?:plus\s+d['’]informations?|en\s+savoir\s+plus)
    | (?:para\s+)?(?:más|mais)\s+(?:información|informações) | para\s+saber\s+(?:más|mais)
    | више\s+информација | više\s+informacija | 更多信息 | 欲了解更多 | 详情请 | 了解更多
    | (?:ل)?(?:لمزيد|مزيد)\s+من\s+المعلومات
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_FORMS = re.compile(
    r"\b(?:inc|ltd|llc|plc|corp|gmbh|ag|se|spa|srl|sa|sl|the|group|company)\b\.?", re.IGNORECASE
)
_ROLES = {SpanKind.ORIGINAL: "original", SpanKind.CHANNEL: "channel"}


def take(work: Work) -> None:
    """State every link once, with its role.

    The issuer's own page is a link for further information, or in a boilerplate or contact, whose
    host bears the issuer's name.
    """
    issuer = work.said.issuer.name if work.said.issuer else ""
    found: dict[str, Link] = {}
    for index, passage in enumerate(work.passages):
        if work.kinds.get(index) is SpanKind.MEDIA:
            continue
        if not (linked := _linked(passage)):
            continue
        role = _ROLES.get(work.kinds[index]) if index in work.kinds else None
        own = work.kinds.get(index) in (SpanKind.BOILERPLATE, SpanKind.CONTACT)
        more = _MORE.match(passage.text[:80]) is not None
        for href, text in linked:
            default = "more" if more else "body"
            if (own or more) and bears(href, issuer):
                default = "issuer"
            link = Link(href, text if text != href else None, role or default)
            held = found.get(href)
            if held is None or (held.role == "body" != link.role):
                found[href] = link
    work.say(links=tuple(found.values()))


def bears(href: str, name: str) -> bool:
    """Whether a label of an address's host is a name, its first words, or a long word of it."""
    words = [letters(word) for word in _FORMS.sub(" ", name).split()]
    begun = {"".join(words[:count]) for count in range(1, len(words) + 1)}
    wanted = {word for word in begun if len(word) > 3} | {word for word in words if len(word) > 5}
    wanted.add("".join(words))
    return bool(wanted & {letters(label) for label in host_of(href).split(".")[:-1]} - {""})


def _linked(passage: Passage) -> list[tuple[str, str]]:
    return [
        (mark.href, passage.text[mark.start : mark.end])
        for mark in passage.block.marks
        if mark.kind is MarkKind.LINK and mark.href and not mark.href.startswith("mailto:")
    ]
