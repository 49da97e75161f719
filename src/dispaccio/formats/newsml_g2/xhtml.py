"""The text of a revision as XHTML within ``inlineXML``."""

from __future__ import annotations

import re

from lxml import etree

from dispaccio.formats.html.head import title_of
from dispaccio.formats.html.render import body_html, text
from dispaccio.formats.newsml_g2.build import add
from dispaccio.formats.newsml_g2.names import XHTML
from dispaccio.formats.xml import clean
from dispaccio.release.model import Revision
from dispaccio.release.notice import is_notice

MEDIA_TYPE = "application/xhtml+xml"
_VOID = re.compile(r"<(br|img [^<>]*)>")


def title(seen: Revision) -> str:
    """The headline; while taken back the notice's first sentence."""
    return title_of(seen) if is_notice(seen) else seen.headline


def write(root: etree._Element, seen: Revision) -> None:
    """Add ``contentSet`` with the text below the headline, if there is one."""
    body = _VOID.sub(r"<\1/>", str(body_html(seen)))
    if not body:
        return
    whole = (
        f'<html xmlns="{XHTML}"><head><title>{text(title(seen))}</title></head>'
        f"<body>{body}</body></html>"
    )
    inside = add(add(root, "contentSet"), "inlineXML", contenttype=MEDIA_TYPE)
    inside.append(_parsed(whole))


def _parsed(whole: str) -> etree._Element:
    """The element; HTML forbids what XML forbids but for a few characters in addresses."""
    try:
        return etree.fromstring(whole)
    except (etree.XMLSyntaxError, ValueError):
        return etree.fromstring(clean(whole))
