"""Markdown into a reading: an author's file by its anatomy, our own file as it was written."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from dispaccio.anatomy import figures, quotes, reader
from dispaccio.anatomy.document import Passage, assemble
from dispaccio.errors import MalformedDocument
from dispaccio.formats import charset, codec, frontmatter, strict
from dispaccio.formats.base import Options
from dispaccio.formats.markdown import blocks
from dispaccio.release.body import BlockKind, MarkKind
from dispaccio.release.model import Reading, Revision
from dispaccio.release.notice import is_notice
from dispaccio.words import say

NAME = "markdown"
TEXT_FIELDS = ("title", "subhead", "body", "boilerplate", "contacts", "media")
"""The native names of what the text below the front matter says."""
WHOLE = "whole"
"""In our own key: all of the text stands there, so that the text below needs no reading."""


def read(data: bytes, options: Options) -> Reading:
    """The one release of a Markdown document.

    Raises NotText, WrongCharset, TooLarge, MalformedDocument, or an error of its times.
    """
    decoded = charset.decode(data, options)
    front, text = frontmatter.split(decoded.text)
    if frontmatter.OWN in front.values:
        return _own(front, text, decoded.warnings)
    given, warnings = frontmatter.revision(front, options)
    parsed = blocks.parse(text, front.lines + 1)
    passages = [passage for passage in parsed.passages if passage]
    warnings = (*decoded.warnings, *warnings, *parsed.warnings)
    document = assemble(passages, marked=True, media=parsed.media, warnings=warnings)
    return reader.read(document, NAME, options.zone, given)


def back(document: str) -> Revision:
    """The revision that a document of this wire gives back."""
    front, text = frontmatter.split(charset.visible(document).text)
    return _own(front, text, ()).revision


def _own(front: frontmatter.Front, text: str, warnings: tuple[str, ...]) -> Reading:
    """The reading of a document that this wire wrote.

    Its key ``dispaccio`` holds what the text cannot say, in native names; null takes a field away.
    What it says of the text holds only while ``of`` is the mark of the text as it is. A text too
    long to be read stands in the key, too, and holds on the same condition.
    """
    extra = _extra(front)
    edited = extra.pop("of", None) not in (None, mark_of(text))
    if extra.pop(WHOLE, False) and not edited:
        return _reading(codec.decode(Revision, extra), warnings)
    given, unknown = frontmatter.revision(front, Options())
    parsed = blocks.parse(text, front.lines + 1)
    said = codec.encode(_as_written(given, parsed))
    for name, value in extra.items():
        if edited and name in TEXT_FIELDS:
            continue
        if name == "body" and isinstance(value, dict):
            written = said.get("body", [])
            said["body"] = [value.get(str(at), block) for at, block in enumerate(written)]
        elif value is None:
            said.pop(name, None)
        else:
            said[name] = value
    changed = ("The text was edited after it was written; its marks may have changed.",)
    noticed = (*warnings, *unknown, *parsed.warnings, *(changed if edited else ()))
    return _reading(codec.decode(Revision, said), noticed)


def _reading(revision: Revision, warnings: tuple[str, ...]) -> Reading:
    found = figures.find(revision.body, revision.language)
    return Reading(NAME, revision, quotes.find(revision.body), found, warnings)


def mark_of(text: str) -> str:
    """The mark of a text: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _as_written(given: Revision, parsed: blocks.Parsed) -> Revision:
    """The fields that stand in the four sections of our own files: head, body, foot, reference."""
    sections: list[list[Passage]] = [[]]
    for passage in parsed.passages:
        if passage is None:
            sections.append([])
        else:
            sections[-1].append(passage)
    if len(sections) != 4:
        raise MalformedDocument(
            say("A file of this wire has three rules (***) between its sections.")
        )
    head, body, foot, _ = sections
    title = next((at for at, passage in enumerate(head) if passage.title), None)
    below = head[title + 1 : title + 2] if title is not None else []
    subhead = below[0].text if below and _is_emphatic(below[0]) else None
    lists = [passage.text for passage in foot if passage.kind is BlockKind.LIST]
    texts = [passage.text for passage in foot if passage.kind is BlockKind.PARAGRAPH]
    return replace(
        given,
        headline=head[title].text if title is not None else "",
        subhead=subhead,
        body=() if is_notice(given) else tuple(passage.block for passage in body),
        boilerplate="\n\n".join(texts) or None,
        contacts=tuple(frontmatter.read_contact(line) for line in "\n".join(lists).split("\n"))
        if lists
        else (),
        media=tuple(parsed.media),
    )


def _is_emphatic(passage: Passage) -> bool:
    whole = (0, len(passage.text))
    return [(m.start, m.end) for m in passage.block.marks if m.kind is MarkKind.EM] == [whole]


def _extra(front: frontmatter.Front) -> dict[str, Any]:
    extra = strict.load_json((front.one(frontmatter.OWN) or "{}").encode())
    if not isinstance(extra, dict):
        raise MalformedDocument(
            say("Line {at} should hold a JSON object.", at=front.at[frontmatter.OWN])
        )
    return extra
