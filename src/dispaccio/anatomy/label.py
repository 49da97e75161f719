"""The label: a line, or the head of a line, that discloses what the text is.

The words are those of ``dispaccio.release.label`` and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dispaccio.anatomy import days
from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.prose import is_prose
from dispaccio.anatomy.work import Work
from dispaccio.release.label import PAID_FOR_BY, Label, begins_with_label, paid_by, recognise
from dispaccio.release.model import Identifier

_NUMBER = re.compile(
    r"[\s,–-]*(?:(?<!\w)(?:n|nr|no|num|br|бр|رقم)(?!\w)\.?\s?|[№#]\s?|n[.°º]\s?|第)"
    r"(?P<number>\d[\w/.-]*\w|\d)\s?号?",
    re.IGNORECASE,
)
_BEFORE_DAY = re.compile(r"[\s,|–-]*(?:\b(?:vom|del|du|of|de|dated)\b\s*)?$", re.IGNORECASE)
_LONGEST = 120
_MAY_DIVIDE, _DIGIT = re.compile("[-–—|:：/]"), re.compile(r"\d")
_DASH = re.compile(r"(\s[-–—|]\s|\s?[:：/]\s?)")
_WIRED = re.compile(r"[A-Z]{2,12}\s?[/:–—-]\s*(?P<words>.+)")
"""A line that a wire's short name opens: "ANSA/ COMUNICATO STAMPA"."""
_COVERED = re.compile(r"[\[(]\s*(?P<words>[^\[\]()]+?)\s*[\])]")


def take(work: Work) -> None:
    """Claim label lines, wherever they stand; a paid label wins over an unpaid one.

    "Comunicato stampa n. 45/2026 del 3 marzo 2026" states the issuer's own number and the day as
    well. Above the text a label may stand before the headline on one line; the rest stays.
    """
    found: list[Label] = []
    above = True
    for index, passage in work.lines():
        above = above and not is_prose(passage.text) and index != work.lead
        label = _whole(work, passage.text) or _payer(work, index, above=above)
        if label:
            work.claim(index, SpanKind.LABEL)
            found.append(label)
        elif head := head_of(passage.text):
            label, rest = head
            found.append(label)
            if above and rest:
                work.cut(index, len(passage.text) - len(rest), SpanKind.LABEL)
            else:
                work.mark(index, 0, len(label.text), SpanKind.LABEL)
    given = work.said.label
    best = next((label for label in found if label.paid), found[0] if found else None)
    payer = next((label.paid_by for label in found if label.paid_by), None)
    if best and payer:
        best = replace(best, paid_by=payer)
    if best and (given is None or (best.paid and not given.paid)):
        work.said = replace(work.said, label=best)


def _payer(work: Work, index: int, *, above: bool) -> Label | None:
    """The label of a line that says who paid: above the title, or as this wire writes its foot."""
    passage = work.passages[index]
    label = paid_by(passage.text, first=all(at in work.kinds for at in range(index)))
    if label is None or passage.title:
        return None
    titled = above and any(not is_prose(it.text) for it in work.passages[index + 1 : index + 4])
    return label if titled or passage.text.startswith(tuple(PAID_FOR_BY.values())) else None


def _whole(work: Work, line: str) -> Label | None:
    """The label that a whole line is; its number and day are stated on the way."""
    covered = _COVERED.fullmatch(line.strip()) or _WIRED.fullmatch(line.strip())
    if label := recognise(covered["words"] if covered else line) or _twofold(line):
        return label
    if len(line) > _LONGEST or not _DIGIT.search(line):
        return None
    rest, day = line, days.find(line)
    if day:
        rest = _BEFORE_DAY.sub("", line[: day.start]) + line[day.end :]
    number = _NUMBER.search(rest)
    if number:
        rest = rest[: number.start()] + rest[number.end() :]
    label = recognise(rest) if rest != line else None
    if label and day:
        work.say(created=day.day)
    if label and number:
        work.identify(Identifier("issuer", number["number"]))
    return label


def head_of(line: str) -> tuple[Label, str] | None:
    """The label at the head of a line, before a colon or a dash, and the rest of the line.

    One word for advertising has to be in capitals, for a headline may begin with it as well:
    "Publicité : Bruxelles …".
    """
    if not _MAY_DIVIDE.search(line):
        return None
    first, dash, rest = (*_DASH.split(line, maxsplit=1), "", "")[:3]
    label = recognise(first) if dash else None
    if label and label.paid and " " not in first and first.upper() != first:
        return None
    return (label, rest.strip()) if label else begins_with_label(line)


def _twofold(line: str) -> Label | None:
    """The label of a line of two labels ("Communiqué – contenu sponsorisé"): a paid one wins."""
    if len(line) > 2 * _LONGEST + 10 or not _MAY_DIVIDE.search(line):
        return None
    first, dash, rest = (*_DASH.split(line, maxsplit=1), "", "")[:3]
    labels = (recognise(first), recognise(rest) or paid_by(rest)) if dash else ()
    if len(labels) != 2 or not all(labels):
        return None
    best = next((label for label in labels if label and label.paid), labels[0])
    payer = next((label.paid_by for label in labels if label and label.paid_by), None)
    return replace(best, text=line.strip(), paid_by=payer) if best else None
