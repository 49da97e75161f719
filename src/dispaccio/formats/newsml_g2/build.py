"""Elements as they are written: clean text, addresses and codes that the schema takes."""

from __future__ import annotations

from datetime import date, datetime

from lxml import etree

from dispaccio.formats.newsml_g2.names import G2, LANG, language
from dispaccio.formats.xml import clean
from dispaccio.release.canonical import write_instant

_BLANKS = dict.fromkeys(map(ord, "\t\n\r"), " ")


def add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str | None
) -> etree._Element:
    """One element of NewsML-G2 below another; an attribute that is None is left out.

    A line break or TAB in its text is written as a blank (IntlStringType takes no other).
    """
    child = etree.SubElement(parent, f"{{{G2}}}{name}")
    if text:
        child.text = clean(text).translate(_BLANKS)
    for key, value in attributes.items():
        if value is not None:
            child.set(key, clean(value))
    return child


def say(
    parent: etree._Element, name: str, text: str | None, **attributes: str | None
) -> etree._Element | None:
    """The same for a text that may be absent: then there is no element."""
    return add(parent, name, text, **attributes) if text else None


def block(parent: etree._Element, name: str, text: str | None, **attributes: str | None) -> None:
    """A text of several lines (BlockType), its lines divided by ``br``."""
    if not text:
        return
    first, *others = text.split("\n")
    element = add(parent, name, first, **attributes)
    for line in others:
        add(element, "br").tail = clean(line)


def named(
    parent: etree._Element, name: str, words: str | None, lang: str | None = None, **codes: str
) -> etree._Element:
    """A property with a name in words, which may be in another language than the item."""
    element = add(parent, name, **codes)
    if words:
        said = add(element, "name", words)
        if lang := language(lang):
            said.set(LANG, lang)
    return element


def time(
    parent: etree._Element, name: str, moment: datetime | date | None, **attributes: str
) -> None:
    """An instant or a day, if there is one."""
    if moment is not None:
        add(parent, name, stamp(moment), **attributes)


def stamp(moment: datetime | date) -> str:
    """An instant in UTC, or a day, as XML Schema writes them."""
    return write_instant(moment) if isinstance(moment, datetime) else moment.isoformat()
