"""Notes to editors: not for publication, and so no part of the issuer's text."""

from __future__ import annotations

import re

from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.work import HEADED, Work

_HEADING = re.compile(
    r"""\W*(?:
      notes?\s+(?:to|for)\s+(?:the\s+)?(?:editors?|newsrooms?|journalists|media)
    | editors?['’]?\s+notes? | nota\s+(?:per\s+(?:le|la)\s+redazion[ei]|alle\s+redazioni)
    | hinweise?\s+(?:an|für)\s+(?:die\s+)?redaktion(?:en)?
    | note\s+(?:aux\s+(?:rédactions|journalistes)
        |à\s+(?:l['’]attention\s+des|la)\s+(?:rédactions?|presse))
    | notas?\s+(?:para|a)\s+(?:los?|as?|os?)\s+(?:editor(?:es)?|redacción|redacciones|jornalistas)
    | напомена\s+за\s+уреднике | napomena\s+za\s+urednike | 编者注 | 编辑注意
    | ملاحظ(?:ة|ات)\s+للمحررين
    )\W*(?:[:：]\s*(?P<rest>.*)|\W*)""",
    re.IGNORECASE | re.VERBOSE,
)


def take(work: Work) -> None:
    """Claim the heading and what follows it, up to the next blank line behind a text."""
    for index, passage in list(work.lines(HEADED)):
        rest = heading(passage.text) if index in work.headings else None
        if rest is None:
            continue
        work.claim(index, SpanKind.NOTE)
        notes = [rest] if rest else []
        for at in range(index + 1, len(work.passages)):
            below = work.passages[at]
            if at in work.kinds or at in work.headings or (below.gap and notes):
                break
            work.claim(at, SpanKind.NOTE)
            notes.append(below.text)
        work.say(editorial_note="\n".join(notes))


def heading(text: str) -> str | None:
    """What stands behind such a heading on its line, nothing for a bare one; else None."""
    found = _HEADING.fullmatch(text)
    return (found["rest"] or "").strip() if found else None
