"""The blocks of a body as elements of ``body.content``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from lxml import etree

from dispaccio.formats import charset, xml
from dispaccio.formats.html.render import runs
from dispaccio.formats.links import carried
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.model import Contact, Media, Visibility

NAMESPACE = "http://iptc.org/std/NITF/2006-10-18/"
PREFIX = "dispaccio-"
"""Before the class of a block that is not the text itself, but belongs to the release."""
MEDIA_ONLY = f"{PREFIX}media-only"
"""The class of a contact who is not for the public."""

_EMPHASIS = {MarkKind.STRONG: "bold", MarkKind.EM: "italic"}
_SMALL = (MarkKind.SUB, MarkKind.SUP)
_JOINERS = re.compile("[\u200c\u200d]")
_SPLIT = re.compile(r"\n{2,}")
_KINDS = ("image", "audio", "video")


def add(
    parent: etree._Element, name: str, text: str | None = None, /, **attributes: str | None
) -> etree._Element:
    """A new element at the end of another. An attribute that is None or empty is left out.

    ``id_string`` gives ``id-string``, ``class_`` gives ``class``, ``date__x`` gives ``date.x``.
    """
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for key, value in attributes.items():
        if value:
            written = key.rstrip("_").replace("__", ".").replace("_", "-")
            child.set(written, plain(value))
    if text:
        child.text = plain(text)
    return child


def plain(text: str) -> str:
    """Text without what XML forbids and without what a reader here would take out again."""
    text = xml.clean(text)
    if not charset.HIDDEN.search(text) or not charset.UNSEEN.search(text):
        return text
    text = charset.stripped(text)
    return _JOINERS.sub("", text) if charset.UNSEEN.search(text) else text


def write(content: etree._Element, blocks: Iterable[Block], media: tuple[Media, ...]) -> None:
    """Add the blocks of a text; a picture stands at its place, the other media behind the text."""
    shown: set[int] = set()
    for block in blocks:
        match block.kind:
            case BlockKind.HEADING:
                heading = add(content, "hl2", class_="3" if block.level == 3 else None)
                _lines(heading, block.text, block.marks)
            case BlockKind.LIST:
                made = add(content, "ol" if block.ordered else "ul")
                for text, marks in _pieces(block.text, block.marks, "\n"):
                    _put(add(made, "li"), text, marks)
            case BlockKind.QUOTE:
                quote = add(add(content, "bq"), "block")
                _lines(add(quote, "p"), block.text, block.marks)
            case BlockKind.TABLE:
                table = add(content, "table")
                for row, marks in _pieces(block.text, block.marks, "\n"):
                    line = add(table, "tr")
                    for text, inner in _pieces(row, marks, "\t"):
                        _put(add(line, "td"), text, inner)
            case BlockKind.IMAGE:
                at = -1 if block.media is None else block.media
                shown.add(at)
                _medium(content, media[at] if 0 <= at < len(media) else Media(), block.text)
            case _:
                _lines(add(content, "p"), block.text, block.marks)
    others = [medium for at, medium in enumerate(media) if at not in shown]
    if others:
        behind = add(content, "block", class_=f"{PREFIX}media")
        for medium in others:
            _medium(behind, medium, medium.alt)


def paragraphs(parent: etree._Element, text: str) -> None:
    """Add plain text as paragraphs: a blank line divides, a line break stays one."""
    for part in _SPLIT.split(text):
        _lines(add(parent, "p"), part, ())


def contact(parent: etree._Element, said: Contact) -> None:
    """Add a contact as one line whose parts are marked."""
    hidden = MEDIA_ONLY if said.visibility is Visibility.MEDIA_ONLY else None
    line = add(parent, "p", class_=hidden)
    parts = (
        ("person", None, said.name),
        ("function", None, said.role),
        ("org", None, said.organisation),
        ("virtloc", "email", said.email),
        ("virtloc", "phone", said.phone),
    )
    for name, kind, value in parts:
        if value:
            if len(line):
                line[-1].tail = ", "
            add(line, name, value, class_=kind)


def _medium(parent: etree._Element, said: Media, alt: str | None) -> None:
    kind = (said.type or "image").partition("/")[0]
    element = add(parent, "media", media_type=kind if kind in _KINDS else "other")
    for name, value in (
        ("role", said.role),
        ("size", None if said.size is None else str(said.size)),
        ("sha256", said.sha256),
    ):
        if value:
            add(element, "media-metadata", name=name, value=value)
    width, height = map(str, said.pixels or ("", ""))
    add(
        element,
        "media-reference",
        source=carried(said.href or ""),
        name=said.name,
        mime_type=said.type,
        copyright=said.rights,
        alternate_text=alt or said.alt,
        width=width,
        height=height,
    )
    if said.caption:
        add(element, "media-caption", said.caption)
    if said.credit:
        add(element, "media-producer", said.credit)


def _lines(parent: etree._Element, text: str, marks: Sequence[Mark]) -> None:
    """Add running text, with ``br`` for its line breaks."""
    if not marks and "\n" not in text:
        parent.text = plain(text)
        return
    for index, (line, inner) in enumerate(_pieces(text, marks, "\n")):
        if index:
            add(parent, "br")
        _put(parent, line, inner)


def _pieces(text: str, marks: Sequence[Mark], divider: str) -> Iterator[tuple[str, list[Mark]]]:
    """The parts of a text between its dividers, with the marks on each, cut to it."""
    waiting = sorted(marks, reverse=True)
    active: list[Mark] = []
    start = 0
    for part in text.split(divider):
        end = start + len(part)
        active = [mark for mark in active if mark.end > start]
        while waiting and waiting[-1].start < end:
            active.append(waiting.pop())
        yield (
            part,
            [
                Mark(max(mark.start - start, 0), min(mark.end, end) - start, mark.kind, mark.href)
                for mark in active
                if mark.end > start
            ],
        )
        start = end + len(divider)


def _put(parent: etree._Element, text: str, marks: Sequence[Mark]) -> None:
    """Add one line with its marks as elements that are nested properly.

    ``sub`` and ``sup`` hold text alone, so they are the innermost.
    """
    starts: dict[int, list[Mark]] = {}
    edges = {0, len(text)}
    for run in runs(marks):
        starts.setdefault(run.start, []).append(run)
        edges |= {run.start, run.end}
    active: list[Mark] = []
    opened: list[tuple[Mark, etree._Element]] = []
    for at, end in pairwise(sorted(edges)):
        active = [run for run in active if run.end > at] + starts.get(at, [])
        wanted = _nested(active)
        kept = 0
        while kept < min(len(opened), len(wanted)) and opened[kept][0] is wanted[kept]:
            kept += 1
        del opened[kept:]
        for mark in wanted[kept:]:
            opened.append((mark, _mark(opened[-1][1] if opened else parent, mark)))
        _append(opened[-1][1] if opened else parent, plain(text[at:end]))


def _nested(active: list[Mark]) -> list[Mark]:
    """The marks from the outermost to the innermost; of sub and sup the first."""
    outer = [mark for mark in active if mark.kind not in _SMALL]
    small = [mark for mark in active if mark.kind in _SMALL]
    return [*sorted(outer, key=lambda mark: (mark.start, -mark.end)), *small[:1]]


def _mark(parent: etree._Element, mark: Mark) -> etree._Element:
    if mark.kind is MarkKind.LINK:
        return add(parent, "a", href=mark.href)
    if mark.kind in _SMALL:
        return add(add(parent, "num"), mark.kind.value)
    return add(parent, "em", class_=_EMPHASIS[mark.kind])


def _append(parent: etree._Element, text: str) -> None:
    """Add text behind all that stands in an element."""
    if len(parent):
        last = parent[-1]
        last.tail = (last.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
