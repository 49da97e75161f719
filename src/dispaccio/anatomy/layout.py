"""Plain text into passages: paragraphs, marked headings, lists, quotes and tables.

A blank line always divides. Within a group of lines, a line that ends far short of the group's
width ends its paragraph, so that wrapped mail is joined and short lines stay by themselves. A
label always stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dispaccio.anatomy import days, inline
from dispaccio.anatomy.document import Document, Passage, assemble, limit
from dispaccio.anatomy.prose import WIDE, ends_sentence
from dispaccio.release.body import Block, BlockKind, Mark
from dispaccio.release.label import recognise
from dispaccio.release.model import Media

MAX_LINES = 100_000
"""The most lines that a plain text may have."""

_HEADING = re.compile(r"(?P<signs>#{1,6})[ \t]+(?P<text>\S.*?)(?:[ \t]+#+)?")
_QUOTE = re.compile(r"(?:>[ \t]?)+(?P<text>.*)")
_BULLET = re.compile(r"[ \t]*[-*+•·▪‣][ \t]+(?P<text>\S.*)")
_NUMBER = re.compile(r"[ \t]{0,3}(?P<at>\d{1,3})[.)][ \t]+(?P<text>\S.*)")
_RULE = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_END_MARK = re.compile(r"[#\s]+|-\s?\w+\s?-")
_CLOSED = (".", ":", ";", "!", "?", "。", "：", "؟", "؛")
_PAIR = re.compile(r"[^\W\d_][\w -]{0,24}:\s")
_ADDRESS = re.compile(r"https?://\S+")
_NARROW, _WIDE_LINE, _FAR_SHORT = 50, 100, 0.6


@dataclass(slots=True)
class _Group:
    """Lines of one kind that stand together, without their signs: (line number, text).

    ``number`` is that of a numbered list's first item, ``next`` the one that would follow.
    """

    kind: BlockKind
    gap: bool
    lines: list[tuple[int, str]] = field(default_factory=list)
    level: int = 0
    ordered: bool = False
    number: int = 0
    next: int = 0


def lay_out(text: str, first: int = 1) -> Document:
    """The passages of a plain text with LF line ends; ``first`` counts lines. Raises TooLarge."""
    limit(text, MAX_LINES)
    media: list[Media] = []
    marked = False

    def passages() -> Iterator[Passage]:
        nonlocal marked
        for group in _merged(_groups(text.split("\n"), first)):
            marked = marked or group.kind is BlockKind.HEADING
            yield from _passages(group, media)

    document = assemble(passages(), media=media)
    return Document(document.text, document.passages, marked, tuple(media))


def _groups(lines: list[str], first: int) -> Iterator[_Group]:
    group: _Group | None = None
    gap = True
    for number, raw in enumerate(lines, start=first):
        line = raw.rstrip()
        if not line or (_RULE.fullmatch(line) and not _underlines(group, line)):
            if group:
                yield group
            group, gap = None, True
            continue
        if group and _underlines(group, line):
            group.kind, group.level = BlockKind.HEADING, 1 if line[0] == "=" else 2
            yield group
            group, gap = None, True
            continue
        new = _opened(line, number, gap)
        if group and _continues(group, new, line):
            same = new.kind is group.kind is not BlockKind.PARAGRAPH
            group.lines += new.lines if same else [(number, line)]
            group.next += same
        else:
            if group:
                yield group
            group = new
        gap = False
    if group:
        yield group


def _opened(line: str, number: int, gap: bool) -> _Group:
    """The group that a line would begin."""
    bare = line.lstrip()
    if _END_MARK.fullmatch(line):
        return _Group(BlockKind.PARAGRAPH, gap, [(number, line)])
    if found := _HEADING.fullmatch(line):
        level = len(found["signs"])
        return _Group(BlockKind.HEADING, gap, [(number, found["text"])], level)
    if found := _QUOTE.fullmatch(line):
        return _Group(BlockKind.QUOTE, gap, [(number, found["text"])])
    if found := _BULLET.fullmatch(line):
        return _Group(BlockKind.LIST, gap, [(number, found["text"])])
    found = _NUMBER.fullmatch(line)
    if found and not days.begins_with_month(found["text"]):
        at = int(found["at"])
        return _Group(BlockKind.LIST, gap, [(number, found["text"])], 0, True, at, at + 1)
    if "\t" in bare or (bare[0] == "|" and bare[-1] == "|" and len(bare) > 2):
        return _Group(BlockKind.TABLE, gap, [(number, bare)])
    return _Group(BlockKind.PARAGRAPH, gap, [(number, line)])


def _continues(group: _Group, new: _Group, line: str) -> bool:
    if group.kind is BlockKind.LIST and new.kind is BlockKind.PARAGRAPH:
        return line[0] in " \t"
    if group.kind is BlockKind.PARAGRAPH and new.kind is BlockKind.LIST:
        return not _may_interrupt(group.lines[-1][1], new)
    if group.kind is BlockKind.TABLE and new.kind is BlockKind.TABLE:
        return group.lines[0][1].count("\t") == new.lines[0][1].count("\t")
    return (
        group.kind is new.kind is not BlockKind.HEADING
        and group.ordered == new.ordered
        and not (group.kind is BlockKind.PARAGRAPH and _indented(line, group))
    )


def _may_interrupt(before: str, new: _Group) -> bool:
    """Whether a list may begin below this line of a paragraph, or its sign belongs to the text."""
    return new.number < 2 and (before.endswith(_CLOSED) or len(before) < _NARROW)


def _merged(groups: Iterator[_Group]) -> Iterator[_Group]:
    """The groups, with lists whose items stand apart made one."""
    held: _Group | None = None
    for group in groups:
        if held and held.kind is group.kind is BlockKind.LIST and _follows(held, group):
            held.lines += group.lines
            held.next = group.next
            continue
        if held:
            yield held
        held = group
    if held:
        yield held


def _follows(held: _Group, group: _Group) -> bool:
    return held.ordered == group.ordered and group.number in (0, held.next)


def _indented(line: str, group: _Group) -> bool:
    """Whether a line begins a paragraph by its indent, as AsiaNet's texts do."""
    return line.startswith(("  ", "\t")) and not group.lines[-1][1].startswith(("  ", "\t"))


def _underlines(group: _Group | None, line: str) -> bool:
    """Whether a line of ``=`` or ``-`` makes a heading of the one line above it."""
    return (
        group is not None
        and group.kind is BlockKind.PARAGRAPH
        and len(group.lines) == 1
        and _UNDERLINE.fullmatch(line) is not None
        and len(line) * 2 >= len(group.lines[0][1])
        and not ends_sentence(group.lines[0][1])
    )


def _passages(group: _Group, media: list[Media]) -> Iterator[Passage]:
    first, last = group.lines[0][0], group.lines[-1][0]
    if group.kind is BlockKind.PARAGRAPH:
        yield from _paragraphs(group, media)
    elif group.kind is BlockKind.HEADING:
        text, marks = inline.read(group.lines[0][1])
        block = Block(BlockKind.HEADING, text, marks, level=2 if group.level < 3 else 3)
        yield Passage(block, first, last, group.gap, title=group.level == 1)
    elif group.kind is BlockKind.TABLE:
        rows = [row for _, line in group.lines if (row := _row(line)) is not None]
        if len(rows) == 1:
            text, marks = inline.read(" ".join(rows[0].split("\t")))
            yield Passage(Block(BlockKind.PARAGRAPH, text, marks), first, last, group.gap)
        elif rows:
            text, marks = _stack(rows)
            yield Passage(Block(BlockKind.TABLE, text, marks), first, last, group.gap)
    else:
        text, marks = _stack([line.replace("\t", " ") for line in _items(group)])
        block = Block(group.kind, text, marks, ordered=group.ordered)
        yield Passage(block, first, last, group.gap)


def _paragraphs(group: _Group, media: list[Media]) -> Iterator[Passage]:
    gap = group.gap
    for lines in _runs(group.lines):
        first, last = lines[0][0], lines[-1][0]
        picture = inline.picture(lines[0][1]) if len(lines) == 1 else None
        if picture:
            block = Block(BlockKind.IMAGE, picture.alt, media=len(media))
            media.append(Media(href=picture.href, alt=picture.alt or None))
        else:
            text, marks = inline.read(_joined([line.strip() for _, line in lines]))
            block = Block(BlockKind.PARAGRAPH, text, marks)
        yield Passage(block, first, last, gap)
        gap = False


def _runs(lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """The lines of a group, those of one paragraph together."""
    widths = [len(_ADDRESS.sub("", line)) for _, line in lines]
    width = max(widths)
    wrapped = width >= _NARROW and max(widths[:-1], default=0) <= _WIDE_LINE
    pairs = (_PAIR.match(line) or line[0] in " \t" for _, line in lines)
    if len(lines) > 1 and _PAIR.match(lines[0][1]) and all(pairs):
        yield from _headers(lines)
        return
    run: list[tuple[int, str]] = []
    for line in lines:
        alone = wrapped and recognise(line[1]) is not None
        if alone and run:
            yield run
            run = []
        run.append(line)
        if alone or not wrapped or len(line[1]) < width * _FAR_SHORT:
            yield run
            run = []
    if run:
        yield run


def _headers(lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Lines of "key: value", each with the indented lines that go on with it."""
    run: list[tuple[int, str]] = []
    for number, line in lines:
        if run and line[0] not in " \t":
            yield run
            run = []
        run.append((number, line))
    yield run


def _items(group: _Group) -> list[str]:
    """The items of a list or the lines of a quote, wrapped ones joined."""
    if group.kind is BlockKind.QUOTE:
        return [_joined([line for _, line in run]) for run in _runs(group.lines)]
    items: list[str] = []
    for _, line in group.lines:
        if line[0] in " \t" and items:
            items[-1] = _joined([items[-1], line.strip()])
        else:
            items.append(line)
    return items


def _row(line: str) -> str | None:
    """A table's row with its cells divided by TAB, or None for the rule below its head."""
    if _TABLE_RULE.fullmatch(line):
        return None
    if line.startswith("|"):
        return "\t".join(cell.strip() for cell in line.strip("| \t").split("|"))
    return "\t".join(cell.strip() for cell in line.split("\t"))


def _stack(lines: list[str]) -> tuple[str, tuple[Mark, ...]]:
    """Lines read one by one and put together by LF, their marks moved along."""
    texts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for line in lines:
        text, found = inline.read(line)
        marks += (Mark(at + m.start, at + m.end, m.kind, m.href) for m in found)
        texts.append(text)
        at += len(text) + 1
    return "\n".join(texts), tuple(marks)


def _joined(lines: list[str]) -> str:
    """Wrapped lines as one: a blank between them, none between two wide characters."""
    text = " ".join(lines)
    return re.sub(rf"(?<=[{WIDE}]) (?=[{WIDE}])", "", text) if len(lines) > 1 else text
