"""Building feeds in XML: elements with clean text, and entries that are joined as bytes."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from dispaccio.formats import xml
from dispaccio.formats.feeds.sight import MRSS
from dispaccio.release.model import Media

ATOM = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def add(parent: etree._Element, name: str, text: str | None, **attributes: str | None) -> None:
    """Append a child with this text, if there is any; an attribute that is None is left out."""
    if text:
        child = etree.SubElement(parent, name)
        child.text = xml.clean(text)
        set_all(child, attributes)


def link(parent: etree._Element, rel: str, href: str, **attributes: str | None) -> None:
    """Append an ``atom:link`` (RFC 4287 section 4.2.7)."""
    made = etree.SubElement(parent, f"{{{ATOM}}}link")
    set_all(made, {"rel": rel, "href": href, **attributes})


def sized(parent: etree._Element, href: str, kind: str, media: Media) -> None:
    """Say how large a picture is on a screen, if that is known (Media RSS 1.5, media:content)."""
    if media.pixels:
        width, height = map(str, media.pixels)
        made = etree.SubElement(parent, f"{{{MRSS}}}content")
        set_all(made, {"url": href, "type": kind, "width": width, "height": height})


def set_all(element: etree._Element, attributes: dict[str, str | None]) -> None:
    """Set the attributes that have a value."""
    for name, value in attributes.items():
        if value:
            element.set(name, xml.clean(value))


def piece(element: etree._Element, root: etree._Element) -> bytes:
    """A child of a root as bytes that can stand in another document with the same namespaces.

    Pieces are kept for years, so a root's prefixes may be added to, and never changed.
    """
    root.append(element)
    written: bytes = etree.tostring(element, encoding="UTF-8", with_tail=False)
    root.remove(element)
    declared = "".join(
        f' xmlns{":" + prefix if prefix else ""}="{uri}"' for prefix, uri in root.nsmap.items()
    )
    for said in declared.split(" xmlns")[1:]:
        written = written.replace(f" xmlns{said}".encode(), b"", 1)
    return written


def whole(root: etree._Element, parent: etree._Element, pieces: Iterable[bytes]) -> bytes:
    """The document of a root, with these pieces at the end of ``parent``."""
    mark = etree.SubElement(parent, "pieces")
    mark.text = "-"
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    before, _, after = written.rpartition(b"-</pieces>")
    before = before[: before.rindex(b"<pieces")]
    return b"".join(
        (before, b"\n", *(line for made in pieces for line in (made, b"\n")), after, b"\n")
    )
