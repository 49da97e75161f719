"""The embargo: lines that forbid to publish before an instant, and the instant they name.

A line whose time cannot be told (no zone, no day, a DST gap) gives no instant; it gives a warning
that begins with ``UNCLEAR``, and the text counts as embargoed until a person has settled it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dispaccio import clock
from dispaccio.anatomy import days
from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.prose import is_running
from dispaccio.anatomy.work import Work
from dispaccio.errors import InputError
from dispaccio.words import say

UNCLEAR = "Under embargo, but"
"""How the warning begins, after its line number, when an embargo's end cannot be told."""

_UNTIL = (
    r"(?=\s*(?:[:–—-]|$|\d|until|till|til\b|ends|expires|not\s+for|bis\b|fino|sino|al\b|jusqu|hasta|até"
    r"|tot\b|до\b|do\b|(?:sun|mon|tues|wednes|thurs|fri|satur)day))"
)
_USED = r"(?:releas|publi|broadcast|distribut|us[ei])\w*"
_CLOCK = r"(?=.*\d(?:\s?[ap]\.?\s?m\b|[:.]\d\d|\s?(?:h|hrs|uhr)\b))"
"""Behind words that order an embargo only if an hour follows: FOR RELEASE 10:00 A.M., May 12."""
_OPENS = re.compile(
    rf"""
      (?:strictly\s+)?(?:under\s+(?:strict\s+)?|sotto\s+|sous\s+|под\s+|pod\s+|bajo\s+|sob\s+)?
      (?:embargo(?:ed|m)?|ембарго(?:м)?|embargad[oa]s?){_UNTIL}
    | (?:strictly\s+)?embargoed\s+(?:for|to)\b
    | (?:noticia\s+|nota\s+)embargad[oa]{_UNTIL}
    | this\s(?:press\s|news\s)?(?:release|news|material|story|text|study|paper|report|information)\s
      is\s(?:strictly\s)?(?:embargoed|under\s(?:strict\s)?embargo){_UNTIL}
    | not\s+(?:to\s+be\s+|for\s+){_USED}\s+(?:before|until)\b
    | no\s+{_USED}\s+(?:before|until)\b{_CLOCK}
    | (?:do|must|may)\s+not\s+(?:be\s+)?{_USED}\s+(?:before|until)\b
    | hold\s+until | hold\s+for\s+release\b | hfr\b{_CLOCK} | advance\s+for\s+{_USED}\b
    | for\s+release\s+(?:at|on|after)\b | for\s+release\b{_CLOCK}
    | (?:si\s+prega\s+di\s+)?(?:da\s+)?non\s+(?:diffondere|pubblicare|divulgare)\s+prima
    | da\s+(?:diffondere|pubblicare|divulgare)\s+(?:non\s+prima|solo\s+dopo|dopo\s+le|a\s+partire)
    | (?:diffusione|pubblicazione)\s+(?:vietata|non\s+consentita)\s+(?:fino|sino|prima)
    | sperrfrist | sperrvermerk | gesperrt\s+bis | (?:veröffentlichung\s+)?nicht\s+vor\b
    | (?:frei\s+)?zur\s+veröffentlichung\s+(?:frei\s+)?(?:erst\s+)?(?:ab|am)\b{_CLOCK}
    | (?:veröffentlichung\s+)?(?:rede)?frei\s+(?:erst\s+)?ab\b{_CLOCK}
    | (?:à\s+)?ne\s+pas\s+(?:publier|diffuser|divulguer)\s+avant
    | (?:publication|diffusion)\s+interdite\s+(?:avant|jusqu)
    | no\s+(?:publicar|difundir)\s+(?:antes|hasta) | não\s+(?:publicar|divulgar)\s+(?:antes|até)
    | 禁止发布 | 保密期 | 新闻禁发 | 禁发期 | 请勿在 | 解禁时间
    | حظر\s+(?:ال)?نشر | محظور\s+النشر | يحظر\s+(?:ال)?نشر
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ORDERS = re.compile(
    rf"(?:embargo(?:ed|m)?|ембарго(?:м)?|embargad[oa]s?){_UNTIL}|sperrfrist|gesperrt\s+bis",
    re.IGNORECASE,
)
_SPEAKS_OF = re.compile(
    r"embarg[oa]|sperrfrist|gesperrt\s+bis|ембарго|禁发|禁止发布|(?:حظر|يحظر)\s+(?:ال)?نشر|not\s+for\s+(?:release|publication)",
    re.IGNORECASE,
)
_TO_WORDS = re.compile(
    r"[\W_]*(?:under\s+|sotto\s+|sous\s+)?(?:embargo(?:ed|m)?|ембарго(?:м)?|sperrfrist|gesperrt)"
    r"\s*:?\s+(?:until|till|til|bis|fino|sino|jusqu|hasta|até|tot|до|do)\b[^,.!?]*",
    re.IGNORECASE,
)
_LONGEST, _MOST_WORDS = 200, 6
_OPENING = re.compile(
    r"[\W_]*(?:(?:achtung|attenzione|atten(?:tion|ción)|atenção|hinweis|important|warning|eds"
    r"|not(?:e|ice)\s+to\s+(?:the\s+)?editors?)[\W_]+)?",
    re.IGNORECASE,
)

_ABBREVIATIONS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1,
    "MESZ": 2, "SEČ": 1, "EET": 2, "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
"""Hours from UTC. CST and IST are left out: each is the zone of several countries."""

_PLACES = {
    "Europe/Rome": ("ora italiana", "ora di roma", "rome time", "italian time"),
    "Europe/Berlin": ("berlin time", "deutscher zeit", "berliner zeit", "uhr ortszeit berlin"),
    "Europe/Paris": ("heure de paris", "heure française", "paris time"),
    "Europe/London": ("london time", "uk time", "british time"),
    "Europe/Madrid": ("hora de madrid", "hora peninsular", "madrid time"),
    "Europe/Lisbon": ("hora de lisboa", "lisbon time"),
    "America/Sao_Paulo": ("hora de brasília", "horário de brasília"),
    "Europe/Brussels": ("brussels time", "heure de bruxelles"),
    "Europe/Zurich": ("schweizer zeit", "zurich time"),
    "Europe/Belgrade": ("по београдском времену", "po beogradskom vremenu", "belgrade time"),
    "America/New_York": ("eastern standard time", "eastern daylight time", "eastern time",
                         "us eastern", "new york time"),
    "America/Chicago": ("central standard time", "central daylight time", "us central"),
    "America/Los_Angeles": ("pacific standard time", "pacific daylight time", "pacific time"),
    "Asia/Shanghai": ("beijing time", "北京时间", "بتوقيت بكين"),
    "Asia/Riyadh": ("بتوقيت الرياض", "بتوقيت مكة المكرمة", "riyadh time"),
    "Africa/Cairo": ("بتوقيت القاهرة", "cairo time"),
    "Asia/Dubai": ("بتوقيت الإمارات", "بتوقيت أبوظبي", "dubai time"),
    "UTC": ("بتوقيت غرينتش", "بتوقيت جرينتش", "格林尼治时间", "universal time"),
}  # fmt: skip
_SPOKEN = {words: ZoneInfo(zone) for zone, several in _PLACES.items() for words in several}
_EASTERN = {"ET": "America/New_York", "PT": "America/Los_Angeles"}

_TIME = re.compile(
    r"""(?<![\d.:/-])(?P<pm>下午|晚上|上午|凌晨)?\s?(?P<hour>[01]?\d|2[0-4])
    (?:(?P<dot>[:.点时]|\s?h(?![^\W\d_]))\s?(?P<minute>[0-5]\d)?分?(?::[0-5]\d)?)?(?![\d/])
    \s?(?P<half>[ap]\.?\s?m\b\.?|صباح[اً]*|مساء[اً]*)?\s?
    (?P<word>uhr|heures?|horas?|hrs?|часова|časova|[点时])?""",
    re.IGNORECASE | re.VERBOSE,
)
_FOUR_DIGITS = re.compile(
    r"(?<![\d.:/+-])([01]\d|2[0-3])([0-5]\d)(?=\s?(?:hrs?|hours?|gmt|utc|bst|ces?t|e[ds]?t)\b)",
    re.IGNORECASE,
)
_BEFORE_HOUR = re.compile(r"(?:\bore|\balle|\ba\s+las|\bàs|الساعة|\bu)\s*$", re.IGNORECASE)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?(?P<sign>[+−-])(?P<h>\d{1,2})(?::?(?P<m>[0-5]\d))?\b")
_NOON = {"noon": 12, "mezzogiorno": 12, "midday": 12, "midi": 12, "mediodía": 12}
_NOON_WORD = re.compile(r"\b(?:" + "|".join(_NOON) + r")\b", re.IGNORECASE)


def take(work: Work) -> None:
    """Claim embargo lines; of several instants the latest holds, since none may be weakened.

    Above the text, a line that only speaks of an embargo and names a day or time counts too: as
    the embargo if it names an instant, else as a warning, and the line stays what it is. So does
    the text's first sentence if it orders one, and it stays a sentence.
    """
    above = True
    for index, passage in work.lines():
        text, running = passage.text, is_running(passage.text)
        opens = _opens(text)
        orders = opens or (above and _mentions(text) and (not running or _orders(text)))
        above = above and not running
        if not orders:
            continue
        if opens:
            work.claim(index, SpanKind.EMBARGO)
        try:
            instant = instant_in(text, work.zone)
        except InputError as error:
            work.warn(
                index,
                say(
                    "Under embargo, but its end is not clear. {why}",
                    why=error.message,
                ),
            )
        else:
            if not running:
                work.claim(index, SpanKind.EMBARGO)
            held = work.said.embargo
            work.said = replace(work.said, embargo=max(instant, held) if held else instant)


def speaks(text: str) -> bool:
    """Whether words of an embargo stand anywhere in a text; without them ``take`` finds none."""
    return bool(_OPENS.search(text) or _SPEAKS_OF.search(text))


def unclear(warnings: Iterable[str]) -> bool:
    """Whether a reading's warnings say that it is embargoed until nobody knows when."""
    return any(UNCLEAR in warning for warning in warnings)


def speaks_of(text: str) -> bool:
    """Whether a text has words of an embargo anywhere, in one of our languages."""
    return _SPEAKS_OF.search(text) is not None


def instant_in(text: str, zone: ZoneInfo | None) -> datetime:
    """The instant that a line states, in UTC; ``zone`` is for lines that name none.

    Raises an InputError that says what is missing or ambiguous.
    """
    if iso := re.search(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*(?: (?:UTC|[A-Z][a-z]+/\w+))?", text):
        return clock.parse(iso[0].rstrip(".,;)"), zone)
    day = days.find(text)
    if not day:
        raise InputError(say("No day with its year is stated; ask the sender."))
    rest = f"{text[: day.start]} \0 {text[day.end :]}"
    if not (found := _time_in(rest)):
        raise InputError(say("No time is stated; ask the sender."))
    hour, minute, rest = found
    offset = _zone_in(rest)
    stated = timezone(timedelta()) if not isinstance(offset, timezone) else offset
    local = datetime.combine(day.day, time(), stated) + timedelta(hours=hour, minutes=minute)
    if isinstance(offset, timezone):
        return local.astimezone(UTC)
    return clock.parse(f"{local:%Y-%m-%d %H:%M}", offset or zone)


def _opens(text: str) -> bool:
    """Whether a line opens with the words of an embargo and names a time, or says no more."""
    start = _OPENING.match(text)
    found = _OPENS.match(text, start.end() if start else 0)
    if found is None:
        return False
    return len(text.split()) < 4 or any(map(str.isdigit, text)) or _is_order(text)


def _is_order(text: str) -> bool:
    """Whether a line is a short order with its end in words, as EMBARGO UNTIL TOMORROW NOON."""
    return len(text.split()) <= _MOST_WORDS and _TO_WORDS.fullmatch(text) is not None


def _orders(text: str) -> bool:
    """Whether a sentence says until when an embargo holds, not only that there is one."""
    return _ORDERS.search(text) is not None


def _mentions(text: str) -> bool:
    """Whether a line speaks of an embargo somewhere and names a day or a time."""
    if len(text) > _LONGEST or not _SPEAKS_OF.search(text):
        return False
    return days.find(text) is not None or _time_in(text) is not None


def _time_in(text: str) -> tuple[int, int, str] | None:
    """Hours, minutes, and the rest of the text without them; a bare number is no time."""
    if noon := _NOON_WORD.search(text):
        return _NOON[noon[0].lower()], 0, f"{text[: noon.start()]} {text[noon.end() :]}"
    text = _FOUR_DIGITS.sub(r"\1:\2", text)
    for found in _TIME.finditer(text):
        hour = int(found["hour"])
        told = found["minute"] or found["half"] or found["word"] or _of_hours(found["dot"])
        if not told and not _BEFORE_HOUR.search(text[: found.start()]):
            continue
        half = (found["half"] or "").lower()
        late = half.startswith(("p", "مساء")) or found["pm"] in ("下午", "晚上")
        if late and hour < 12:
            hour += 12
        elif half.startswith("a") and hour == 12:
            hour = 0
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        return hour, int(found["minute"] or 0), rest
    return None


def _of_hours(sign: str | None) -> bool:
    """Whether the sign behind a number makes it an hour by itself: 10h, 10 h, 10点."""
    return sign is not None and sign.strip().lower() in ("h", "点", "时")


def _zone_in(text: str) -> ZoneInfo | timezone | None:
    folded = " ".join(text.casefold().split())
    for words, zone in _SPOKEN.items():
        if words in folded:
            return zone
    if offset := _OFFSET.search(text):
        distance = timedelta(hours=int(offset["h"]), minutes=int(offset["m"] or 0))
        if distance <= timedelta(hours=14):
            return timezone(-distance if offset["sign"] != "+" else distance)
    if iana := re.search(r"\b[A-Z][A-Za-z]+/[A-Z]\w+\b", text):
        return clock.zone_named(iana[0])
    found = map(zone_of, re.findall(r"\b[A-ZČ]{1,5}\b", text))
    return next((zone for zone in found if zone), None)


def zone_of(word: str) -> ZoneInfo | timezone | None:
    """The zone of an abbreviation such as ``CEST``; None for one of several countries' zones."""
    if word in _ABBREVIATIONS:
        return timezone(timedelta(hours=_ABBREVIATIONS[word]))
    return ZoneInfo(_EASTERN[word]) if word in _EASTERN else None
