"""The text of an entry that this product wrote, read back: every part has its class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dispaccio.anatomy import embargo
from dispaccio.errors import InputError
from dispaccio.formats.feeds.entry import OURS
from dispaccio.formats.html import content
from dispaccio.formats.html.ours import classed, dateline_of
from dispaccio.formats.html.tree import Node
from dispaccio.release.label import Label, recognise
from dispaccio.release.model import Revision


@dataclass(frozen=True, slots=True)
class Ours:
    """What was read, and what was left out, in sentences."""

    revision: Revision
    warnings: tuple[str, ...]


def read(root: Node, base: str) -> Ours | None:
    """What ``entry.content`` wrote, or None for anybody else's text."""
    whole = root.of_class(OURS)
    text = whole.of_class("text") if whole else None
    if whole is None or text is None:
        return None
    line = text.of_class("dateline")
    opening = line.text() if line else None
    if line:
        line.children = []
    notice = text.of_class("notice") is not None
    found = content.read(text, base)
    words = next(iter(classed(whole, "label")), None)
    held, warnings = _embargo(whole)
    said = Revision(
        subhead=next(iter(classed(whole, "subhead")), None),
        body=() if notice else found.blocks,
        media=() if notice else found.media,
        boilerplate=_boilerplate(whole),
        dateline=dateline_of(opening),
        legal=tuple(classed(whole, "legal")),
        disclaimers=tuple(classed(whole, "disclaimer")),
        label=(recognise(words) or Label(None, words)) if words else None,
        embargo=held,
    )
    return Ours(said, (*found.warnings, *warnings))


def _boilerplate(whole: Node) -> str | None:
    part = whole.of_class("boilerplate")
    if part is None:
        return None
    return "\n\n".join(block.text for block in content.read(part).blocks) or None


def _embargo(whole: Node) -> tuple[datetime | None, tuple[str, ...]]:
    """The embargo that stands above a text; one that cannot be read is none the weaker."""
    for line in classed(whole, "embargo"):
        try:
            return embargo.instant_in(line, None), ()
        except InputError as error:
            return None, (f"{embargo.UNCLEAR} its end is not clear. {error.message}",)
    return None, ()
