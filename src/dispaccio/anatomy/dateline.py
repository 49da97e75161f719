"""The dateline: place, day and wire at the head of the text, or on a line of their own.

``BEIJING, May 26, 2026 /PRNewswire/ -``, ``Berlin (ots) -``, ``HARWICK--(BUSINESS WIRE)--``,
``Roma, 3 marzo 2026 –`` and the like. A place alone is no dateline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dispaccio.anatomy import days, wires
from dispaccio.anatomy.document import Passage, SpanKind
from dispaccio.anatomy.prose import UPPER, width
from dispaccio.anatomy.work import Work
from dispaccio.release.body import BlockKind
from dispaccio.release.model import Dateline, WireMark

_REACH = 160
_DASH = r"(?:--|[-–—−])"
_SIGNED = re.compile(
    rf"(?P<head>[^/()（）]{{0,120}}?)\s*{_DASH}?\s*"
    r"(?:/\s?(?P<slash>[^/\n]{2,40}?)\s?/|[(（](?P<round>[^()（）\n]{1,40})[)）])"
    rf"\s*(?P<dash>{_DASH}+|:(?=\s)|)"
)
_SHORT_MARK = re.compile(r"[^\W\d_]{2,12}")
_YEARLESS = re.compile(
    r"(?P<place>.+?),?\s+(?P<day>\d{1,2}\.?\s+[^\W\d_]+|[^\W\d_]+\.?\s+\d{1,2})\.?"
)
_DATED = re.compile(
    rf"(?P<head>[{UPPER}]{{2}}[{UPPER} .'’-]{{0,38}},\s[^\n,(]{{3,20}}?)\s{_DASH}+\s"
)
_PLAIN = re.compile(rf"(?P<head>[^\n]{{3,100}}?)\s*(?:\s{_DASH}+|[–—]+|--|:)\s")
_STOPPED = re.compile(r"(?P<head>[^\n.]{3,80}(?:\.\s?[^\n.]{3,20})?(?<=\d{4})\.)\s")
_BRACKETED = re.compile(r"[(（](?P<head>[^()（）\n]{3,80})[)）]\s*")
_AROUND = " \t,،，.;:·|-–—−"
_STATE = re.compile(r",\s(?:[A-Z][a-z]{1,4}|(?:[A-Z]\.)+[A-Z])$")
_LEADS = re.compile(
    r"^(?:li|lì|den|am|le|the|à|a|u|in)\b\s*|\b(?:li|lì|den|am|le|the|à|,)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Found:
    """A dateline and how many characters it takes; ``via`` is a second wire in its mark."""

    dateline: Dateline
    length: int
    via: str | None = None


def take(work: Work) -> None:
    """Claim the first dateline: cut it off the paragraph it leads, or take its whole line."""
    alone: int | None = None
    for index, passage in work.free():
        if passage.kind is not BlockKind.PARAGRAPH:
            continue
        found = head_of(passage.text)
        if found and found.length < len(passage.text):
            work.cut(index, found.length, SpanKind.DATELINE)
            work.lead = index
            _state(work, found)
            return
        if alone is None and standing_alone(passage):
            alone = index
    if alone is not None:
        found = standing_alone(work.passages[alone])
        assert found
        work.claim(alone, SpanKind.DATELINE)
        _state(work, found)


def head_of(text: str) -> Found | None:
    """The dateline at the head of a text, or None."""
    window = text[:_REACH]
    marked = any(sign in window for sign in "/(（")
    if marked and (found := _SIGNED.match(window)):
        mark = (found["slash"] or found["round"]).strip()
        wire = wires.by_mark(mark)
        parts = _place_and_day(found["head"])
        if parts is not None and (wire or (parts.day and found["dash"])):
            name = wire.name if wire else mark
            shown = text[: found.end()].rstrip()
            dateline = Dateline(parts.place, parts.day, name, shown)
            return Found(dateline, found.end(), wire.via if wire else None)
        place = _short_of(found["head"], mark) if found["round"] and found["dash"] else None
        if place:
            shown = text[: found.end()].rstrip()
            return Found(Dateline(place, None, mark, shown), found.end())
    if (found := _DATED.match(window)) and (place := _without_day(found["head"])):
        return Found(Dateline(place, None, None, found[0].rstrip()), found.end())
    for pattern in (_PLAIN, _STOPPED, _BRACKETED) if days.may_stand_in(window) else ():
        found = pattern.match(window)
        parts = _place_and_day(found["head"]) if found else None
        if found and parts is not None and parts.day:
            shown = text[: found.end()].rstrip()
            return Found(Dateline(parts.place, parts.day, None, shown), found.end())
    return None


def _short_of(head: str, mark: str) -> str | None:
    """The place before a short mark that nobody knows: OSLO (AP) -, Berlin (abc) -.

    A company before its ticker looks alike, so the place is in capitals or the mark is not.
    """
    place = _without_day(head) or head.strip(_AROUND)
    sure = (place.isupper() and len(place) > 3) or mark.islower()
    if not sure or not _SHORT_MARK.fullmatch(mark) or len(place.split()) > 3:
        return None
    return place if _is_place(place) else None


def _without_day(head: str) -> str | None:
    """The place before a day without its year; None where there is no such day."""
    found = _YEARLESS.fullmatch(head.strip())
    if not found or not any(map(days.begins_with_month, found["day"].split())):
        return None
    place = found["place"].strip(_AROUND)
    return place if _is_place(place) else None


def standing_alone(passage: Passage) -> Found | None:
    """The dateline that a whole line is: place and day, or a signed one whose text follows."""
    text = passage.text
    if len(text) > 100:
        return None
    parts = _place_and_day(text) if days.may_stand_in(text) else None
    if parts is not None and parts.day:
        return Found(Dateline(parts.place, parts.day, None, text), len(text))
    found = head_of(text + " ")
    return found if found and found.length >= len(text) else None


def _place_and_day(head: str) -> Dateline | None:
    """Place and day, and nothing else, in the head of a dateline; None if there is more."""
    day = days.find(head)
    rest = head if day is None else f"{head[: day.start].rstrip()} \0 {head[day.end :].lstrip()}"
    pieces = [_bare(piece) for piece in rest.split("\0")]
    places = [piece for piece in pieces if piece]
    if len(places) > 1 or (places and not _is_place(places[0])):
        return None
    if day is None and not places and head.strip(_AROUND):
        return None
    return Dateline(places[0] if places else None, day.day if day else None)


def _bare(piece: str) -> str:
    bare = _LEADS.sub("", piece.strip(_AROUND)).strip(_AROUND)
    return f"{bare}." if _STATE.search(bare) and f"{bare}." in piece else bare


def _is_place(text: str) -> bool:
    return (
        width(text) <= 60
        and len(text.split()) <= 7
        and not any(character.isdigit() or character in '!?:;“”"«»' for character in text)
        and text[:1].isalpha()
        and not text[0].islower()
    )


def _state(work: Work, found: Found) -> None:
    dateline = found.dateline
    work.via = found.via
    work.say(dateline=dateline, place=dateline.place)
    if dateline.wire:
        work.say(wire=WireMark(dateline.wire))
