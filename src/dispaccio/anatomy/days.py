"""Days as releases write them, in every language that the wire knows. A day is never guessed.

``03/04/2026`` is no day, since two readings are possible; ``03.04.2026`` is one, since dots are
only written with the day in front.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

# The months of one language a line, as they are written out, then as they are abbreviated.
_MONTHS = """
january february march april may june july august september october november december
jan feb mar apr may jun jul aug sep oct nov dec
jan feb mar apr may june july aug sept oct nov dec
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
gen feb mar apr mag giu lug ago set ott nov dic
januar februar märz april mai juni juli august september oktober november dezember
jän feber mrz apr mai juni juli aug sept okt nov dez
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
janv févr mars avr mai juin juil août sept oct nov déc
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
ene feb mar abr may jun jul ago sep oct nov dic
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
jan fev mar abr mai jun jul ago set out nov dez
јануар фебруар март април мај јун јул август септембар октобар новембар децембар
јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра
januar februar mart april maj jun jul avgust septembar oktobar novembar decembar
januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
يناير فبراير مارس إبريل مايو يونيه يوليه أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
"""
_NUMBER_OF = {
    name: number for row in _MONTHS.split("\n") for number, name in enumerate(row.split(), start=1)
}
_WEEKDAY_WORDS = """
monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
lunedì martedì mercoledì giovedì venerdì sabato domenica
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
lundi mardi mercredi jeudi vendredi samedi dimanche
lunes martes miércoles jueves viernes sábado domingo
segunda-feira terça-feira quarta-feira quinta-feira sexta-feira
понедељак уторак среда четвртак петак субота недеља
ponedeljak utorak sreda četvrtak petak subota nedelja
الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
"""


def _any(words: list[str]) -> str:
    """A pattern for any of the words, by their first letters, which is faster than one by one."""
    rests: dict[str, list[str]] = {}
    for word in sorted(set(words), key=len, reverse=True):
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    known = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items())
    return f"(?=[{''.join(rests)}])(?:{known})"


_MONTH = rf"(?:{_any(list(_NUMBER_OF))})\b\.?"
_DAY = r"(?:\d{1,2})(?:\.|er|º|°|st|nd|rd|th)?"
_DAY_OF = re.compile(
    rf"(?:(?:{_any(_WEEKDAY_WORDS.split())})[,،.]?\s+(?:den\s+|the\s+)?)?(?:"
    r"(?P<y1>\d{4})-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d)"
    r"|(?P<y2>\d{4})\s?年\s?(?P<m2>\d{1,2})\s?月\s?(?P<d2>\d{1,2})\s?日"
    r"|(?<![\d.])(?P<d3>\d{1,2})\.\s?(?P<m3>\d{1,2})\.\s?(?P<y3>\d{4})(?!\d)"
    rf"|(?<!\d)(?P<d4>{_DAY})[\s-]?(?:de\s+)?(?P<n4>{_MONTH})(?:-|\s*(?:de[l]?\s+)?,?\s*)(?P<y4>\d{{4}})(?!\d)"
    rf"|\b(?P<n5>{_MONTH})\s*(?P<d5>{_DAY}),?\s+(?P<y5>\d{{4}})(?!\d)"
    r"|(?<!\d)(?P<a6>\d{1,2})/(?P<b6>\d{1,2})/(?P<y6>\d{4})(?!\d)"
    r")",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\d\d\d\d")
"""Not counted with braces: those keep the search from skipping ahead."""
_BEGINS_WITH_MONTH = re.compile(_MONTH, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day, and the offsets at which it stands."""

    day: date
    start: int
    end: int


def find(text: str) -> FoundDay | None:
    """The first day that a text writes out in full, with its year; its weekday belongs to it."""
    if not may_stand_in(text):
        return None
    for found in _DAY_OF.finditer(text):
        if day := _day(found):
            return FoundDay(day, found.start(), found.end())
    return None


def may_stand_in(text: str) -> bool:
    """Whether a text has a year in it, without which ``find`` finds no day."""
    return _YEAR.search(text) is not None


def begins_with_month(text: str) -> bool:
    """Whether a text begins with the name of a month: "26. Mai" is no item of a list."""
    return _BEGINS_WITH_MONTH.match(text) is not None


def _day(found: re.Match[str]) -> date | None:
    group = found.lastgroup or ""
    form = group[-1]
    if form == "6":
        first, second = int(found["a6"]), int(found["b6"])
        if (first > 12) == (second > 12):
            return None
        month, day = (second, first) if first > 12 else (first, second)
    elif form in "45":
        month = _NUMBER_OF[found[f"n{form}"].rstrip(".").lower()]
        day = int(re.sub(r"\D", "", found[f"d{form}"]))
    else:
        month, day = int(found[f"m{form}"]), int(found[f"d{form}"])
    try:
        return date(int(found[f"y{form}"]), month, day)
    except ValueError:
        return None
