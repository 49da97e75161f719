"""Deleting one line of a sample changes only what that line says.

Every line lies in spans, and ``STATES`` lists which fields a span of a kind can state. All other
fields must be equal without the line. Of the fields that may change, the items that do not stand
in the line must stay, in their order. ``NEIGHBOURS`` lists, with its reason, what a line says
about the lines next to it. A blank line says where the passages beside it end. Lines of front
matter are not deleted here: each is one key.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dispaccio.anatomy import reader
from dispaccio.anatomy.document import Span, SpanKind, assemble
from dispaccio.anatomy.layout import lay_out
from dispaccio.formats import charset, frontmatter
from dispaccio.formats.base import Options
from dispaccio.formats.markdown import blocks
from tests.anatomy.frames import SAMPLES, said

ISSUER = {"issuer", "hops", "links"}
WIRE = {"wire", "identifiers", "hops"}
STATES: dict[SpanKind, set[str]] = {
    SpanKind.LABEL: {"label", "identifiers", "created"},
    SpanKind.EMBARGO: {"embargo"},
    SpanKind.HEADLINE: {"title", *ISSUER},
    SpanKind.SUBHEAD: {"subhead"},
    SpanKind.DATELINE: {"dateline", "place", *WIRE},
    SpanKind.BODY: {"body", "quotes", "figures", "links", "identifiers"},
    SpanKind.BOILERPLATE: {"boilerplate", "links", *ISSUER},
    SpanKind.CONTACT: {"contacts", "links"},
    SpanKind.ISSUER: {*ISSUER, *WIRE},
    SpanKind.WIRE: {"identifiers", "label"},
    SpanKind.ORIGINAL: {"original_url", "links", *WIRE},
    SpanKind.CHANNEL: {"channel", "links", "hops"},
    SpanKind.COPYRIGHT: {"copyright"},
    SpanKind.DISCLAIMER: {"disclaimers", "label", "hops"},
    SpanKind.MEDIA: {"media"},
    SpanKind.NOTE: {"editorial_note", "identifiers"},
    SpanKind.FRAME: {"title", "label", "category", "tags", "created", "author"},
    SpanKind.UNKNOWN: set(),
}
TEXT = {"body", "quotes", "figures", "links"}
NEIGHBOURS: dict[SpanKind, set[str]] = {
    # Without a headline, nothing tells the line below it from one.
    SpanKind.HEADLINE: {"subhead"},
    # Without a heading of their own, a section's lines are text.
    SpanKind.BOILERPLATE: TEXT,
    SpanKind.CONTACT: TEXT,
    SpanKind.NOTE: TEXT,
}
# Without the label between them, nothing tells the note of a mail's sender from the release.
BELOW_A_NOTE = {"title", "subhead", "editorial_note", *TEXT}
SECTIONS = {SpanKind.BOILERPLATE, SpanKind.CONTACT, SpanKind.NOTE}
PATHS = [pytest.param(path, id=path.stem) for path in SAMPLES]


QUOTED_IN = {
    "hops": ("evidence",),
    "links": ("href",),
    "quotes": ("text",),
    "figures": ("text",),
    "contacts": ("name", "role", "organisation", "email", "phone"),
    "identifiers": ("value",),
    "media": ("href",),
}
"""The lists, and which texts of an item stand in the line that states it."""


@cache
def whole(path: Path) -> dict[str, Any]:
    return said(path.read_bytes(), path)


@cache
def spans_of(path: Path) -> tuple[frontmatter.Front, tuple[Span, ...]]:
    decoded = charset.decode(path.read_bytes(), Options(), wire_texts=True)
    front, text = frontmatter.split(decoded.text)
    given, _ = frontmatter.revision(front, Options())
    if path.suffix == ".md":
        parsed = blocks.parse(text, front.lines + 1)
        document = assemble((it for it in parsed.passages if it), marked=True)
    else:
        document = lay_out(text, front.lines + 1)
    return front, reader.take_apart(document, None, given).spans


def without(path: Path, number: int) -> bytes:
    lines = path.read_bytes().split(b"\n")
    return b"\n".join(lines[: number - 1] + lines[number:])


def overlap(value: str, line: str) -> bool:
    """Whether one of two texts stands in the other, marks of Markdown aside."""
    bare = re.sub(r"[*_#>\\<]|^\s+", "", line)
    return value in line or (bool(bare.strip()) and bare.strip() in value) or bare in value


class Case:
    """One sample without one line."""

    def __init__(self, path: Path, number: int) -> None:
        self.front, spans = spans_of(path)
        lines = charset.decode(path.read_bytes(), Options(), wire_texts=True).text.split("\n")
        self.line = lines[number - 1]
        self.blank = not self.line.strip()
        near = (number - 1, number, number + 1) if self.blank else (number,)
        self.spans = [s for s in spans if any(s.line <= at <= s.last for at in near)]
        self.kinds = {span.kind for span in self.spans}
        bodies = [s for s in spans if s.kind is SpanKind.BODY]
        self.touched = {k for k, s in enumerate(bodies) if s in self.spans}
        before = [s for s in spans if s.last < min((it.line for it in self.spans), default=0)]
        self.above = before[-1].kind if before else None
        self.opens = not self.blank and _opens_section(spans, self.spans)
        self.source = " ".join(" ".join(lines).split())
        self.whole = whole(path)
        self.less = said(without(path, number), path)

    def allowed(self) -> set[str]:
        """The fields that the line, or a rule about its neighbours, may change."""
        fields: set[str] = set()
        for kind in self.kinds:
            fields |= STATES[kind] | NEIGHBOURS.get(kind, set())
        if SpanKind.LABEL in self.kinds and self.above is SpanKind.NOTE:
            fields |= BELOW_A_NOTE
        return fields

    def changed(self) -> set[str]:
        names = (self.whole.keys() | self.less.keys()) - {"warnings"}
        return {name for name in names if self.whole.get(name) != self.less.get(name)}

    def check_body(self) -> None:
        """What does not stand in the line is still there, and nothing else came in."""
        blocks, left = self.whole.get("body", []), list(self.less.get("body", []))
        for k, block in enumerate(blocks):
            if k not in self.touched:
                if k + 1 in self.touched and block not in left:
                    # With nothing below it, a short line is no heading.
                    left.remove({"kind": "paragraph", "text": block["text"]})
                    continue
                assert block in left, f"{block['text'][:60]!r} is lost"
                left.remove(block)
        order = [block for block in self.less.get("body", []) if block in blocks]
        assert order == [block for block in blocks if block in order]
        if not (self.kinds & SECTIONS or self.above is SpanKind.NOTE):
            assert len(left) <= len(self.touched)

    def paragraphs(self) -> list[Any]:
        """The blocks of the text that the line belongs to: what is said in them may span lines."""
        return [block for k, block in enumerate(self.whole.get("body", [])) if k in self.touched]

    def check_items(self, name: str) -> None:
        """An item that no text of the line states is still there."""
        left = self.less.get(name, [])
        for item in self.whole.get(name, []):
            keys = QUOTED_IN[name]
            paragraphs = [block["text"] for block in self.paragraphs()]
            stated = any(
                overlap(item[key], text)
                for key in keys
                if key in item
                for text in (self.line, *paragraphs)
            )
            same = [other for other in left if other.get(keys[0]) == item.get(keys[0])]
            assert stated or same or self.blank or self.opens, f"{name}: {item} is lost"


def _opens_section(spans: tuple[Span, ...], here: list[Span]) -> bool:
    """Whether a line is the heading of a section, without which the lines below are text."""
    (span,) = here[:1] or [None]
    if span is None or span.kind not in SECTIONS:
        return False
    above = [other for other in spans if other.line < span.line]
    return not above or max(above, key=lambda other: other.line).kind is not span.kind


def cases() -> list[Any]:
    found = []
    for path in SAMPLES:
        lines = path.read_bytes().split(b"\n")
        front, _ = spans_of(path)
        numbers = range(front.lines + 1, len(lines) + 1)
        found += [pytest.param(path, number, id=f"{path.stem}-{number}") for number in numbers]
    return found


@pytest.mark.parametrize(("path", "number"), cases())
def test_a_line_says_only_what_it_says(path: Path, number: int) -> None:
    check(path, number)


def check(path: Path, number: int) -> None:
    case = Case(path, number)
    changed = case.changed()
    assert changed <= case.allowed(), f"{case.line!r} is {case.kinds}"
    if "body" in changed:
        case.check_body()
    for name in changed & QUOTED_IN.keys():
        case.check_items(name)
