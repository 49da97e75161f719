"""Who the text belongs to, where a line says so: ``SOURCE X``, ``Original-Content von: X, …``."""

from __future__ import annotations

import re

from dispaccio.anatomy import wires
from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.prose import ends_sentence, is_prose
from dispaccio.anatomy.work import Work
from dispaccio.release.label import recognise
from dispaccio.release.model import Identifier, WireMark

_SOURCE = re.compile(
    r"(?:SOURCE(?:\s*[:：]|\s)|(?i:issued\s+by|emesso\s+da)(?:\s*:|\s)|(?i:source|fonte|quelle|fuente"
    r"|emittente|herausgeber|izvor|извор|(?:消息|资料|稿件)?来源|المصدر)\s*[:：])\s*(?P<name>\S.*)"
)
_THROUGH = re.compile(
    r"(?:Original-Content von|Weitergeleitet von|Contenu original de|Contenuto originale di)\s*:\s*"
    r"(?P<name>[^,].*?),\s*(?:übermittelt durch|transmis par|trasmesso da)\s+(?P<wire>.+?)\.?",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?:(?P<label>[^\d:]{4,40}?)\s+)?(?P<number>(?:PR|AN)\d{4,8})|AsiaNet\s+(?P<plain>\d{4,8})"
)


def take(work: Work) -> None:
    """Claim the lines that name the issuer: above the text, or where no text follows.

    A "Source:" within the text belongs to a figure or a picture, and stays there.
    """
    prose = [index for index, passage in work.free() if is_prose(passage.text)]
    inside = range(prose[0] + 1, prose[-1]) if prose else range(0)
    for index, passage in work.lines(200):
        if found := _THROUGH.fullmatch(passage.text):
            work.claim(index, SpanKind.ISSUER)
            work.issuers.append((index, found["name"]))
            wire = wires.by_mark(found["wire"])
            work.say(wire=WireMark(wire.name if wire else found["wire"]))
        elif (found := _SOURCE.fullmatch(passage.text)) and index not in inside:
            name = found["name"].strip()
            if len(name) <= 120 and (not ends_sentence(name) or len(name.split()) < 6):
                work.claim(index, SpanKind.ISSUER)
                work.issuers.append((index, name))


def take_header(work: Work) -> None:
    """Claim the header line of AsiaNet's texts, ``MEDIA RELEASE PR12345``, with its number."""
    for index, passage in work.lines(80):
        found = _HEADER.fullmatch(passage.text.strip())
        if not found:
            continue
        label = recognise(found["label"]) if found["label"] else None
        if label or not found["label"]:
            work.claim(index, SpanKind.WIRE)
            work.identify(Identifier("asianet", found["number"] or found["plain"]))
            work.say(label=label)
            return
