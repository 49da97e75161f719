"""The text of an entry that this product wrote, read back: every part has its class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from dispaccio.anatomy import embargo
from dispaccio.errors import InputError
from dispaccio.formats.feeds.entry import OURS
from dispaccio.formats.html import content
from dispaccio.formats.html.ours import dateline_of
from dispaccio.formats.html.tree import Node
from dispaccio.release.body import clean
from dispaccio.release.label import PAID_FOR_BY, Label, recognise
from dispaccio.release.model import Revision


@dataclass(frozen=True, slots=True)
class Ours:
    """What was read, and what was left out, in sentences."""

    revision: Revision
    warnings: tuple[str, ...]


def read(root: Node, base: str) -> Ours | None:
    """What ``entry.content`` wrote, or None for anybody else's text."""
    whole = root.of_class(OURS)
    if whole is None:
        return None
    parts = [(child.get("class"), child) for child in whole.children if isinstance(child, Node)]
    text = next((part for name, part in parts if name == "text"), None)
    if text is None:
        return None
    lines: dict[str, list[str]] = {}
    for name, part in parts:
        if part.name == "p":
            lines.setdefault(name, []).append(clean(part.text()))
    line = text.of_class("dateline")
    opening = line.text() if line else None
    if line:
        line.children = []
    notice = text.of_class("notice") is not None
    found = content.read(text, base)
    words = next(iter(lines.get("label", ())), None)
    held, warnings = _embargo(lines.get("embargo", []))
    said = Revision(
        subhead=next(iter(lines.get("subhead", ())), None),
        body=() if notice else found.blocks,
        media=() if notice else found.media,
        boilerplate=_boilerplate([part for name, part in parts if name == "boilerplate"]),
        dateline=dateline_of(opening),
        legal=tuple(lines.get("legal", ())),
        disclaimers=tuple(lines.get("disclaimer", ())),
        label=_label(words, next(iter(lines.get("payer", ())), None)),
        embargo=held,
        archive="archive" in lines,
    )
    return Ours(said, (*found.warnings, *warnings))


def _label(words: str | None, payer: str | None) -> Label | None:
    """The label above a text, and who paid by the line below it."""
    if not words:
        return None
    opens = tuple(PAID_FOR_BY.values())
    name = next((payer[len(it) :].strip() for it in opens if payer and payer.startswith(it)), None)
    return replace(recognise(words) or Label(None, words), paid_by=name)


def _boilerplate(parts: list[Node]) -> str | None:
    blocks = (block.text for part in parts for block in content.read(part).blocks)
    return "\n\n".join(blocks) or None


def _embargo(lines: list[str]) -> tuple[datetime | None, tuple[str, ...]]:
    """The embargo that stands above a text; one that cannot be read is none the weaker."""
    for line in lines:
        try:
            return embargo.instant_in(line, None), ()
        except InputError as error:
            return None, (f"{embargo.UNCLEAR} its end is not clear. {error.message}",)
    return None, ()
