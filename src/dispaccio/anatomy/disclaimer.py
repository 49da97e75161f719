"""What a relay says of itself: that it only distributes, and answers for nothing.

A disclaimer names the stations of the chain: who distributes, and who else is not responsible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.prose import NAME, sentences
from dispaccio.anatomy.work import Work
from dispaccio.release.label import begins_with_label

_NOT_RESPONSIBLE = re.compile(
    r"""
      non\s+(?:è|sono|si\s+assum\w+)\s+(?:in\s+alcun\s+modo\s+)?(?:responsabil\w+|alcuna)
    | (?:is|are)\s+not\s+(?:in\s+any\s+way\s+)?(?:responsible|liable)
    | (?:assumes?|accepts?|takes?)\s+no\s+(?:responsibility|liability)
    | (?:ist|sind)\s+(?:für\s+[^.]{1,80}\s+)?nicht\s+verantwortlich
    | (?:übernimmt|übernehmen)\s+(?:für\s+[^.]{1,80}\s+)?keine\s+(?:Verantwortung|Haftung|Gewähr)
    | n'(?:est|engage)\s+(?:pas|en\s+rien)\s+(?:responsable|la)
    | ne\s+(?:sont|saurai\w+\s+être|peu\w+\s+être)\s+(?:pas\s+)?
      (?:tenu\w*\s+)?(?:pour\s+)?responsable
    | no\s+(?:se\s+hace\w*|es|son)\s+responsable | não\s+se\s+responsabiliza\w*
    | не\s+одговара\w*\s+за | није\s+одговор | ne\s+odgovara\w*\s+za | nije\s+odgovor
    | 不(?:对[^。]{1,40})?(?:承担|负)[^。]{0,10}责任? | 文责自负
    | غير\s+مسؤول | ليست?\s+مسؤول | لا\s+(?:ت|ي)تحمل
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DISTRIBUTES = re.compile(
    rf"""(?P<name>{NAME})\s*
    (?:[-–—,:]\s*|(?i:è|is|ist|est|es|é)\s+)(?i:
      (?:un|il)\s+servizio\s+di\s+(?:diffusione|distribuzione)\s+(?:di\s+)?comunicat
    | (?:a|the)\s+(?:press|news)\s+release\s+distribution\s+service
    | (?:a|the)\s+service\s+for\s+distributing\s+(?:press|news)
    | (?:ein|der)\s+dienst\s+(?:zur|für\s+die)\s+verbreitung
    | (?:un|le)\s+service\s+de\s+diffusion\s+de\s+communiqués
    | (?:un|el)\s+servicio\s+de\s+(?:difusión|distribución)\s+de\s+(?:comunicados|notas)
    | (?:um|o)\s+serviço\s+de\s+(?:difusão|distribuição)\s+de\s+comunicados
    )""",
    re.VERBOSE,
)
_RELEASES = re.compile(
    r"comunicat|(?:press|news)\s+release|announcement|meldung|mitteilung|communiqué|comunicado"
    r"|notas? de prensa|саопштењ|saopštenj|新闻稿|稿件|公告|بيان",
    re.IGNORECASE,
)
_BEGINNINGS = (
    *("comunica", "release", "announcement", "meldung", "mitteilung", "communiqué"),
    *("nota de prensa", "notas de prensa"),
    *("саопштењ", "saopštenj", "新闻稿", "稿件", "公告", "بيان"),
)
"""One of them is in whatever ``_RELEASES`` finds, in small letters."""
_NAMES = re.compile(rf"(?:^|(?<=[.:]\s))(?:{NAME})(?:(?:,|\s+(?:e|and|und|et|y|ed|i|и))\s+{NAME})*")
_SPLIT = re.compile(r",\s+|\s+(?:e|and|und|et|y|ed|i|и)\s+")
_ARTICLE = re.compile(r"^(?:L['’]|(?:The|La|Il|Le|Die|Der|El|O|A)\s)")
_PRONOUN = re.compile(r"The|We|This|It|La|Il|Le|Die|Der|El|Wir|Nous|Lo|Els?")


@dataclass(frozen=True, slots=True)
class Station:
    """A party that a disclaimer names, and the sentence that shows it."""

    party: str
    evidence: str


def take(work: Work) -> None:
    """Claim disclaimers of those who carry releases of others, wherever they stand."""
    if not any(word in work.folded for word in _BEGINNINGS):
        return
    found: list[str] = []
    for index, passage in work.lines(3000):
        text = passage.text
        if _speaks_of_releases(text) and (
            _NOT_RESPONSIBLE.search(text) or _DISTRIBUTES.search(text)
        ):
            work.claim(index, SpanKind.DISCLAIMER)
            found.append(text)
    work.say(disclaimers=tuple(found))


def _speaks_of_releases(text: str) -> bool:
    """Whether a text names releases; the fixed beginnings are looked for first, for speed."""
    folded = text.casefold()
    return any(word in folded for word in _BEGINNINGS) and _RELEASES.search(text) is not None


def stations(text: str) -> list[Station]:
    """The parties of a disclaimer in the order of the chain: who distributes comes first."""
    if head := begins_with_label(text):
        text = head[1]
    first: list[Station] = []
    others: list[Station] = []
    for start, end in sentences(text):
        sentence = text[start:end]
        if found := _DISTRIBUTES.search(sentence):
            first.append(Station(found["name"], sentence))
        denied = _NOT_RESPONSIBLE.search(sentence)
        names = _NAMES.match(sentence[: denied.start()]) if denied else None
        if names:
            others += (
                Station(_ARTICLE.sub("", name), sentence)
                for name in _SPLIT.split(names[0].strip())
                if not _PRONOUN.fullmatch(name)
            )
    known = {station.party for station in first}
    return first + [station for station in others if station.party not in known]
