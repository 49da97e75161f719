"""A release in Markdown: what Markdown can say as text, the rest in one line of front matter.

The document has four sections with rules between them: head (label, legal statements, headline,
subhead, dateline), body, foot (boilerplate, contacts), reference (number, address, original). It
is read back while it is written; what does not come back goes into the key ``dispaccio``. So
nothing is lost, whatever Markdown's rules do to a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from dispaccio import clock
from dispaccio.errors import InputError
from dispaccio.formats import charset, codec, frontmatter
from dispaccio.formats.html.words import origin, words_for
from dispaccio.formats.markdown import read
from dispaccio.formats.markdown.inline import escape, inline, lines
from dispaccio.formats.plain import contact_line, notice
from dispaccio.release.body import Block, BlockKind, Mark
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Contact, Revision, Visibility
from dispaccio.release.notice import as_held, is_notice, shown

_BARE = re.compile(r"[^\W_](?:[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\S)?")
_RULE = "***"
_SIMPLE = (
    "language place issuer id number version kind status url channel wire signed_by first_created "
    "version_created release_time embargo original_url category tags created author slugline "
    "urgency editorial_note usage_terms"
)


def write(revision: Revision) -> str:
    """The document; a withdrawn or withheld release is its notice, without any text.

    Of a text that is too long to be read as Markdown, the front matter holds the whole revision.
    """
    seen = shown(revision)
    front = _front(seen)
    text = charset.stripped("\n\n".join(piece for piece in _pieces(seen) if piece)) + "\n"
    try:
        back = read.back(_document(front, {}, text))
    except InputError:
        whole = {**codec.encode(seen), read.WHOLE: True, "of": read.mark_of(f"\n{text}")}
        return _document("", whole, text)
    return _document(front, _rest(seen, back, text), text)


def body_text(revision: Revision) -> str:
    """The body alone, as an author writes it; what Markdown has no sign for is plain text."""
    return charset.stripped("\n\n".join(piece for piece in _body(revision) if piece))


def _document(front: str, rest: dict[str, Any], text: str) -> str:
    said = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
    hidden = charset.HIDDEN.sub(lambda sign: json.dumps(sign[0])[1:-1], said)
    return f"---\n{front}{frontmatter.OWN}: {hidden}\n---\n\n{text}"


def _rest(seen: Revision, back: Revision, text: str) -> dict[str, Any]:
    """The fields that do not come back from the document, in native names; None for what is not."""
    wanted, found = codec.encode(seen), codec.encode(back)
    rest = {
        name: wanted.get(name)
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    }
    body, read_body = rest.get("body"), found.get("body", [])
    if body and len(body) == len(read_body):
        pairs = enumerate(zip(body, read_body, strict=True))
        rest["body"] = {str(at): block for at, (block, other) in pairs if block != other}
    if rest.keys() & set(read.TEXT_FIELDS):
        rest["of"] = read.mark_of(f"\n{text}")
    return rest


def _front(revision: Revision) -> str:
    values: dict[str, Any] = {name: getattr(revision, name) for name in _SIMPLE.split()}
    values["issuer"] = revision.issuer and revision.issuer.name
    values["wire"] = revision.wire and revision.wire.name
    if label := revision.label:
        values["label"] = label.kind
        values["commissioned"] = label.commissioned
        values |= {"paid_by": label.paid_by, "paid_to": label.paid_to}
    values |= {"legal": revision.legal, "disclaimers": revision.disclaimers}
    return "".join(_entry(key, value) for key, value in values.items() if value not in (None, ()))


def _entry(key: str, value: Any) -> str:
    if isinstance(value, tuple):
        return f"{key}:\n" + "".join(f"  - {_written(item)}\n" for item in value)
    return f"{key}: {_written(value)}\n"


def _written(value: Any) -> str:
    """A value of front matter: bare where it cannot be misread, else as a JSON string."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return write_instant(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _pieces(revision: Revision) -> Iterator[str]:
    words = words_for(revision.language)
    until = as_held(revision).embargo
    if until and (revision.version_created is None or revision.version_created < until):
        yield escape(f"{words.embargo} {clock.write(until)}")
    if revision.label and revision.label.text:
        yield f"**{escape(revision.label.text)}**"
    yield from (lines(escape(statement)) for statement in revision.legal)
    if revision.headline:
        yield f"# {escape(revision.headline)}"
    if revision.subhead:
        yield f"*{escape(revision.subhead)}*"
    if revision.dateline and revision.dateline.text and not is_notice(revision):
        yield lines(escape(revision.dateline.text))
    yield _RULE
    if is_notice(revision):
        yield from (lines(escape(piece)) for piece in notice(revision, words))
    yield from _body(revision)
    yield _RULE
    if revision.boilerplate:
        yield _paragraph(revision.boilerplate, ())
    yield "\n".join(f"- {_contact(contact)}" for contact in revision.contacts)
    yield _RULE
    yield "\\\n".join(_reference(revision))


def _body(revision: Revision) -> Iterator[str]:
    previous: Block | None = None
    other = False
    for block in revision.body:
        other = _is_next_to_like(previous, block) and not other
        yield _block(block, revision, other=other)
        previous = block


def _reference(revision: Revision) -> Iterator[str]:
    words = words_for(revision.language)
    if revision.number:
        yield f"{words.number} {escape(revision.number)}"
    if revision.url:
        yield f"<{revision.url}>"
    if revision.original_url:
        yield f"{words.original}: <{revision.original_url}>"
    if said := origin(revision, words):
        yield said


def _contact(contact: Contact) -> str:
    only = ", media only" if contact.visibility is Visibility.MEDIA_ONLY else ""
    return lines(escape(contact_line(contact) + only))


def _is_next_to_like(previous: Block | None, block: Block) -> bool:
    """Whether two lists follow each other that Markdown would make one."""
    kinds = previous and (previous.kind, previous.ordered)
    return kinds == (block.kind, block.ordered) and block.kind is BlockKind.LIST


def _block(block: Block, revision: Revision, *, other: bool) -> str:
    """A block; ``other`` takes the other sign for a list."""
    if block.kind is BlockKind.HEADING:
        return f"{'#' * (block.level or 2)} {inline(block.text, block.marks)}"
    if block.kind is BlockKind.LIST:
        items = [lines(inline(*item)) for item in _lines(block)]
        if block.ordered:
            sign = ")" if other else "."
            return "\n".join(f"{at}{sign} {item}" for at, item in enumerate(items, start=1))
        return "\n".join(f"{'+' if other else '-'} {item}" for item in items)
    if block.kind is BlockKind.QUOTE:
        return "\n>\n".join(f"> {lines(inline(*line))}" for line in _lines(block))
    if block.kind is BlockKind.TABLE:
        return _table(block)
    if block.kind is BlockKind.IMAGE:
        at = block.media or 0
        media = revision.media[at : at + 1]
        return f"![{escape(block.text)}](<{(media[0].href if media else None) or f'media/{at}'}>)"
    return _paragraph(block.text, block.marks)


def _paragraph(text: str, marks: tuple[Mark, ...]) -> str:
    return lines(re.sub(r"(?<!\n)\n(?!\n)", "\\\\\n", inline(text, marks)))


def _table(block: Block) -> str:
    rows = []
    for text, marks in _lines(block):
        cells = _pieces_of(text, marks, "\t")
        rows.append("| " + " | ".join(inline(*c).replace("|", "\\|") for c in cells) + " |")
    width = rows[0].count(" | ") + 1
    return "\n".join([rows[0], "|" + " --- |" * width, *rows[1:]])


def _lines(block: Block) -> list[tuple[str, tuple[Mark, ...]]]:
    return _pieces_of(block.text, block.marks, "\n")


def _pieces_of(text: str, marks: tuple[Mark, ...], by: str) -> list[tuple[str, tuple[Mark, ...]]]:
    """A text divided by a sign, each piece with its own marks."""
    pieces = []
    at = 0
    for piece in text.split(by):
        end = at + len(piece)
        inside = (
            Mark(max(m.start, at) - at, min(m.end, end) - at, m.kind, m.href)
            for m in marks
            if m.start < end and m.end > at
        )
        pieces.append((piece, tuple(inside)))
        at = end + len(by)
    return pieces
