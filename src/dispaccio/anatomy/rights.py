"""The copyright line, with its year and holder."""

from __future__ import annotations

import re

from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.work import Work
from dispaccio.release.model import Copyright

_LINE = re.compile(
    r"\W*(?:©|\(c\)|copyright|copr\.|版权所有|حقوق النشر)[\s©:]*(?:\(c\)|©)?\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_RESERVED = re.compile(
    r"[\s,;–-]*(?:all rights reserved|tutti i diritti riservati|riproduzione riservata"
    r"|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados"
    r"|todos os direitos reservados|сва права задржана|sva prava zadržana"
    r"|版权所有|保留所有权利|جميع الحقوق محفوظة)[\s.]*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:\d{4}\s?[–-]\s?)?(?P<year>(?:19|20)\d\d)(?!\d)")
_BY = re.compile(r"^(?:by|von|di|da|par|de|por)\s+", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\b(?:Inc|Ltd|Co|Corp|e\.\s?V|S\.p\.A|S\.r\.l|S\.A|S\.L|B\.V)\.$")
_LONGEST = 200


def take(work: Work) -> None:
    """Claim copyright lines; the first one is stated."""
    for index, passage in work.lines(_LONGEST):
        if not (found := _LINE.fullmatch(passage.text)):
            continue
        rest = _RESERVED.sub("", found["rest"])
        year = _YEAR.search(rest)
        if not year and not _RESERVED.search(passage.text):
            continue
        if year:
            rest = f"{rest[: year.start()].rstrip(' ,')} {rest[year.end() :].lstrip(' ,')}"
        holder = _BY.sub("", rest.strip(" ,;:–-©"))
        if not _ABBREVIATED.search(holder):
            holder = holder.rstrip(".")
        work.claim(index, SpanKind.COPYRIGHT)
        work.say(
            copyright=Copyright(passage.text, int(year["year"]) if year else None, holder or None)
        )
