"""Markdown (CommonMark 0.31 with tables) into the blocks and marks of a release.

What our body has no place for is dropped or taken as plain text, and a warning says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from markdown_it.token import Token

from dispaccio.anatomy.document import Passage, limit
from dispaccio.anatomy.prose import WIDE
from dispaccio.errors import TooLarge
from dispaccio.formats.charset import stripped
from dispaccio.formats.html import content, tree
from dispaccio.formats.links import carried
from dispaccio.formats.markdown import parser
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.model import Media
from dispaccio.words import say, say_of

MAX_LINES, MAX_SIGNS = 40_000, 40_000
"""The most lines and signs of Markdown that are read: each sign costs some 15 µs."""

_MARKS = {"strong": MarkKind.STRONG, "em": MarkKind.EM, "link": MarkKind.LINK}
_SIGNS = "*_[]|<`&\\!"
_TAGS = say("HTML was left out, its text was kept")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ENDS_WIDE, _BEGINS_WIDE = re.compile(rf"[{WIDE}]$"), re.compile(rf"[{WIDE}]")


@dataclass(slots=True)
class Parsed:
    """The passages of a Markdown text, None for a rule between two; its media; what was dropped."""

    passages: list[Passage | None] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was dropped or changed, each kind once."""
        dropped = (
            say_of("{what} ({count} time).", "{what} ({count} times).", what=what, count=count)
            for what, count in sorted(self.dropped.items())
        )
        return (*dropped, *dict.fromkeys(self.said))


@dataclass(slots=True)
class _Text:
    """Inline content: its text, its marks, and the pictures that stood in it."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)


def parse(text: str, first: int = 1) -> Parsed:
    """The passages of a Markdown text whose first line has the number ``first``.

    Raises TooLarge where it is too long to be a release.
    """
    limit(text, MAX_LINES)
    if (signs := sum(map(text.count, _SIGNS))) > MAX_SIGNS:
        raise TooLarge(
            say(
                "The text has {count} signs of Markdown; the wire takes {most}.",
                count=signs,
                most=MAX_SIGNS,
            )
        )
    found = Parsed()
    tokens, said = parser.tokens(text)
    found.dropped.update(said)
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at)
        _take(found, tokens[at : end + 1], first)
        at = end + 1
    return found


def _closing(tokens: list[Token], at: int) -> int:
    """The index of the token that closes the one at ``at``."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _take(found: Parsed, tokens: list[Token], first: int) -> None:
    opening = tokens[0]
    line, end = opening.map or [0, 1]
    lines = (first + line, first + max(end - 1, line))
    kind = opening.type
    if kind == "hr":
        found.passages.append(None)
    elif kind == "html_block":
        _take_html(found, _html(found, opening), lines)
    elif kind in ("fence", "code_block"):
        found.dropped[say("A block of code was taken as a paragraph")] += 1
        _add(found, Block.paragraph(opening.content.strip("\n")), lines)
    elif kind == "heading_open":
        _take_heading(found, tokens, lines)
    elif kind == "paragraph_open":
        _take_paragraph(found, _inline(found, tokens[1]), lines)
    elif kind in ("bullet_list_open", "ordered_list_open"):
        text = _stacked(found, list(_items(found, tokens)))
        ordered = kind == "ordered_list_open"
        block = Block(BlockKind.LIST, text.text, tuple(sorted(text.marks)), ordered=ordered)
        _add(found, block, lines)
    elif kind == "blockquote_open":
        text = _stacked(found, list(_quoted(found, tokens)))
        _add(found, Block(BlockKind.QUOTE, text.text, tuple(sorted(text.marks))), lines)
    elif kind == "table_open":
        text = _stacked(found, list(_rows(found, tokens)))
        _add(found, Block(BlockKind.TABLE, text.text, tuple(sorted(text.marks))), lines)


def _add(found: Parsed, block: Block, lines: tuple[int, int], *, title: bool = False) -> None:
    found.passages.append(Passage(block, *lines, title=title))


def _take_heading(found: Parsed, tokens: list[Token], lines: tuple[int, int]) -> None:
    text = _inline(found, tokens[1])
    depth = int(tokens[0].tag[1])
    if depth > 3:
        found.dropped[say("A heading below level 3 was taken as one of level 3")] += 1
    title = depth == 1 and not any(it and it.title for it in found.passages)
    if text.text:
        level = 2 if depth < 3 else 3
        block = Block(BlockKind.HEADING, text.text, tuple(sorted(text.marks)), level=level)
        _add(found, block, lines, title=title)


def _take_paragraph(found: Parsed, text: _Text, lines: tuple[int, int]) -> None:
    if text.text.strip():
        _add(found, Block.paragraph(text.text, *text.marks), lines)
    for alt, href in text.pictures:
        _add(found, Block(BlockKind.IMAGE, alt, media=len(found.media)), lines)
        found.media.append(Media(href=href, alt=alt or None))


def _html(found: Parsed, token: Token) -> content.Content:
    """What a block of HTML says, read as a page is; an embargo or a label may stand in it.

    Raises MalformedDocument where it is nested too deeply.
    """
    read = content.read(tree.parse(tree.visible(token.content).text))
    found.dropped[_TAGS if read.found else say("HTML was left out")] += 1
    found.said += read.warnings
    return read


def _take_html(found: Parsed, read: content.Content, lines: tuple[int, int]) -> None:
    for item in read.found:
        block = item.block
        if block.media is not None:
            block = replace(block, media=block.media + len(found.media))
        title = item.title and not any(it and it.title for it in found.passages)
        _add(found, block, lines, title=title)
    found.media += read.media


def _items(found: Parsed, tokens: list[Token]) -> Iterator[_Text]:
    """The items of a list as one line each; what is nested becomes items of its own."""
    depth = 0
    pieces: list[_Text] = []
    for token in tokens:
        if token.type.endswith("_list_open"):
            depth += 1
            if depth == 2:
                found.dropped[say("A nested list was taken as items of the outer one")] += 1
        if token.type in ("list_item_open", "list_item_close") and pieces:
            yield _joined(pieces)
            pieces = []
        if token.type.endswith("_list_close"):
            depth -= 1
        pieces += _leaf(found, token)
    if pieces:
        yield _joined(pieces)


def _quoted(found: Parsed, tokens: list[Token]) -> Iterator[_Text]:
    for token in tokens:
        yield from _leaf(found, token)


def _rows(found: Parsed, tokens: list[Token]) -> Iterator[_Text]:
    """The rows of a table as one line each, cells divided by TAB."""
    cells: list[_Text] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(_on_one_line(_inline(found, token)))
        elif token.type == "tr_close":
            yield _joined(cells, "\t")
            cells = []


def _leaf(found: Parsed, token: Token) -> list[_Text]:
    """The text of a token inside a list or quote, if it has one."""
    if token.type == "inline":
        return [_on_one_line(_inline(found, token))]
    if token.type in ("fence", "code_block"):
        found.dropped[say("A block of code was taken as plain text")] += 1
        return [_Text(" ".join(token.content.split()))]
    if token.type == "html_block":
        kept = (item.block for item in _html(found, token).found if item.block.text)
        return [_on_one_line(_Text(block.text, list(block.marks))) for block in kept]
    return []


def _on_one_line(text: _Text) -> _Text:
    text.text = text.text.replace("\n", " ").replace("\t", " ")
    return text


def _stacked(found: Parsed, lines: list[_Text]) -> _Text:
    """Lines put together by LF; pictures among them are left out."""
    text = _joined(lines, "\n")
    if text.pictures:
        found.dropped[say("A picture within a list, quote or table was left out")] += len(
            text.pictures
        )
    return text


def _joined(pieces: list[_Text], by: str = " ") -> _Text:
    whole = _Text()
    at = 0
    for piece in pieces:
        whole.marks += (Mark(at + m.start, at + m.end, m.kind, m.href) for m in piece.marks)
        whole.pictures += piece.pictures
        at += len(piece.text) + len(by)
    whole.text = by.join(piece.text for piece in pieces)
    return whole


def _inline(found: Parsed, token: Token) -> _Text:
    """The text and marks of inline content."""
    result = _Text()
    pieces: list[str] = []
    opened: list[tuple[MarkKind, int, str | None]] = []
    length = 0
    children = token.children or []
    for child, following in zip_longest(children, children[1:]):
        name, _, end = child.type.rpartition("_")
        if end == "open" and name in _MARKS:
            opened.append((_MARKS[name], length, str(child.attrGet("href") or "") or None))
        elif end == "close" and name in _MARKS:
            _close(found, result, opened.pop(), length)
        else:
            shown = _shown(found, child, result)
            if child.type == "softbreak" and _between_wide(pieces, following):
                continue
            pieces.append(shown)
            length += len(shown)
    result.text = "".join(pieces)
    if result.pictures:
        result.text = result.text.rstrip()
        end = len(result.text)
        cut = (
            Mark(m.start, min(m.end, end), m.kind, m.href) for m in result.marks if m.start < end
        )
        result.marks = list(cut)
    return result


def _close(
    found: Parsed, result: _Text, opened: tuple[MarkKind, int, str | None], end: int
) -> None:
    kind, start, href = opened
    if kind is MarkKind.LINK:
        href = carried(href or "")
        if href is None:
            found.dropped[say("A link that is no web or mail address lost its target")] += 1
            return
    if start < end:
        result.marks.append(Mark(start, end, kind, href))


def _between_wide(pieces: list[str], following: Token | None) -> bool:
    """Whether a line ends between two Han, Kana or Hangul characters: no blank belongs there."""
    return (
        bool(pieces)
        and following is not None
        and _ENDS_WIDE.search(pieces[-1]) is not None
        and _BEGINS_WIDE.match(following.content) is not None
    )


def _shown(found: Parsed, child: Token, result: _Text) -> str:
    if child.type == "softbreak":
        return " "
    if child.type == "hardbreak":
        return "\n"
    if child.type == "html_inline":
        found.dropped[_TAGS] += 1
        return "\n" if _BREAK.fullmatch(child.content) else ""
    if child.type == "image":
        result.pictures.append((child.content, str(child.attrGet("src") or "")))
        return ""
    if child.type == "code_inline":
        found.dropped[say("Code was taken as plain text")] += 1
    if child.type == "text_special":
        return stripped(child.content)
    return child.content
