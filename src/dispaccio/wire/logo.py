"""The logo of a wire: an SVG or PNG file that runs nothing and loads nothing.

An SVG is written anew from what was read of it, so that what is served is what was checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from dispaccio.errors import DispaccioError, MalformedSettings
from dispaccio.formats import xml

MOST_BYTES = 256 * 1024
MOST_ELEMENTS = 5_000
LONGEST_SIDE = 4_000
"""Pixels of a PNG."""

_PNG = b"\x89PNG\r\n\x1a\n"
_SVG, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
_REFUSED = frozenset(
    {"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler",
     "listener", "a", "set", "animate", "animatetransform", "animatemotion", "discard"}
)  # fmt: skip
"""What runs, holds a page, leads elsewhere or moves."""
_POINTS = frozenset({"href", "src", "base"})
_INSIDE = re.compile(
    r"#|data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z", re.IGNORECASE
)
_URL = re.compile(r"url\(\s*+[\"']?+\s*+(?!#)", re.IGNORECASE)
_LOADS = re.compile(r"@import|\\|(?:image|image-set|src|expression)\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo as it is served; ``adapts``: it says itself how it looks on a dark page."""

    media_type: str
    body: bytes
    adapts: bool = False


def read(data: bytes, name: str) -> Logo:
    """The logo that a file holds. Raises MalformedSettings, which says what it may not hold."""
    if len(data) > MOST_BYTES:
        raise _wrong(name, f"has {len(data):,} bytes; a logo has {MOST_BYTES:,} at the most")
    if name.endswith(".png"):
        return _png(data, name)
    try:
        root = xml.parse(data).root
    except DispaccioError as error:
        raise MalformedSettings(f"The logo {name}: {error.message}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise _wrong(name, "is no SVG picture, whose outermost element is svg of SVG's namespace")
    if (count := sum(1 for _ in root.iter())) > MOST_ELEMENTS:
        raise _wrong(name, f"has {count:,} elements; a logo has {MOST_ELEMENTS:,} at the most")
    if (said := next(_refused(root), None)) is not None:
        raise _wrong(name, f"{said}; draw it without")
    body = etree.tostring(root, encoding="utf-8")
    return Logo("image/svg+xml", body, adapts=b"prefers-color-scheme" in body)


def _png(data: bytes, name: str) -> Logo:
    """The header of a PNG says its size (PNG section 11.2.1)."""
    if not data.startswith(_PNG) or data[12:16] != b"IHDR":
        raise _wrong(name, "is no PNG picture")
    sides = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if not all(0 < side <= LONGEST_SIDE for side in sides):
        said = " × ".join(map(str, sides))
        raise _wrong(name, f"has {said} pixels; a logo has {LONGEST_SIDE:,} a side at the most")
    return Logo("image/png", data)


def _refused(root: etree._Element) -> Iterator[str]:
    """What an SVG may not hold, in words, in the order in which it stands there."""
    for element in root.iter(etree.Element):
        tag = etree.QName(element)
        if tag.namespace == _XHTML or tag.localname.lower() in _REFUSED:
            yield f"line {element.sourceline} has <{tag.localname}>"
        if tag.localname.lower() == "style" and _loads(element.text or ""):
            yield f"the style in line {element.sourceline} loads something or hides it with \\"
        for key, value in element.attrib.items():
            attribute = etree.QName(key).localname.lower()
            where = f"line {element.sourceline} has {attribute}"
            if attribute.startswith("on"):
                yield f"{where}, which runs a script"
            elif attribute in _POINTS and not _INSIDE.match(str(value).strip()):
                yield f"{where}, which leads out of the picture"
            elif _loads(str(value)):
                yield f"{where}, which loads something"


def _loads(style: str) -> bool:
    return bool(_URL.search(style) or _LOADS.search(style))


def _wrong(name: str, said: str) -> MalformedSettings:
    return MalformedSettings(f"The logo {name} {said}.")
