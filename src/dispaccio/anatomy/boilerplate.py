"""The standing text about the issuer: "About X", "Chi siamo", "Über X" and what follows."""

from __future__ import annotations

import re

from dispaccio.anatomy.document import Passage, SpanKind
from dispaccio.anatomy.prose import is_prose, is_running
from dispaccio.anatomy.work import HEADED, Work
from dispaccio.release.body import BlockKind

_ABOUT = re.compile(
    r"""[*_]*(?:
      about\s+us | chi\s+siamo | (?:wir\s+)?über\s+uns | qui\s+sommes[\s-]nous | quiénes\s+somos
    | quem\s+somos | sobre\s+(?:nosotros|nós) | о\s+нама | o\s+nama | 关于我们 | من\s+نحن
    | 关于(?P<han>[^\s:：][^:：]*?)
    | (?:about|informazioni\s+su|a\s+proposito\s+di|profilo\s+di|über|acerca\s+de|sobre|o|о|حول
        |نبذة\s+عن|à\s+propos\s+(?:du|des|de|d['’]|de\s+l['’]))(?:\s+|(?<=['’]))(?P<name>[^\s:：][^:：]*?)
    )[*_]*\s*(?P<colon>[:：])?[*_]*""",
    re.IGNORECASE | re.VERBOSE,
)
_INLINE = re.compile(r"(?P<head>[^:：]{4,80}[:：])\s+(?P<rest>\S.*)")
_THINGS = re.compile(
    r"(?:the |this |lo |la |il |l['’]|die |das |den |dem |le |cette |el |este |o |a |)"
    r"(?:study|research|paper|survey|event|results?|project|programme?|initiative|award|studio|ricerca|evento|risultati|studie|forschung"
    r"|umfrage|veranstaltung|étude|recherche|enquête|estudio|encuesta|estudo|研究|调查|الدراسة)\b",
    re.IGNORECASE,
)
_SHORT_WORDS = re.compile(r"(?:o|о|sobre|за|حول)\s", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|la|le|les|il|lo|i|gli|die|das|der|el|los|las|o|a)\s|^l['’]")
_LONGEST, _LONGEST_PARAGRAPH = 100, 20_000


def take(work: Work) -> None:
    """Claim every section about an issuer, below a text. Its heading is the first line of it.

    A heading that begins with a common word ("Sobre", "O") needs a text below it as well.
    """
    sections: list[str] = []
    running = (at for at, passage in enumerate(work.passages) if is_running(passage.text))
    first = next(running, len(work.passages))
    for index, passage in list(work.lines(_LONGEST_PARAGRAPH)):
        if index in work.kinds or index <= first:
            continue
        known = index in work.headings or len(passage.text) > HEADED
        opening = heading(passage.text) if known else None
        if not opening:
            continue
        if _SHORT_WORDS.match(opening) and not _text_follows(work, index):
            continue
        work.claim(index, SpanKind.BOILERPLATE)
        lines = [passage.text]
        for at in range(index + 1, len(work.passages)):
            below = work.passages[at]
            if at in work.kinds or at in work.headings or not _belongs(below):
                break
            work.claim(at, SpanKind.BOILERPLATE)
            lines.append(below.text)
        sections.append("\n".join(lines))
        name = _ABOUT.fullmatch(opening)
        if name and (name["name"] or name["han"]):
            bare = (name["name"] or name["han"]).strip(" :*_")
            work.abouts.append((index, _ARTICLE.sub("", bare)))
    work.say(boilerplate="\n\n".join(sections))


def heading(text: str) -> str | None:
    """The heading of such a section, alone on its line or with the text behind its colon."""
    if len(text) <= _LONGEST and not is_running(text):
        found = _ABOUT.fullmatch(text)
        if found and _names_somebody(found):
            return text
    inline = _INLINE.match(text[:300]) if ":" in text or "：" in text else None
    found = _ABOUT.fullmatch(inline["head"]) if inline else None
    return inline["head"] if inline and found and _names_somebody(found) else None


def _names_somebody(found: re.Match[str]) -> bool:
    name = found["name"] or found["han"]
    if not name:
        return True
    article = name.split()[0].lower() in ("the", "la", "il", "lo", "die", "das")
    return (article or not name[0].islower()) and not _THINGS.match(name)


def _text_follows(work: Work, index: int) -> bool:
    """Whether a paragraph of text follows, or stands on the same line."""
    below = work.passages[index + 1] if index + 1 < len(work.passages) else None
    return is_prose(work.passages[index].text) or (below is not None and is_running(below.text))


def _belongs(below: Passage) -> bool:
    return is_running(below.text) or below.kind is BlockKind.LIST or not below.gap
