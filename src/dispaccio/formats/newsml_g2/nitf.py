"""What the frame of a NITF document says that stands in an item of NewsML-G2."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from lxml import etree

from dispaccio.anatomy.embargo import UNCLEAR
from dispaccio.formats import newscodes as codes
from dispaccio.formats import notes, times, xml
from dispaccio.formats.newsml_g2.section import Context
from dispaccio.release.model import Dateline, Revision


def read(document: etree._Element | None, zone: ZoneInfo | None, context: Context) -> Revision:
    """Headline, by-line, dateline, status and embargo; the item's own properties go first."""
    if document is None:
        return Revision()
    data, head = xml.first(document, "head", "docdata"), xml.first(document, "body", "body.head")
    said = Revision()
    if head is not None:
        line = xml.first(head, "dateline")
        place = None if line is None else context.line(xml.first(line, "location"))
        words = context.line(line)
        said = Revision(
            headline=context.line(xml.first(head, "hedline", "hl1")) or "",
            subhead=context.line(xml.first(head, "hedline", "hl2")),
            author=context.line(xml.first(head, "byline")),
            dateline=Dateline(place=place, text=words) if words else None,
        )
    return said if data is None else _with_data(said, data, zone, context)


def _with_data(
    said: Revision, data: etree._Element, zone: ZoneInfo | None, context: Context
) -> Revision:
    """With status and embargo of the document: ``docdata`` (NITF 3.6)."""
    managed = (data.get("management-status") or "").lower()
    moments = [
        notes.embargo(message.get("info"), zone, context.warnings)
        for message in xml.children(data, "ed-msg")
    ]
    if managed == "embargoed":
        released = xml.first(data, "date.release")
        until = None if released is None else released.get("norm")
        where = "docdata/date.release"
        if not until:
            context.warnings.append(f"{where}: {UNCLEAR} its end is not stated.")
        moments.append(times.embargo(until, where, zone, context.warnings))
    stated = [moment for moment in moments if moment]
    return replace(said, status=codes.STATUSES.get(managed), embargo=max(stated, default=None))
