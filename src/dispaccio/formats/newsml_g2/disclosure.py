"""The disclosure of an item that this product wrote: the foreign element in its ``itemMeta``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lxml import etree

from dispaccio.errors import InputError
from dispaccio.formats import disclosed, xml
from dispaccio.formats.disclosed import Disclosure
from dispaccio.formats.newsml_g2.names import DISCLOSURE, G2

_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_BREAK = f"{{{G2}}}br"


def text(told: str) -> str:
    """JSON that XML can hold: what XML forbids is written as JSON's escape."""
    if told.isprintable():
        return told
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", told)


def digest(item: etree._Element, told: etree._Element) -> str:
    """What binds the disclosure to the item: SHA-256 of the item without it, in hexadecimal.

    Hashed is its exclusive canonical XML 1.0 without comments, so that an item may be put into a
    message. The disclosure is for that time taken out. Empty for an item that has no such form, as
    with a namespace that is no absolute address.
    """
    parent = told.getparent()
    at = parent.index(told)
    parent.remove(told)
    try:
        form = etree.tostring(item, method="c14n", exclusive=True, with_comments=False)
    except etree.C14NError:
        return ""
    finally:
        parent.insert(at, told)
    return hashlib.sha256(form).hexdigest()


def split(item: etree._Element) -> tuple[Disclosure | None, tuple[str, ...]]:
    """The disclosure of an item, and a warning if it is broken; the item is left without it."""
    found = next(_of(item), None)
    if found is None:
        return None, ()
    _straighten(item)
    hashed = digest(item, found)
    for other in list(_of(item)):
        other.getparent().remove(other)
    try:
        return disclosed.read(found.text or "", hashed), ()
    except InputError as error:
        return None, (f"The item's disclosure was left aside: {error}",)


def _of(item: etree._Element) -> Iterator[etree._Element]:
    for meta in xml.children(item, "itemMeta"):
        yield from (child for child in meta if child.tag == DISCLOSURE)


def _straighten(item: etree._Element) -> None:
    """Take out blanks between elements of NewsML-G2: laying the item out anew changes nothing."""
    item.tail = None
    for element in item.iter(f"{{{G2}}}*"):
        if not len(element) or any(child.tag == _BREAK for child in element):
            continue
        if element.text and element.text.isspace():
            element.text = None
        for child in element:
            if child.tail and child.tail.isspace():
                child.tail = None
