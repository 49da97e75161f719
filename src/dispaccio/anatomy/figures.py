"""Figures: amounts, shares and measures, with their value as a plain decimal and their unit.

``$6.49 billion`` and ``6,49 miliardi di dollari`` are both 6490000000 USD. A bare dollar sign is
read as US dollars, as agencies write it. A number whose separator could be read in two ways in an
unknown language is left out, as are years, days and plain small numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from dispaccio.anatomy.prose import UPPER, sentences
from dispaccio.anatomy.words import keyed
from dispaccio.release.body import Block, BlockKind
from dispaccio.release.model import Figure

_MAGNITUDES = {
    3: "thousand mila tausend tsd mille mil хиљада хиљаде hiljada hiljade 千 ألف آلاف",
    4: "万",
    6: "million millions mln mn milioni milione millionen mio m millón millones milhão milhões "
    "милион милиона милиони milion miliona milioni 百万 مليون ملايين",
    8: "亿",
    9: "billion billions bn miliardi miliardo mld milliarden milliarde mrd milliards milliard "
    "милијарда милијарде милијарди milijarda milijarde milijardi مليار مليارات",
    12: "trillion trillions 万亿 تريليون",
}
_CURRENCIES = {
    "USD": "$ us$ usd dollar dollars dollari dollaro us-dollar dólares dólar долара dolara "
    "美元 دولار",
    "EUR": "€ eur euro euros евра evra 欧元 يورو",
    "GBP": "£ gbp pounds sterline libras 英镑",
    "CHF": "chf franken",
    "CNY": "rmb cny yuan renminbi 元 人民币 يوان",
    "JPY": "jpy yen 日元",
    "RSD": "rsd dinara динара dinar динар",
    "SAR": "sar ريال",
    "AED": "aed درهم",
    "BRL": "r$ brl reais",
    "AUD": "a$ au$ aud",
    "CAD": "c$ ca$ cad",
    "HKD": "hk$ hkd",
    "NZD": "nz$ nzd",
    "SGD": "s$ sgd",
}
_UNITS = {
    "%": "% ٪ percent per_cent per_cento prozent pour_cent por_ciento por_cento посто процената "
    "одсто posto odsto procenata",
    "percentage points": "percentage_points punti_percentuali prozentpunkte 个百分点",
    "km": "km kilometres kilometers kilometre chilometri kilometer kilomètres kilómetros "
    "quilómetros километара kilometara 公里 كيلومتر كيلومترا كيلومتراً",
    "mi": "miles mile miglia meilen milles millas",
    "gal": "gallons gallon",
    "m": "metres meters metri metros mètres 米 متر",
    "ha": "ha hectares ettari hektar hectáreas 公顷 هكتار",
    "km²": "km² square_kilometres square_kilometers chilometri_quadrati quadratkilometer 平方公里",
    "m²": "m² square_metres square_meters metri_quadrati quadratmeter mètres_carrés 平方米",
    "t": "tonnes tonne tons tonnellate tonnen toneladas тона tona 吨 طن",
    "kg": "kg kilograms chili kilogramm kilogrammes kilos 公斤 كيلوغرام",
    "MW": "mw megawatts megawatt",
    "MWh": "mwh",
    "GWh": "gwh",
    "kWh": "kwh",
    "°C": "°c degrees gradi grad_celsius degrés grados 摄氏度 درجة_مئوية",
}

_CURRENCY_OF, _UNIT_OF = keyed(_CURRENCIES), keyed(_UNITS)
_POWER_OF = {word: power for power, words in _MAGNITUDES.items() for word in words.split()}


def _any(words: dict[str, str] | dict[str, int]) -> str:
    """A pattern for any of the words; those of letters end at the end of a word."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(
        re.escape(word) + (r"(?!\w)" if re.match(r"[^\W\d_]", word) and word.isascii() else "")
        for word in ordered
    )


_GAP = r"[\s\u00a0\u202f-]?"
_FIGURE = re.compile(
    rf"(?<![0-9A-Za-zÀ-ɏЀ-ӿ_.,/:-])(?P<sign>(?:US|R|AU?|CA?|HK|NZ|S)?\$|€|£|(?:USD|EUR|GBP|CHF|RMB|CNY|JPY|SAR|AED|BRL)\s)?\s?"
    r"(?P<number>\d{1,3}(?:[.,\u00a0\u202f’']\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\d/]|[.,]\d)"
    rf"(?:{_GAP}(?P<power>{_any(_POWER_OF)}))?"
    rf"(?:{_GAP}(?:di\s|d['’]|de\s|of\s)?(?P<currency>{_any(_CURRENCY_OF)})"
    rf"|{_GAP}(?:di\s|de\s|of\s)?(?P<unit>{_any(_UNIT_OF)}))?",
    re.IGNORECASE,
)
_SIGNED = 5
"""The most characters that stand before a figure's first digit: a currency and its blanks."""
_DIGITS = {ord("٠") + i: str(i) for i in range(10)} | {ord("٫"): ".", ord("٬"): ","}
_DIGIT, _ARABIC = re.compile(r"\d"), re.compile("[٠-٩٫٬]")
_GROUPED = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f’']\d{3})+")
_COMMA_DECIMAL = frozenset({"it", "de", "fr", "es", "pt", "sr"})
_GERMAN = rf"(?-i:[{UPPER}][\w-]*(?:\s(?:(?:für|und|der|des|von|zu|zur)\s)*[{UPPER}][\w-]*)*)"
MOST, _MOST_WORDS = 5_000, 8
_ATTRIBUTED = re.compile(
    rf"(?<!\w)(?:laut|nach\s+Angaben)\s+(?:(?:von|dem|der|des)\s+)*(?P<de>{_GERMAN})"
    r"|(?<!\w)(?:according\s+to|secondo|selon|según|segundo"
    r"|према\s+подацима|prema\s+podacima|وفق(?:ا|اً)?\s+ل|بحسب)\s*"
    r"(?:the\s+|il\s+|lo\s+|la\s+|i\s+|gli\s+|l['’]|le\s+|les\s+|el\s+|los\s+|las\s+|o\s+|a\s+)?"
    r"(?P<who>[^,.;:()“”\"«»،]{2,80})|据(?P<zh>[\u4e00-\u9fff]{2,20}?)(?:统计|数据|介绍|称|发布)",
    re.IGNORECASE,
)


def find(blocks: tuple[Block, ...], language: str | None) -> tuple[Figure, ...]:
    """The figures of a text, in order; ``language`` tells a decimal comma from a grouping one.

    No more than MOST.
    """
    base = language.split("-")[0] if language else None
    texts = (block.text for block in blocks if block.kind is not BlockKind.IMAGE)
    return tuple(islice((figure for text in texts for figure in _in(text, base)), MOST))


def _in(text: str, language: str | None) -> Iterator[Figure]:
    if not _DIGIT.search(text):
        return
    plain = text.translate(_DIGITS) if _ARABIC.search(text) else text
    bounds = sentences(plain)
    start = end = 0
    source: str | None = None
    for match in _matches(plain):
        if not (told := _amount(match, language)):
            continue
        if match.start() >= end:
            start, end = next(bound for bound in bounds if match.start() < bound[1])
            source = _source(plain, start, end)
        yield Figure(text[match.start() : match.end()].strip(), *told, source)


def _matches(plain: str) -> Iterator[re.Match[str]]:
    """What looks like a figure, in order; no sentence ends within one. Digits are found fast."""
    at = 0
    while digit := _DIGIT.search(plain, at):
        match = _FIGURE.search(plain, max(at, digit.start() - _SIGNED))
        if not match:
            return
        yield match
        at = match.end()


def _source(plain: str, start: int, end: int) -> str | None:
    """To whom a sentence attributes its figures."""
    who = _ATTRIBUTED.search(plain, start, end)
    source = next(name for name in who.groups() if name).strip() if who else None
    return None if source and len(source.split()) > _MOST_WORDS else source


def _amount(match: re.Match[str], language: str | None) -> tuple[str, str | None] | None:
    """The value and the unit, or None for a plain small number and what may be read in two ways."""
    number = match["number"]
    currency = match["sign"] or match["currency"]
    unit = _CURRENCY_OF[currency.strip().lower()] if currency else None
    if match["unit"]:
        unit = _UNIT_OF[match["unit"].lower()]
    if not (unit or match["power"] or _GROUPED.fullmatch(number)):
        return None
    value = _value(number, language)
    if value is None:
        return None
    if match["power"]:
        value = value.scaleb(_POWER_OF[match["power"].lower()])
    return format(value.normalize(), "f"), unit


def _value(number: str, language: str | None) -> Decimal | None:
    """The value of a number, or None where its separator may be read in two ways."""
    bare = re.sub(r"[\u00a0\u202f’']", "", number)
    signs = re.findall(r"[.,]", bare)
    if not signs:
        return Decimal(bare)
    last = signs[-1]
    if len(set(signs)) == 2:
        whole, _, rest = bare.rpartition(last)
        return Decimal(re.sub(r"[.,]", "", whole) + "." + rest)
    if len(signs) > 1:
        return Decimal(re.sub(r"[.,]", "", bare))
    if not re.fullmatch(r"\d{1,3}[.,]\d{3}", bare):
        return Decimal(bare.replace(",", "."))
    if language is None:
        return None
    groups = "." if language in _COMMA_DECIMAL else ","
    return Decimal(bare.replace(last, "" if last == groups else "."))
